"""HTML of any kind in; safe HTML out that stands on its own in a feed reader.

First nh3 parses as a browser does and keeps the harmless elements: the next step can rely on balanced tags and quoted
attributes. Then URLs are made absolute, and content that readers do not show is replaced or dropped. In the end nh3 has
the last word on the whole content of an entry.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from feedd.html import fallbacks, media, tables
from feedd.html.elements import ATTRIBUTES, FALLBACK, FRAME, RENAMED, SCHEMES, TAGS, names, paragraph
from feedd.html.embeds import COMPONENTS
from feedd.html.html_writer import Context
from feedd.html.markdown import plain_markdown
from feedd.html.rewrite import DIVISIONS, rewrite
from feedd.html.source import prepared, split_long_texts
from feedd.html.weight import too_heavy
from feedd.items import inline_markup, text

if TYPE_CHECKING:
    import nh3

_WRAPPERS = names("audio canvas font label nobr object picture span video") | {FALLBACK, FRAME}
# Elements and attributes that are read here, besides TAGS and ATTRIBUTES.
_READ_ELEMENTS = (
    DIVISIONS
    | _WRAPPERS
    | RENAMED.keys()
    | COMPONENTS.keys()
    | fallbacks.CHECKABLE
    | fallbacks.WHOLE
    | fallbacks.PARTS
    | names("amp-audio amp-video base embed input source video-js")
)
_FILE = {"aria-label", "data-lazy-src", "data-src", "src", "title"}
_COMPONENT = {*_FILE, "alt", "data-videoid", "height", "srcset", "videoid", "width"}
_HINTS: dict[str, set[str]] = {
    "*": {"aria-hidden", "fallback", "hidden", "placeholder", "style"},
    "a": {"data-t"},
    "acronym": {"title"},
    "audio": _FILE,
    "base": {"href"},
    "embed": {"src"},
    "img": set(media.PICTURE),
    "input": {"checked", "type"},
    "object": {"data", "type"},
    "source": {*media.PICTURE, "type"},
    "video": {*_FILE, "data-poster", "poster"},
    FRAME: {"data-lazy-src", "data-src", "height", "src", "width"},
    "amp-audio": _FILE,
    "amp-video": {*_FILE, "data-poster", "poster"},
    "video-js": {*_FILE, "data-poster", "poster"},
    **dict.fromkeys(COMPONENTS, _COMPONENT),
    **{name: set(fallbacks.CHECKED) for name in fallbacks.CHECKABLE},
    **tables.HINTS,
    **fallbacks.HINTS,
}

# Their text is meant for programs.
_PROGRAMS = names("datalist noembed noframes noscript script style template")
# None of them is left after rewriting.
_REPLACED = names("audio canvas math select svg textarea title video")


def readable(html: str, context: Context, *, is_plain: bool = False) -> str:
    """The HTML as a reader can show it, with absolute URLs; "" if there is nothing to see in it. It `is_plain` if it
    was written from Markdown without raw HTML; its characters may then be escaped otherwise than nh3 escapes them.

    Embedded YouTube videos become linked pictures, other frames links. A whole document (a newsletter) loses its layout
    tables and its hidden parts. HTML so deeply nested that it must be an attack becomes plain text.
    """
    if is_plain and (shown := plain_markdown.as_shown(html, context)) is not None:
        return shown
    html = text.safe(html)
    source, is_document = prepared(html)
    if too_heavy(source):
        return paragraph(inline_markup.markup_text(html))
    return rewrite(_first_cleaner().clean(source), context, is_document=is_document)


def sanitise(html: str) -> str:
    """The HTML with nothing but harmless elements, attributes and absolute http(s) and mailto URLs.

    The result is well-formed: an HTML parser reads it and writes the same again, and XML 1.0 may contain it.
    """
    # A reference such as &#1; becomes the character itself.
    return text.safe(_final_cleaner().clean(split_long_texts(text.safe(html))))


@cache
def _first_cleaner() -> nh3.Cleaner:
    import nh3  # takes 3 ms, and not all commands render

    return nh3.Cleaner(
        tags=TAGS | _READ_ELEMENTS,
        clean_content_tags=_PROGRAMS,
        attributes={tag: ATTRIBUTES.get(tag, set()) | _HINTS.get(tag, set()) for tag in ATTRIBUTES | _HINTS},
        url_schemes=SCHEMES,
        url_relative="pass_through",
        link_rel=None,
    )


@cache
def _final_cleaner() -> nh3.Cleaner:
    import nh3

    return nh3.Cleaner(
        tags=TAGS,
        clean_content_tags=_PROGRAMS | _REPLACED,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        url_relative="deny",
        link_rel=None,
    )
