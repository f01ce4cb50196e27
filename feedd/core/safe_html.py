"""HTML of any kind in; safe HTML out that stands on its own in a feed reader.

First nh3 parses as a browser does and keeps the harmless elements, so that what comes next works on balanced
tags and quoted attributes; then URLs are made absolute and what readers do not show is replaced or dropped;
in the end nh3 has the last word on all that an entry contains.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from feedd.core import tags, text
from feedd.core.elements import ATTRIBUTES, FRAME, SCHEMES, TAGS, VOID, names, paragraph
from feedd.core.rewrite import DIVISIONS, HINTS, WRAPPERS, Context, rewrite

if TYPE_CHECKING:
    import nh3

# The sum, over all tags, of how many elements are open there. A parser's time and the size of its tree can
# grow with it: nesting 50,000 lists takes half a minute. A long newsletter has a tenth of it.
HEAVIEST = 1_000_000

# Their text is meant for programs, or is nonsense without the program.
_UNREADABLE = names(
    "audio canvas datalist math noembed noframes noscript script select style svg template textarea title video"
)

_IFRAME = re.compile(r"(</?)iframe(?=[\s/>])", re.IGNORECASE)
_ANY_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")
_NEVER_DEEP = VOID | names("col dd dt input li link meta option p source tbody td tfoot th thead tr")
_DOCUMENT = re.compile(r"<(?:html|body)[\s>]", re.IGNORECASE)


def readable(html: str, context: Context) -> str:
    """The HTML as a reader can show it, with absolute URLs; "" if there is nothing to see in it.

    Embedded YouTube videos become linked pictures, other frames links. A whole document (a newsletter) loses
    its layout tables and what it hides. HTML so deeply nested that it must be an attack becomes plain text.
    """
    if _too_heavy(html):
        return paragraph(tags.text_of(text.safe(html)))
    clean = _reader().clean(_IFRAME.sub(rf"\1{FRAME}", text.safe(html)))
    return rewrite(clean, context, is_document=bool(_DOCUMENT.search(html)))


def sealed(html: str) -> str:
    """The HTML with nothing but harmless elements, attributes and absolute http(s) and mailto URLs.

    The result is well-formed: an HTML parser reads it and writes the same again, and XML 1.0 may contain it.
    """
    # A reference such as &#1; becomes the character itself.
    return text.safe(_sealer().clean(text.safe(html)))


def _too_heavy(html: str) -> bool:
    if html.count("<") < 1000:
        return False
    opened: dict[str, int] = {}
    depth = weight = 0
    for found in _ANY_TAG.finditer(html):
        name = found[2].lower()
        if name not in _NEVER_DEEP:
            step = -1 if found[1] else 1
            if step == 1 or opened.get(name):
                opened[name] = opened.get(name, 0) + step
                depth += step
        weight += depth
        if weight > HEAVIEST:
            return True
    return False


@cache
def _reader() -> nh3.Cleaner:
    import nh3  # 3 ms, which a command that renders nothing need not wait for

    return nh3.Cleaner(
        tags=TAGS | DIVISIONS | WRAPPERS,
        clean_content_tags=_UNREADABLE,
        attributes={tag: ATTRIBUTES.get(tag, set()) | HINTS.get(tag, set()) for tag in ATTRIBUTES | HINTS},
        url_schemes=SCHEMES,
        url_relative="pass_through",
        link_rel=None,
    )


@cache
def _sealer() -> nh3.Cleaner:
    import nh3

    return nh3.Cleaner(
        tags=TAGS,
        clean_content_tags=_UNREADABLE,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        url_relative="deny",
        link_rel=None,
    )
