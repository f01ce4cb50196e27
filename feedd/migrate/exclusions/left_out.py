"""Texts that another program leaves out: its rules in; patterns of `items.ignore`, and words, out.

A pattern of theirs that cannot be said in feedd's is heeded for the texts that are there: each is named by its path.
"""

from __future__ import annotations

import fnmatch
import glob
import itertools
from collections.abc import Iterable, Sequence

from feedd.items.file_names import ItemNames
from feedd.migrate.site_folder import SiteFolder, is_read
from feedd.patterns import late_pattern

GLOB_MARKS = frozenset("*?[")
_MOST_NAMED, _MOST_GAPS = 3, 4
_GAP = late_pattern(r"(?<=[^/*])\*+(?=[^/*])")


def ignored(site: SiteFolder, seeds: str, include: Iterable[str], patterns: Sequence[str], origin: str) -> list[str]:
    """The patterns of `items.ignore` for the texts that a site leaves out, whose rules are `patterns` as far as they
    can be said. What is left out is remarked; `origin` are the keys that say so. `include`: folders of items.
    """
    below = f"{seeds}/" if seeds else ""
    folders = tuple(f"{below}{each}".rstrip("/") + "/" for each in include) or (below,)
    paths = [path for path in sorted(site.left_out) if _is_text_in(path, folders)]
    if paths:
        more = ", ..." if len(paths) > _MOST_NAMED else ""
        names = ", ".join(paths[:_MOST_NAMED])
        site.remarks.append(f"{origin} leaves out texts, which `items.ignore` names: {len(paths)} ({names}{more})")
    kept = list(dict.fromkeys(patterns))
    names_of_items = ItemNames((), kept)
    rest = [path for path in paths if not names_of_items.ignores(path.removeprefix(below))]
    shared = {above for path in site.items(seeds) for above in with_folders(path)}
    named = (next(each for each in (*with_folders(path), path) if each not in shared) for path in rest)
    return list(dict.fromkeys((*kept, *(as_path(glob.escape(path.removeprefix(below))) for path in named))))


def _is_text_in(path: str, folders: tuple[str, ...]) -> bool:
    return any(path.startswith(folder) and is_read(path, folder) for folder in folders)


def placed(parts: list[str], below: str, *, star_is_deep: bool) -> list[str]:
    """Patterns below the items' directory for a pattern in parts, seen from the folder around it. `star_is_deep`:
    whether `*` stands for slashes, too.
    """
    made: list[str] = []
    for part in parts:
        begins_deep = part.startswith("**") or (star_is_deep and part.startswith("*"))
        made += ["**"] if begins_deep and made[-1:] != ["**"] else []
        made += [part.replace("**", "*")] if part.strip("*") or not begins_deep else []
    if made[:1] == ["**"]:
        rest = [part for part in made[1:] if part != "**"]
        return rest if len(rest) == 1 and made[1:] == rest else ["/".join(made)] if rest else ["**/*"]
    names = below.strip("/").split("/") if below else []
    if len(made) <= len(names) or not all(map(fnmatch.fnmatchcase, names, made)):
        return []
    return [as_path("/".join(made[len(names) :]))]


def each_way(plain: str) -> list[str]:
    """The patterns that a pattern is whose `*` stands for slashes, too: within a name, and with folders between."""
    pieces = _GAP.split(plain)
    gaps = min(len(pieces) - 1, _MOST_GAPS)
    rest = ["*"] * (len(pieces) - 1 - gaps) + [""]
    ways = itertools.product(("*", "*/**/*"), repeat=gaps)
    return ["".join(map("".join, zip(pieces, (*way, *rest), strict=True))) for way in ways]


def as_path(pattern: str) -> str:
    """A pattern as one of a path: without a slash it would be one of names in any folder."""
    return pattern if "/" in pattern else f"./{pattern}"


def with_folders(path: str) -> list[str]:
    """A path, behind the paths of the folders around it."""
    parts = path.split("/")
    return ["/".join(parts[: at + 1]) for at in range(len(parts))]
