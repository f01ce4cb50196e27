"""HTML as nh3 writes it (balanced tags, quoted attributes) in; the same as a feed reader can show it out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape
from typing import NamedTuple

from msgspec import Struct

from feedd.core import html_media, html_tables, html_words, tags, urls
from feedd.core.elements import (
    ATTRIBUTES,
    BLOCKS,
    FALLBACK,
    FORMULA,
    FRAME,
    INLINE,
    RENAMED,
    TABLES,
    TAGS,
    VOID,
    image,
    link,
    names,
    unescaped,
)
from feedd.core.html_media import Attributes
from feedd.core.html_words import Part
from feedd.core.wiki_links import linked_page

# Elements that are a block to a reader and nothing more, and those that are nothing at all.
DIVISIONS = names(
    "address article aside center dialog fieldset footer form header hgroup legend main marquee nav search section"
)
WRAPPERS = names("audio canvas font label nobr object picture span video") | {FALLBACK, FRAME}
# What is looked at here, besides TAGS and ATTRIBUTES.
LOOKED_AT = (
    DIVISIONS | WRAPPERS | RENAMED.keys() | html_words.WHOLE | html_words.PARTS | names("base embed input source")
)
_FILE = {"aria-label", "data-lazy-src", "data-src", "src", "title"}
HINTS: dict[str, set[str]] = {
    "*": {"aria-hidden", "hidden", "style"},
    "a": {"data-t"},
    "acronym": {"title"},
    "audio": _FILE,
    "base": {"href"},
    "embed": {"src"},
    "img": set(html_media.PICTURE),
    "input": {"checked", "type"},
    "object": {"data", "type"},
    "source": {*html_media.PICTURE, "type"},
    "video": {*_FILE, "data-poster", "poster"},
    FRAME: {"data-lazy-src", "data-src", "height", "src", "width"},
    **html_tables.HINTS,
    **html_words.HINTS,
}

_EMPTY_IS_NOTHING = (BLOCKS | INLINE) - {"code"}
# An empty item still has a number, and an empty description a term.
_COUNTED = {"li": "ol", "dd": "dl", "dt": "dl"}
_START = re.compile("<([a-z][a-z0-9]*)")
_TAG = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?: [a-zA-Z-]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r'([a-zA-Z-]+)="([^"]*)"')
_BASE = re.compile('<base href="([^"]*)"')
_BLANK = re.compile("(?:[\\s\xad\u200b-\u200f\u2060\ufeff]|&nbsp;)*")
_EMPTY_LINES = re.compile(r"\n{2,}")
_PRE_GAP = re.compile(r"(<pre(?: [^>]*)?>)\n+")  # a parser takes one line break away each time
_GAPS = re.compile(r"(?<![ \t\n])[ \t]*+\n[ \t\n]*+")  # begins only where a gap does, else it would be quadratic
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_MOST_PARTS = 100  # of a heading that is a title: tags and texts
_VOID = VOID | names("base embed input source")
_PLAYERS = names("audio object video")
_MOST_PLAYERS = 3  # in one another; the content of others stands as it is
_MOST_SOURCES = 20
_SIZES = ("width", "height")
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


class _Embedded(Struct):
    """What a `picture`, `video`, `audio` or `object` says of its files."""

    attributes: Attributes
    sources: list[Attributes]


class _Open(Struct):
    """An element that is not closed yet; `name` is "" for one that is not written."""

    tag: str
    name: str
    at: int  # where its start tag stands in the output
    leads: bool  # nothing was shown before it
    embedded: _Embedded | None = None
    filled: bool = False  # it holds something to see
    has_text: bool = False  # of its own
    is_decoration: bool = False
    children: int = 0
    only_child: str = ""


class _Picture(NamedTuple):
    """A picture after which nothing was shown yet: `html` stands at `at` in the output, if it was written."""

    at: int
    html: str
    found: html_media.Found | None
    is_fallback: bool


def rewrite(clean: str, context: Context, *, is_document: bool) -> str:
    """The HTML with absolute URLs and links for embedded videos and frames; "" if it holds nothing to see.

    Of a whole document (a newsletter) the tables that hold no data are layout, and go.
    """
    # HTML 4.2.3: the first that has an address counts; one that cannot be used changes nothing.
    found = _BASE.search(clean)
    if found and (base := urls.absolute(unescaped(found[1]), context.base)):
        context = context._replace(base=base, page_url=lambda _: None)
    return _Rewriter(context, html_tables.data_tables(clean) if is_document else None).rewrite(clean)


class _Rewriter:
    """One walk over balanced HTML, as nh3 writes it."""

    def __init__(self, context: Context, data_tables: frozenset[int] | None) -> None:
        self._context = context
        self._data_tables = data_tables  # None: all tables are
        self._tables: list[bool] = []  # of those that are open, whether they are layout
        self._out: list[str] = []
        self._open = [_Open("", "", 0, leads=True)]
        self._shown = False  # anything to see so far
        self._whole: list[Part] | None = None  # the formula, drawing or control that is being read
        self._whole_depth = 0
        # What was shown last, if it was one of these: a picture, a formula, what only decorates (from, to).
        self._picture: _Picture | None = None
        self._after_formula = False
        self._decoration: tuple[int, int] | None = None
        self._needs_gap = False
        # How many such elements are open.
        self._preformatted = self._links = self._phrasing = self._fallbacks = self._players = self._hidden = 0

    def rewrite(self, clean: str) -> str:
        at = 0
        for found in _TAG.finditer(clean):
            if (start := found.start()) > at:
                self._text(clean[at:start])
            at = found.end()
            attributes = _ATTRIBUTE.findall(found[3]) if found[3] else ()
            tag = f"/{found[2]}" if found[1] else found[2]
            if self._whole is not None:
                self._part(tag, attributes)
            elif found[1]:
                self._close()
            else:
                self._start(tag, {name: unescaped(value) for name, value in attributes}, start)
        if at < len(clean):
            self._text(clean[at:])
        if not self._open[0].filled:
            return ""
        written = "".join(self._out).strip()
        if "<pre" in written:
            return _PRE_GAP.sub(r"\1", written)
        return _EMPTY_LINES.sub("\n", written)

    def _text(self, raw: str) -> None:
        if self._whole is not None:
            self._whole.append(Part("", raw))
            return
        if self._hidden:
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
        if self._needs_gap and raw:
            raw = raw if raw[0].isspace() else f" {raw}"
            self._needs_gap = False
        self._out.append(raw)

    def _fill(self) -> None:
        self._open[-1].filled = self._shown = True
        self._picture = self._decoration = None
        self._after_formula = False

    def _add(self, element: str) -> None:
        self._fill()
        self._needs_gap = False
        self._open[-1].has_text = True
        self._out.append(element)

    def _start(self, tag: str, attributes: Attributes, at: int) -> None:
        if tag in _VOID:
            if not self._hidden:
                self._void(tag, attributes)
            return
        if self._hidden or tag == "title" or (attributes and self._is_hidden(attributes)):
            self._hidden += 1
            self._open.append(_Open(tag, "", len(self._out), leads=False))
            return
        if tag in html_words.WHOLE:
            self._whole = [Part(tag, "", attributes)]
            return
        if tag == FRAME:
            self._frame(attributes)
        elif tag == "table" and self._data_tables is not None:
            self._tables.append(at not in self._data_tables)
        if self._needs_gap and tag in BLOCKS | INLINE:
            self._needs_gap = False
            self._out += [" "] * (tag in INLINE)
        start = self._start_tag(tag, attributes)
        name = _START.match(start)
        opened = _Open(tag, name[1] if name else "", len(self._out), leads=not self._shown)
        if tag in _PLAYERS or tag == "picture":
            opened.embedded = _Embedded(attributes, [])
            self._players += tag in _PLAYERS
        opened.is_decoration = attributes.get("aria-hidden") == "true"
        self._open.append(opened)
        self._out.append(start)
        self._preformatted += opened.name == "pre"
        self._links += opened.name == "a"
        self._phrasing += opened.name not in _HOLDS_PARAGRAPHS
        self._fallbacks += tag == FALLBACK

    def _is_hidden(self, attributes: Attributes) -> bool:
        if "hidden" in attributes or _HIDDEN.search(attributes.get("style", "")):
            return True
        # Programs write a formula twice: for those who see the page, and for those who hear it.
        return self._after_formula and attributes.get("aria-hidden") == "true"

    def _start_tag(self, tag: str, attributes: Attributes) -> str:
        """The tag to write for the element, or "" for its content alone."""
        if tag == "a":
            url = self._target(attributes)
            return link(url, "", attributes.get("title", "")).removesuffix("</a>") if url else ""
        tag = RENAMED.get(tag, tag)
        is_layout = tag in TABLES and bool(self._tables) and self._tables[-1]
        if tag in DIVISIONS or (is_layout and tag in ("td", "th", "caption")):
            tag = "div"
        if is_layout and tag != "div":
            return ""
        if tag not in TAGS:
            return ""
        if not attributes:
            return f"<{tag}>"
        kept = (ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set())) & attributes.keys()
        written = "".join(f' {name}="{escape(attributes[name])}"' for name in sorted(kept))
        return f"<{tag}{written}>"

    def _target(self, attributes: Attributes) -> str | None:
        href = attributes.get("href", "").strip()
        if href.lower().startswith("mailto:"):
            return href
        moment = _CLOCK.fullmatch(attributes.get("data-t", "").strip())
        if moment and self._context.video_id:
            hours, minutes, seconds = (int(part or 0) for part in moment.groups())
            return urls.youtube_page(self._context.video_id, hours * 3600 + minutes * 60 + seconds)
        return linked_page(href, self._context.page_url) or urls.absolute(href, self._context.base)

    def _void(self, tag: str, attributes: Attributes) -> None:
        if tag == "img":
            self._image(attributes)
        elif tag == "source":
            embedded = self._open[-1].embedded
            if embedded and len(embedded.sources) < _MOST_SOURCES:
                embedded.sources.append(attributes)
        elif tag == "input":
            if attributes.get("type", "").strip().lower() in ("checkbox", "radio"):
                self._add("☑" if "checked" in attributes else "☐")
                self._needs_gap = True
        elif tag == "embed":
            self._frame(attributes)
        elif tag == "hr":
            self._add("<hr>")
        elif tag in VOID:
            self._out.append(f"<{tag}>")

    def _image(self, attributes: Attributes) -> None:
        width, height = (html_media.pixels(attributes.get(each)) for each in ("width", "height"))
        is_tracker = (width is not None and width < 2) or (height is not None and height < 2)
        if is_tracker or (attributes and self._is_hidden(attributes)):
            return
        around = self._open[-1]
        sources = around.embedded.sources if around.embedded and around.tag == "picture" else []
        found = html_media.picture(attributes, sources, self._context.base)
        html = image(found.url, width, height, attributes.get("alt", ""), attributes.get("title", "")) if found else ""
        before = self._picture
        picture = _Picture(len(self._out), html, found, bool(self._fallbacks))
        if before and before.is_fallback != picture.is_fallback:
            # The same picture, once for programs with scripts and once for others.
            if not found or (before.found and not before.found.is_placeholder and _is_same(before.found, found)):
                return
            if before.found and before.found.is_placeholder and self._out[before.at : before.at + 1] == [before.html]:
                self._out[before.at] = html
                self._picture = before._replace(html=html, found=found)
                return
        elif found and picture.is_fallback and not html_media.looks_like_picture(attributes, found.url):
            return
        if found and not self._repeats(found.url):
            self._add(html)
        self._picture = picture

    def _frame(self, attributes: Attributes) -> None:
        if any((size := html_media.pixels(attributes.get(each))) is not None and size < 2 for each in _SIZES):
            return  # it counts visits
        if (url := html_media.file(attributes, [], self._context.base)) and (shown := self._linked(url)):
            self._add(shown if self._phrasing else f"<p>{shown}</p>")

    def _linked(self, url: str) -> str:
        """A link to what is embedded, as a picture if it is a video of YouTube; "" if that is shown already."""
        if video := html_media.video(url):
            picture = urls.youtube_thumbnail(video)
            if self._repeats(picture) or (video == self._context.video_id and not self._shown):
                return ""
            url, shown = urls.youtube_page(video), image(picture, 480, 360, "Play the video")
        else:
            shown = escape(f"Embedded content: {url.split('/')[2]}")
        return shown if self._links else link(url, shown)

    def _repeats(self, picture: str) -> bool:
        shown = self._context.picture
        return not self._shown and shown is not None and urls.canonical(picture) == urls.canonical(shown)

    def _part(self, tag: str, attributes: Iterable[tuple[str, str]]) -> None:
        """Takes one tag of what is read as a whole, and writes what it says after its last."""
        whole = self._whole
        if whole is None or tag in _VOID:
            return
        if tag[0] != "/":
            self._whole_depth += 1
        elif self._whole_depth:
            self._whole_depth -= 1
        else:
            self._whole = None
            self._write_words(whole)
            return
        whole.append(Part(tag, "", {name: unescaped(value) for name, value in attributes}))

    def _write_words(self, whole: list[Part]) -> None:
        kind = whole[0].tag
        if kind == FORMULA and self._after_formula:
            return
        if said := html_words.words(whole):
            is_formula = kind in ("math", FORMULA)
            if is_formula and self._decoration and self._decoration[1] <= len(self._out):
                start, end = self._decoration
                self._out[start:end] = [""] * (end - start)
            self._add(said)
            self._after_formula = is_formula

    def _close(self) -> None:
        if len(self._open) < 2:
            return
        closed = self._open.pop()
        if self._hidden:
            self._hidden -= 1
            return
        if closed.tag == "table" and self._data_tables is not None:
            self._tables.pop()
        if closed.tag in _PLAYERS:
            self._play(closed)
            self._players -= 1
        self._preformatted -= closed.name == "pre"
        self._links -= closed.name == "a"
        self._phrasing -= closed.name not in _HOLDS_PARAGRAPHS
        if closed.tag == FALLBACK:
            self._fallbacks -= 1
            self._drop_notice(closed)
        parent = self._open[-1]
        if self._is_nothing(closed, parent):
            # The space in "one<b> </b>two" is needed.
            gap = any(part.isspace() for part in self._out[closed.at :]) and closed.name in INLINE
            self._out[closed.at :] = [" "] if gap else []
            return
        parent.filled |= closed.filled
        if not closed.name:
            parent.has_text |= closed.has_text
            parent.children += closed.children
            parent.only_child = closed.only_child
        else:
            parent.children += 1
            parent.only_child = closed.name
            if closed.name == "div" and not closed.has_text and closed.children == 1 and closed.only_child == "div":
                self._out[closed.at] = ""
            else:
                self._out.append(f"</{closed.name}>")
        if closed.is_decoration:
            self._decoration = (closed.at, len(self._out))

    def _drop_notice(self, closed: _Open) -> None:
        """Drops what stands in `noscript` if it says no more than that scripts are needed."""
        parts = self._out[closed.at + 1 : closed.at + 1 + _MOST_PARTS]
        if closed.filled and len(parts) < _MOST_PARTS and html_media.asks_for_scripts("".join(parts)):
            del self._out[closed.at + 1 :]
            closed.filled = closed.has_text = False
            closed.children = 0
            self._shown = not closed.leads

    def _play(self, closed: _Open) -> None:
        """Puts a link to the file of a player before what its author wrote for programs that cannot play it."""
        if closed.embedded is None or self._players > _MOST_PLAYERS:
            return
        at = closed.at
        shown = self._object(closed) if closed.tag == "object" else self._player(closed)
        if shown:
            self._shown = closed.filled = closed.has_text = True
            rest = " " if self._phrasing and len(self._out) > at + 1 else ""
            self._out[at] = f"{shown}{rest}" if self._phrasing else f"<p>{shown}</p>"

    def _object(self, closed: _Open) -> str:
        attributes = closed.embedded.attributes if closed.embedded else {}
        url = urls.absolute(attributes.get("data", ""), self._context.base)
        if url is None or (closed.filled and not html_media.video(url)):
            return ""
        del self._out[closed.at + 1 :]
        if attributes.get("type", "").strip().lower().startswith("image/"):
            return image(url, None, None, "")
        return self._linked(url)

    def _player(self, closed: _Open) -> str:
        embedded, base = closed.embedded, self._context.base
        if embedded is None:
            return ""
        inside = "".join(self._out[closed.at + 1 :])
        if closed.filled and "<" not in inside and html_media.says_nothing(inside):
            del self._out[closed.at + 1 :]
            closed.filled = False
        url = html_media.file(embedded.attributes, embedded.sources, base)
        late = embedded.attributes.get("data-poster", "")
        poster = urls.absolute(embedded.attributes.get("poster") or late, base)
        if url is None:
            return "" if poster is None or self._repeats(poster) else image(poster, None, None, "")
        words = f"{closed.tag.capitalize()}: {html_media.name(embedded.attributes, url)}"
        if poster and not self._repeats(poster):
            shown = image(poster, None, None, words)
        elif f'href="{escape(url)}"' in inside:
            return ""
        else:
            shown = escape(words)
        return shown if self._links else link(url, shown)

    def _is_nothing(self, closed: _Open, parent: _Open) -> bool:
        """Whether the element may go: it holds nothing to see, or says the title once more at the start."""
        if closed.name in _EMPTY_IS_NOTHING and not closed.filled:
            return _COUNTED.get(closed.name) != parent.name
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


def _is_same(first: html_media.Found, second: html_media.Found) -> bool:
    return first.is_late or second.is_late or second.is_placeholder or first.url == second.url
