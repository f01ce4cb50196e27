"""An Item, in; its safe HTML, which stands on its own, and its plain summary, out."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Literal

from feedd.html import direction, elements, safe_html, source
from feedd.html.html_writer import Context
from feedd.html.markdown import plain_markdown
from feedd.html.markdown.markdown_comments import without_comments
from feedd.html.markdown.markdown_to_html import BodyHtml, markdown, wiki_targets
from feedd.html.related_links import related_links
from feedd.items import inline_markup, text
from feedd.items.bodies.excerpts import EXCERPT_MARK
from feedd.items.local_files import KeysAsked, may_refer
from feedd.items.reading_settings import LONGEST_BODY
from feedd.items.references import References, references
from feedd.items.wiki_links import channel, page_key
from feedd.items.youtube import youtube_page, youtube_thumbnail
from feedd.model import Image
from feedd.patterns import late_pattern
from feedd.words.site_words import ENGLISH, Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from feedd.model import Item

__all__ = ["channel", "directed", "entry_texts", "page_key", "picture", "wiki_targets"]

_ANYWHERE = "https://feeds.invalid/"
_WITH_HOST = ("https://", "http://")
_LONGEST_PART = 1000  # characters of Markdown that may be one link or one tag

_BLOCK_END = late_pattern(
    r"</(?:address|article|blockquote|dd|div|dl|dt|figure|h[1-6]|li|ol|p|pre|section|table|tr|ul)\s*+>|<br\s*+/?>",
    re.IGNORECASE,
)
# A picture that is written out: no reader is given it, and a body may be nearly nothing else.
_DATA = late_pattern(r"(data:[\w./+;=-]{0,200},)[^\s\"'<>()]{1000,}+")

_FIRST_COMMENTS = late_pattern(r"\A(?:\s*+<!--[^-]*+(?:-(?!->)[^-]*+)*-->)+")

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
    longest: int = LONGEST_BODY,
    whole: str | None = None,
    words: Words = ENGLISH,
) -> tuple[str, str]:
    """The content of an item's entry, and its summary.

    The content is picture, body (else summary), embedded content, related coverage: safe, deterministic HTML without
    scripts, frames, styles or relative URLs. `refers` makes URLs of references; without it, references resolve against
    the item's link, else `base_url`. `page_url` says where the page is that a key of `wiki_targets` means, or None. A
    body of more than `longest` characters is cut, and a link leads to `whole`, where the whole body is. The summary is
    plain text of at most `limit` characters. `words` are feedd's own words in the content.
    """
    refers = refers or references(item, base_url)
    shown = picture(item, refers)
    context = Context.around(item, refers, shown.url if shown else None, page_url)._replace(words=words)
    kept, is_cut = _shortened(item.body, item.body_format, longest)
    written, is_plain = _written(kept, item, context)
    body = safe_html.readable(written, context, is_plain=is_plain) if written else ""
    embed = safe_html.readable(_shortened(item.embed, "html", longest)[0], context) if item.embed else ""
    parts = (
        _picture_html(item, shown, words),
        body or elements.paragraph(item.summary),
        _mark_of_a_cut(whole or item.link, words) if is_cut else "",
        embed,
        related_links(item.related, words),
    )
    summary = item.summary or _beginning(_excerpt(written, body, context), limit)
    return safe_html.sanitise("\n".join(part for part in parts if part)), text.shorten(summary, limit)


def markdown_text(
    item: Item, html: str, *, page_url: Callable[[str], str | None], refers: References, longest: int = LONGEST_BODY
) -> str | None:
    """The body in Markdown, as `html`, the content of its entry, shows it; None if it is not Markdown. A body of more
    than `longest` characters is cut as the content is.
    """
    if item.body_format == "html" or not item.body.strip():
        return None
    from feedd.html.markdown.markdown_source import markdown_source  # only few sites ask for it

    context = Context.around(item, refers, None, page_url)
    body, is_cut = _shortened(item.body, item.body_format, longest)
    return markdown_source(f"{body}\n\n…" if is_cut else body, html, context, wiki_page=item.wiki_page)


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
    return Image(youtube_thumbnail(item.video_id), 480, 360) if item.video_id else None


def _picture_html(item: Item, shown: Image | None, words: Words) -> str:
    if shown is None:
        return ""
    alt = words.say("play", title=item.title) if item.video_id else shown.title or item.title
    mark = words.mark("play") if item.video_id else ""
    html = elements.image(shown.url, shown.width, shown.height, alt, mark=mark)
    if item.video_id:
        html = elements.link(youtube_page(item.video_id), html)
    credit = f"<br><small>{escape(shown.attribution)}</small>" if shown.attribution else ""
    return f"<p>{html}{credit}</p>"


def _written(body: str, item: Item, context: Context) -> BodyHtml:
    """The HTML of the body, not yet safe."""
    if not body.strip():
        return BodyHtml("", is_plain=True)
    if item.body_format == "html":
        return BodyHtml(body, is_plain=False)
    return markdown(body, context.page_url, wiki_page=item.wiki_page)


def _excerpt(written: str, body: str, context: Context) -> str:
    """The HTML of the body up to the mark of its author under the summary; without a mark all of it."""
    before, mark, _ = written.partition(EXCERPT_MARK)
    return (safe_html.readable(before, context) if mark else "") or body


def _mark_of_a_cut(whole: str | None, words: Words) -> str:
    """What stands under a body that was cut: a link to the whole body, if there is one."""
    return f"<p>… {elements.link(whole, words.html('read_whole'))}</p>" if whole else "<p>…</p>"


def _shortened(body: str, body_format: str, longest: int) -> tuple[str, bool]:
    """A body that is no longer than `longest` characters, and whether it was cut. What nobody would see of it goes
    first.
    """
    if len(body) <= longest:
        return body, False
    # A saved page may begin with long scripts; in Markdown, a comment that has lost its end would be text.
    visible = source.without_programs if body_format == "html" else without_comments
    body = _DATA.sub(r"\1", _FIRST_COMMENTS.sub("", visible(text.safe(body)), count=1))
    if len(body) <= longest:
        return body, False
    return body[: _end_of_html(body, longest) if body_format == "html" else _end_of_markdown(body, longest)], True


def _end_of_markdown(body: str, longest: int) -> int:
    """Where to cut Markdown: not inside of a comment, a line of code, a tag or the text of a link."""
    end = text.cut_point(body, longest)
    opened = body.rfind("<!--", 0, end)
    if opened > 0 and body.rfind("-->", opened, end) < 0 < body.find("-->", opened):
        return opened
    is_code = (body.startswith("```") + body.count("\n```", 0, end)) % 2
    if is_code:  # a long line of a program that has been made small is cut, so that something is left
        return line if (line := body.rfind("\n", 1, end)) > end * 3 // 4 else end
    near = max(end - _LONGEST_PART, 1)
    for opening, closing in (("<", ">"), ("[", "]")):
        if body.rfind(closing, near, end) < (at := body.rfind(opening, near, end)) and body.find(closing, end) > 0:
            end = at - body.startswith("![", at - 1)
    return max(end, 1)


def _end_of_html(body: str, longest: int) -> int:
    """Where to cut HTML: after a block, else in its text as text is cut, but not inside of a tag."""
    if (end := text.last_end(_BLOCK_END, body, longest * 3 // 4, longest)) > 0:
        return end
    end = text.cut_point(body, longest)
    tag = body.rfind("<", 1, end)
    return tag if tag > body.rfind(">", 0, end) and not body[tag + 1].isspace() else end


def local_references(
    item: Item, shown: Literal["full", "summary"] = "full", longest: int = LONGEST_BODY
) -> tuple[str, ...]:
    """The keys of `References.files` for files that may lie beside the item, and that its entry would show, sorted.

    `shown` is what the entry carries: a summary alone shows no picture of the body. Of a body, the entry shows at most
    `longest` characters.
    """
    may_show = shown == "full" and (may_refer(item.body) or may_refer(item.embed))
    pictures = any(not image.url.startswith(_WITH_HOST) for image in item.images)
    if not (may_show or pictures or item.enclosure or item.episode):
        return ()
    asked = KeysAsked()
    refers = references(item, _ANYWHERE, files=asked)
    first = picture(item, refers)
    if may_show:
        context = Context.around(item, refers, first.url if first else None, lambda _: None)
        _look_up_files(item, context, longest)
    refers.enclosure(item.enclosure)
    refers.episode(item.episode)
    return asked.local()


def _look_up_files(item: Item, context: Context, longest: int) -> None:
    """Asks `context.refers` for all files that the body and the embedded content show, as `entry_texts` does."""
    written, is_plain = _written(_shortened(item.body, item.body_format, longest)[0], item, context)
    if written and not (is_plain and plain_markdown.look_up_files(written, context.refers)):
        safe_html.readable(written, context, is_plain=is_plain)
    if item.embed:
        safe_html.readable(_shortened(item.embed, "html", longest)[0], context)
