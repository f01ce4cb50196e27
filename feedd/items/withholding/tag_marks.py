"""Tags that withhold: a front matter, or the bytes of a broken file, in; the tag that withholds the file, out.

Nikola withholds texts by the tags `draft` and `private`. To other programs these are words like any other: an article
may be about draft beer. So such a tag counts where the settings name it, and where no settings do

- in a file with the fields of Nikola's new posts (`type: text`, `slug`, `link`),
- as the only tag of a file, unless the file is in the words of the seeds, or has the signs of Jekyll's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from feedd.items.fields import OWN_FIELDS
from feedd.items.front_matter.yaml import Node
from feedd.items.invisible import visible
from feedd.items.withholding.withholding_marks import plain_name
from feedd.patterns import late_pattern

USUAL_TAGS = ("draft", "private")
_NAMES = frozenset(("tags", "tag", "keywords"))
_JEKYLLS_NAME = late_pattern(r"(?:.*/)?\d{4}-\d{1,2}-\d{1,2}-[^/]*")
_IN_BROKEN = late_pattern(
    r"""^[ \t."'{+-]*+(?:tags?|keywords)["']?[ \t]*[:=](?P<line>[^\n]*)(?P<list>(?:\n[ \t]*+-[^\n]*)*)""",
    re.IGNORECASE | re.MULTILINE,
)
_BETWEEN_TAGS = late_pattern("[,;]")
_BETWEEN = late_pattern(r"[,;\[\]{}\"'\n]|(?<=\n)[ \t]*-|^[ \t]*-", re.MULTILINE)


def withholding_tag(path: str, tree: Mapping[str, Node], small: bytes, tags: tuple[str, ...] | None) -> str | None:
    """The tag that withholds a file; None if none does. `tags`: those of the settings. `small`: the whole file, with
    its letters of ASCII in small.
    """
    if not any(map(small.__contains__, _words_of(USUAL_TAGS if tags is None else tags))):
        return None
    found = _tags_of(tree)
    if tags is not None:
        return _first(found, tags)
    if not any(tag in USUAL_TAGS for tag in found) or not OWN_FIELDS.isdisjoint(tree):
        return None
    if _is_nikolas(tree) or (len(found) == 1 and not _is_jekylls(path, tree)):
        return _first(found, USUAL_TAGS)
    return None


def has_withholding_tag(path: str, data: bytes, tags: Sequence[str] | None) -> bool:
    """Whether a broken file has a tag, as far as can be told, that withholds it."""
    if tags is not None and not tags:
        return False
    for line in _IN_BROKEN.finditer(data.decode("utf-8", "replace").replace("\r", "\n")):
        words = _BETWEEN.split(line["line"] + line["list"])
        found = [word for each in words if (word := _plain(each.strip(" \t#-")))]
        if _first(found, USUAL_TAGS if tags is None else tags) and (
            tags is not None or (len(found) == 1 and not _JEKYLLS_NAME.fullmatch(path))
        ):
            return True
    return False


def shown_tag(shown: Iterable[str], tags: tuple[str, ...] | None) -> str | None:
    """The first tag of an item that the settings name; None if there is none. An item may have tags of other fields,
    of its folder and of its text.
    """
    return _first([_plain(tag) for tag in shown], tags) if tags else None


@lru_cache(maxsize=64)
def _words_of(tags: tuple[str, ...]) -> tuple[bytes, ...]:
    """Words of which a file with one of these tags has one, for a quick look. Any file may have a tag with a letter
    that is not ASCII: escapes may stand for such a letter.
    """
    return tuple(tag.split()[-1].lstrip("#").encode() if tag.isascii() else b"" for tag in tags)


def _first(found: Sequence[str], tags: Collection[str]) -> str | None:
    withholding = {_plain(tag) for tag in tags}
    return next((tag for tag in found if tag in withholding), None)


def may_be_tags(name: str) -> bool:
    """Whether a field of this name holds the tags of a file."""
    return plain_name(name) in _NAMES


def _tags_of(tree: Mapping[str, Node]) -> list[str]:
    found: list[str] = []
    for name, value in tree.items():
        if not may_be_tags(name):
            continue
        for each in value if isinstance(value, list) else [value]:
            tag = each.get("name", each.get("title")) if isinstance(each, dict) else each
            if isinstance(tag, str):
                found += filter(None, map(_plain, _BETWEEN_TAGS.split(tag)))
    return found


def _plain(tag: str) -> str:
    """A tag without what makes no difference to a reader: capitals, blanks, invisible characters."""
    return " ".join(unicodedata.normalize("NFKC", visible(tag)).casefold().split()).removeprefix("#")


def _is_nikolas(tree: Mapping[str, Node]) -> bool:
    """Whether a file has the fields that Nikola writes into each new post."""
    names = {plain_name(name): value for name, value in tree.items()}
    return names.get("type") == "text" and "slug" in names and "link" in names


def _is_jekylls(path: str, tree: Mapping[str, Node]) -> bool:
    return "layout" in tree or _JEKYLLS_NAME.fullmatch(path) is not None
