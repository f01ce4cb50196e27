"""HTML as nh3 writes it (balanced tags, quoted attributes) in; the same as a feed reader can show it out."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import NamedTuple
from urllib.parse import unquote

from msgspec import Struct

from feedd.core import tags, urls
from feedd.core.elements import ATTRIBUTES, BLOCKS, FALLBACK, FRAME, INLINE, TABLES, VOID, image, link, names
from feedd.core.wiki_links import linked_page

# Elements that are a block to a reader and nothing more, and those that are nothing at all.
DIVISIONS = names("address article aside center fieldset footer form header main nav section")
WRAPPERS = names("font label span") | {FALLBACK, FRAME}
# What `rewrite` looks at, besides ATTRIBUTES.
HINTS = {"*": {"hidden", "style"}, "a": {"data-t"}, "img": {"data-src"}, FRAME: {"data-src", "src"}}

_EMPTY_IS_NOTHING = (BLOCKS | INLINE) - {"code"}
_START = re.compile("<([a-z][a-z0-9]*)")
_TAG = re.compile(r'<(/?)([a-z][a-z0-9-]*)((?:\s+[a-z-]+="[^"]*")*)\s*>')
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_BLANK = re.compile("(?:[\\s\xad\u200b-\u200f\u2060\ufeff]|&nbsp;)*")
_EMPTY_LINES = re.compile(r"\n{2,}")
_GAPS = re.compile(r"(?<![ \t\n])[ \t]*+\n[ \t\n]*+")  # begins only where a gap does, else it would be quadratic
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_PIXELS = re.compile(r"\s*([0-9]{1,5})(?:\.[0-9]*)?\s*(?:px)?\s*", re.IGNORECASE)
_MOST_PARTS = 100  # of a heading that is a title: tags and texts
# What a link to embedded content may be a paragraph of its own in.
_HOLDS_PARAGRAPHS = names("blockquote div li td") | {""}
_CLOCK = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,4}):([0-9]{2})")


class Context(NamedTuple):
    """What a fragment of HTML is part of: `base` is what its URLs resolve against.

    `title` and `picture` (an absolute URL) are shown already: at the start of the fragment they are dropped.
    `video_id` is the video that time stamps refer to. `page_url` says where the page is that a key of
    `wiki_links.page_keys` means, or None.
    """

    base: str
    title: str = ""
    picture: str | None = None
    video_id: str | None = None
    page_url: Callable[[str], str | None] = lambda _: None


class _Open(Struct):
    """An element that is not closed yet; `name` is "" for one that is not written."""

    tag: str
    name: str
    at: int  # where its start tag stands in the output
    leads: bool  # nothing was shown before it
    filled: bool = False  # it holds something to see
    has_text: bool = False  # of its own
    children: int = 0
    only_child: str = ""


def rewrite(clean: str, context: Context, *, is_document: bool) -> str:
    """The HTML with absolute URLs and links for embedded videos and frames; "" if it holds nothing to see.

    Of a whole document (a newsletter) the tables are layout, and go.
    """
    return _Rewriter(context, is_document=is_document).rewrite(clean)


class _Rewriter:
    """One walk over balanced HTML, as nh3 writes it."""

    def __init__(self, context: Context, *, is_document: bool) -> None:
        self._context = context
        self._is_document = is_document
        self._out: list[str] = []
        self._open = [_Open("", "", 0, leads=True)]
        self._shown = False  # anything to see so far
        self._preformatted = 0
        self._links = 0
        self._phrasing = 0  # how many elements are open in which no paragraph may stand
        self._hidden = 0  # how many hidden elements are open

    def rewrite(self, clean: str) -> str:
        at = 0
        for found in _TAG.finditer(clean):
            self._text(clean[at : found.start()])
            at = found.end()
            if found[1]:
                self._close()
            else:
                self._start(found[2], {name: _unescaped(value) for name, value in _ATTRIBUTE.findall(found[3])})
        self._text(clean[at:])
        if not self._open[0].filled:
            return ""
        written = "".join(self._out).strip()
        return written if "<pre" in written else _EMPTY_LINES.sub("\n", written)

    def _text(self, raw: str) -> None:
        if not raw or self._hidden:
            return
        innermost = self._open[-1]
        if not self._preformatted:
            if "\n" in raw:
                raw = _GAPS.sub("\n", raw)
            if innermost.at == len(self._out) - 1 and innermost.name in BLOCKS:
                raw = raw.lstrip("\n")
        if not _BLANK.fullmatch(raw):
            self._fill()
            innermost.has_text = True
        self._out.append(raw)

    def _fill(self) -> None:
        self._open[-1].filled = self._shown = True

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in VOID:
            self._void(tag, attributes)
            return
        hidden = "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style", "")))
        if hidden or self._hidden:
            self._hidden += 1
            self._open.append(_Open(tag, "", len(self._out), leads=False))
            return
        if tag == FRAME:
            self._frame(attributes)
        start = self._start_tag(tag, attributes)
        name = _START.match(start)
        self._open.append(_Open(tag, name[1] if name else "", len(self._out), leads=not self._shown))
        self._phrasing += self._open[-1].name not in _HOLDS_PARAGRAPHS
        self._out.append(start)
        self._preformatted += tag == "pre"
        self._links += start.startswith("<a ")

    def _start_tag(self, tag: str, attributes: dict[str, str]) -> str:
        """The tag to write for the element, or "" for its content alone."""
        if tag == "a":
            url = self._target(attributes)
            return link(url, "", attributes.get("title", "")).removesuffix("</a>") if url else ""
        if tag in DIVISIONS or (self._is_document and tag in ("td", "th", "caption")):
            tag = "div"
        if tag in WRAPPERS or (self._is_document and tag in TABLES):
            return ""
        kept = (ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set())) & attributes.keys()
        written = "".join(f' {name}="{escape(attributes[name])}"' for name in sorted(kept))
        return f"<{tag}{written}>"

    def _target(self, attributes: dict[str, str]) -> str | None:
        href = attributes.get("href", "").strip()
        if href.lower().startswith("mailto:"):
            return href
        moment = _CLOCK.fullmatch(attributes.get("data-t", "").strip())
        if moment and self._context.video_id:
            hours, minutes, seconds = (int(part or 0) for part in moment.groups())
            return urls.youtube_page(self._context.video_id, hours * 3600 + minutes * 60 + seconds)
        return linked_page(href, self._context.page_url) or urls.absolute(href, self._context.base)

    def _void(self, tag: str, attributes: dict[str, str]) -> None:
        if self._hidden:
            return
        if tag != "img":
            self._out.append(f"<{tag}>")
            if tag == "hr":
                self._fill()
                self._open[-1].has_text = True
            return
        width, height = _pixels(attributes.get("width")), _pixels(attributes.get("height"))
        is_tracker = (width is not None and width < 2) or (height is not None and height < 2)
        if is_tracker or _HIDDEN.search(attributes.get("style", "")):
            return
        base = self._context.base
        # Pictures that load late keep their address in data-src, and a placeholder in src.
        url = urls.absolute(attributes.get("data-src", ""), base) or urls.absolute(attributes.get("src", ""), base)
        if url is None or self._repeats(url):
            return
        self._add(image(url, width, height, attributes.get("alt", ""), attributes.get("title", "")))

    def _frame(self, attributes: dict[str, str]) -> None:
        source = attributes.get("src") or attributes.get("data-src", "")
        url = urls.absolute(source, self._context.base)
        if url is None:
            return
        if video := _video(url):
            picture = urls.youtube_thumbnail(video)
            if self._repeats(picture) or (video == self._context.video_id and not self._shown):
                return
            url, shown = urls.youtube_page(video), image(picture, 480, 360, "Play the video")
        else:
            shown = escape(f"Embedded content: {url.split('/')[2]}")
        content = shown if self._links else link(url, shown)
        self._add(content if self._phrasing else f"<p>{content}</p>")

    def _repeats(self, picture: str) -> bool:
        shown = self._context.picture
        return (
            not self._shown and shown is not None and urls.canonical_document(picture) == urls.canonical_document(shown)
        )

    def _add(self, element: str) -> None:
        self._fill()
        self._open[-1].has_text = True
        self._out.append(element)

    def _close(self) -> None:
        if len(self._open) < 2:
            return
        closed = self._open.pop()
        if self._hidden:
            self._hidden -= 1
            return
        self._preformatted -= closed.tag == "pre"
        self._links -= closed.name == "a"
        self._phrasing -= closed.name not in _HOLDS_PARAGRAPHS
        if self._is_nothing(closed):
            # The space in "one<b> </b>two" is needed.
            gap = any(part.isspace() for part in self._out[closed.at :]) and closed.name in INLINE
            self._out[closed.at :] = [" "] if gap else []
            return
        parent = self._open[-1]
        parent.filled |= closed.filled
        if not closed.name:
            parent.has_text |= closed.has_text
            parent.children += closed.children
            parent.only_child = closed.only_child
            return
        parent.children += 1
        parent.only_child = closed.name
        if closed.name == "div" and not closed.has_text and closed.children == 1 and closed.only_child == "div":
            self._out[closed.at] = ""
        else:
            self._out.append(f"</{closed.name}>")

    def _is_nothing(self, closed: _Open) -> bool:
        """Whether the element may go: it holds nothing to see, or says the title once more at the start."""
        if closed.name in _EMPTY_IS_NOTHING and not closed.filled:
            return True
        if not (closed.leads and self._context.title and re.fullmatch("h[1-6]", closed.name)):
            return False
        if not self._says_title(closed.at):
            return False
        self._shown = False
        return True

    def _says_title(self, at: int) -> bool:
        """Whether what is written from `at` on says the title and nothing more."""
        title = " ".join(self._context.title.split()).casefold()
        parts = self._out[at : at + _MOST_PARTS]
        # Headings may stand in one another, so what is far too long is not looked at again and again.
        if len(parts) == _MOST_PARTS or sum(map(len, parts)) > 10 * len(title) + 1000:
            return False
        return " ".join(tags.text_of("".join(parts)).split()).casefold() == title


def _video(url: str) -> str | None:
    """The YouTube video that a frame plays, if need be by way of a service that gets the video's address."""
    values = (unquote(each.partition("=")[2]) for each in url.partition("?")[2].split("&"))
    return urls.youtube_id(url) or next(filter(None, map(urls.youtube_id, values)), None)


def _pixels(value: str | None) -> int | None:
    found = _PIXELS.fullmatch(value or "")
    return int(found[1]) if found else None


def _unescaped(value: str) -> str:
    """An attribute as nh3 writes it, read back."""
    if "&" not in value:
        return value
    for entity, character in (
        ("&quot;", '"'),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", "\xa0"),
        ("&amp;", "&"),
    ):
        value = value.replace(entity, character)
    return value
