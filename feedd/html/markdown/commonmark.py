"""CommonMark with tables, strikethrough, footnotes, task lists and definitions: text in, the parser's events out.

Only this module knows the parser: pulldown-cmark, in its Python binding pyromark.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from feedd.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyromark import Markdown
    from pyromark.event import Event, Range

# The parser takes any colon at the beginning of a line for a definition, also of `:smile:`.
_DEFINITION = late_pattern(r"^ {0,3}[^\s:#>|<].*\n(?:[ \t]*\n)? {0,3}:[ \t]+\S", re.MULTILINE)
_DEFINES = ("\n:", "\n :", "\n  :", "\n   :")
_RAW_CODE = late_pattern(r"<(/?)(?:code|kbd|pre|samp|tt)(?![a-z0-9-])", re.IGNORECASE)
_NO_TEXT = late_pattern(
    rb"<!--.*?(?:-->|\Z)|<(code|kbd|pre|samp|script|style|textarea|tt)(?![a-z0-9-]).*?(?:</\1|\Z)|<[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)


def events(source: str) -> Iterator[Event]:
    """The parts of the document, in order: starts and ends of elements, and texts (entities and escapes decoded)."""
    return _chosen(source).events(source)


def events_with_places(source: str) -> Iterator[tuple[Event, Range]]:
    """The parts of the document, each with its place in the UTF-8 bytes of the source."""
    return _chosen(source).events_with_range(source)


def definition_places(source: str) -> list[tuple[int, int]]:
    """Where the definitions of links stand in the UTF-8 bytes of the source."""
    found = _chosen(source).reference_definitions(source).values()
    return [(each["span"]["start"], each["span"]["end"]) for each in found]


def text_ranges(source: bytes) -> list[tuple[int, int]]:
    """Where text stands in a document in UTF-8, in order: no code, no tags, no addresses and titles of links."""
    found: list[tuple[int, int]] = []
    code_block = False
    block: tuple[int, int] | None = None  # the lines of raw HTML that are being read
    raw_code = 0  # the number of open elements of raw HTML that show code
    for event, place in _parser().events_with_range(source.decode()):
        if not isinstance(event, dict):
            continue
        if "Text" in event and not code_block and not raw_code:
            found.append((place["start"], place["end"]))
        elif "Html" in event:
            block = block[0] if block else place["start"], place["end"]
        elif "InlineHtml" in event and (tag := _RAW_CODE.match(event["InlineHtml"])):
            raw_code = max(0, raw_code - 1) if tag[1] else raw_code + 1
        elif "Start" in event:
            code_block = isinstance(event["Start"], dict) and "CodeBlock" in event["Start"]
        elif "End" in event:
            code_block = False
            raw_code = 0 if event["End"] == "Paragraph" else raw_code
            if block:
                found += _between_tags(source, *block)
            block = None
    return found


def _between_tags(source: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where text stands in a block of raw HTML."""
    for tag in _NO_TEXT.finditer(source, start, end):
        if start < tag.start():
            yield start, tag.start()
        start = tag.end()
    if start < end:
        yield start, end


def html(source: str) -> str:
    """The document as the parser itself writes it, without definitions of terms."""
    return _parser().html(source)


def has_definitions(source: str) -> bool:
    """Whether a document may define terms."""
    return any(mark in source for mark in _DEFINES) and _DEFINITION.search(source) is not None


def _chosen(source: str) -> Markdown:
    return _parser_of_definitions() if has_definitions(source) else _parser()


@cache
def _parser() -> Markdown:
    from pyromark import Markdown, Options  # 5 ms

    extensions = Options.ENABLE_TABLES | Options.ENABLE_FOOTNOTES | Options.ENABLE_STRIKETHROUGH
    return Markdown(options=extensions | Options.ENABLE_TASKLISTS)


@cache
def _parser_of_definitions() -> Markdown:
    from pyromark import Markdown, Options

    extensions = Options.ENABLE_TABLES | Options.ENABLE_FOOTNOTES | Options.ENABLE_STRIKETHROUGH
    return Markdown(options=extensions | Options.ENABLE_TASKLISTS | Options.ENABLE_DEFINITION_LIST)
