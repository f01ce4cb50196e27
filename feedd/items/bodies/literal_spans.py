"""Where Markdown shows what is written: a text, in; the spans of code, formulas and comments in it, out.

Blocks first: fenced and indented code, `<pre>` and its kin. Then, in each paragraph between them: code between
backquotes, `<code>`, and formulas between dollars. Each character is looked at a few times.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from msgspec import Struct

from feedd.items.formulas import DISPLAY_FORMULA, INLINE_FORMULA, NO_FORMULA
from feedd.patterns import late_pattern

_FENCE = late_pattern(r"[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)*(`{3,}(?=[^`]*$)|~{3,})")
_RAW = late_pattern(r"[ \t>]*+<(pre|script|style|textarea)(?=[\s>])", re.IGNORECASE)
_COMMENT = late_pattern(r"[ \t>]*+<!--(?!-?>|.*-->)")
_RAW_END = late_pattern(r"</(?:pre|script|style|textarea)\s*>", re.IGNORECASE)
_LIST = late_pattern(r"([ \t]*)(?:[-*+]|\d{1,9}[.)])([ \t]+|$)")
# What these lines begin goes on in lines that are indented by four.
_HANGING = late_pattern(r"[ \t]*(?:\[\^[^\]\n]{1,200}\]:|:[ \t]|(?:!!!|\?\?\?\+?|===)[ \t])")
_VERBATIM = late_pattern(
    r"[ \t>]*+(?:\{%-?[ \t]*(?P<liquid>highlight|codeblock|prism)\b|\{\{[<%][ \t]*(?P<hugo>highlight)\b)"
)
_INLINE = late_pattern(
    r"\\.|(?P<ticks>`++)|<(?P<element>code|pre|kbd|samp|tt|script|style)(?=[\s>])|(?P<comment><!--(?!-?>))"
    rf"|(?P<display>{DISPLAY_FORMULA})|(?P<inline>{INLINE_FORMULA})",
    re.IGNORECASE,
)
_BEGINNING = late_pattern(r"[\\`<$]")  # of what _INLINE matches
_TICKS = late_pattern("`+")
CONTAINER_MARK = "\ufddd"  # before the colons of a container that a tag has become
_TAG_MARKS = ("{%", "{{<", "{{%", CONTAINER_MARK)
_MANY_COLUMNS = 100


class Spans(Struct, frozen=True):
    """Parts of a text, sorted, that do not overlap."""

    starts: list[int]
    ends: list[int]

    def around(self, at: int) -> tuple[int, int] | None:
        """The span that holds this offset."""
        index = bisect_right(self.starts, at) - 1
        return (self.starts[index], self.ends[index]) if index >= 0 and at < self.ends[index] else None


def literal_spans(text: str, *, indented_code: bool = True) -> Spans:
    """The spans of the text that are code, formulas or HTML comments.

    `indented_code`: whether four blanks begin code.
    """
    return _Blocks(text, indented_code=indented_code).find()


class _Blocks:
    """One walk over the lines of a text."""

    def __init__(self, text: str, *, indented_code: bool) -> None:
        self._text = text
        self._indented = indented_code
        self._spans: list[tuple[int, int]] = []
        self._chunk: int | None = None  # where the paragraph began that is being read
        self._list = 0  # the column of the text in the innermost list
        self._unended: set[str] = set()  # marks that nothing ends from here on
        self._blank = True  # whether the line before was empty, or code by its indentation

    def find(self) -> Spans:
        at = 0
        while at < len(self._text):
            end = self._text.find("\n", at)
            end = len(self._text) if end < 0 else end
            at = self._line(at, end) + 1
        self._end_paragraph(len(self._text))
        self._spans.sort()
        return Spans([start for start, _ in self._spans], [end for _, end in self._spans])

    def _line(self, at: int, end: int) -> int:
        """Reads a line, and the block that it begins; the end of the last line that was read."""
        line = self._text[at:end]
        if not line.strip(" \t>\r"):
            self._end_paragraph(at)
            self._blank = True
            return end
        column = _indentation(line)
        is_tag = line.startswith(_TAG_MARKS, len(line) - len(line.lstrip())) and (
            CONTAINER_MARK in line or line.rstrip().endswith(("}}", "%}"))
        )
        if is_tag or not self._blank or column < self._list + 4 or not self._indented:
            if opening := _FENCE.match(line):
                return self._block(at, self._fence_end(end, opening[1], line))
            if opening := _RAW.match(line):
                closing = _RAW_END.search(self._text, at)
                return self._block(at, closing.end() if closing else len(self._text))
            if _COMMENT.match(line) and (comment_end := self._later("-->", end)):
                return self._block(at, comment_end)
            if (opening := _VERBATIM.match(line)) and (closing_line := self._verbatim_end(end, opening)):
                self._end_paragraph(at)
                return closing_line
            if not is_tag:  # it goes, and with it what it would end
                self._begin(line, column)
            self._chunk = at if self._chunk is None else self._chunk
            self._blank = False
            return end
        self._spans.append((at, end))
        return end

    def _begin(self, line: str, column: int) -> None:
        """Notes how far the text that follows a line may be indented."""
        if item := _LIST.match(line):
            gap = len(item[2])
            self._list = column + len(item[0]) - len(item[1]) - (gap - 1 if gap > 4 else 0)
        elif _HANGING.match(line):
            self._list = column + 4
        elif self._blank and column < self._list:
            self._list = column if column >= 2 else 0

    def _block(self, at: int, end: int) -> int:
        self._end_paragraph(at)
        self._spans.append((at, end))
        self._blank = False
        line_end = self._text.find("\n", end)
        return len(self._text) if line_end < 0 else line_end

    def _fence_end(self, at: int, fence: str, opening: str) -> int:
        """The end of the line that closes a fence, or of the last line in the list or the quotation around the fence.

        A line that is indented further than the fence closes none.
        """
        least = self._list if _indentation(opening) >= self._list else 0
        is_quoted = opening.lstrip().startswith(">")
        while at < len(self._text):
            start, before = at + 1, at
            at = self._text.find("\n", start)
            at = len(self._text) if at < 0 else at
            line = self._text[start:at]
            mark = line.strip(" \t>\r")
            if (mark and _indentation(line) < least) or (is_quoted and not line.lstrip().startswith(">")):
                return before
            if len(mark) >= len(fence) and not mark.strip(fence[0]) and _width(line) <= _width(opening) + 3:
                break
        return at

    def _verbatim_end(self, line_end: int, opening: re.Match[str]) -> int | None:
        """The end of the line that ends what a template language shows as it is, if it is a later line. What such
        lines hold is read elsewhere.
        """
        end_mark = f"end{opening['liquid']}" if opening["liquid"] else f"/{opening['hugo']}"
        closing = None if end_mark in opening.string else self._later(end_mark, line_end)
        if closing is None:
            return None
        end = self._text.find("\n", closing)
        return len(self._text) if end < 0 else end

    def _later(self, mark: str, at: int) -> int | None:
        """The end of the next such mark from an offset on."""
        found = -1 if mark in self._unended else self._text.find(mark, at)
        if found < 0:
            self._unended.add(mark)
            return None
        return found + len(mark)

    def _end_paragraph(self, end: int) -> None:
        if self._chunk is not None:
            _find_inline(self._text, self._chunk, end, self._spans)
        self._chunk = None


def _width(line: str) -> int:
    """How many characters of indentation and quotation begin a line."""
    return len(line) - len(line.lstrip(" \t>"))


def _indentation(line: str) -> int:
    column = 0
    for character in line[:_MANY_COLUMNS]:
        if character == " ":
            column += 1
        elif character == "\t":
            column += 4 - column % 4
        else:
            break
    return column


def _find_inline(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    """Adds the spans of a paragraph."""
    closing: dict[int, int] | None = None
    unended: set[str] = set()
    at = start
    while begins := _BEGINNING.search(text, at, end):
        at = begins.end()
        found = _INLINE.match(text, begins.start(), end)
        if found is None:
            continue
        at = found.end()
        if found["ticks"]:
            closing = _closing_ticks(text, start, end) if closing is None else closing
            if found.start() in closing:
                at = closing[found.start()]
                spans.append((found.start(), at))
        elif found["element"] or found["comment"]:
            mark = "-->" if found["comment"] else f"</{found['element']}"
            close = -1 if mark in unended else text.find(mark, at, end)
            if close < 0:
                unended.add(mark)
                continue
            at = close + len(mark)
            spans.append((found.start(), at))
        elif (found["display"] or found["inline"]) and not NO_FORMULA.search(found[0]):
            spans.append(found.span())


def _closing_ticks(text: str, start: int, end: int) -> dict[int, int]:
    """For each run of backquotes in a paragraph: the end of the next run of the same length."""
    later: dict[int, int] = {}
    closing: dict[int, int] = {}
    for run in reversed([found.span() for found in _TICKS.finditer(text, start, end)]):
        length = run[1] - run[0]
        if length in later:
            closing[run[0]] = later[length]
        later[length] = run[1]
    return closing
