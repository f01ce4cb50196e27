"""Names of files and folders, in; which of them may be items, and why the others are none, out."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Literal, Protocol

from feedd.patterns import late_pattern

# The names of copies that programs leave when a file was changed in two places. Nobody gives an item such a name, and
# the publication of a copy could not be taken back.
_COPIES: tuple[tuple[str, str], ...] = (
    ("Syncthing", r"\.sync-conflict-\d{8}-\d{6}\b"),
    # Dropbox in its languages, Nextcloud, Seafile, Box, Unison: (Ada's conflicted copy 2026-01-14)
    (
        "a file synchroniser",
        r"[(\[][^()\[\]]*(?i:\b(?:SF)?[ck]onfli[ck]{0,2}t\w*)[^()\[\]]*\d{4}-\d\d-\d\d[ T\d:-]*(?:\(\d+\))?[)\]]",
    ),
    # Dropbox in languages that write no "conflict"
    (
        "a file synchroniser",
        (
            r"[(\[][^()\[\]]*(?i:競合|冲突|衝突|충돌|конфл|сукоб|konfli[kg]|ütköz|çak\u0131ş|ristirii|motstrid|σύγκρουσ"
            r"|xung đột|ขัดแย้ง|متعارض|התנגשות|bercanggah)[^()\[\]]*\d{4}-\d\d-\d\d[ T\d:-]*(?:\(\d+\))?[)\]]"
        ),
    ),
    ("Obsidian", r"\([Cc]onflicted copy [^()]*\b\d{12}(?:\d\d)?\)"),
    ("Synology Drive", r"_[A-Z][a-z]{2}-\d\d-(?:\d{4,6}-)?\d{4}_(?:Case|Unresolved)?Conflict(?=\.|$)"),
    ("Dropbox", r"\((?:Case|(?:Text|Unicode) Encoding|White\s?[Ss]pace|Selective Sync) Conflict(?: \d+)?\)"),
    ("a file synchroniser", r"[(\[](?:[^()\[\]]*\W)?conflicted(?: copy)?[)\]]|\.Conflict(?=\.|$)"),
    ("Nextcloud", r"_conflict-\d{8}-\d{6}\b"),
    ("OneDrive", r"-(?:DESKTOP|LAPTOP|WIN)-(?=[A-Z]*\d)[0-9A-Z]{7,11}(?:-\d+)?(?=\.|$)"),
    ("git mergetool", r"_(?:BACKUP|BASE|LOCAL|REMOTE)_\d+(?=\.|$)"),
    ("git mergetool", r"\.(?:BACKUP|BASE|LOCAL|REMOTE)\.\d+(?=\.|$)"),
)
_ANY_COPY = late_pattern("|".join(f"(?:{pattern})" for _, pattern in _COPIES))


# Suffixes that mean Markdown or HTML to other programs.
_SPELLINGS = {".htm": ".html", ".xhtml": ".html"} | dict.fromkeys(
    (".mkd", ".mkdn", ".mkdown", ".mdown", ".mdwn", ".mdtext", ".markdn"), ".md"
)
SECTION_FILE = late_pattern(r"_index(?:\.([a-z]{2,3}(?:-[a-z0-9]{2,8})*))?\.(?:md|markdown|mdx|html)", re.IGNORECASE)
_DRAFTS = "_drafts"
_UNDERSCORED = "_*"
POSTS_FOLDERS = frozenset(("_posts", "_episodes", "_news"))  # where other generators have their texts

# Whether POSTS_FOLDERS are read, and the collections that a generator's configuration beside them names. `yes`, or no:
# `older`, since the ledger was begun when they were passed over; `ignored`, as far as the patterns of `ignore` say so.
PostsFolders = Literal["yes", "older", "ignored"]


class Collections(Protocol):
    """The collections that the configuration of a generator names in a folder, "" for the root."""

    def names(self, folder: str) -> Collection[str]:
        """The names of the folders that hold their texts."""

    def fault(self, folder: str) -> str | None:
        """Why these names cannot be known; None if they are known, or if there is no configuration."""


class ItemNames:
    """The names and paths of items, relative to the items' directory.

    A file is an item if its name ends with a suffix of `suffixes`, in small letters or capitals, if `include` (where
    there is one) has it, and if nothing on its path matches `ignore`. A pattern without `/` is for the name of a file
    or of a folder; a pattern with `/` is for a path. A folder that matches stands for all that it holds. Patterns are
    as in `fnmatch`, by the letter; `**` in a path is any number of folders. A pattern of `include` that begins a name
    with `_`, such as `_posts`, wins over the pattern `_*` of `ignore`. Nothing in a folder `_drafts` is an item.
    """

    def __init__(
        self,
        suffixes: Sequence[str],
        ignore: Sequence[str],
        include: Sequence[str] = (),
        posts_folders: PostsFolders = "ignored",
        collections: Collections | None = None,
    ) -> None:
        self.suffixes = tuple(suffix.lower() for suffix in suffixes)
        self._ignored = tuple(pattern for pattern in ignore if "/" not in pattern)
        self._ignored_paths = tuple(PathPattern(pattern) for pattern in ignore if "/" in pattern)
        self._include = tuple(include)
        self._included = _any_of(pattern for pattern in include if "/" not in pattern)
        self._included_paths = tuple(PathPattern(pattern) for pattern in include if "/" in pattern)
        self._others_ignored = _any_of(pattern for pattern in self._ignored if pattern != _UNDERSCORED)
        named = (part for pattern in include for part in pattern.split("/") if part.startswith("_"))
        self._named = _any_of(named)
        self._posts_folders = posts_folders
        self._collections = collections if posts_folders != "ignored" else None
        self.goes_by_path = bool(self._ignored_paths or include)
        ignored = [*map(fnmatch.translate, self._ignored), rf"(?i:{_DRAFTS})\Z"]
        self.is_ignored = re.compile("|".join(ignored)).match  # a single name, unless `reads` says otherwise

    def has_suffix(self, name: str) -> bool:
        """Whether a name ends as the names of items do."""
        return name.endswith(self.suffixes) or name.lower().endswith(self.suffixes)

    def nearly_has_suffix(self, name: str) -> bool:
        """Whether a name ends with another spelling of a suffix of items."""
        meant = _SPELLINGS.get(name[name.rfind(".") :].lower())
        return meant in self.suffixes and not self.has_suffix(name)

    def reads(self, above: str, name: str) -> bool:
        """Whether a name that `is_ignored` is read all the same. `above` is the path of its folder, "" for the root."""
        if not name.startswith("_") or name.lower() == _DRAFTS or self._others_ignored(name):
            return False
        if self._named(name):
            return True
        if self._posts_folders != "yes":
            return False
        return self._holds_posts(above, name)

    def _holds_posts(self, above: str, name: str) -> bool:
        return name in POSTS_FOLDERS or (self._collections is not None and name in self._collections.names(above))

    def why_unknown(self, above: str) -> str | None:
        """Why the folders of collections in a folder cannot be known; None if they can, or do not matter."""
        return self._collections.fault(above) if self._collections and self._posts_folders == "yes" else None

    def ignores(self, path: str) -> bool:
        """Whether the name of a file or folder, or of a folder around it, is passed over."""
        names = path.split("/")
        for at, name in enumerate(names):
            if name.lower() == _DRAFTS or copied_by(name):
                return True
            if self.is_ignored(name) and not self.reads("/".join(names[:at]), name):
                return True
        return self.ignores_path(path)

    def ignores_path(self, path: str) -> bool:
        """Whether a pattern of `ignore` for paths matches a path, or a folder around it."""
        return any(pattern.reach(path)[0] for pattern in self._ignored_paths)

    def includes(self, path: str) -> bool:
        """Whether `include` has a file."""
        if not self._include:
            return True
        return any(map(self._included, path.split("/"))) or any(each.reach(path)[0] for each in self._included_paths)

    def may_hold_items(self, folder: str) -> bool:
        """Whether `include` may have files in a folder."""
        if not self._included_paths or len(self._included_paths) < len(self._include):
            return True
        return any(any(pattern.reach(folder)) for pattern in self._included_paths)

    def are_of_item(self, path: str) -> bool:
        """Whether a file at a path would be an item."""
        return self.has_suffix(path) and not self.ignores(path) and self.includes(path)

    def why_none(self, path: str) -> str | None:
        """Why a file at a path would be no item; None if it would be one."""
        names = path.split("/")
        for at, name in enumerate(names):
            if program := copied_by(name):
                return f"a copy that {program} left of a conflict; merge it into the item, and delete it"
            if name.lower() == _DRAFTS:
                why = None if self._named(name) else self._why_ignored(name)
                return why or f"{name} is passed over: drafts are never items"
            if self.is_ignored(name) and not self.reads(above := "/".join(names[:at]), name):
                return self.why_passed_over(above, name) or self._why_ignored(name)
        for pattern in self._ignored_paths:
            if pattern.reach(path)[0]:
                return f"it is passed over, as paths like {pattern.written} are (`items.ignore`)"
        if not self.has_suffix(path):
            return f"names of items end with {_either(self.suffixes)} (`items.suffixes`)"
        return None if self.includes(path) else "no pattern of `items.include` has it"

    def _why_ignored(self, name: str) -> str | None:
        for pattern in self._ignored:
            if fnmatch.fnmatchcase(name, pattern):
                return f"{name} is passed over, as names like {pattern} are (`items.ignore`)"
        return None

    def why_passed_over(self, above: str, name: str) -> str | None:
        """Why a folder is passed over in which another generator has texts; None for other folders."""
        if name.lower() == _DRAFTS or self._others_ignored(name) or not self._holds_posts(above, name):
            return None
        advice = f'to read it, say `items: {{include: ["*", {name}]}}`'
        if self._posts_folders == "older":
            return f"{name} is passed over, as it was when this site began; {advice}"
        return f"{name} is passed over, as names like _* are (`items.ignore`); {advice}"


class PathPattern:
    """A pattern for paths, such as `posts/2024-*` or `**/news`."""

    def __init__(self, written: str) -> None:
        self.written = written
        parts = [part for part in written.split("/") if part not in ("", ".")]
        self._parts = [None if part == "**" else _any_of([part]) for part in parts]

    def reach(self, path: str) -> tuple[bool, bool]:
        """Whether the pattern matches a path or a folder around it; and whether it may match a path below."""
        end = len(self._parts)
        states = self._with_skipped({0})
        for name in path.split("/"):
            if end in states:
                break
            states = self._with_skipped({after for state in states for after in self._after(state, name)})
        return end in states, bool(states)

    def _after(self, state: int, name: str) -> Iterator[int]:
        part = self._parts[state]
        if part is None:
            yield state
        elif part(name):
            yield state + 1

    def _with_skipped(self, states: set[int]) -> set[int]:
        """The states, with those after each `**`, which may stand for no folder."""
        for state in sorted(states):
            following = state
            while following < len(self._parts) and self._parts[following] is None:
                following += 1
                states.add(following)
        return states


def _any_of(patterns: Iterable[str]) -> Callable[[str], object]:
    """A test of a single name: whether it matches one of these patterns."""
    return re.compile("|".join(map(fnmatch.translate, patterns)) or r"(?!)").match


def is_section_file(name: str) -> bool:
    """Whether a file of this name may speak for the whole folder."""
    return name[:1] == "_" and SECTION_FILE.fullmatch(name) is not None


def copied_by(name: str) -> str | None:
    """The program whose conflict copies have such a name; None for other names."""
    if "onfli" not in name and "(" not in name and "[" not in name and name == name.lower():
        return None  # as nearly all names are, and no copy
    if not _ANY_COPY.search(name):
        return None
    return next(program for program, pattern in _COPIES if re.search(pattern, name))


def _either(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
