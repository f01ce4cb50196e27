"""The Markdown of a body, for readers that take Markdown: a body in; its text, in its author's words and marks, out.

    body -- without_comments, take_out --> Marked -- events_with_places --> edits --> Markdown -- _says_no_more

URLs become absolute. What the content of the entry does not show goes: comments, files that are nowhere, the title once
more. The last step is a check: with a word in it that the content lacks, there is no Markdown at all.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple

from feedd.html.markdown import commonmark
from feedd.html.markdown.markdown_comments import without_comments, without_marks
from feedd.html.markdown.markdown_marks import PIECE_MARK, Marked, take_out, without_hidden_names
from feedd.html.markdown.raw_html import TAG, UnclearHtml, shown_block, shown_tag
from feedd.items import inline_markup, text
from feedd.items.references import BY_NAME
from feedd.patterns import late_pattern

if TYPE_CHECKING:
    from feedd.html.html_writer import Context

_CALLOUT = late_pattern(r"\[!([A-Za-z][A-Za-z0-9_-]{0,30})(?:\|[^\[\]]*)?\][+-]?[ \t]*")
_LINK = late_pattern(r'<a href="([^"]*)"[^>]*>(.*)</a>', re.DOTALL)
_PICTURE = late_pattern(r'<img src="([^"]*)"[^>]*? alt="([^"]*)"[^>]*>')
_FENCE = late_pattern(rb"[`~]{3,}[ \t]*")
_LANGUAGE = late_pattern(r"[A-Za-z0-9+#._-]{1,30}")
_FENCE_LINE = late_pattern(rb"[`~]{3,}[ \t]*[A-Za-z0-9+#._-]{0,30}\s*")
_BRACKETS = late_pattern(r"([\\\[\]])")
_TO_QUOTE = late_pattern(r"[\s<>()\\]")

_ADDRESS = late_pattern(r"\]\((?:<[^<>\n]*>|[^\s()<>]*)|<(?:https?:|mailto:)[^<>\s]*>")
_WORD = late_pattern(r"[^\W_]+")
_FENCED = late_pattern(r"^[ \t>]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*[`~]{3,}[ \t]*\S*$", re.MULTILINE)
_LIST_NUMBER = late_pattern(r"^[ \t>]*(?:[-*+][ \t]+)*[0-9]{1,9}(?=[.)](?:\s|$))", re.MULTILINE)
_BOX = late_pattern(r"\[[xX]\](?=\s)")
_SHOWN_ATTRIBUTE = late_pattern(r"""\b(?:alt|title|class|href|src)="([^"]*)\"""")
_MOST_LOOKED_FOR = 500  # words that are not found as words, and may be parts of words


class _Edit(NamedTuple):
    """The bytes from `start` to `end` become `by`."""

    start: int
    end: int
    by: str


def markdown_source(body: str, content: str, context: Context, *, wiki_page: bool) -> str | None:
    """The Markdown of a body, with absolute URLs. `content` is the HTML of its entry.

    It holds no word that the content does not show. None if there is no such text: its raw HTML is too unclear.
    """
    source = without_hidden_names(without_marks(without_comments(text.safe(body))), context.page_url)
    marked = take_out(source, context.page_url, wiki_page=wiki_page, notes=False)
    if any(piece.source.startswith("$") and TAG.search(piece.source) for piece in marked.pieces):
        return None  # in CommonMark, what looks like a tag in a formula is raw HTML
    try:
        written = _SourceEditor(marked, context).write()
    except UnclearHtml:
        return None
    written = written.strip("\n")
    return written if written and _says_no_more(written, content) else None


class _SourceEditor:
    """One walk over a document, which collects edits."""

    def __init__(self, marked: Marked, context: Context) -> None:
        self._marked = marked
        self._data = marked.text.encode()
        self._context = context
        self._edits: list[_Edit] = []
        self._open: list[tuple[dict[str, Any], bool, int, int]] = []  # links and pictures: value, picture, start, inner
        self._code_block = False
        self._footnotes: dict[str, int] = {}
        self._quote = ""  # "quote" where a callout could begin, "paragraph" at its first text
        self._block: tuple[int, int] | None = None  # the block of raw HTML that is being read
        self._first = True  # no block was read yet
        self._heading: tuple[int, int, list[str]] | None = None  # the first block, if it is a heading

    def write(self) -> str:
        """The edited text. Raises UnclearHtml."""
        for event, place in commonmark.events_with_places(self._marked.text):
            self._take(event, place["start"], place["end"])
        self._edits += (_Edit(*span, "") for span in commonmark.definition_places(self._marked.text))
        return self._edited()

    def _edited(self) -> str:
        parts: list[str] = []
        at = 0
        for edit in sorted(self._edits):
            if edit.start >= at:
                parts += self._kept(at, edit.start), edit.by
                at = edit.end
        parts.append(self._kept(at, len(self._data)))
        return "".join(parts)

    def _kept(self, start: int, end: int) -> str:
        return self._marked.restored(self._data[start:end].decode())

    def _take(self, event: Any, start: int, end: int) -> None:
        kind: str
        value: Any
        kind, value = (event, None) if isinstance(event, str) else next(iter(event.items()))
        if kind not in ("Start", "End") and self._open:
            self._inner(end)
        if kind == "Start":
            self._begin(value, start, end)
        elif kind == "End":
            self._end(value, end)
        elif kind == "Text":
            self._text(value, start, end)
        elif kind == "Code" and self._heading:
            self._heading[2].append(value)
        elif kind == "InlineHtml":
            self._inline_html(start, end)
        elif kind == "FootnoteReference":
            self._edits.append(_Edit(start, end, f"[^{self._number(value)}]"))

    def _inner(self, end: int) -> None:
        value, is_picture, start, inner = self._open[-1]
        self._open[-1] = value, is_picture, start, max(inner, end)

    # Elements

    def _begin(self, tag: Any, start: int, end: int) -> None:
        name: str
        value: Any
        name, value = (tag, None) if isinstance(tag, str) else next(iter(tag.items()))
        self._quote = {"BlockQuote": "quote", "Paragraph": self._quote and "paragraph"}.get(name, "")
        if name in ("Link", "Image"):
            self._open.append((value, name == "Image", start, start + 1 + (name == "Image")))
            return
        if name == "HtmlBlock":
            self._block = start, end
        elif name == "CodeBlock":
            self._code_block = True
            self._name_language(value, start, end)
        elif name == "FootnoteDefinition":
            label = self._data[start:end].partition(b"]:")[0]
            self._edits.append(_Edit(start, start + len(label), f"[^{self._number(value)}"))
        elif name == "Heading" and self._first:
            self._heading = start, end, []
        self._first = False

    def _name_language(self, block: Any, start: int, end: int) -> None:
        """Leaves of the words after a fence the first, if it is the name of a language."""
        words = block["Fenced"].split(maxsplit=1) if isinstance(block, dict) else ()
        line = self._data[start:end].partition(b"\n")[0]
        if words and (opened := _FENCE.match(line)) and not _FENCE_LINE.fullmatch(line):
            language = words[0] if _LANGUAGE.fullmatch(words[0]) else ""
            self._edits.append(_Edit(start + opened.end(), start + len(line), language))

    def _number(self, label: str) -> int:
        return self._footnotes.setdefault(label, len(self._footnotes) + 1)

    def _end(self, tag: Any, end: int) -> None:
        name = tag if isinstance(tag, str) else next(iter(tag))
        if name in ("Link", "Image"):
            value, is_picture, start, inner = self._open.pop()
            self._link(value, start, inner, end, is_picture=is_picture)
        elif name == "CodeBlock":
            self._code_block = False
        elif name == "HtmlBlock" and self._block:
            self._html_block(*self._block)
            self._block = None
        elif name == "Heading" and self._heading:
            start, heading_end, words = self._heading
            self._heading = None
            if _folded("".join(words)) == _folded(self._context.title):
                self._edits.append(_Edit(start, heading_end, ""))
        if self._open:
            self._inner(end)

    def _link(self, value: dict[str, Any], start: int, inner: int, end: int, *, is_picture: bool) -> None:
        address = self._marked.decoded(value["dest_url"])
        if value["link_type"] in ("Autolink", "Email"):
            return
        title = self._marked.decoded(value["title"])
        refers = self._context.refers
        url: str | None
        if is_picture:
            url = refers.shown(address)
        elif address.lower().startswith("mailto:"):
            url = address
        else:
            url = self._context.linked(address)
        if url is not None:
            self._edits.append(_Edit(inner, end, f"]({_destination(url)}{_title(title)})"))
        elif is_picture:
            self._edits.append(_Edit(start, end, ""))
        else:
            self._edits += _Edit(start, start + 1, ""), _Edit(inner, end, "")

    # What stands in them

    def _text(self, value: str, start: int, end: int) -> None:
        if self._heading:
            self._heading[2].append(value)
        at = start
        beginning = self._data[start : start + 300].decode(errors="ignore")
        if self._quote == "paragraph" and (found := _CALLOUT.match(beginning)):
            at = start + len(found[0].encode())
            titled = self._data[at : at + 1] not in (b"", b"\n")
            kind = re.sub("[_-]", " ", found[1]).capitalize()
            self._edits.append(_Edit(start, at, "" if titled else f"**{kind}**"))
        self._quote = ""
        if self._code_block:
            return
        here = self._data[at:end].decode()
        for mark in re.finditer(PIECE_MARK, here) if "\ufdd0" in here else ():
            piece = self._marked.pieces[int(mark[1])]
            if piece.source.startswith(("[[", "![[")):
                place = at + len(here[: mark.start()].encode())
                self._edits.append(_Edit(place, place + len(mark[0].encode()), self._wiki_link(piece.html)))

    def _wiki_link(self, html: str) -> str:
        """A wiki link, or an embedded file, in CommonMark."""
        if found := _LINK.fullmatch(html):
            address = unescape(found[1])
            url = self._context.refers.shown(address) if address.startswith(BY_NAME) else address
            words = _escaped(found[2])
            return f"[{words}]({_destination(url)})" if url else words
        if found := _PICTURE.fullmatch(html):
            url = self._context.refers.shown(unescape(found[1]))
            return f"![{_escaped(found[2])}]({_destination(url)})" if url else ""
        return _escaped(html)

    # Raw HTML

    def _inline_html(self, start: int, end: int) -> None:
        html = self._kept(start, end)
        if (by := shown_tag(html, self._context)) != html:
            self._edits.append(_Edit(start, end, by))

    def _html_block(self, start: int, end: int) -> None:
        self._edits.append(_Edit(start, end, shown_block(self._kept(start, end), self._context)))


def _escaped(html: str) -> str:
    """The words of HTML without tags, as CommonMark has them in brackets."""
    return _BRACKETS.sub(r"\\\1", unescape(html))


def _destination(url: str) -> str:
    return f"<{url}>" if _TO_QUOTE.search(url) else url


def _title(title: str) -> str:
    return ' "{}"'.format(" ".join(title.split()).replace("\\", r"\\").replace('"', r"\"")) if title else ""


def _folded(words: str) -> str:
    return " ".join(inline_markup.markup_text(words).split()).casefold() if words else ""


def _says_no_more(markdown: str, content: str) -> bool:
    """Whether each word of the Markdown is shown by the content, in its text, an address, a title or a description."""
    attributes = " ".join(_SHOWN_ATTRIBUTE.findall(content))
    shown = unescape(f"{re.sub('<[^<>]*>', '', content)} {re.sub('<[^<>]*>', ' ', content)} {attributes}").casefold()
    plain = _BOX.sub("", _LIST_NUMBER.sub("", _FENCED.sub("", markdown)))
    plain = unescape(TAG.sub(" ", _ADDRESS.sub(" ", plain))).casefold()
    missing = set(_WORD.findall(plain)) - set(_WORD.findall(shown))
    return len(missing) <= _MOST_LOOKED_FOR and all(word in shown for word in missing)
