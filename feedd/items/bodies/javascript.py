"""JavaScript in MDX, as far as it must be understood to leave it out: where a brace, an import or an export ends."""

from __future__ import annotations

import re

from feedd.items.bodies.literal_spans import literal_spans
from feedd.patterns import late_pattern

_TOKEN = late_pattern(
    r"""[{}()\[\]]|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*"|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*'|`[^`\\]*+(?:\\.[^`\\]*+)*`|/\*|//[^\n]*+""",
    re.DOTALL,
)
_PAIRS = {"{": "}", "(": ")", "[": "]"}
_MODULE = late_pattern(
    r"""^(?:import[ \t]+(?:["'{*]|[\w$]+(?:[ \t]*,|[ \t]+from\b|$))|import\{|"""
    r"""export[ \t]+(?:default|const|let|var|function|async|class|\{|\*)|export\{)""",
    re.MULTILINE,
)
_IMPORT = late_pattern(
    r"""(?:\A|(?<=\n))import[ \t]+(?:[\w$]+|\{[^{}\n]{1,500}\}|\*[ \t]+as[ \t]+[\w$]+)"""
    r"""(?:[ \t]*,[ \t]*\{[^{}\n]{1,500}\})?[ \t]+from[ \t]+["'][^"'\n]{1,300}["'][ \t]*;?[ \t]*(?=\n|\Z|import\b)"""
)
_STRING = late_pattern(r"""(["'`])((?:[^\\$]|\\.|\$(?!\{))*)\1""", re.DOTALL)
_ESCAPED = late_pattern(r"\\(.)", re.DOTALL)
_BLANK_LINE = late_pattern(r"\n[ \t]*(?:\n|$)")
_LONGEST, _LONGEST_IMPORT = 20_000, 2_000


class Braces:
    """Where braces of a text end. Each part of the text is read once, however often its braces do not end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends: dict[int, int] = {}  # of the braces that were read
        self._read_to = 0

    def end(self, start: int) -> int | None:
        """The offset after the brace that ends the brace at `start`; None if there is none near."""
        if start >= self._read_to:
            self._read(start)
        return self._ends.get(start)

    def _read(self, start: int) -> None:
        opened: list[int] = []
        at = start
        limit = min(len(self._text), start + _LONGEST)
        is_unended = False  # no comment ends from here on
        while token := _TOKEN.search(self._text, at, limit):
            at = token.end()
            if token[0] == "/*":
                close = -1 if is_unended else self._text.find("*/", at, limit)
                is_unended = close < 0
                at = close + 2 if close >= 0 else at
            elif token[0] == "{":
                opened.append(token.start())
            elif token[0] == "}" and opened:
                self._ends[opened.pop()] = at
                if not opened:
                    break
        self._read_to = at if not opened else limit


def string_value(expression: str) -> str | None:
    """The words of an expression that is nothing but a string, or is empty; None for others."""
    if not expression:
        return ""
    found = _STRING.fullmatch(expression)
    if found is None or found[1] in found[2].replace(f"\\{found[1]}", ""):
        return None
    return _ESCAPED.sub(r"\1", found[2])


def has_imports(text: str) -> bool:
    """Whether Markdown imports something, on a line outside of code."""
    if not (text.startswith("import") or "\nimport" in text) or not _IMPORT.search(text):
        return False
    spans = literal_spans(text, indented_code=False)
    return any(spans.around(found.start()) is None for found in _IMPORT.finditer(text))


def without_modules(text: str) -> str:
    """MDX without its imports and exports: each begins a line after an empty line, or after another one."""
    if not _MODULE.search(text):
        return text
    spans = literal_spans(text, indented_code=False)
    kept: list[str] = []
    copied = 0
    can_be_long = True
    for found in _MODULE.finditer(text):
        start = found.start()
        if start < copied or spans.around(start) or text[max(copied, start - 1) : start].strip("\n"):
            continue
        end = _statement_end(text, start) if can_be_long else None
        if end is None:
            can_be_long = False
            blank = _BLANK_LINE.search(text, start)
            end = blank.start() if blank else len(text)
        kept.append(text[copied:start])
        copied = end
    return "".join((*kept, text[copied:]))


def _statement_end(text: str, start: int) -> int | None:
    """The end of the line on which a statement ends; None if its brackets do not end."""
    opened: list[str] = []
    at = start
    limit = start + (_LONGEST if text.startswith("export", start) else _LONGEST_IMPORT)
    while at < limit:
        token = _TOKEN.search(text, at, limit)
        line_end = text.find("\n", at)
        line_end = len(text) if line_end < 0 else line_end
        if not opened and (token is None or token.start() > line_end):
            if not text[start:line_end].rstrip().endswith(("=", ",", "=>", "(", "from", "import", "export")):
                return line_end
            if line_end >= len(text) or not text[line_end + 1 : line_end + 2].strip():
                return line_end
            at = line_end + 1
            continue
        if token is None:
            return None
        at = token.end()
        if token[0] in _PAIRS:
            opened.append(_PAIRS[token[0]])
        elif opened and token[0] == opened[-1]:
            opened.pop()
        elif token[0] == "/*":
            close = text.find("*/", at)
            at = close + 2 if close >= 0 else at
    return None
