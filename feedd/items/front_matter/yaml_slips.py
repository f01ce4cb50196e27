"""Slips in YAML: a text that libyaml could not read, and where it gave up, in; the person's probable slip in words,
out.

The words quote nothing of the text, since it may hold sealed text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from feedd.items.front_matter.merge_conflicts import UNRESOLVED, conflict
from feedd.patterns import late_pattern

_SPACES = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_NAME = r"[ \t]*(?:-[ \t]+)*[\"']?[A-Za-z_][\w-]*[\"']?"

_COMMENT_IN_FLOW = rf"(?:{_NAME}:|[ \t]*-)[ \t]+[\[{{][^\]}}\n]*(?<=[\s\[{{,])#"

# Slips on the line above the line where libyaml gives up; below, slips on this line itself.
_ON_A_LINE_ABOVE = (
    (rf"{_NAME}[ \t]*:[{_SPACES}]", "a {} stands after the colon; write an ordinary space"),
    (rf"[ \t]*-[{_SPACES}]", "a {} stands after the dash; write an ordinary space"),
    (rf"[ \t]*[{_SPACES}]", "the line begins with a {}; indent with ordinary spaces"),
    (rf"{_NAME}[ \t]*\uff1a", "a full-width colon stands after the name; write `:` and a space"),
    (rf"{_NAME}:[^\s/:\"'{_SPACES}]", "a space is missing after the colon"),
    (r"[A-Za-z_][\w-]*[ \t]*=[ \t]*[^\s=]", "a field is written with a colon, as `name: value`"),
    (_COMMENT_IN_FLOW, "` #` begins a comment, also in a list; a text with # needs quotes around it"),
)
_ON_THE_LINE = (
    (r" *\t[ \t]*\S", "a tab character indents the line; indent with spaces"),
    (
        rf"{_NAME}[ \t]*:[ \t]+[\u201c\u201d\u201e\u2018\u2019]",
        "curly quotes are none; write straight ones",
    ),
    (rf"(?:{_NAME}:|[ \t]*-)[ \t]+@", "a text that begins with @ needs quotes around it"),
    (rf"(?:{_NAME}:|[ \t]*-)[ \t]+`", "a text that begins with ` needs quotes around it"),
    (rf"(?:{_NAME}:|[ \t]*-)[ \t]+%", "a text that begins with % needs quotes around it"),
    (rf"(?:{_NAME}:|[ \t]*-)[ \t]+&(?!\w)", "a text that begins with & needs quotes around it"),
    (rf"(?:{_NAME}:|[ \t]*-)[ \t]+\?[ \t]", "a text that begins with ? and a blank needs quotes around it"),
    (
        rf"(?:{_NAME}:|[ \t]*-)[ \t]+(?:\"[^\"\\\n]*\"|'[^'\n]*')[ \t]+[^\s#]",
        "a text that begins with a quotation needs quotes around all of it",
    ),
    (rf"(?:{_NAME}:|[ \t]*-)[ \t]+\*(?:\W|\w+\S*\*)", "a text that begins with * needs quotes around it"),
    (rf"{_NAME}:[ \t]+\[[^\]\n]*\][ \t]*[^\s,\]}}#]", "a text that begins with [ needs quotes around it"),
    (rf"{_NAME}:[ \t]+\{{[^}}\n]*\}}[ \t]*[^\s,\]}}#]", "a text that begins with { needs quotes around it"),
    (rf"{_NAME}:[ \t]+[|>][ \t]*[^\s\d+#-]", "a text that begins with > or | needs quotes around it"),
    (rf"{_NAME}:[ \t]+- ", "a text that begins with - and a space needs quotes around it"),
    (rf"{_NAME}:[ \t]+'[^'\n]*\\'", "between single quotes, an apostrophe is written twice, without a backslash"),
    (rf"{_NAME}:[ \t]+'[^'\n]*\w'\w", "an apostrophe ends the text; write it twice, or use double quotes"),
)
_FOREIGN_SIGN = late_pattern(rf"(?P<space>[{_SPACES}])|[\u201c\u201d\u201e\u2018\u2019]")
_OPENS_QUOTE = rf"(?:{_NAME}:[ \t]+|[ \t]*(?:-[ \t]+)+)"
_UNCLOSED = "not valid YAML: a closing quote is missing at the end of the text that begins on this line"
_HALF = late_pattern(r"\\u[dD][89a-fA-F]")

_HINTS = {
    "mapping values are not allowed": 'a text with ": " in it needs quotes around it',
    "found unexpected end of stream": "a closing quote or bracket is missing",
    "found character that cannot start any token": "indent with spaces, not tabs; quote a text that begins "
    "with @, ` or %",
    "did not find expected key": "check the indentation of this line, that quotes inside quotes are written as "
    '\\", and that each quote above is closed',
    "could not find expected ':'": "a field is written as `name: value`",
    "did not find expected": "check the quotes, commas and brackets on this line and above it",
    "control characters are not allowed": "remove the control character",
}


class Slip(NamedTuple):
    """A slip in words that quote nothing, and its line in the text, counted from 0."""

    reason: str
    line: int | None


def explained(words: str, context: str, line: int | None, text: str) -> Slip:
    """The slip in a text that libyaml refuses with its `words`, in the `context`, at a `line` counted from 0."""
    if (marker := conflict(text, "")) is not None:
        return Slip(UNRESOLVED, marker - 2)
    if "escape" in words or "hexdecimal" in words:
        half = "Unicode" in words and line is not None and _HALF.search(text.split("\n")[line])
        hint = (
            "an escape such as \\ud800 is half of a character; write the character itself"
            if half
            else "between double quotes, a backslash is written twice"
        )
        return Slip(f"not valid YAML: {words} ({hint})", line)
    if "end of stream" in words and "quoted scalar" in context:
        return Slip(_UNCLOSED, line)
    if line is not None and (slip := usual(text, line)) is not None:
        return Slip(f"not valid YAML: {slip.reason}", slip.line)
    hint = next((hint for words_of, hint in _HINTS.items() if words_of in f"{context} {words}"), "")
    return Slip(f"not valid YAML: {words}" + (f" ({hint})" if hint else ""), line)


def unclosed_quotes(text: str, line: int) -> Iterator[tuple[str, Slip]]:
    """Quotes that may be missing above a line where libyaml gave up: each text with the quote that it lacks, and the
    slip. The next quote below such a text ends it, within another field. `line` counts from 0.
    """
    lines = text.split("\n")
    for quote in "\"'":
        above = next((at for at in range(min(line, len(lines)) - 1, -1, -1) if quote in lines[at]), None)
        if above is None or line >= len(lines) or quote not in lines[line]:
            continue
        opened = re.match(_OPENS_QUOTE, lines[above])
        if opened and lines[above].find(quote) == opened.end() and lines[above].count(quote) == 1:
            mended = [*lines[:above], lines[above].rstrip() + quote, *lines[above + 1 :]]
            yield "\n".join(mended), Slip(_UNCLOSED, above)


def hidden_space(line: str, *, is_whole: bool) -> str | None:
    """Advice on a blank that YAML takes for a letter, beside the name of a field or a dash; None if there is none.

    `is_whole`: the line is given from its beginning.
    """
    for form, reason in _ON_A_LINE_ABOVE[: 3 if is_whole else 2]:
        if found := re.match(form, line):
            return reason.format(_space(found[0][-1]))
    return None


def begins_comment(text: str, line: int) -> bool:
    """Whether a comment begins in a list or mapping that this line opens, so that its end is in the comment. `line`
    counts from 0; after the last line stands nothing.
    """
    return re.match(_COMMENT_IN_FLOW, "".join(text.split("\n")[line : line + 1])) is not None


def usual(text: str, line: int) -> Slip | None:
    """The usual slip on a line, or on the line of text above it."""
    lines = text.split("\n")[: line + 1]
    above = next((at for at in range(min(line, len(lines)) - 1, -1, -1) if lines[at].strip()), None)
    for at in (line, above):
        if at is not None and at < len(lines):
            for form, reason in _ON_A_LINE_ABOVE:
                if found := re.match(form, lines[at]):
                    return Slip(reason.format(_space(found[0][-1])), at)
    if line < len(lines):
        for form, reason in _ON_THE_LINE:
            if re.match(form, lines[line]):
                return Slip(reason, line)
    return None


def foreign_sign(code: str) -> str | None:
    """The first sign that only looks like one of a format, among all of a line but its texts; None if there is none."""
    found = _FOREIGN_SIGN.search(code)
    if found is None:
        return None
    if found["space"]:
        return f"a {_space(found[0])} stands outside of the texts; write an ordinary space"
    return "curly quotes are none; write straight ones"


def _space(character: str) -> str:
    name = "no-break space" if character in "\xa0\u202f" else "space of another kind"
    return f"{name} (U+{ord(character):04X})"
