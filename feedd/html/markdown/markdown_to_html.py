"""Markdown in; HTML (not yet safe), or the pages that it links to, out.

source -- take_out --> Marked -- commonmark.events --> events -- Writer --> HTML
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from feedd.html.markdown import commonmark
from feedd.html.markdown.markdown_comments import without_comments, without_marks
from feedd.html.markdown.markdown_marks import (
    WIKI_LINK_INNER,
    Marked,
    name_in_words,
    names_in_link,
    take_out,
    without_hidden_names,
)
from feedd.html.markdown.markdown_writer import Writer
from feedd.html.markdown.plain_markdown import at_once
from feedd.items import text
from feedd.items.references import plain
from feedd.items.wiki_links import address_keys, addresses_on_site, local_addresses, page_key, page_keys
from feedd.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_WIKI_LINK = late_pattern(WIKI_LINK_INNER)
_RAW_HREF = late_pattern(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE)
_FILE_NAME = late_pattern(r"\.(?:mdx?|markdown|html?)", re.IGNORECASE)
_RELATIVE_FILE = late_pattern(
    rf"(?<![^\s()<>\"'=])(?!https?:|//)[^\s()<>\"'=]{{0,400}}{_FILE_NAME.pattern}", re.IGNORECASE
)


class BodyHtml(NamedTuple):
    """HTML, not yet safe. It `is_plain` if no raw HTML of the Markdown is in it: all its tags are written here."""

    html: str
    is_plain: bool


def markdown(body: str, page_url: Callable[[str], str | None], *, wiki_page: bool = False) -> BodyHtml:
    """HTML for CommonMark with tables, strikethrough, footnotes, task lists, bare URLs, and syntax of wikis.

    Raw HTML stays as it is, formulas (`$x_1$`) come out as written, `%%comments%%` go. `page_url` gives the URL of a
    page by its `page_key`, for wiki links; None if there is no such page. A wiki link to no page stays as it is
    written; on a wiki page it becomes its words.
    """
    source = without_hidden_names(without_comments(text.safe(body)), page_url)
    marked = take_out(source, page_url, wiki_page=wiki_page, notes=True)
    if not marked.pieces and (html := at_once(marked.text)) is not None:
        return BodyHtml(html, is_plain=True)
    has_raw_html = False

    def written(marked: Marked, write_note: Callable[[str], str] | None) -> str:
        nonlocal has_raw_html
        writer = Writer(marked, write_note)
        html = writer.write(commonmark.events(marked.text))
        has_raw_html |= writer.has_raw_html
        return html

    def write_note(note: str) -> str:
        return written(take_out(note, page_url, wiki_page=wiki_page, notes=False), None)

    html = without_marks(written(marked, write_note))
    return BodyHtml(text.safe(html), is_plain=not has_raw_html)


def wiki_targets(body: str, site_url: str | None = None) -> tuple[str, ...]:
    """The keys of all pages that the body may link to, sorted: by name, and by path where a path is given. Whole URLs
    count if they lead to the item's own site.

    Links in code count, too.
    """
    if not body:
        return ()
    links = _WIKI_LINK.findall(body) if "[[" in body else []
    found = {page_key(name) for target, _ in links for name in names_in_link(target)}
    found |= {name_in_words(words) for _, words in links}
    for address in (*map(plain, local_addresses(body)), *addresses_on_site(body, site_url)):
        found.update((*address_keys(address), *page_keys(address)))
    if _FILE_NAME.search(body) and _RELATIVE_FILE.search(body):
        paths = {key for address in _addresses(body) for key in page_keys(address)}
        found |= paths | {page_key(path) for path in paths}  # by its name it is noticed that a file comes or goes
    return tuple(sorted(found - {""}))


def _addresses(body: str) -> Iterable[str]:
    """The addresses of all links in Markdown or HTML."""
    yield from _linked(without_comments(text.safe(body)), notes=True)
    for found in _RAW_HREF.finditer(body):
        yield unescape(found[1] or found[2] or found[3] or "")


def _linked(source: str, *, notes: bool) -> Iterable[str]:
    marked = take_out(source, lambda _: None, wiki_page=False, notes=notes)
    for event in commonmark.events(marked.text):
        if isinstance(event, dict) and "Start" in event and isinstance(tag := event["Start"], dict) and "Link" in tag:
            yield marked.decoded(tag["Link"]["dest_url"])
    for piece in marked.pieces:
        if piece.note:
            yield from _linked(piece.note, notes=False)
