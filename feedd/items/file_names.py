"""Names of files and folders, in; which of them may be items, and why the others are none, out."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence

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
    ("Dropbox", r"\((?:Case|Unicode Encoding|White\s?space|Selective Sync) Conflict(?: \d+)?\)"),
    ("a file synchroniser", r"[(\[](?:[^()\[\]]*\W)?conflicted(?: copy)?[)\]]|\.Conflict(?=\.|$)"),
    ("Nextcloud", r"_conflict-\d{8}-\d{6}\b"),
    ("OneDrive", r"-(?:DESKTOP|LAPTOP|WIN)-(?=[A-Z]*\d)[0-9A-Z]{7,11}(?:-\d+)?(?=\.|$)"),
    ("git mergetool", r"_(?:BACKUP|BASE|LOCAL|REMOTE)_\d+(?=\.|$)"),
    ("git mergetool", r"\.(?:BACKUP|BASE|LOCAL|REMOTE)\.\d+(?=\.|$)"),
)
_ANY_COPY = late_pattern("|".join(f"(?:{pattern})" for _, pattern in _COPIES))


class ItemNames:
    """The file names of items. They end with a suffix of `suffixes`, in small letters or capitals. They match no
    pattern of `ignore` (as in `fnmatch`, by the letter). Folders that match a pattern are not looked into.
    """

    def __init__(self, suffixes: Sequence[str], ignore: Sequence[str]) -> None:
        self._suffixes = tuple(suffix.lower() for suffix in suffixes)
        self._patterns = tuple(ignore)
        ignored = "|".join(map(fnmatch.translate, ignore)) or r"(?!)"
        self.is_ignored = re.compile(ignored).match  # of a single name

    def has_suffix(self, name: str) -> bool:
        """Whether a name ends as the names of items do."""
        return name.endswith(self._suffixes) or name.lower().endswith(self._suffixes)

    def ignores(self, path: str) -> bool:
        """Whether the name of a file or folder, or of a folder around it, is passed over."""
        return any(self.is_ignored(name) or copied_by(name) for name in path.split("/"))

    def are_of_item(self, path: str) -> bool:
        """Whether a file at a path would be an item."""
        return self.has_suffix(path) and not self.ignores(path)

    def why_none(self, path: str) -> str | None:
        """Why a file at a path would be no item; None if it would be one."""
        for name in path.split("/"):
            if program := copied_by(name):
                return f"a copy that {program} left of a conflict; merge it into the item, and delete it"
            for pattern in self._patterns:
                if fnmatch.fnmatchcase(name, pattern):
                    return f"{name} is passed over, as names like {pattern} are (`items.ignore`)"
        if not self.has_suffix(path):
            return f"names of items end with {_either(self._suffixes)} (`items.suffixes`)"
        return None


def copied_by(name: str) -> str | None:
    """The program whose conflict copies have such a name; None for other names."""
    if "onfli" not in name and name.islower():  # which nearly all names are, and no copy
        return None
    if not _ANY_COPY.search(name):
        return None
    return next(program for program, pattern in _COPIES if re.search(pattern, name))


def _either(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
