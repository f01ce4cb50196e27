"""The meaning of "withheld", in a single place: the fields that withhold an item, with the values that do so.

a readable file -- withholds --> whether its fields withhold it
an Item         -- withheld, folded --> why it is not shown
a broken file   -- asks_to_be_withheld --> whether a person would still see in it that it is not to be shown
any text        -- NAMES, letters --> the names in it that seal or withhold, also where a slip has damaged them
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from html import unescape
from typing import Any

from feedd.items.decoders import is_false, is_true
from feedd.items.front_matter.code_lines import continuation, first_fields, in_code, last_closing, split_lines
from feedd.items.front_matter.formats import FORMATS, split
from feedd.items.front_matter.yaml import FrontMatterError, Node
from feedd.items.invisible import bare
from feedd.model import Item
from feedd.patterns import late_pattern

RETRACTING = ("removed", "deleted", "draft")
WITHHOLDING_FIELDS = ("published", *RETRACTING)
MARKS = (*WITHHOLDING_FIELDS, "heat")
SEALING = "secured"

# A name is still one with tags, entities, marks, blanks or a line end in it: whoever reads the file sees the name.
_MARKUP = r"</?[a-z][^<>\n]{0,40}>|&#?\w{1,31};"
_PARTS = rf"(?:{_MARKUP}|[\W_]){{0,6}}"
_PARTED = "|".join(_PARTS.join(name) + ("(?!datetime)" if name == "published" else "") for name in (SEALING, *MARKS))
NAMES = late_pattern(_PARTED, re.IGNORECASE)
DRESS = rf"(?:{_MARKUP}|[^\w\s:;=,\uff1a\ufe55]|_)"  # marks that may stand around a name, such as emphasis
_DRESSED_NAME = late_pattern(
    rf"(?P<open>{DRESS}{{0,9}})(?<![^\W_])(?P<name>{_PARTED})(?P<close>{DRESS}{{0,9}})(?=\s*(?:[:;=\uff1a\ufe55]|->))",
    re.IGNORECASE,
)
_TAG = late_pattern(r"</?[a-z][^<>\n]{0,40}>", re.IGNORECASE)
_NAMES_IN_BYTES = late_pattern(_PARTED.encode())
_MARKUP_IN_BYTES = late_pattern(_MARKUP.encode())
_NO_LETTERS = bytes(code for code in range(256) if not chr(code).isascii() or not chr(code).isalpha())
_NEAR = 600
_LONGEST_NAME = 200  # with all that may stand in it
# The beginning or the end of `secured` where the rest of it does not stand beside it.
_BEGINS = late_pattern(rb"secu(?:r?(?![a-z])|re(?:[^a-z]{1,6}|[<&][^<>;\n]{1,40}[>;])d(?![a-z]))")
_ENDS = late_pattern(rb"ured(?:(?<=[^a-z]ured)|(?<=[^a-z]cured)|(?<=[^a-z]ecured))")

_JUNK = " \t\"'`,;)]}([{|>&!*\\"  # characters that a slip may leave around a value
_DASHES = "-\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_NEGATIVE = late_pattern(rf"[{_DASHES}]\s*\.?\d")
_LIKE_NEGATIVE = late_pattern(rf"[{_DASHES}](?!--)")
_WORD = late_pattern(r"[^\s,;#\"'`\])}]*")
# Marks around the name, such as emphasis, are a slip, too: YAML cannot read such a line, and it looks like a field.
_NAMED_FIELD = late_pattern(
    r"(?<![^\W_])(?<![/.])(?P<name>published|removed|deleted|draft|heat)"
    r"(?P<sign>[^\w\s:=,;/.-]{0,9}_?\s*(?:[:;=\uff1a\ufe55]|->)|(?=\s|$))(?=(?P<value>[^\n,}]{0,99}))",
    re.IGNORECASE,
)
_ASSIGNED = late_pattern(
    r"(?:^|[{,])(?P<name>[^\n:;=\uff1a\ufe55{},]{4,24})(?:[:;=\uff1a\ufe55]|->)(?P<value>[^\n,}]{1,99})", re.IGNORECASE
)
# Before these words, a sentence speaks of a mark. After other words on a line, two lines were joined.
_SPOKEN = late_pattern(
    r"\b(?:an?|be|been|if|is|it|not|never|or|say|says|set|the|to|use|was|with|write)\s+$", re.IGNORECASE
)


def with_whole_names(small: bytes) -> bytes:
    """A file in small letters, with each `secured` in it as one word."""
    if not _may_be_parted(small):
        return small
    return _NAMES_IN_BYTES.sub(lambda found: found[0].translate(None, _NO_LETTERS), _MARKUP_IN_BYTES.sub(b"", small))


def _may_be_parted(small: bytes) -> bool:
    """Whether something may stand between the letters of a `secured`: a quick look."""
    end = small.find(b"\n---", 4) + _NEAR  # text that a stray line takes out of a front matter stands near it
    near, far = small[:end], small[end:]
    if is_parted(near, b"secured"):
        return True
    parts = small if b"<" in near or b"&" in near else far
    named = parts.count(b"secured")
    if parts.count(b"ured") != named and _ENDS.search(parts) is not None:
        return True
    return parts.count(b"secu") != named and _BEGINS.search(parts) is not None


def is_parted(small: bytes, *names: bytes) -> bool:
    """Whether other characters than markup stand between the letters of such a name: a quick look."""
    joined = small.translate(None, _NO_LETTERS)
    return any(joined.count(name) != small.count(name) for name in names)


def letters(name: str) -> str:
    """A name in small letters, without markup, and without characters other than letters and digits."""
    return _plain(name).casefold()


def is_sealing(name: str) -> bool:
    """Whether a name means the field of sealed text, with a slip in it or not."""
    return letters(name[:_LONGEST_NAME]) == SEALING


def _plain(name: str) -> str:
    if name.isascii() and name.isalpha():
        return name
    return re.sub(r"[\W_]", "", bare(undressed(name)))


def undressed(text: str) -> str:
    """A text without tags, with its entities decoded."""
    return _TAG.sub("", unescape(text)) if "<" in text or "&" in text else text


def mended(text: str, *, emphasis: bool = True) -> str:
    """A text with each name of a field in it as one word, without marks around it. Its lines stay as many.

    `emphasis`: also names that only have marks on both sides.
    """

    def mend(found: re.Match[str]) -> str:
        if not emphasis and bool(found["open"]) == bool(found["close"]) and found["name"].isalpha():
            return found[0]
        return "\n" * found[0].count("\n") + _plain(found["name"])

    return _DRESSED_NAME.sub(mend, text)


def withholds(values: Mapping[str, Any]) -> bool:
    """Whether decoded fields, of an item or of a related report, ask that it is not shown."""
    return is_retracted(values) or values.get("published") is False or values.get("heat", 0) < 0


def is_retracted(values: Mapping[str, Any]) -> bool:
    """Whether decoded fields say that an item was taken back, or is not finished."""
    return any(values.get(name) for name in RETRACTING)


def withheld(item: Item, *, default_listed: bool) -> str | None:
    """Why an item is not for publication, whatever the date; None if it is."""
    if item.retracted:
        return "the file says `removed`, `deleted` or `draft`"
    if item.listed is False:
        return "the file says `published: false`"
    if item.listed is None and not default_listed:
        return "the file does not say `published: true`, which `defaults.published: false` asks for"
    return None


def folded(item: Item) -> str | None:
    """Why an item is not shown but under another, if the curator wants it so."""
    if item.heat is not None and item.heat < 0:
        return f"folded under another story (`heat: {item.heat:g}`)"
    return None


def is_publishable(item: Item, now: datetime, *, default_listed: bool) -> bool:
    """Whether an item by itself may be shown as an entry now: neither withheld, nor folded, nor dated in the future."""
    waits = item.published is not None and item.published > now
    return not waits and withheld(item, default_listed=default_listed) is None and folded(item) is None


def misspelt(unknown: Iterable[str], tree: Mapping[str, Node]) -> list[tuple[str, str]]:
    """Unknown fields that would withhold the item if they were spelt as they were probably meant, and how."""
    return [(name, meant) for name in sorted(unknown) if (meant := _meant_by(name, tree[name])) is not None]


def _meant_by(name: str, value: Node) -> str | None:
    if (plain := letters(name)) == "heat":
        return plain if name != plain and isinstance(value, str) and says_so(plain, value) else None
    if value is None:  # `{published false}` names a field that has no value
        found = _NAMED_FIELD.match(name)
        return found["name"].lower() if found and says_so(found["name"], found["value"]) else None
    if plain in WITHHOLDING_FIELDS and name.casefold() != plain and isinstance(value, str):
        return plain if may_say_so(plain, value) else None
    if not (is_true(value) or is_false(value)):
        return None
    meant = _meant(plain)
    return meant if meant and says_so(meant, str(value)) else None


@lru_cache(maxsize=4096)
def _meant(name: str) -> str | None:
    if len(name) > 16:
        return None
    return next(iter(get_close_matches(name.lower(), WITHHOLDING_FIELDS, 1, cutoff=0.8)), None)


def says_so(name: str, value: str) -> bool:
    """Whether the text after the name of a withholding field, quotes and all, withholds the item."""
    value = undressed(value).strip(_JUNK)
    if name.lower() == "heat":
        return _NEGATIVE.match(value) is not None
    word = _WORD.match(value)
    written = word[0].rstrip("-._*~") if word else ""
    return is_false(written) if name.lower() == "published" else is_true(written)


def may_say_so(name: str, value: str) -> bool:
    """Whether the text after the name of a withholding field is anything but the opposite value, or nothing."""
    if name.lower() == "heat":
        return _LIKE_NEGATIVE.match(undressed(value).strip(_JUNK)) is not None
    if says_so(name, value):
        return True
    if not value.strip():
        return False
    word = _WORD.match(undressed(value).strip(_JUNK))
    written = word[0].rstrip("-._*~") if word else ""
    return not (is_true(written) if name.lower() == "published" else is_false(written))


def asks_to_be_withheld(data: bytes) -> bool:
    """Whether a file that cannot be read still asks, or tries to ask, not to be published.

    A false alarm only withholds a file that could not be read anyway. So marks also count where they are misspelt,
    where a line was joined to another one, and in UTF-16.
    """
    return any(_asks(text) or _asks(mended(undressed(text))) for text in _readings(data))


def _readings(data: bytes) -> Iterable[str]:
    """A file's text, as far as one can be made out: in UTF-16, bytes may be missing, and so may be the mark of it."""
    yield data.replace(b"\0", b"").lstrip(b"\xff\xfe").decode("utf-8-sig", "replace")
    if b"\0" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield data.decode("utf-16-le", "replace").lstrip("\ufeff")
        yield data.decode("utf-16-be", "replace").lstrip("\ufeff")


def _asks(text: str) -> bool:
    text = bare(text).replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").replace("\\n", "\n")
    with suppress(FrontMatterError):  # where the front matter has no beginning or end, all of the file counts
        source = split(text)
        as_yaml = FORMATS[source.format].as_yaml
        front = as_yaml(source.front)
        lines = split_lines(as_yaml(source.body)).texts
        code = in_code(lines)
        closing = last_closing(lines, code)
        last = closing + 1 + first_fields(lines[closing + 1 :]) if closing >= 0 else 0
        reach = max(continuation(lines, code), first_fields(lines) if lines[0].strip() else 0, last)
        text = "\n".join((front, *(line for line, is_code in zip(lines[:reach], code, strict=False) if not is_code)))
    lines = split_lines(text).texts
    return any(is_mark(lines, at) for at in range(len(lines)))


def is_mark(lines: Sequence[str], at: int) -> bool:
    """Whether a line of a broken text holds a mark that withholds."""
    line = lines[at]
    if line.lstrip().startswith("#"):
        return False
    for found in _NAMED_FIELD.finditer(line):
        name, value = found["name"], found["value"]
        before = line[max(found.start() - 40, 0) : found.start()]
        if not found["sign"]:
            if not value.strip() and before.strip() == "?":
                value = _next_value(lines, at).removeprefix(":")
            if not before.strip(" \t-?{,\"'") and says_so(name, value) and len(value) < 20:
                return True
        elif not _SPOKEN.search(before) and may_say_so(name, value.strip() or _next_value(lines, at)):
            return True
    return any(_is_roughly(found["name"], found["value"]) for found in _ASSIGNED.finditer(line))


def _is_roughly(name: str, value: str) -> bool:
    """Whether a name with a slip in it means a withholding field, and the text after it withholds."""
    plain = letters(name)
    meant = "heat" if plain == "heat" else _meant(plain)
    return meant is not None and says_so(meant, value)


def _next_value(lines: Sequence[str], at: int) -> str:
    """The text of the line after a name without a value, unless this line begins another field."""
    following = lines[at + 1].strip() if at + 1 < len(lines) else ""
    return "" if re.match(r"[\"']?[A-Za-z_][\w-]*[\"']?\s*:|---|\.\.\.", following) else following
