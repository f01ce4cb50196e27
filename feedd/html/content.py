"""An Item, in; its safe HTML, which stands on its own, and its plain summary, out."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Literal

from feedd.html import direction, elements, safe_html, source
from feedd.html.html_writer import Context
from feedd.html.markdown import markdown, wiki_targets
from feedd.html.markdown_marks import without_comments
from feedd.html.related_links import related_links
from feedd.items import inline_markup, text, urls
from feedd.items.bodies.excerpts import EXCERPT_MARK
from feedd.items.local_files import KeysAsked, may_refer
from feedd.items.references import References, references
from feedd.items.wiki_links import channel, page_key
from feedd.model import Image
from feedd.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from feedd.model import Item

__all__ = ["channel", "directed", "entry_texts", "page_key", "picture", "wiki_targets"]

_ANYWHERE = "https://feeds.invalid/"
LONGEST_BODY = 300_000  # characters: a book; a longer body is cut

_PARAGRAPH = late_pattern(r"<p(?: [^>]*)?>(.*?)</p>", re.DOTALL)
_STRUCK = late_pattern(r"<(s|del)(?: [^>]*)?>.*?</\1>", re.DOTALL)
_QUOTED = late_pattern(r"<(/?)q(?: [^>]*)?>")


def entry_texts(
    item: Item,
    *,
    base_url: str,
    page_url: Callable[[str], str | None],
    limit: int = 500,
    refers: References | None = None,
) -> tuple[str, str]:
    """The content of an item's entry, and its summary.

    The content is picture, body (else summary), embedded content, related coverage: safe, deterministic HTML without
    scripts, frames, styles or relative URLs. `refers` makes URLs of references; without it, references resolve against
    the item's link, else `base_url`. `page_url` says where the page is that a key of `wiki_targets` means, or None. The
    summary is plain text of at most `limit` characters.
    """
    refers = refers or references(item, base_url)
    shown = picture(item, refers)
    context = Context(refers, item.title, shown.url if shown else None, item.video_id, page_url)
    written = _written(item, context)
    body = safe_html.readable(written, context) if written else ""
    embed = safe_html.readable(_cut_html(item.embed), context) if item.embed else ""
    parts = (_picture_html(item, shown), body or elements.paragraph(item.summary), embed, related_links(item.related))
    summary = item.summary or _beginning(_excerpt(written, body, context), limit)
    return safe_html.sanitise("\n".join(part for part in parts if part)), text.shorten(summary, limit)


def directed(html: str, language: str) -> str:
    """The content of an entry in this language. Content from right to left is marked so, for readers that do not find
    its direction themselves.
    """
    return f'<div dir="rtl">{html}</div>' if html and direction.language_direction(language) == "rtl" else html


def _beginning(body: str, limit: int) -> str:
    """The text of the first paragraphs of HTML, until they are longer than the limit."""
    paragraphs = (_said(found[1]) for found in _PARAGRAPH.finditer(body))
    plain = ""
    for paragraph in filter(None, paragraphs):
        plain = f"{plain} {paragraph}" if plain else paragraph
        if len(plain) > limit:
            break
    return plain or _said(body)


def _said(html: str) -> str:
    """The text of HTML, with quotes. Text that is struck out is left out: as plain text it would say the opposite."""
    if "<s>" in html or "<del" in html or "<s " in html:
        html = _STRUCK.sub("", html)
    if "<q" in html:
        html = _QUOTED.sub(lambda tag: "”" if tag[1] else "“", html)
    return text.safe(inline_markup.markup_text(html))  # a reference such as &#1; became the character itself


def picture(item: Item, refers: References) -> Image | None:
    """The item's picture, with an absolute URL: the first with a usable URL, else the picture of its video."""
    for image in item.images:
        if url := refers.picture(image.url):
            return Image(url, image.width, image.height, image.title, image.attribution)
    return Image(urls.youtube_thumbnail(item.video_id), 480, 360) if item.video_id else None


def _picture_html(item: Item, shown: Image | None) -> str:
    if shown is None:
        return ""
    alt = f"Play: {item.title}" if item.video_id else shown.title or item.title
    html = elements.image(shown.url, shown.width, shown.height, alt)
    if item.video_id:
        html = elements.link(urls.youtube_page(item.video_id), html)
    credit = f"<br><small>{escape(shown.attribution)}</small>" if shown.attribution else ""
    return f"<p>{html}{credit}</p>"


def _written(item: Item, context: Context) -> str:
    """The HTML of the body, not yet safe."""
    if not item.body.strip():
        return ""
    if item.body_format == "html":
        return _cut_html(item.body)
    return markdown(_cut_markdown(item.body), context.page_url, wiki_page=item.wiki_page)


def _excerpt(written: str, body: str, context: Context) -> str:
    """The HTML of the body up to the mark of its author under the summary; without a mark all of it."""
    before, mark, _ = written.partition(EXCERPT_MARK)
    return (safe_html.readable(before, context) if mark else "") or body


def _cut_markdown(body: str) -> str:
    """The body, no longer than LONGEST_BODY, with a mark where it was cut: after a line, else after a word."""
    if len(body) <= LONGEST_BODY:
        return body
    body = without_comments(text.safe(body))  # a comment that has lost its end would be text
    if len(body) <= LONGEST_BODY:
        return body
    end = _end(body, "\n", " ")
    opened = body.rfind("<!--", 0, end)
    if opened > 0 and body.rfind("-->", opened, end) < 0 < body.find("-->", opened):
        end = opened
    return f"{body[:end]}\n\n…"


def _cut_html(body: str) -> str:
    """The body, no longer than LONGEST_BODY, with a mark where it was cut: before a tag, else after a word."""
    if len(body) <= LONGEST_BODY:
        return body
    body = source.without_programs(text.safe(body))  # a saved page may begin with long scripts
    if len(body) <= LONGEST_BODY:
        return body
    tag = body.rfind("<", 1, LONGEST_BODY)
    inside = tag > body.rfind(">", 0, LONGEST_BODY)
    return f"{body[: tag if inside else _end(body, '<', ' ')]}\n\n…"


def _end(body: str, *boundaries: str) -> int:
    """Where to cut: before the first boundary in the last quarter of the allowed length."""
    found = (body.rfind(each, LONGEST_BODY * 3 // 4, LONGEST_BODY) for each in boundaries)
    return next((end for end in found if end > 0), LONGEST_BODY)


def local_references(item: Item, shown: Literal["full", "summary"] = "full") -> tuple[str, ...]:
    """The keys of `References.files` for files that may lie beside the item, and that its entry would show, sorted.

    `shown` is what the entry carries: a summary alone shows no picture of the body.
    """
    may_show = shown == "full" and any(each and may_refer(each) for each in (item.body, item.embed))
    if not (may_show or item.images or item.enclosure or item.episode):
        return ()
    asked = KeysAsked()
    refers = references(item, _ANYWHERE, files=asked)
    if may_show:
        entry_texts(item, base_url=_ANYWHERE, page_url=lambda _: None, refers=refers)
    else:
        picture(item, refers)
    refers.enclosure(item.enclosure)
    refers.episode(item.episode)
    return asked.local()
