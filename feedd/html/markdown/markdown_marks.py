"""Pieces of Markdown that CommonMark would misread: taken out of the source, and put back as HTML after parsing.

    source -- without_comments --> source -- take_out --> Marked: text with a mark for each piece; the pieces

A mark is a number between two noncharacters of Unicode. To CommonMark it is a word. Where a mark ends up in code, in
raw HTML or in an address, the piece is written there as it stood in the source. The pieces are wiki links to pages,
embedded pictures and files, formulas, URLs with characters of emphasis, `==marked==` text, `H~2~O`, `x^2^`, and notes
in the text, `^[so]`.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING

from msgspec import Struct

from feedd.html import elements
from feedd.html.markdown.bare_urls import trimmed
from feedd.items.formulas import DISPLAY_FORMULA, INLINE_FORMULA, NO_FORMULA
from feedd.items.references import BY_NAME, media_type_of
from feedd.items.wiki_links import HIDDEN, page_key
from feedd.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

# Inside a table the "|" of a wiki link is written "\|".
WIKI_LINK_INNER = r"\[\[([^\[\]|\n\\\ufdd0-\ufddf]{1,200})(?:\\?\|([^\[\]\n\ufdd0-\ufddf]{0,300}))?\]\]"
WIKI_LINK = rf"(!?){WIKI_LINK_INNER}"
PIECE_MARK = "\ufdd0([0-9]+)\ufdd1"
UNTOLD = "(…)"  # in the place of the name of a page that is not published
_DOTTED = late_pattern(r"[\w-]+(?:\.[\w-]+)+(?:#.*)?")
_HIDDEN_LINK = late_pattern(WIKI_LINK)
_BEGINNING = late_pattern(r"\\|!\[\[|\[\[|\$|==|~|\^|\n:|http|HTTP")  # of a piece: literals, which `re` looks for fast
_PIECE = late_pattern(
    # `[[1]](address)` and `[[12]][label]` are ordinary links.
    rf"{WIKI_LINK}(?!\(|\[(?!\[))"
    rf"|({DISPLAY_FORMULA})|({INLINE_FORMULA})"
    r"|((?<![\w/+<\"'=])(?<!\]\()(?:http|HTTP)[sS]?://[^\s<>\[\]\"`\\\ufdd0-\ufddf]{1,2000})(?!\\)"
)
_MARKED = late_pattern(r"==(?<![=\w]==)(?![\s=])[^=\n`]{1,500}(?<!\s)==(?![=\w])")
_LOWERED = late_pattern(r"~(?<=[A-Za-z)\]]~)([A-Za-z0-9+-]{1,10})~(?!~)")
_RAISED = late_pattern(r"\^(?<=[A-Za-z0-9)\]]\^)([A-Za-z0-9+-]{1,20})\^(?!\^)")
# A note in the text. It may hold brackets, but no paragraph. A link (`^[a](b)`) is none, nor is a regular expression.
_NOTE = late_pattern(r"\^\[((?:[^\[\]\\\n]|\\.|\n(?![ \t>]*\n)|\[[^\[\]\n]{0,300}\]){1,2000})\](?![(\[+?{$])")
_RANGES = late_pattern(r"(?:\w-\w|\\\w(?:-\w)?|[^\w\s\\]|\\(?!\w))+")
_MARKUP = late_pattern(r"[*~]|_(?![0-9A-Za-z])|(?<![0-9A-Za-z])_")
_QUOTE = late_pattern(r"(?:[ \t]*>)+[ \t]?")
_QUOTED_LINE = late_pattern(r"\n(?:[ \t]*>)+[ \t]?")
_PICTURE = late_pattern(r"[^#]+\.(?:apng|avif|bmp|gif|jpe?g|png|svg|webp)(?:#.*)?", re.IGNORECASE)
_OTHER_FILE = late_pattern(
    r"[^#]+\.(?:3gp|flac|m4a|mkv|mov|mp3|mp4|oga|ogg|ogv|opus|pdf|wav|webm)(?:#.*)?", re.IGNORECASE
)
# Files that only Obsidian shows: queries, boards and drawings.
_VIEW = late_pattern(r"[^#]+\.(?:base|canvas|excalidraw(?:\.md)?)(?:#.*)?", re.IGNORECASE)
SIZE_IN_WORDS = r"[ \t]*([0-9]{1,5})(?:[ \t]*x[ \t]*([0-9]{1,5}))?[ \t]*"
_SIZE = late_pattern(SIZE_IN_WORDS)


class Piece(Struct, frozen=True):
    """A piece of the source, its HTML, and its HTML inside a link. `note`: the Markdown of a note in the text."""

    source: str
    html: str
    in_link: str
    note: str = ""


class Marked(Struct, frozen=True):
    """Markdown with marks in the place of `pieces`; a mark's number counts them from 0."""

    text: str
    pieces: list[Piece]

    def restored(self, text: str) -> str:
        """A part of the text with the pieces in it as they stood in the source."""
        return re.sub(PIECE_MARK, lambda mark: self.pieces[int(mark[1])].source, text) if "\ufdd0" in text else text

    def decoded(self, text: str) -> str:
        """An address or a title with the pieces in it as CommonMark would have read them: with entities decoded."""
        if "\ufdd0" not in text:
            return text
        return re.sub(PIECE_MARK, lambda mark: unescape(self.pieces[int(mark[1])].source), text)


def take_out(source: str, page_url: Callable[[str], str | None], *, wiki_page: bool, notes: bool = True) -> Marked:
    """The Markdown with marks in the place of pieces that CommonMark would misread. The source holds no noncharacters.

    A wiki link that names no page stays as it is, unless it has words of its own: it may be CommonMark, or code. On a
    wiki page it becomes its words, as a link to a part of the same page (`[[#Part]]`) does everywhere. A link to a page
    that is not published becomes its own words, or UNTOLD. Without `notes`, notes in the
    text stay.
    """
    pieces: list[Piece] = []
    if not any(mark in source for mark in ("[[", "$", "://", "==", "~", "^", "\n:")):
        return Marked(source, pieces)
    parts: list[str] = []
    copied = at = 0
    ends: set[int] = set()  # where marked text ends
    while begins := _BEGINNING.search(source, at):
        start, at = begins.span()
        if begins[0] == "\\":
            at += 1  # an escaped character begins nothing
        elif short := (_note(source, start) if notes else None) or _short_piece(source, start, ends):
            start += len(begins[0]) - len(begins[0].lstrip("\n"))
            at = start + len(short.source)
            parts += source[copied:start], f"\ufdd0{len(pieces)}\ufdd1"
            pieces.append(short)
            copied = at
        elif found := _PIECE.match(source, start):
            piece = _piece(found, page_url, wiki_page=wiki_page)
            if piece is None:
                at = max(at, found.end(6))  # inside a URL begins nothing
                continue
            at = start + len(piece.source)
            parts += source[copied:start], f"\ufdd0{len(pieces)}\ufdd1"
            pieces.append(piece)
            copied = at
    return Marked("".join([*parts, source[copied:]]), pieces)


def names_in_link(target: str) -> tuple[str, ...]:
    """The pages that the target of a wiki link may name: `a^b` is a page, or the block `b` of the page `a`."""
    page, caret, _ = target.partition("^")
    return (target, page) if caret else (target,)


def name_in_words(words: str | None) -> str:
    """The key of the page that the words of a wiki link may name, as Dendron has it: `[[words|a.note]]`; else empty."""
    return page_key(words) if words and _DOTTED.fullmatch(words.strip()) else ""


def without_hidden_names(source: str, page_url: Callable[[str], str | None]) -> str:
    """The Markdown with UNTOLD in each wiki link for the name of a page that is not published, also in code and in
    formulas.
    """
    if "[[" not in source:
        return source

    def told(found: re.Match[str]) -> str:
        if HIDDEN not in [page_url(page_key(name)) for name in names_in_link(found[2])]:
            if page_url(page_key(found[2])) is None and (name := name_in_words(found[3])) and page_url(name) == HIDDEN:
                return f"{found[1]}[[{UNTOLD}|{found[2].strip()}]]"
            return found[0]
        return f"{found[1]}[[{UNTOLD}{found[0][found.end(2) - found.start() :]}"

    return _HIDDEN_LINK.sub(told, source)


def _short_piece(source: str, start: int, ends: set[int]) -> Piece | None:
    """The mark at either end of marked text, a lowered or raised word, or a colon that defines nothing."""
    if source.startswith("==", start):
        if start in ends:
            return Piece("==", "</mark>", "</mark>")
        if found := _MARKED.match(source, start):
            ends.add(found.end() - 2)
            return Piece("==", "<mark>", "<mark>")
    elif source[start] == "\n":
        return Piece(":", ":", ":") if source[start + 2 : start + 3].isalnum() else None
    elif found := _LOWERED.match(source, start) or _RAISED.match(source, start):
        element = "sub" if found[0][0] == "~" else "sup"
        html = f"<{element}>{escape(found[1])}</{element}>"
        return Piece(found[0], html, html)
    return None


def _note(source: str, start: int) -> Piece | None:
    """A note in the text; None if none begins here."""
    found = _NOTE.match(source, start)
    if found is None or not any(map(str.isalnum, found[1])) or _RANGES.fullmatch(found[1]):
        return None
    return Piece(found[0], "", "", note=_QUOTED_LINE.sub("\n", found[1]).strip())


def _piece(found: re.Match[str], page_url: Callable[[str], str | None], *, wiki_page: bool) -> Piece | None:
    embeds, target, words, display, inline, url = found.groups()
    if target:
        return _wiki_link(found[0], target, words or "", page_url, embeds=bool(embeds), wiki_page=wiki_page)
    if display:
        before = found.string[max(0, found.start() - 100) : found.start()].rpartition("\n")[2]
        formula = _QUOTED_LINE.sub("\n", display) if _QUOTE.fullmatch(before) else display
        return Piece(display, escape(formula), escape(formula))
    if inline and not NO_FORMULA.search(inline):
        return Piece(inline, escape(inline), escape(inline))
    if url and _MARKUP.search(address := trimmed(url)):
        address = address.replace("&amp;", "&")
        return Piece(trimmed(url), elements.link(address, escape(address)), escape(address))
    return None


def _wiki_link(
    source: str, target: str, words: str, page_url: Callable[[str], str | None], *, embeds: bool, wiki_page: bool
) -> Piece | None:
    name = target.strip()
    if embeds and _PICTURE.fullmatch(name):
        picture = _picture(BY_NAME + name, words)
        return Piece(source, picture, picture)
    if embeds and _VIEW.fullmatch(name):
        return Piece(source, "", "")
    shown = escape(words.strip() or _page_name(target))
    if embeds and _OTHER_FILE.fullmatch(name):
        shown = escape(_page_name(target)) if _SIZE.fullmatch(words) else shown
        address = BY_NAME + name if media_type_of(name) else name
        return Piece(source, elements.link(address, shown), shown)
    key = page_key(name)
    if url := page_url(key) if key else None:
        return Piece(source, elements.link(url, shown), shown)
    if (other := name_in_words(words)) and (url := page_url(other)):
        shown = escape(name)
        return Piece(source, elements.link(url, shown), shown)
    if name == UNTOLD:
        shown = escape(words.strip()) or UNTOLD
        return Piece(source, shown, shown)
    if words.strip() and not embeds and _is_of_words(target, words):
        return Piece(source, shown, shown)
    if name.startswith("#") and not key:  # a part of this page, to which no reader could be led
        wiki_page = bool(name.strip("# "))
    return Piece(source, shown, shown) if wiki_page and name else None


def _is_of_words(target: str, words: str) -> bool:
    """Whether a link to an unknown page is one of a wiki, with words to show: no file, and no code of a shell."""
    return not (target[0].isspace() or words[0] == "|" or _PICTURE.fullmatch(target) or _OTHER_FILE.fullmatch(target))


def _picture(address: str, words: str) -> str:
    """An embedded picture. `words` are its description, its width, its width and height, or the first and another,
    in any order.
    """
    description, _, last = words.rpartition("|")
    size = _SIZE.fullmatch(last)
    if size is None and (size := _SIZE.fullmatch(words.partition("|")[0].removesuffix("\\"))):
        description = words.partition("|")[2].replace("|", " ")
    if size is None:
        return elements.image(address, None, None, words.replace("|", " ").strip())
    return elements.image(address, int(size[1]), int(size[2] or 0), description.removesuffix("\\").strip())


def _page_name(target: str) -> str:
    page, _, heading = target.strip().partition("#")
    name = page.rpartition("/")[2].removesuffix(".md").replace("_", " ").strip()
    return name or heading.strip() or target.strip()
