"""Marks of template languages in Markdown: a text, in; its tags in their order, out.

{% name arguments %}          Liquid, Nunjucks, Tera, Twig
{{ expression }}              the same
{{< name arguments >}}        Hugo, as {{% name arguments %}}
{{ name(arguments) }}         Zola, as {% name(arguments) %}
{# comment #}                 Nunjucks, Tera, Twig
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from feedd.patterns import late_pattern

Kind = Literal["tag", "output", "shortcode", "call", "comment", "literal"]

_OPENING = late_pattern(r"\{\{(?:[<%](?!\}\}))?|\{%|\{#(?=[\s#-])")
_CLOSING = {"{{<": ">}}", "{{%": "%}}", "{{": "}}", "{%": "%}", "{#": "#}"}
_CALL = late_pattern(r"-?\s*([A-Za-z_][\w:]{0,60})\s*\((.*)\)\s*-?", re.DOTALL)
_NAME = late_pattern(r"[-~+]?\s*(/?)\s*([A-Za-z_][\w./:-]{0,80})(.*)", re.DOTALL)
_BLANK_LINE = late_pattern(r"\n[ \t]*\n")
_FURTHEST_QUOTED, _MOST_QUOTED = 1500, 4
_CALLED = late_pattern(r"-?\s*[A-Za-z_]\w{0,60}\(")
_LONGEST_OUTPUT = 1000
_LONGEST = {"{{": 8000, "{#": 4000, "{%": 4000, "{{<": 8000, "{{%": 8000}


class Tag(Struct, frozen=True):
    """A mark in the text from `start` to `end`. A comment, an output and a literal have no name. `inside` is what
    stands between the marks: the arguments where there is a name. A literal is to be shown.
    """

    kind: Kind
    name: str
    inside: str
    start: int
    end: int
    closes: bool = False
    alone: bool = False  # whether it closes itself: `{{< name />}}`


class TagScan:
    """The tags of a text. Each part of the text is searched once for each mark."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: dict[str, int] = {}  # the offset at which each mark was found last; the text's length for none

    def opening(self, at: int) -> re.Match[str] | None:
        """Where a tag may begin next, from an offset on."""
        return _OPENING.search(self._text, at)

    def find(self, mark: str, at: int) -> int:
        """The next place of a mark; the length of the text if there is none. Offsets may only grow."""
        known = self._next.get(mark, -1)
        if known < at:
            known = self._text.find(mark, at)
            known = self._next[mark] = len(self._text) if known < 0 else known
        return known

    def tag(self, opening: re.Match[str]) -> Tag | None:
        """The tag that begins here; None for text."""
        mark, start, at = opening[0], opening.start(), opening.end()
        if start and self._text[start - 1] in "\\$" and mark in ("{{", "{%"):
            return None  # escaped, or an expression of another language: `${{ x }}`
        closing = _CLOSING[mark]
        close = self.find(closing, at)
        if close < len(self._text) and self.find(mark, at) < close:
            close = self._after_quoted(mark, at, close) or len(self._text)
        end = close + len(closing)
        if end > len(self._text) or end - start > _LONGEST[mark]:
            return None
        inside = self._text[at:close]
        if end - start > _LONGEST_OUTPUT and mark == "{{" and not _CALLED.match(inside):
            return None
        if mark == "{{" and (_BLANK_LINE.search(inside) or "{{" in inside):
            return None
        return _read(mark, inside, start, end)

    def _after_quoted(self, mark: str, at: int, close: int) -> int | None:
        """Where a tag ends that has other tags in quotes in its arguments; None if it has not.

        `close` is the first mark that could end it.
        """
        begin, limit = at, at + _FURTHEST_QUOTED
        for _ in range(_MOST_QUOTED):
            inner = self._text.find(mark, at, min(close, limit))
            if inner < 0:
                return close
            if close > limit or self._text.count('"', begin, inner) % 2 == 0:
                return None
            close, at = self._text.find(_CLOSING[mark], close + 2, limit), close
            if close < 0:
                return None
        return None


def _read(mark: str, inside: str, start: int, end: int) -> Tag | None:
    if mark == "{#":
        return Tag("comment", "", inside, start, end)
    stripped = inside.strip()
    if stripped.startswith("/*") and stripped.endswith("*/") and len(stripped) > 3:
        shown = f"{mark}{inside.replace('/*', '', 1)[::-1].replace('/*', '', 1)[::-1]}{_CLOSING[mark]}"
        return Tag("literal", "", shown, start, end)
    if (mark in ("{{", "{%")) and (call := _CALL.fullmatch(stripped)) and not call[1].startswith("include"):
        return Tag("call", call[1].lower(), call[2], start, end)
    if mark == "{{":
        return Tag("output", "", stripped.strip("-~").strip(), start, end)
    named = _NAME.fullmatch(stripped)
    if named is None:
        return Tag("comment", "", inside, start, end) if mark == "{%" else Tag("shortcode", "", "", start, end)
    arguments = named[3].strip().removesuffix("-").strip()
    is_shortcode = mark != "{%"
    alone = is_shortcode and arguments.endswith("/")
    kind: Kind = "shortcode" if is_shortcode else "tag"
    name = named[2].lower() if is_shortcode else named[2]
    return Tag(kind, name, arguments.removesuffix("/") if alone else arguments, start, end, bool(named[1]), alone)
