"""Raw HTML in the Markdown of an entry: a tag or a block in; what of it may stand there, with absolute URLs, out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feedd.html import safe_html
from feedd.html.elements import names
from feedd.patterns import late_pattern

if TYPE_CHECKING:
    from feedd.html.html_writer import Context

TAG = late_pattern(r"<(/?)([A-Za-z][A-Za-z0-9-]*)([^<>]*)>")
# Elements of raw HTML that stay as they are, without attributes; and elements that only group others.
_PLAIN = names(
    "abbr b blockquote br cite code del details dfn em hr i ins kbd mark p pre q s samp small strong sub summary sup u"
    " var wbr"
)
_GROUPS = names("article aside center div figure footer header main section span")
_SINGLE = names("br hr img input source wbr")
_HARMLESS = late_pattern(r"""(?:\s+(?:align|class|id|markdown)\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+))*\s*/?""")


class UnclearHtml(Exception):
    """The text holds raw HTML whose meaning depends on the text around it."""


def shown_tag(html: str, context: Context) -> str:
    """A tag of raw HTML, as it may stand; "" for a comment. Raises UnclearHtml."""
    if html.startswith("<!--"):
        return ""
    found = TAG.fullmatch(html)
    if found is None:
        raise UnclearHtml
    name, attributes = found[2].lower(), found[3]
    if name in _PLAIN and (found[1] or not attributes.strip(" /")):
        return html
    if name in _GROUPS and (found[1] or _HARMLESS.fullmatch(attributes)):
        return ""
    if name == "a" and found[1]:
        return html
    if name == "a":
        link = safe_html.sanitise(safe_html.readable(f"{html}x</a>", context._replace(title="")))
        if link.endswith("x</a>"):
            return link.removesuffix("x</a>")
    if name == "img":
        return safe_html.sanitise(safe_html.readable(html, context))
    raise UnclearHtml


def shown_block(html: str, context: Context) -> str:
    """A block of raw HTML, as it may stand: safe HTML, if the block closes what it opens. Of another block, each tag is
    taken by itself, since the text around the block closes it. Raises UnclearHtml.
    """
    html = _without_comments(html)
    tags = TAG.findall(html)
    opened = [name.lower() for closes, name, rest in tags if not closes and not rest.endswith("/")]
    closed = [name.lower() for closes, name, _ in tags if closes]
    if sorted(each for each in opened if each not in _SINGLE) == sorted(closed):
        by = safe_html.sanitise(safe_html.readable(html, context)) if html.strip() else ""
        return f"{_in_one_block(by)}\n" if by else ""
    if "<" in TAG.sub("", html):
        raise UnclearHtml
    return TAG.sub(lambda found: shown_tag(found[0], context), html)


def _without_comments(html: str) -> str:
    """HTML without comments; a comment without an end hides the rest."""
    parts: list[str] = []
    at = 0
    while (start := html.find("<!--", at)) >= 0:
        parts.append(html[at:start])
        end = html.find("-->", start)
        at = len(html) if end < 0 else end + 3
    return "".join((*parts, html[at:]))


def _in_one_block(html: str) -> str:
    """HTML without the blank lines that would end its block in CommonMark."""
    return re.sub(r"\n[ \t]*(?=\n)", "", html)
