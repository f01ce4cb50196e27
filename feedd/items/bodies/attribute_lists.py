"""Attribute lists in Markdown (kramdown's `{: .x}`, Pandoc's and Hugo's `{#id .x}`): a text, in; without them, out.

So are kramdown's other marks (`{:toc}` with the list that it replaces, `{::nomarkdown}`), the `@` of links between the
pages of Zola, `[TOC]`, and the names of paragraphs in Obsidian (`^name`).
"""

from __future__ import annotations

import re

from feedd.items.bodies.literal_spans import Spans, literal_spans
from feedd.patterns import late_pattern

_VALUE = r"""(?:"[^"]{0,1000}+"|'[^']{0,1000}+'|[\w%./:#-]{1,100}+)"""
_ENTRY = rf"(?:[.#][A-Za-z_][\w:-]{{0,60}}+|:?[A-Za-z_][\w-]{{0,60}}+={_VALUE}|data-[\w-]{{1,60}}+)"
_LIST = late_pattern(rf"\s*+{_ENTRY}(?:\s*+{_ENTRY}){{0,20}}\s*+")
_BRACES = late_pattern(r"\{(:(?:[^{}\n]++|\n(?![ \t]*\n)){1,1500}|[. #A-Za-z][^{}\n]{0,1500}+)\}")
_ZOLA = late_pattern(r"(?:(?<=\]\()|(?<=\]: ))@(?=/)")
_CONTENTS_MARK = late_pattern(r"^\[(?:TOC|\[_?(?:TOC|toc)_?\])\][ \t]*$", re.MULTILINE)
_BLOCK_ID = late_pattern(r"[ \t]\^(?=[0-9-]{0,40}[A-Za-z])[A-Za-z0-9-]{4,40}[ \t]*$", re.MULTILINE)
_HEADING = late_pattern(r"[ \t>]*+(?:#{1,6}|:)[ \t]")
_HEADING_ID = late_pattern(r"[ \t]*+#[^\s{}]{1,200}+[ \t]*+")
_UNDERLINE = late_pattern(r"\n[ \t>]*+(?:=+|-+)[ \t]*+(?:\n|$)")
_TOC = late_pattern(r":[ \t]*(?:[^\n]{0,100}[ \t])?toc(?:[ \t][^\n]{0,100})?")
_CONTENTS = late_pattern(r"[ \t>]*+(?:[-*+]|\d{1,3}\.)[ \t]+[^\n]{0,80}+")
_QUOTE = late_pattern(r"[ \t>]*")
_LONGEST_SPAN = 500
_BEFORE = frozenset(")`*_:^>")  # what may end the words that a list is about


def without_attribute_lists(text: str) -> str:
    """The text without attribute lists, and without the list that kramdown replaces by a table of contents."""
    return _AttributeLists(text).run()


class _AttributeLists:
    """One walk over the braces of a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line = (0, _line_end(text, 0))  # where the current line begins and ends
        self._parts: list[str] = []
        self._copied = 0

    def run(self) -> str:
        spans: Spans | None = None
        for found in self._candidates():
            spans = spans or literal_spans(self._text)
            if found.start() < self._copied or spans.around(found.start()):
                continue
            self._go_to(found.start())
            if found[0][0] != "{":
                self._cut(found.start(), found.end())
            elif self._is_alone(found) and (found[1][0] == ":" or _LIST.fullmatch(found[1])):
                self._cut_line(found)
            elif self._is_heading(found) and (_LIST.fullmatch(found[1].lstrip(":")) or _HEADING_ID.fullmatch(found[1])):
                self._cut(found.start(), found.end())
            elif found[1][0] == ":":
                if found[1][1:2] in (":", "/") or _TOC.fullmatch(found[1]) or _LIST.fullmatch(found[1][1:]):
                    self._cut(found.start(), found.end())
            elif _LIST.fullmatch(found[1]):
                self._after_inline(found)
        return "".join((*self._parts, self._text[self._copied :]))

    def _candidates(self) -> list[re.Match[str]]:
        found = list(_BRACES.finditer(self._text))
        if "@/" in self._text:
            found += _ZOLA.finditer(self._text)
        if "TOC" in self._text or "[[toc]]" in self._text:
            found += _CONTENTS_MARK.finditer(self._text)
        if " ^" in self._text:
            found += _BLOCK_ID.finditer(self._text)
        return sorted(found, key=lambda each: each.start())

    def _go_to(self, at: int) -> None:
        start, end = self._line
        while end < at:
            start, end = end + 1, _line_end(self._text, end + 1)
        self._line = (start, end)

    def _cut(self, start: int, end: int) -> None:
        if start > self._copied and self._text[start - 1] == " " and self._text[end : end + 1] in ("", "\n", " "):
            start -= 1
        self._parts.append(self._text[self._copied : start])
        self._copied = end

    def _is_alone(self, found: re.Match[str]) -> bool:
        start, end = self._line
        quote = _QUOTE.match(self._text, start)
        return (
            quote is not None
            and quote.end() >= found.start()
            and end - found.end() < 100
            and not self._text[found.end() : end].strip()
        )

    def _cut_line(self, found: re.Match[str]) -> None:
        """Empties the line; with `toc`, the line before, too, if it is of a list."""
        start = found.start()
        if _TOC.fullmatch(found[1]):
            before = self._text.rfind("\n", max(0, self._line[0] - 200), max(0, self._line[0] - 1)) + 1
            if before >= self._copied and _CONTENTS.fullmatch(self._text, before, max(before, self._line[0] - 1)):
                start = before
        self._parts.append(self._text[self._copied : start])
        self._copied = found.end()

    def _is_heading(self, found: re.Match[str]) -> bool:
        start, end = self._line
        if end - found.end() > 20 or self._text[found.end() : end].strip(" \t#"):
            return False
        return _HEADING.match(self._text, start) is not None or _UNDERLINE.match(self._text, end) is not None

    def _after_inline(self, found: re.Match[str]) -> None:
        """Takes away a list after a picture, a link, code, or words in brackets; the brackets go as well."""
        before = self._text[found.start() - 1 : found.start()]
        if before == "]":
            earliest = max(self._line[0], self._copied, found.start() - _LONGEST_SPAN)
            opening = self._text.rfind("[", earliest, found.start())
            if opening >= 0 and "]" not in self._text[opening : found.start() - 1]:
                self._parts += self._text[self._copied : opening], self._text[opening + 1 : found.start() - 1]
                self._copied = found.end()
        elif before in _BEFORE:
            self._cut(found.start(), found.end())


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
