"""Markdown inside of HTML (kramdown's `<div markdown="1">`): a text, in; with blank lines where Markdown needs them,
out.
"""

from __future__ import annotations

import re

from feedd.items.front_matter.code_lines import in_code
from feedd.patterns import late_pattern

_BLOCKS = "aside|div|section|article|details|figure|blockquote|main|header|footer|nav|center|p"
_OPENING = late_pattern(rf"[ \t]*+<({_BLOCKS})((?:[ \t][^<>\n]{{0,600}})?)>", re.IGNORECASE)
_ASKS = late_pattern(r"[ \t]markdown=(?:\"(?:1|block|true)\"|'(?:1|block|true)'|1)(?=[ \t]|$)", re.IGNORECASE)
_KEPT = late_pattern(r"(?:[ \t]+(?:class|id)=(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>=]+))*[ \t]*", re.IGNORECASE)
# What may hide a part of a text: a blank line within it would end it for Markdown, and show the rest.
_HIDES = late_pattern(
    r"<(?:[!?]|(?:amp-|canvas|datalist|dialog|frameset|head|iframe|math|no|object|script|select|style|svg|template"
    r"|textarea|title|video|audio|xmp|[^<>]*(?:hidden|display|mso-hide|style[^<>]*&)))"
    r"|(?:hidden|display|mso-hide)[^<>]{0,200}>",
    re.IGNORECASE,
)
_TAGS_ALONE = late_pattern(r"[ \t]*+(?:<[^<>\n]{1,600}+>[ \t]*+){1,20}|[ \t]*+<summary[^\n]*</summary>[ \t]*")
_PARAGRAPH = "p"


def with_markdown_in_html(text: str) -> str:
    """The text, in which what lies in elements that ask for it is Markdown for every reader. In code, in elements
    that are never closed, and in texts a part of which may be hidden, nothing is changed.
    """
    if "markdown=" not in text.lower() or _HIDES.search(text):
        return text
    return "\n".join(_Elements(text.split("\n")).run())


class _Elements:
    """One walk over the lines of a text, with the elements around the current line."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._made: list[str] = []
        self._open: list[list[str | int]] = []  # the names of elements, and how many of that name are open in them

    def run(self) -> list[str]:
        """The lines made."""
        for line, is_code in zip(self._lines, in_code(self._lines), strict=True):
            if is_code:
                self._made.append(line)
            else:
                self._take(line)
        return self._lines if self._open else self._made

    def _take(self, line: str) -> None:
        if (found := _OPENING.match(line)) and (asks := _ASKS.search(found[2])):
            rest = f"{found[2][: asks.start()]}{found[2][asks.end() :]}"
        else:
            rest = None
        if found and rest is not None and _KEPT.fullmatch(rest):
            name = found[1].lower()
            self._made += ["", ""] if name == _PARAGRAPH else ["", f"<{name}{rest}>", ""]
            self._open.append([name, 1])
            line = line[found.end() :]
        while self._open and (end := self._end(line)) is not None:
            start, after = end
            name = str(self._open.pop()[0])
            self._put(line[:start])
            self._made += ["", ""] if name == _PARAGRAPH else ["", f"</{name}>", ""]
            line = line[after:]
            if not line.strip():
                return
        self._put(line)

    def _end(self, line: str) -> tuple[int, int] | None:
        """Where the innermost element is closed in a line."""
        element = self._open[-1]
        for found in re.finditer(rf"<(/?){element[0]}(?=[\s>])[^<>\n]{{0,600}}>", line, re.IGNORECASE):
            element[1] = int(element[1]) + (-1 if found[1] else 1)
            if element[1] == 0:
                return found.span()
        return None

    def _put(self, line: str) -> None:
        if not self._open:
            self._made.append(line)
            return
        self._made.append(
            line.lstrip() if len(line) - len(line.lstrip()) < 9 and line.strip()[:1] not in "-*+" else line
        )
        if _TAGS_ALONE.fullmatch(line):
            self._made.append("")
