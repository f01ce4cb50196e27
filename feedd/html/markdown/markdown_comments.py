"""Comments in Markdown, `%%so%%`: Markdown in; the same without comments, out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feedd.html.markdown import commonmark
from feedd.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT = "\ufdd2"  # stands where a comment was
_NONCHARACTERS = late_pattern("[\ufdd0-\ufddf]")
_ROUNDS = 3
_BLANK_LINE = late_pattern(rb"\n[ \t>]*\n")
_LINE_START = late_pattern(rb"[ \t>]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*")


def without_comments(source: str) -> str:
    """The Markdown without `%%comments%%`, and without noncharacters.

    A comment begins and ends in text, not in code: inside a paragraph, or over any number of paragraphs where it begins
    a line, or begins and ends as quotations do. A percentage (`100%%`) begins none if there is another one. A line of
    `%%` alone that has no end hides the rest of the text. A comment may hold the beginning of code. Without the
    comment, code becomes text and text becomes code, so the rest is then looked at again.
    """
    if not source.isascii():
        source = _NONCHARACTERS.sub("", source)
    for _ in range(_ROUNDS):
        if "%%" not in source:
            break
        data = source.encode()
        parts: list[bytes] = []
        copied = 0
        for start, end in _comments(data):
            parts += data[copied:start], _COMMENT.encode()
            copied = end
        if not parts:
            break
        source = b"".join([*parts, data[copied:]]).decode()
    return source


def _comments(data: bytes) -> Iterator[tuple[int, int]]:
    """Where comments stand."""
    everywhere = [found.start() for found in re.finditer(b"%%", data)]
    in_text = _inside(everywhere, commonmark.text_ranges(data), data)
    later = 0  # in `everywhere`
    at = 0
    while at < len(in_text):
        start = in_text[at]
        following = in_text[at + 1] if at + 1 < len(in_text) else None
        begins_line = _begins_line(data, start)
        is_last = at + 2 >= len(in_text)
        if following is not None and _is_percentage(data, start) and _begins(data, following, is_last=is_last):
            at += 1
            continue
        if following is not None and (begins_line or _ends_at_next(data, in_text, at)):
            yield start, following + 2
            at += 2
            continue
        at += 1
        if following is None and begins_line:
            while later < len(everywhere) and everywhere[later] <= start:
                later += 1
            if later < len(everywhere):
                yield start, everywhere[later] + 2
            elif data[start + 2 :].partition(b"\n")[0].strip() == b"":
                yield start, len(data)


def _inside(places: list[int], ranges: list[tuple[int, int]], data: bytes) -> list[int]:
    """The places that lie in a range and are not escaped. `places` and `ranges` are sorted."""
    found = []
    ahead = iter(ranges)
    start, end = next(ahead, (0, 0))
    for place in places:
        while end <= place and end:
            start, end = next(ahead, (0, 0))
        if start <= place < end and data[place - 1 : place] != b"\\":
            found.append(place)
    return found


def _ends_at_next(data: bytes, places: list[int], at: int) -> bool:
    """Whether a comment that begins within a line, at the place of number `at`, ends at the next mark.

    Over an empty line it does only where it begins and ends as quotations do, and where the marks behind it are no
    comments of their own: they are odd in number, and the next two do not stand around words in a paragraph.
    """
    start, following, *later = places[at : at + 3]
    if not _BLANK_LINE.search(data, start, following):
        return True
    begins_line = _begins_line(data, following)
    may_end = begins_line or data[following - 1 : following].strip() != b""
    if not may_end or not _opens(data, start) or (len(places) - at) % 2:
        return False
    if not later or _BLANK_LINE.search(data, following, later[0]):
        return True
    ends_line = data[start + 2 : start + 3] == b"\n"
    return ends_line if begins_line else not data[following + 2 : following + 3].strip()


def _opens(data: bytes, at: int) -> bool:
    """Whether a mark stands before a word, as an opening quotation mark does, or ends its line."""
    before, after = data[at - 1 : at], data[at + 2 : at + 3]
    return before in (b" ", b"\t", b"(", b">") and after not in (b" ", b"\t")


def _begins(data: bytes, at: int, *, is_last: bool) -> bool:
    """Whether a comment begins at a mark behind a percentage, rather than ends there."""
    return _opens(data, at) or (not is_last and _begins_line(data, at))


def _is_percentage(data: bytes, at: int) -> bool:
    return data[at - 1 : at].isdigit() and data[at + 2 : at + 3] in b" ,.;:!?)\n"


def _begins_line(data: bytes, at: int) -> bool:
    """Whether only marks of lists and quotes stand before it in its line."""
    line = data.rfind(b"\n", max(0, at - 100), at) + 1
    return (line > 0 or at <= 100) and bool(_LINE_START.fullmatch(data, line, at))


def without_marks(html: str) -> str:
    """The HTML without the remains of comments."""
    return html.replace(f" {_COMMENT} ", " ").replace(_COMMENT, "")
