"""Damaged names: a text, in; the names of fields in it that seal or withhold, out, also where a slip has damaged them.

any text -- names_in, letters --> the names in it
         -- mended --> the text with each name as one word
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from html import unescape

from feedd.items.front_matter.code_lines import LONGEST_NAME
from feedd.items.invisible import bare
from feedd.items.withholding.look_alikes import plain_word
from feedd.items.withholding.withholding_marks import AUDIENCE, MARKS_BY_NAME, PROTECTED
from feedd.patterns import late_pattern

# A name before the names that it begins with. `isdraft` and `drafts` are found by the `draft` in them.
# `password` is a word of prose, too: it withholds in a front matter alone.
MARKS = tuple(
    sorted(
        (
            *(name for name in MARKS_BY_NAME if name not in ("drafts", PROTECTED) and not name.startswith("is")),
            AUDIENCE,
        ),
        key=len,
        reverse=True,
    )
)
SEALING = "secured"

# A name is still one with tags, entities, marks, blanks or a line end in it: whoever reads the file sees the name.
_MARKUP = r"</?[a-z][^<>\n]{0,40}>|&#?\w{1,31};"
_PARTS = rf"(?:{_MARKUP}|[\W_]){{0,6}}"
_NOT_BEFORE = {"published": "(?!datetime)", "publish": "(?!e[dr]|ing|date)", "public": "(?!at|i)", "hide": "(?!n)"}
_NAMES = (SEALING, *MARKS)
DRESS = rf"(?:{_MARKUP}|[^\w\s:;=,\uff1a\ufe55]|_)"  # marks that may stand around a name, such as emphasis
_BEFORE_VALUE = r"(?=\s*(?:[:;=\uff1a\ufe55]|->))"
_COLON = late_pattern("[:\uff1a\ufe55&]")
_BEFORE_COLON = tuple(name.encode() for mark in MARKS for name in (mark, f"{mark}s"))
_TAG = late_pattern(r"</?[a-z][^<>\n]{0,40}>", re.IGNORECASE)
_ANY_MARKUP = late_pattern(_MARKUP, re.IGNORECASE)
_MARKUP_IN_BYTES = late_pattern(_MARKUP.encode())
_NO_LETTERS = bytes(code for code in range(256) if not chr(code).isascii() or not chr(code).isalpha())
_MORE_THAN_CASES = "\u0130\u0131"  # the letter i in Turkish: where cases do not count, `re` takes it for an i
_NEAR = 600
_LONGEST_NAME = 200  # with all that may stand in it
# The beginning or the end of `secured` where the rest of it does not stand beside it.
_BEGINS = late_pattern(rb"secu(?:r?(?![a-z])|re(?:[^a-z]{1,6}|[<&][^<>;\n]{1,40}[>;])d(?![a-z]))")
_ENDS = late_pattern(rb"ured(?:(?<=[^a-z]ured)|(?<=[^a-z]cured)|(?<=[^a-z]ecured))")


def with_whole_names(small: bytes) -> bytes:
    """A file in small letters, with each `secured` in it as one word."""
    if not _may_be_parted(small):
        return small
    return _names_in_bytes().sub(lambda found: found[0].translate(None, _NO_LETTERS), _MARKUP_IN_BYTES.sub(b"", small))


def _may_be_parted(small: bytes) -> bool:
    """Whether something may stand between the letters of a `secured`: a quick look."""
    end = small.find(b"\n---", 4) + _NEAR  # text that a stray line takes out of a front matter stands near it
    near, far = small[:end], small[end:]
    if is_parted(near, b"secured"):
        return True
    parts = small if b"<" in near or b"&" in near else far
    begun, ended = parts.count(b"secu"), parts.count(b"ured")
    named = parts.count(b"secured") if begun and ended else 0
    return (ended != named and _ENDS.search(parts) is not None) or (
        begun != named and _BEGINS.search(parts) is not None
    )


def is_parted(small: bytes, *names: bytes) -> bool:
    """Whether other characters than markup stand between the letters of such a name: a quick look."""
    joined = small.translate(None, _NO_LETTERS)
    return any(joined.count(name) != small.count(name) for name in names)


def names_in(text: str) -> Iterator[re.Match[str]]:
    """The names in a text that seal or withhold, in their order, also where something stands between their letters."""
    names = _present(text)
    return _parted(names).finditer(text) if names else iter(())


def has_name(text: str, name: str) -> bool:
    """Whether a name stands in a text, also where something stands between its letters."""
    if any(letter in text for letter in _MORE_THAN_CASES):
        return _parted((name,)).search(text) is not None
    return _in_small(name).search(text.lower().replace("\u017f", "s")) is not None


def may_give_mark(text: str) -> bool:
    """Whether a colon may stand behind a mark, with anything between its letters: a quick look."""
    for found in _COLON.finditer(text):
        before = text[max(found.start() - LONGEST_NAME, 0) : found.start()]
        if "<" in before or "&" in before or found[0] == "&":
            return True
        if before.casefold().encode("ascii", "ignore").translate(None, _NO_LETTERS).endswith(_BEFORE_COLON):
            return True
    return False


@lru_cache(maxsize=4)  # a doubtful file is looked at several times
def _present(text: str) -> tuple[str, ...]:
    """The names that may stand in a text. A search for these alone is much faster than a search for all."""
    if ("<" in text or "&" in text) and _ANY_MARKUP.search(text):
        return _NAMES
    joined = text.casefold().encode("ascii", "ignore").translate(None, _NO_LETTERS).decode()
    return tuple(name for name in _NAMES if name in joined)


@cache
def _names_in_bytes() -> re.Pattern[bytes]:
    return re.compile(_alternatives(_NAMES).encode())


@lru_cache(maxsize=256)
def _parted(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(_alternatives(names), re.IGNORECASE)


@cache
def _in_small(name: str) -> re.Pattern[str]:
    """A name in small letters, where cases count: a pattern that begins with such a letter is looked for fast."""
    return re.compile(rf"{name[0]}(?=[{name[1]}\W_]){_alternatives((name,), name[0])}")


@lru_cache(maxsize=256)
def _dressed(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<open>{DRESS}{{0,9}})(?<![^\W_])(?P<name>{_alternatives(names)})(?P<close>{DRESS}{{0,9}})"
        rf"{_BEFORE_VALUE}",
        re.IGNORECASE,
    )


@lru_cache(maxsize=256)
def _before_value(names: tuple[str, ...]) -> re.Pattern[str]:
    """Where `_dressed` may match: it begins with a letter, so that it is looked for much faster."""
    return re.compile(rf"(?:{_alternatives(names)}){DRESS}{{0,9}}{_BEFORE_VALUE}", re.IGNORECASE)


def _alternatives(names: Iterable[str], known: str = "") -> str:
    """A pattern for names that begin with `known`. Names share what they begin with, so that text like the beginning of
    many names is looked at once. A longer name counts before a shorter one.
    """
    following = sorted({name[len(known)] for name in names if len(name) > len(known)})
    branches = []
    for letter in following:
        begun = known + letter
        rest = _alternatives([name for name in names if name.startswith(begun)], begun)
        # In nearly all places, what stands at the first two letters says that no name begins there.
        second = "" if known else rf"(?=[{''.join(sorted({name[1] for name in names if name[0] == letter}))}\W_])"
        branches.append(f"{letter}{second}{rest}")
    parts = _PARTS if known else f"(?=[{''.join(following)}])"
    inner = f"{parts}(?:{'|'.join(branches)})" if branches else ""
    if known not in names:
        return inner
    end = _NOT_BEFORE.get(known, "")
    return f"(?:{inner}|{end})" if inner else end


def letters(name: str) -> str:
    """A name in small letters, without markup, and without characters other than letters and digits."""
    return _plain(name).casefold()


def is_sealing(name: str) -> bool:
    """Whether a name means the field of sealed text, with a slip in it or not."""
    return letters(name[:_LONGEST_NAME]) == SEALING


def _plain(name: str) -> str:
    if name.isascii() and name.isalpha():
        return name
    return re.sub(r"[\W_]", "", plain_word(bare(undressed(name))))


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

    names = _present(text)
    return _dressed(names).sub(mend, text) if names and _before_value(names).search(text) else text
