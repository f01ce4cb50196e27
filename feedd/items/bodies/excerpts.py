"""Excerpts: a body with the mark of its author under the summary, in; with the same mark for every generator, out."""

from __future__ import annotations

import re

from feedd.items.bodies.literal_spans import literal_spans
from feedd.patterns import late_pattern
from feedd.signs import has_mark

EXCERPT_MARK = "<!--more-->"

MARK = late_pattern(
    r"<!--+[ \t]*(?:more|truncate|(?:end[_ -]?)?(?:excerpt|summary|teaser|intro)|teaser_end|read[ -]?more"
    r"|preview)[ \t]*--+>"
    r"|\{/\*[ \t]*(?:more|truncate)[ \t]*\*/\}",
    re.IGNORECASE,
)


def with_excerpt_mark(text: str, separator: str = "") -> str:
    """The text with EXCERPT_MARK in the place of its first mark. `separator` is the mark that the file names itself.

    In code there is no mark, nor at the beginning. As an HTML comment, EXCERPT_MARK is never shown.
    """
    found = _place(text, separator)
    if found is None:
        return text
    start, end = found
    if not text[:start].strip():
        return text
    return f"{text[:start]}{EXCERPT_MARK}{text[end:]}"


def _place(text: str, separator: str) -> tuple[int, int] | None:
    if separator.strip("\n") and separator in text:
        places = [(text.find(separator), text.find(separator) + len(separator))]
    elif has_mark(text, "<!--", "{/*"):
        places = [found.span() for found in MARK.finditer(text)]
    else:
        return None
    if not places:
        return None
    spans = literal_spans(text)
    return next((place for place in places if not _is_code(spans.around(place[0]), place)), None)


def _is_code(span: tuple[int, int] | None, place: tuple[int, int]) -> bool:
    """Whether a place lies in code. A mark that is a comment is a span of its own."""
    return span is not None and span != place
