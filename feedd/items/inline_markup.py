"""Tags in text: a typed text, in; the text without formatting, out. Also: HTML, in; its text, out.

Time is linear in the text.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Callable

from feedd.patterns import late_pattern

_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|s|samp|small|span"
    "|strike|strong|sub|sup|time|tt|u|var"
)
_BLOCK = (
    "address|article|aside|blockquote|caption|center|dd|details|dir|div|dl|dt|figcaption|figure|footer|h[1-6]|header"
    "|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_WITHOUT_END = "br|hr|img|wbr"
# A "<" inside a quoted value ends the match, so that no input is scanned more than once.
_ATTRIBUTES = r"""(?:[\s/](?:[^<>"']++|"[^<"]*"|'[^<']*')*)?"""
_FORMATTING = late_pattern(rf"<(/?)({_INLINE}|{_BLOCK}|{_WITHOUT_END})({_ATTRIBUTES})>", re.IGNORECASE)
_WITHIN_WORDS = frozenset((*_INLINE.split("|"), "wbr"))
_STRUCK_OUT = frozenset(("del", "s", "strike"))
_QUOTATION = "\u201c\u201d"
_SOURCE = late_pattern(r"\ssrc\s*=", re.IGNORECASE)

_COMMENT = (late_pattern(r"<!--"), late_pattern(r"-->"))
_PROGRAMS = tuple(
    (late_pattern(rf"<{name}(?=[\s/>])", re.IGNORECASE), late_pattern(rf"</{name}\s*>", re.IGNORECASE))
    for name in ("script", "style")
)
_QUOTED = 40  # characters of a tag in a note
_CODE = late_pattern(r"[(){};=]")

# Quoted values may hold "<". No tag begins at a quote, so each text between tags is scanned only once.
_TAG = late_pattern(r'</?([A-Za-z][A-Za-z0-9-]*)[^<>"]*(?:"[^"]*"[^<>"]*)*>')
_SPACES = late_pattern("[ \t\n\r\f\x0b\x1c-\x1f\x85\u2028\u2029]+")


def without_formatting(typed: str) -> tuple[str, str | None]:
    """A text without the HTML that only formats it. All else that looks like a tag stays: it is part of the text. The
    second value is a note on a tag that was left out although it stood in the place of a word.

    What is struck out goes with its tags, unless nothing else is said. `<q>` becomes quotation marks.

    These are formatting: elements such as `<em>` or `<p>` with an end tag; `<br>`, `<hr>`, `<wbr>`; an `<img>` with a
    picture. So are comments, and scripts and styles with code in them. A tag without its partner, an unknown one, and
    `<video>` stay. So do tags in the place of words, between blanks: `<b> and </b>`, a comment in the middle of a
    sentence.
    """
    typed = _without_spans(typed, *_COMMENT, _is_a_word)
    note = None
    for opening, closing in _PROGRAMS:
        rest = _without_spans(typed, opening, closing, _is_no_code)
        if note is None and rest != typed and (mark := _as_a_word(opening, closing, typed)):
            note = f"{mark}> was taken for a program and left out; write it with &lt; to have it shown"
        typed = rest
    tags = list(_FORMATTING.finditer(typed))
    if not tags:
        return typed, note
    partners = _formatting(tags, typed)
    if (shown := _not_struck_out(tags, partners, typed)) is not None:
        typed, note = shown, note or "what is struck out was left out"
        tags = list(_FORMATTING.finditer(typed))
        partners = _formatting(tags, typed)
    kept: list[str] = []
    at = 0
    for index in sorted(partners):
        tag = tags[index]
        if note is None and _is_a_word(typed, tag, tag):
            note = f"{tag[0][:_QUOTED]} was taken for formatting and left out; write it with &lt; to have it shown"
        name = tag[2].lower()
        mark = _QUOTATION[bool(tag[1])] if name == "q" else "" if name in _WITHIN_WORDS else " "
        kept += typed[at : tag.start()], mark
        at = tag.end()
    return "".join((*kept, typed[at:])), note


def markup_text(markup: str) -> str:
    """The text of HTML as a browser would show it on one line: tags go, and entities are decoded, once."""
    for opening, closing in (_COMMENT, *_PROGRAMS):
        markup = _without_spans(markup, opening, closing)
    return folded(html.unescape(_TAG.sub(lambda tag: "" if tag[1].lower() in _WITHIN_WORDS else " ", markup)))


def folded(text: str) -> str:
    """The text on one line. White space of HTML and XML is folded; no-break, ideographic, figure and thin spaces stay,
    but at the ends.
    """
    return _SPACES.sub(" ", text).strip()


def _not_struck_out(tags: list[re.Match[str]], partners: dict[int, int], typed: str) -> str | None:
    """The text without what is struck out in it; None if nothing is, or if nothing else is said."""
    kept: list[str] = []
    at = 0
    for index in sorted(partners):
        start, end = tags[index].start(), tags[partners[index]].end()
        if tags[index][2].lower() in _STRUCK_OUT and start >= at and end > start:
            kept.append(typed[at:start])
            at = end
    rest = "".join((*kept, typed[at:]))
    return rest if kept and _FORMATTING.sub("", rest).strip() else None


def _formatting(tags: list[re.Match[str]], typed: str) -> dict[int, int]:
    """Which of these tags format the text, each with its end tag or start tag. One without an end is its own."""
    found: dict[int, int] = {}
    opened: dict[str, list[int]] = defaultdict(list)
    for index, tag in enumerate(tags):
        name, attributes = tag[2].lower(), tag[3].strip(" \t\n\r\f/")
        if name in ("br", "hr", "wbr") or (name == "img" and _SOURCE.search(tag[3])):
            found[index] = index
        elif tag[1]:
            if opened[name] and not _are_words(tags[opening := opened[name].pop()], tag, typed):
                found[opening], found[index] = index, opening
        elif not attributes or "=" in attributes:
            opened[name].append(index)
    return found


def _are_words(opening: re.Match[str], closing: re.Match[str], typed: str) -> bool:
    """Whether an inline tag and its partner are spoken of: `<b> and </b>`."""
    is_bare = not opening[3] and opening[2].lower() in _WITHIN_WORDS
    return is_bare and typed[opening.end()] == " " and typed[closing.start() - 1] == " "


def _is_a_word(typed: str, opening: re.Match[str], closing: re.Match[str]) -> bool:
    """Whether a part of a line stands in the place of a word."""
    before, after = typed[max(opening.start() - 1, 0) : opening.start()], typed[closing.end() : closing.end() + 1]
    return before == " " and after in ("", *" .,;:!?)")


def _as_a_word(opening: re.Pattern[str], closing: re.Pattern[str], typed: str) -> str | None:
    """The first opening mark, if all from there to the closing mark stands where a word does."""
    start = opening.search(typed)
    end = closing.search(typed, start.end()) if start else None
    return start[0] if start and end and _is_a_word(typed, start, end) else None


def _is_no_code(typed: str, opening: re.Match[str], closing: re.Match[str]) -> bool:
    return not _CODE.search(typed, opening.end(), closing.start())


def _is_hidden(*_: object) -> bool:
    return False


def _without_spans(
    text: str,
    opening: re.Pattern[str],
    closing: re.Pattern[str],
    is_said: Callable[[str, re.Match[str], re.Match[str]], bool] = _is_hidden,
) -> str:
    """The text without all from an opening to its closing mark. An opening mark without a closing mark takes nothing
    away. Nor does a span that `is_said` calls part of the text.
    """
    kept, at, looked = [], 0, 0
    while (start := opening.search(text, looked)) and (end := closing.search(text, start.end())):
        looked = end.end()
        if not is_said(text, start, end):
            kept.append(text[at : start.start()] + " ")
            at = looked
    return "".join((*kept, text[at:]))
