"""What must not get out: files in any state, in; whether they hold sealed text or ask to be withheld, out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from difflib import get_close_matches
from functools import lru_cache

import msgspec

from feedd.core.fields import is_false, is_true
from feedd.core.frontmatter import FieldPath, FrontMatterError, Node, locate, split
from feedd.model import Item

WITHHOLDING_FIELDS = ("published", "removed", "deleted", "draft")

_SEALED_BODY = re.compile(r"^[ \t]*[\"']?secured[\"']?[ \t]*:[ \t]*\S", re.MULTILINE | re.IGNORECASE)
_SEALED_LINE = re.compile(r"^[ \t]*(?:-[ ]+)*[\"']?secured[\"']?[ \t]*:", re.MULTILINE | re.IGNORECASE)
_SEALED_TEXT = re.compile(rb"secured[\"']?\s*:\s*(?:[|>][+-]?\s*)?[\"']?[\w+/=;-]{24}", re.IGNORECASE | re.ASCII)
# In a file that is broken anyway, a false alarm only withholds what could not be read.
_WITHHOLDING = re.compile(
    r"(?:^|[{,])[ \t]*[\"']?(?:published[\"']?[ \t]*:(?!\s*[\"']?(?:true|yes|on|y|1)\b)\s*\S"
    r"|(?:removed|deleted|draft)[\"']?[ \t]*:(?!\s*[\"']?(?:false|no|off|n|0)\b)\s*\S"
    r"|heat[\"']?[ \t]*:\s*[\"']?-)",
    re.MULTILINE | re.IGNORECASE,
)


def asks_to_be_withheld(data: bytes) -> bool:
    """Whether a file that cannot be read still says, or tries to say, that it is not to be published."""
    head = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r", "\n")
    with suppress(FrontMatterError):  # where the front matter has no beginning or end, all of it counts
        head = split(head).front
    return _WITHHOLDING.search(head) is not None


def misspelt(unknown: Iterable[str], tree: dict[str, Node]) -> list[tuple[str, str]]:
    """Unknown fields that would withhold the item if they were spelt as they were probably meant, and how."""
    return [
        (name, meant)
        for name in sorted(unknown)
        if (is_false(tree[name]) or is_true(tree[name]))
        and (meant := _meant(name)) is not None
        and (is_false(tree[name]) if meant == "published" else is_true(tree[name]))
    ]


@lru_cache(maxsize=4096)
def _meant(name: str) -> str | None:
    return next(iter(get_close_matches(name.lower(), WITHHOLDING_FIELDS, 1, cutoff=0.8)), None)


def leak(item: Item, sealed: list[str], front: str, tree: dict[str, Node]) -> FieldPath | None:
    """The field into which the text of a `secured` field has run, through a quote that is missing."""
    if item.body and _SEALED_BODY.search(item.body):
        return ("body",)
    kept = msgspec.msgpack.encode(item)
    if b"secured" in kept.lower() and (_SEALED_TEXT.search(kept) or _was_swept_up(front)):
        return _holder(tree) or ("body",)
    if any(len(seal) >= 8 and seal.encode() in kept for seal in sealed):
        return ("secured",)
    return None


def _was_swept_up(front: str) -> bool:
    """Whether a line that gives a `secured` field is part of another field's text."""
    given = {line for at, line in locate(front).items() if str(at[-1]).lower() == "secured"}
    return any(front.count("\n", 0, found.end()) + 2 not in given for found in _SEALED_LINE.finditer(front))


def _holder(node: Node, at: FieldPath = ()) -> FieldPath | None:
    """The first field whose text mentions `secured`."""
    if isinstance(node, str):
        return at if "secured" in node.lower() else None
    parts = node.items() if isinstance(node, dict) else enumerate(node or ())
    return next((found for key, part in parts if (found := _holder(part, (*at, key)))), None)
