"""The meaning of "withheld", in a single place: the fields that withhold an item, with the values that do so.

The names and values are in `withholding_marks`. Of a broken file, `broken_files` says whether it asks to be withheld.

a readable file -- withholds --> whether its fields withhold it
an Item         -- withheld, folded --> why it is not shown
a name, a value -- says_so, may_say_so --> whether a text withholds as a field of this name

`damaged_names` finds such names in a text, also where a slip has damaged them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from feedd.items.decoders import finite, is_false, is_true
from feedd.items.front_matter.yaml import Node
from feedd.items.withholding.damaged_names import MARKS, letters, undressed
from feedd.items.withholding.withholding_marks import (
    AUDIENCE,
    MARKS_BY_NAME,
    Judgement,
    is_hiding_word,
    judge,
    kind_of,
)
from feedd.model import Item
from feedd.patterns import late_pattern

RETRACTING = ("removed", "deleted", "draft")
WITHHOLDING_FIELDS = ("published", *RETRACTING)

_SPELT = tuple(name for name in MARKS_BY_NAME if MARKS_BY_NAME[name] in ("true", "false", "word") and len(name) > 4)

_JUNK = " \t\"'`,;)]}([{|>&!*\\"  # characters that a slip may leave around a value
_DASHES = "-\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_NEGATIVE = late_pattern(rf"[{_DASHES}]\s*\.?\d")
_LIKE_NEGATIVE = late_pattern(rf"[{_DASHES}](?!--)")
_WORD = late_pattern(r"[^\s,;:#=\"'`()\[\]{}<>]*")


def withholds(values: Mapping[str, Any]) -> bool:
    """Whether decoded fields, of an item or of a related report, ask that it is not shown."""
    return is_retracted(values) or values.get("published") is False or values.get("heat", 0) < 0


def is_retracted(values: Mapping[str, Any]) -> bool:
    """Whether decoded fields say that an item was taken back, or is not finished."""
    return not values.keys().isdisjoint(RETRACTING) and any(values.get(name) for name in RETRACTING)


def withheld(item: Item, *, default_listed: bool) -> str | None:
    """Why an item is not for publication, whatever the date; None if it is."""
    if item.hidden_by:
        return f"the file says `{item.hidden_by}`"
    if item.retracted:
        return "the file says `removed`, `deleted` or `draft`"
    if item.listed is False:
        return "the file says `published: false`"
    if item.listed is None and not default_listed:
        return "the file does not say `published: true`, which `defaults.published: false` asks for"
    return None


def expired(item: Item, now: datetime) -> str | None:
    """Why an item is not shown any more; None if its time has not come, or if it has none."""
    if item.expires is not None and item.expires <= now:
        return f"expired at {item.expires:%Y-%m-%d %H:%M} UTC, as the file says"
    return None


def folded(item: Item) -> str | None:
    """Why an item is not shown but under another, if the curator wants it so."""
    if item.heat is not None and item.heat < 0:
        return f"folded under another story (`heat: {item.heat:g}`)"
    return None


def what_holds(item: Item, now: datetime, *, default_listed: bool) -> str | None:
    """What kind of thing keeps an item by itself from being shown now, in a few words; None if nothing does."""
    if withheld(item, default_listed=default_listed) is not None:
        return "withheld"
    if expired(item, now):
        return "expired"
    if item.published is not None and item.published > now:
        return "waiting for the date"
    return "to be shown under another alone" if folded(item) is not None else None


def is_publishable(item: Item, now: datetime, *, default_listed: bool) -> bool:
    """Whether an item by itself may be shown as an entry now: neither withheld, nor folded, nor dated in the future,
    nor expired.
    """
    return what_holds(item, now, default_listed=default_listed) is None


def misspelt(unknown: Iterable[str], tree: Mapping[str, Node]) -> list[tuple[str, str]]:
    """Unknown fields that would withhold the item if they were spelt as they were probably meant, and how."""
    return [(name, meant) for name in sorted(unknown) if (meant := _meant_by(name, tree[name])) is not None]


def _meant_by(name: str, value: Node) -> str | None:
    kind = kind_of(name)
    if (plain := letters(name)) == "heat":
        return plain if name != plain and isinstance(value, str) and says_so(plain, value) else None
    if plain[:1] == "h" and (finite(value) or 0) < 0 and is_like_heat(plain):
        return "heat"
    if value is None:  # `{published false}` names a field that has no value
        word, _, rest = name.partition(" ")
        return letters(word) if rest and kind_of(word) and says_so(word, rest) else None
    if kind is not None:
        return None  # `withholding_marks` reads it
    if plain in MARKS and plain != AUDIENCE and isinstance(value, str):
        return plain if may_say_so(plain, value) else None
    if not (is_true(value) or is_false(value) or (isinstance(value, str) and is_hiding_word(value.strip().lower()))):
        return None
    meant = meant_mark(plain)
    return meant if meant and says_so(meant, str(value)) else None


def is_like_heat(name: str) -> bool:
    """Whether a name in small letters is `heat` with a slip in it, if its value is a negative number."""
    return 3 <= len(name) <= 5 and name[0] == "h" and bool(get_close_matches(name, ("heat",), 1, cutoff=0.74))


@lru_cache(maxsize=4096)
def meant_mark(name: str) -> str | None:
    """The mark that a name in small letters is probably meant to be."""
    if len(name) > 16:
        return None
    return next(iter(get_close_matches(name.lower(), _SPELT, 1, cutoff=0.8)), None)


def says_so(name: str, value: str) -> bool:
    """Whether the text after the name of a withholding field, quotes and all, withholds the item."""
    return _judged(name, value) == "hides"


def may_say_so(name: str, value: str) -> bool:
    """Whether the text after the name of a withholding field is anything but the opposite value, or nothing."""
    if kind_of(letters(name)) == "negative":
        return _LIKE_NEGATIVE.match(undressed(value).strip(_JUNK)) is not None
    return bool(value.strip()) and _judged(name, value) != "shows"


def _judged(name: str, value: str) -> Judgement:
    kind, value = kind_of(letters(name)), undressed(value).strip(_JUNK)
    if letters(name) == AUDIENCE:
        return "hides" if value else "shows"
    if kind == "negative":
        return "hides" if _NEGATIVE.match(value) else "shows"
    if kind == "word":
        return judge(kind, value)
    if kind == "past" or kind is None:
        return "hides" if kind and any(map(str.isdigit, value)) else "shows"
    word = _WORD.match(value)
    written = word[0].rstrip("-._*~") if word else ""
    return judge(kind, written) if written else "unclear"
