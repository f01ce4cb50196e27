"""MDX: Markdown with JavaScript in it, in; Markdown without it, and what was not run, out.

    text -- without_modules: imports, exports --> text -- braces and tags --> text

Comments go. A component's tags go, and what stands between them stays. A string in braces becomes its words.
"""

from __future__ import annotations

from collections import Counter

from feedd.items.bodies.components import Component, component, is_hidden, written
from feedd.items.bodies.hidden_parts import end_of_hidden
from feedd.items.bodies.javascript import Braces, string_value, without_modules
from feedd.items.bodies.literal_spans import literal_spans
from feedd.items.bodies.page_facts import PageFacts
from feedd.items.bodies.tag_place import TagPlace
from feedd.patterns import late_pattern

_CODE = frozenset(("Code", "CodeBlock", "Highlight"))
_CODE_BEGINS = late_pattern(r"\s*\{")
_CODE_ENDS = late_pattern(r"\s*</[A-Z]\w*\s*>")
_OPENING = late_pattern(r"\\.|\{|<(?=/?[A-Za-z>])")
_TITLES = frozenset(("frontMatter.title", "frontmatter.title", "props.title", "metadata.title"))


def without_mdx(text: str, facts: PageFacts, *, tags_alone: bool = False) -> tuple[str, Counter[tuple[str, str]]]:
    """The text without imports, exports, comments, components and expressions; and how many of which were not run.

    `tags_alone`: the text is no MDX, and only tags with JavaScript in them go.
    """
    return _Mdx(text if tags_alone else without_modules(text), facts, tags_alone=tags_alone).run()


class _Mdx:
    """One walk over the braces and the tags of a text."""

    def __init__(self, text: str, facts: PageFacts, *, tags_alone: bool) -> None:
        self._text = text
        self._tags_alone = tags_alone
        self._facts = facts
        self._braces = Braces(text)
        self._parts: list[str] = []
        self._copied = 0
        self._not_run: Counter[tuple[str, str]] = Counter()

    def run(self) -> tuple[str, Counter[tuple[str, str]]]:
        spans = literal_spans(self._text, indented_code=self._tags_alone)
        at = 0
        while opening := _OPENING.search(self._text, at):
            at = opening.end()
            if opening[0][0] == "\\":
                continue
            if literal := spans.around(opening.start()):
                at = literal[1]
            elif opening[0] == "{":
                at = (None if self._tags_alone else self._expression(opening.start())) or at
            elif found := component(self._text, opening.start(), self._braces):
                at = self._component(found) if self._is_javascript(found) else found.end
        text = "".join((*self._parts, self._text[self._copied :]))
        return text if self._tags_alone else dedented(text), self._not_run

    def _is_javascript(self, tag: Component) -> bool:
        return not self._tags_alone or tag.has_braces

    def _expression(self, start: int) -> int | None:
        end = self._braces.end(start)
        if end is None:
            return None
        inside = self._text[start + 1 : end - 1].strip()
        if inside.startswith("/*") and inside.endswith("*/"):
            return self._replace(start, end, "")
        if inside[:1] in (":", "#", "."):  # an attribute list, which other code takes
            return end
        value = self._facts.title if inside in _TITLES else string_value(inside)
        if value is None:
            self._not_run["expression", ""] += 1
        return self._replace(start, end, value or "")

    def _component(self, found: Component) -> int:
        if found.name in _CODE and not found.closes and (code := self._code(found)):
            return code
        if is_hidden(found) and not (found.alone or found.closes):
            self._not_run["hidden", found.name] += 1
            end = end_of_hidden(self._text, found.end, rf"<{found.name}(?![\w/.])", rf"</{found.name}\s*>")
            return self._replace(found.start, end, "")
        by, is_known = written(found)
        if not (is_known or found.closes):
            self._not_run["component", found.name] += 1
        return self._replace(found.start, found.end, by)

    def _code(self, tag: Component) -> int | None:
        """Takes a component that shows code: a string in its attribute `code`, or in braces between its tags.
        Returns where to go on; None for another component.
        """
        end, code = tag.end, tag.arguments.get("code")
        if not tag.alone:
            braces = _CODE_BEGINS.match(self._text, tag.end)
            close = self._braces.end(braces.end() - 1) if braces else None
            closing = _CODE_ENDS.match(self._text, close) if close else None
            if not (braces and close and closing):
                return None
            code, end = string_value(self._text[braces.end() : close - 1].strip()) or "", closing.end()
        language = tag.arguments.get("language", "lang")
        return (
            self._replace(tag.start, end, TagPlace(self._text, tag.start, end).fenced(code, language)) if code else None
        )

    def _replace(self, start: int, end: int, by: str) -> int:
        self._parts += self._text[self._copied : start], by
        self._copied = end
        return end


def dedented(text: str) -> str:
    """The text, in which no line outside of a list or a fence is indented: in MDX, indentation makes no code."""
    spans = literal_spans(text, indented_code=False)
    lines = text.split("\n")
    written_lines: list[str] = []
    at = column = strip = 0
    for line in lines:
        code = spans.around(at)
        if code is None or code[0] == at:
            strip = _surplus(line, column)
            column = _text_column(line, column)
        written_lines.append(line[min(strip, len(line) - len(line.lstrip(" \t"))) :] if strip else line)
        at += len(line) + 1
    return "\n".join(written_lines)


_ITEM = late_pattern(r"([ \t]*)(?:[-*+]|\d{1,9}[.)])[ \t]+")


def _text_column(line: str, column: int) -> int:
    """The column of the text in the innermost list after this line; 0 outside of lists."""
    if item := _ITEM.match(line):
        return len(item[0])
    if line.strip() and not line.startswith((" ", "\t")):
        return 0
    return column


def _surplus(line: str, column: int) -> int:
    """How much of a line's indentation would make it code."""
    indented = len(line) - len(line.lstrip(" \t"))
    return indented - column if indented >= column + 4 or (not column and "\t" in line[:indented]) else 0
