"""Mentions: a name that seals or withholds, and the text around it, in; whether it may be a field's name, out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from feedd.items.front_matter.code_lines import BREAKS, is_field
from feedd.items.front_matter.yaml import FieldPath
from feedd.items.withholding import meaning
from feedd.items.withholding.damaged_names import DRESS, SEALING, letters
from feedd.items.withholding.withholding_marks import AUDIENCE, OWN_MARKS
from feedd.patterns import late_pattern

WINDOW = 64  # characters that are looked at on each side of a name: many names on a line take no longer

# After these words and a blank, a sentence speaks of a mark. After other words on a line, two lines were joined.
_SPOKEN = late_pattern(
    r"(?<![^\s\"'(])(?:an?|be|been|if|is|it|not|never|or|say|says|set|the|to|use|was|with|write) $", re.IGNORECASE
)
# A front matter begins so if its lines were joined to one.
_JOINED = late_pattern(r"[#>*\s]{0,9}(?:---|\+\+\+|[`~]{3,}[ \t]*toml)[ \t]{1,9}\S", re.IGNORECASE)
_GIVEN = late_pattern(r"[\"'`]?\s*[:\uff1a\ufe55]\s*")
_NEXT_FIELD = late_pattern(r"[\"']?[^\s:=\"']{1,20}+[\"']?(?:[ \t]++[A-Za-z][\w-]{0,40}+)?[ \t]*+:(?=\s|$)")
_BLOCK_BEHIND = late_pattern(r"[ \t][|>][-+]?\d?[ \t]*$")  # what begins a block of text
_QUOTED_BELOW = late_pattern(r"[\"']?[ \t]*\n[ \t]+(?:-[ \t]+)?[\"'][\w\"']")
_MAPPING = late_pattern(r"\s*\{[\"']?\w+[\"']?:")
_ONE_QUOTED_WORD = late_pattern(r"\s*([\"'])[\w.-]+\1")
_QUOTED = late_pattern(r"\s*(?:\[[ \t]*+)?(?:[\"'\u201c\u201d\u2018\u2019]|[|>][-+\d]*[ \t]*(?:\n|$))")
_HARMLESS = late_pattern(
    r"[\"']?(?:true|false|yes|no|on|off|null|~|\d{1,5})(?:[ \t]+or[ \t]+(?:true|false|yes|no))?[\"'`]?"
    r"\s*(?:[,;|}\]#\n.!?)]|$)",
    re.IGNORECASE,
)
_CIPHERTEXT = late_pattern(r"[\"']?[\w+/=;-]{24}", re.ASCII)
_STRUCTURE = late_pattern(r"(?:[\s\-?+>.\"'\u201c\u201d\u2018\u2019&!\[{(,]|\*(?=\s))*")
_AFTER_COMMA = late_pattern(r"[,{\[(]\s*[\"']?$")
_AFTER_DOTS = late_pattern(r"(?<!\.)\.\.[ \t]{0,3}$")
_VALUE_ENDS = late_pattern(f"[{BREAKS},}}]")
_DRESSED_BEFORE = late_pattern(rf"(?:{DRESS}(?<![\"'\[{{(?-]))+$", re.IGNORECASE)
_DRESSED_AFTER = late_pattern(
    rf"{DRESS}{{0,9}}(?:[ \t]+{DRESS}{{1,4}})?\s*(?:[:\uff1a\ufe55]|&colon;|&#0*58;|&#x0*3a;)",
    re.IGNORECASE,
)
_SPACED_OUT = late_pattern(r"\w(?:[\W_]{1,3}[^\W_]){3,}")  # no word of a sentence is, so that it needs no colon
_WORD_ALONE = late_pattern(r"[\s\-?>\[{(,\"']*+\w+")
_QUOTED_TO_END = late_pattern(r"[ \t]++([\"'])[^\n]*?(?:\1[ \t]*(?:\n|$)|(?<=[^\n]{60})$)")
_NOT_SEALED = late_pattern(r"(?:un|in|non|non-)$", re.IGNORECASE)


class Mention(Struct, frozen=True):
    """A doubt, at an offset in the front matter or in the body. `reason` quotes nothing of the file.

    `withholds`: the name with its value would withhold the item.
    """

    at: FieldPath
    offset: int
    reason: str
    withholds: bool = False


class Named(NamedTuple):
    """A name in small letters, as a whole word, and the text before and after it on its line.

    `is_dressed`: something stood between its letters, or between it and the colon. It is taken away here. `is_slip`: it
    is no emphasis, with marks on both sides of the name.
    """

    name: str
    before: str
    after: str
    is_dressed: bool = False
    is_slip: bool = False


def is_spoken(text: str, at: int) -> bool:
    """Whether a name in a text, or in a line, is a word of a sentence. None is where lines were joined to one."""
    return _SPOKEN.search(text[max(at - 12, 0) : at]) is not None and not _JOINED.match(text)


def named(found: re.Match[str], before: str, after: str) -> Named:
    """A match of `damaged_names.names_in`, with the text around it."""
    name = letters(found[0])
    before, after = around(name, before, after)
    is_parted = len(found[0]) != len(name)
    words = found[0].split()
    may_be_words = name != SEALING or words[0].lower() == "se"
    if is_parted and may_be_words and before[-1:].isalnum() and len(words) == 2 and all(map(str.isalpha, words)):
        return Named(name, before, "")  # `disease cured`
    colon = None if given(after) and after[:1] != "`" else _DRESSED_AFTER.match(after)
    if not is_parted and colon is None:
        return Named(name, before, after)
    outside = _DRESSED_BEFORE.sub("", before)
    is_without_colon = colon is None and not given(after) and _SPACED_OUT.fullmatch(found[0]) is not None
    inside = ":" + after[colon.end() if colon else 0 :] if colon or is_without_colon else after
    return Named(name, outside, inside, is_dressed=True, is_slip=is_parted or outside == before)


def around(name: str, before: str, after: str) -> tuple[str, str]:
    """The text before and after a name, without what makes `isDraft`, `drafts` or `audiences` of it."""
    if before[-2:].lower() == "is" and not before[-3:-2].isalnum():
        before = before[:-2]
    if name in ("draft", AUDIENCE) and after[:1] in ("s", "S") and given(after[1:]):
        after = after[1:]
    return before, after


def is_structure(before: str) -> bool:
    """Whether all that stands before a name on its line are blanks, quotes, and marks of lists and mappings."""
    return _STRUCTURE.fullmatch(before) is not None


def follows_comma(before: str) -> bool:
    """Whether a name stands where the name of a field in `{}` does."""
    return _AFTER_COMMA.search(before) is not None


def follows_dots(before: str) -> bool:
    """Whether a name stands behind the two dots of a header in a comment, whose line was joined to another one."""
    return _AFTER_DOTS.search(before) is not None


def given(after: str) -> re.Match[str] | None:
    """The colon after a name, with the blanks around it."""
    return _GIVEN.match(after)


def is_before_field(after: str) -> bool:
    """Whether another field follows the value of a field on its line: lines were joined to one."""
    colon = given(after)
    return colon is not None and _NEXT_FIELD.match(after, colon.end()) is not None


def seal_given(before: str, after: str, *, is_field: bool, is_text: bool) -> bool:
    """Whether the text after the name `secured` reads as a value of the field, and not as a sentence.

    `is_field`: the name stands where a field's name does. `is_text`: the rest hardly is a front matter.
    """
    colon = given(after)
    if colon is None and _QUOTED_BELOW.match(after):
        return True
    if colon is None:
        return (
            is_field
            and bool(after[:1].strip(",.;") or after[:1].isspace())
            and (_QUOTED.match(after) is not None or _MAPPING.match(after) is not None)
        )
    value = after[colon.end() :]
    if is_text and is_harmless(after):
        return False
    joined = before[-1:].isalnum() and not _NOT_SEALED.search(before)
    if is_field or joined or _CIPHERTEXT.match(value) or _QUOTED.match(value):
        return not before[-1:].isalnum() or joined
    return not is_text


def has_run_into_word(before: str, after: str) -> bool:
    """Whether the name `secured` has run into the only word before it, and has lost its colon: a text in quotes is all
    that follows on the line.
    """
    is_joined = _WORD_ALONE.fullmatch(before) is not None and _NOT_SEALED.search(before) is None
    return is_joined and _QUOTED_TO_END.match(after) is not None


def is_harmless(after: str) -> bool:
    """Whether the text after the name `secured` is `true`, a number or the like: these reveal nothing."""
    colon = given(after)
    return colon is not None and _HARMLESS.match(after, colon.end()) is not None


def mark_given(name: str, after: str, *, swept: bool) -> bool:
    """Whether a text after the name of a withholding field reads as a value that withholds.

    `swept`: it stands in a text that seems to have taken in other fields, so less is enough.
    """
    colon = given(after)
    if colon is None:
        return False
    value = _VALUE_ENDS.split(after[colon.end() :])[0]
    if name == AUDIENCE:
        value = value.lstrip(" \t-[")  # the first of a list
    if meaning.says_so(name, value):
        return swept or name == "heat" or _is_alone(value)
    return swept and name in OWN_MARKS and len(value.split()) == 1 and meaning.may_say_so(name, value)


def _is_alone(value: str) -> bool:
    """Whether no other words follow the first one of a value, unless in a comment, or behind a quote."""
    value = _BLOCK_BEHIND.sub("", value)
    return _ONE_QUOTED_WORD.match(value) is not None or not any(
        map(str.isalnum, "".join(value.partition("#")[0].split()[1:]))
    )


def is_inline_code(before: str, after: str) -> bool:
    """Whether a name stands between two backquotes, and not alone: "`name`: value" is a name with marks around it."""
    return before.count("`") % 2 == 1 and "`" in after and not (after[0] == "`" and _DRESSED_AFTER.match(after))


def is_quotation(texts: Sequence[str], at: int) -> bool:
    """Whether a line quotes a text, and none of the quoted lines around it is a field of another name."""
    if not texts[at].startswith(">"):
        return False
    around_it = [texts[near] for near in (at - 2, at - 1, at + 1, at + 2) if 0 <= near < len(texts)]
    return not any(line.startswith(">") and is_field(line.lstrip("> ")) for line in around_it)


def is_underlined(texts: Sequence[str], at: int) -> bool:
    """Whether a line is a heading, underlined by equals signs. A line of `-` may close a front matter."""
    below = texts[at + 1] if at + 1 < len(texts) else ""
    return len(below) > 1 and not below.rstrip().strip("=")


def is_sentence(word: str, after: str) -> bool:
    """Whether a line that begins with `Secured:` reads as a sentence."""
    colon = given(after)
    value = after[colon.end() :] if colon else after
    return (
        word == "Secured" and not _QUOTED.match(value) and value[:1] not in ("{", "[") and not _CIPHERTEXT.match(value)
    )
