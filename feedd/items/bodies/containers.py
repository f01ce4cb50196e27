"""Containers: Markdown with `:::note Title` ... `:::` and `!!! note "Title"`, in; with quotations in their place, out.

Such a quotation is written as GitHub and Obsidian write it: `> [!note] Title`. Of a container that is no callout, the
title stays in bold, and the text as it is.
"""

from __future__ import annotations

import re

from msgspec import Struct

from feedd.items.bodies.hidden_parts import HIDDEN_NAMES
from feedd.items.bodies.literal_spans import CONTAINER_MARK, literal_spans
from feedd.patterns import late_pattern

CALLOUTS = frozenset(
    (
        *("abstract", "admonition", "alert", "attention", "bug", "callout", "caution", "check", "danger", "error"),
        *("example", "failure", "faq", "help", "hint", "important", "info", "warn", "message", "note", "notice"),
        *("question", "quote", "seealso", "success", "tip", "tldr", "todo", "warning", "aside", "blockquote"),
    )
)
_QUOTES = frozenset(("quote", "blockquote"))
_KINDS = dict.fromkeys(("admonition", "alert", "aside", "callout", "message", "notice"), "note")
_MOST_OPEN = 50
MOST_NESTED = 5  # containers that are deeper are no quotations of their own

_OPENING = late_pattern(
    rf"(?P<before>[ \t>]*+){CONTAINER_MARK}?:{{3,}}[ \t]*+"
    r"(?:\{[ \t]*(?P<braced>[^{}\n]{0,300})\}|(?P<name>[A-Za-z][\w-]{0,40}))[ \t]*(?P<rest>.*)"
)
_CLOSING = late_pattern(rf"[ \t>]*+{CONTAINER_MARK}?(:{{3,}})[ \t]*")
_ANY_CLOSING = late_pattern(rf"^[ \t>]*+{CONTAINER_MARK}?:{{3,}}[ \t]*$", re.MULTILINE)
_COLONS = late_pattern(":{3,}")
_ADMONITION = late_pattern(
    r"(?P<before>[ \t>]*+)(?:!!!|\?\?\?\+?)[ \t]+(?P<name>[A-Za-z][\w-]{0,40})(?P<more>[\w \t-]*?)"
    r"(?:[ \t]*\"(?P<title>[^\n]*)\")?[ \t]*"
)
_TAB = late_pattern(r"(?P<before>[ \t>]*+)===[!+]?[ \t]+\"(?P<title>[^\n\"]*)\"[ \t]*")
_TITLE = late_pattern(
    r"""\[(?P<square>[^\]\n]*)\](?:\{[^{}\n]*\})?|\{[^{}\n]*?title=["'](?P<braced>[^"'\n]*)["'][^{}\n]*\}"""
)
_ATTRIBUTES = late_pattern(r"""title=["']([^"'\n]*)["']|(?<![#\w=.-])\.?([A-Za-z][\w-]*)""")
_DIGITS = late_pattern(r"[ \t]*")


class _Container(Struct):
    """A container that is open. `colons` is 0 for one whose text is indented, by `indent` columns."""

    colons: int
    indent: int
    before: str  # the indentation of its marks
    quote: str = ""  # what is put before each of its lines
    end: str = ""  # a line that ends it, or ""
    is_hidden: bool = False


def without_containers(text: str, *, indented_code: bool = True) -> str:
    """The text without the marks of containers."""
    return _Containers(text, indented_code=indented_code).run()


class _Containers:
    """One walk over the lines of a text."""

    def __init__(self, text: str, *, indented_code: bool) -> None:
        self._text = text
        self._spans = literal_spans(text, indented_code=indented_code)
        self._open: list[_Container] = []
        self._out: list[str] = []
        self._at = 0
        closing = [found.start() for found in _ANY_CLOSING.finditer(text)]
        self._last_closing = closing[-1] if closing else -1
        self._has_containers = False

    def run(self) -> str:
        lines = self._text.split("\n")
        for index, line in enumerate(lines):
            self._line(line, lines[index + 1 : index + 3], in_code=self._spans.around(self._at) is not None)
            self._at += len(line) + 1
        return "\n".join(self._out).replace(CONTAINER_MARK, "")

    def _line(self, line: str, following: list[str], *, in_code: bool) -> None:
        if line.strip() and not in_code:
            self._end_indented(line)
        line = self._without_prefix(self._dedented(line))
        if in_code or not line.strip():
            self._write(line)
        elif (opening := _OPENING.fullmatch(line)) and self._is_opening(opening):
            self._begin_colons(line, opening, following)
        elif (self._has_containers or CONTAINER_MARK in line) and (closing := _CLOSING.fullmatch(line)):
            self._close(len(closing[1]))
        elif (opening := _ADMONITION.fullmatch(line)) and _is_indented(following, line):
            self._begin_indented(opening["before"], opening["name"].lower(), opening["title"])
        elif (opening := _TAB.fullmatch(line)) and _is_indented(following, line):
            self._begin_indented(opening["before"], "", opening["title"])
        else:
            self._write(line)

    def _write(self, line: str) -> None:
        if self._open and self._open[-1].is_hidden:
            return
        quote = self._open[-1].quote if self._open else ""
        self._out.append(f"{quote}{line}" if line or ">" in quote else line)

    # Beginnings and ends

    def _is_opening(self, opening: re.Match[str]) -> bool:
        braced = (word for _, word in _ATTRIBUTES.findall(opening["braced"] or "") if word)
        name = (opening["name"] or next(braced, "")).lower().removeprefix("callout-")
        return len(self._open) < _MOST_OPEN and (
            name in CALLOUTS or name in HIDDEN_NAMES or self._last_closing > self._at
        )

    def _begin_colons(self, line: str, opening: re.Match[str], following: list[str]) -> None:
        self._has_containers = True
        name, title = (opening["name"] or "").lower(), opening["rest"].strip(" \t:")
        if opening["braced"]:
            for quoted, word in _ATTRIBUTES.findall(opening["braced"]):
                title, name = quoted or title, name or word.lower()
            name = name.removeprefix("callout-")
        if found := _TITLE.fullmatch(title):
            title = found["square"] or found["braced"] or ""
        elif title.startswith("{"):
            title = ""
        colons = _COLONS.search(line)
        before = opening["before"]
        after = next((each for each in following if each.strip()), "")
        if not before.strip() and _column(after) < _column(before):
            before = after[: len(after) - len(after.lstrip(" \t"))]  # its text is in no list
        self._begin(before, name, title, _Container(len(colons[0]) if colons else 3, 0, before))

    def _begin_indented(self, before: str, name: str, title: str | None) -> None:
        if len(self._open) >= _MOST_OPEN:
            return
        container = _Container(0, self._indent() + len(before.expandtabs(4)) + 4, "")
        if name and name not in CALLOUTS:
            name = "note"
        self._begin(before, name, title or "", container)

    def _begin(self, before: str, name: str, title: str, container: _Container) -> None:
        around = container.quote = self._open[-1].quote if self._open else ""
        self._write("")
        container.is_hidden = name in HIDDEN_NAMES or (bool(self._open) and self._open[-1].is_hidden)
        if container.is_hidden:
            pass
        elif name == "details":
            self._write(f"{before}<details><summary>{title or 'Details'}</summary>")
            self._write("")
            container.end = f"{before}</details>"
        elif name in CALLOUTS and sum(1 for each in self._open if each.quote) < MOST_NESTED:
            self._begin_quotation(before, name, title.strip("*"))
            container.quote = f"{around}{before}> "
        elif title and not title.startswith("="):
            self._write(f"{before}**{title.strip('*')}**")
            self._write("")
        self._open.append(container)

    def _begin_quotation(self, before: str, name: str, title: str) -> None:
        if name not in _QUOTES:
            self._write(f"{before}> [!{_KINDS.get(name, name)}] {title}".rstrip())
        elif title:
            self._write(f"{before}> **{title}**")
            self._write(f"{before}>")

    def _close(self, colons: int) -> None:
        """Ends the innermost container with so many colons, and all in it."""
        place = next((at for at in range(len(self._open) - 1, -1, -1) if 0 < self._open[at].colons <= colons), None)
        if place is None:
            return
        self._end_all(place)

    def _end_indented(self, line: str) -> None:
        column = _column(line)
        for place, container in enumerate(self._open):
            if container.indent and column < container.indent:
                self._end_all(place)
                return

    def _end_all(self, place: int) -> None:
        while len(self._open) > place:
            ended = self._open.pop()
            if ended.end:
                self._write("")
                self._write(ended.end)
            self._write("")

    def _without_prefix(self, line: str) -> str:
        """A line inside a container without the indentation of the container's marks."""
        before = self._open[-1].before if self._open else ""
        if not before or line.startswith(before):
            return line[len(before) :]
        return line.lstrip(" \t")

    def _indent(self) -> int:
        return max((container.indent for container in self._open), default=0)

    def _dedented(self, line: str) -> str:
        indent = self._indent()
        if not indent:
            return line
        return line.expandtabs(4)[indent:] if _column(line) >= indent else line.lstrip(" \t")


def _column(line: str) -> int:
    found = _DIGITS.match(line)
    return len(found[0].expandtabs(4)) if found else 0


def _is_indented(following: list[str], line: str) -> bool:
    """Whether the next text after a line is indented by four more."""
    after = next((each for each in following if each.strip()), "")
    return _column(after) >= _column(line) + 4
