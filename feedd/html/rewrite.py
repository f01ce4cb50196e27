"""HTML as nh3 writes it (balanced tags, quoted attributes) in; the same as a feed reader can show it out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from feedd.html import fallbacks, styles, tables
from feedd.html.elements import (
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
    link,
    names,
    unescaped,
)
from feedd.html.embeds import COMPONENTS, PLAYERS, Embeds
from feedd.html.fallbacks import Part
from feedd.html.html_writer import HOLDS_PARAGRAPHS, MOST_PARTS, Context, Embedded, Open
from feedd.html.media import Attributes
from feedd.items import inline_markup
from feedd.items.references import BY_NAME, elsewhere
from feedd.items.youtube import youtube_page
from feedd.patterns import late_pattern

# Elements that only make a block for a reader, and elements that make nothing.
DIVISIONS = names(
    "address article aside center dialog fieldset footer form header hgroup legend main marquee nav search section"
)

_STRUCK_OUT = names("del s")
_EMPTY_IS_NOTHING = (BLOCKS | INLINE) - {"code"}
# An empty item still has a number, and an empty description a term.
_COUNTED = {"li": "ol", "dd": "dl", "dt": "dl"}
_START = late_pattern("<([a-z][a-z0-9]*)")
_TAG = late_pattern(r'<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?: [a-zA-Z-]+="[^"]*")*)>')
_ATTRIBUTE = late_pattern(r'([a-zA-Z-]+)="([^"]*)"')
_BASE = late_pattern('<base href="([^"]*)"')
_EMPTY_LINES = late_pattern(r"\n{2,}")
_PRE_GAP = late_pattern(r"(<pre(?: [^>]*)?>)\n+")  # a parser takes one line break away each time
_VOID = VOID | names("base embed input source")
_MOST_SOURCES = 20
_PLAYERS_OF_SCRIPTS = {"amp-audio": "audio", "amp-video": "video", "video-js": "video"}
_CLOCK = late_pattern(r"(?:([0-9]{1,3}):)?([0-9]{1,4}):([0-9]{2})")


def rewrite(clean: str, context: Context, *, is_document: bool) -> str:
    """The HTML with absolute URLs and links for embedded videos and frames; "" if it holds nothing to see.

    Of a whole document (a newsletter) the tables that hold no data are layout, and go.
    """
    # HTML 4.2.3: the first `base` with an address counts, even if the address is unusable.
    found = _BASE.search(clean)
    if found and (base := context.refers.address(unescaped(found[1]))):
        context = context._replace(refers=elsewhere(base), page_url=lambda _: None)
    return _Rewriter(context, tables.data_tables(clean) if is_document else None).rewrite(clean)


class _Rewriter(Embeds):
    """One walk over balanced HTML, as nh3 writes it."""

    def __init__(self, context: Context, data_tables: frozenset[int] | None) -> None:
        super().__init__(context)
        self._data_tables = data_tables  # None: all tables are
        self._tables: list[bool] = []  # of the open tables: whether each is layout
        self._whole: list[Part] | None = None  # the formula, drawing or control that is being read
        self._whole_depth = 0

    def rewrite(self, clean: str) -> str:
        at = 0
        for found in _TAG.finditer(clean):
            if (start := found.start()) > at:
                if self._whole is None:
                    self._text(clean[at:start])
                else:
                    self._whole.append(Part("", clean[at:start]))
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

    def _start(self, tag: str, attributes: Attributes, at: int) -> None:
        if tag in _VOID:
            if not self._hidden:
                self._void(tag, attributes)
            return
        if self._hidden or tag == "title" or (attributes and self._is_hidden(attributes)):
            self._hidden += 1
            self._open.append(Open(tag, "", len(self._out), leads=False))
            return
        if tag in COMPONENTS:
            self._component(tag, attributes)
        tag = _PLAYERS_OF_SCRIPTS.get(tag, tag)
        if tag in fallbacks.WHOLE:
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
        opened = Open(tag, name[1] if name else "", len(self._out), leads=not self._shown)
        if tag in PLAYERS or tag == "picture":
            opened.embedded = Embedded(attributes, [])
            self._players += tag in PLAYERS
        opened.is_decoration = attributes.get("aria-hidden") == "true"
        self._open.append(opened)
        self._out.append(start)
        if attributes and opened.name not in _STRUCK_OUT and styles.strikes_out(attributes.get("style", "")):
            self._strike_out(opened)
        self._preformatted += opened.name == "pre"
        self._links += opened.name == "a"
        self._phrasing += opened.name not in HOLDS_PARAGRAPHS
        self._fallbacks += tag == FALLBACK
        if tag in fallbacks.CHECKABLE and (ticked := fallbacks.box(tag, attributes)):
            self._add(ticked)
            self._needs_gap = True

    def _strike_out(self, opened: Open) -> None:
        if opened.name:
            self._out.append("<s>")
            opened.is_struck = True
        else:
            opened.name = "s"
            self._out[-1] = "<s>"

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
        if tag in ("ol", "li") and (kind := styles.numbering(attributes.get("style", ""))):
            attributes.setdefault("type", kind)
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
            return youtube_page(self._context.video_id, hours * 3600 + minutes * 60 + seconds)
        if href.startswith(BY_NAME):
            return self._context.refers.shown(href)
        return self._context.linked(href)

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

    def _part(self, tag: str, attributes: Iterable[tuple[str, str]]) -> None:
        """Takes a tag of an element that is read as a whole; after its last tag, writes its words."""
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
        if kind == FORMULA and self._after_formula == "math":
            return
        if words := fallbacks.words(whole):
            is_formula = kind in ("math", FORMULA)
            if is_formula and self._decoration and self._decoration[1] <= len(self._out):
                start, end = self._decoration
                self._out[start:end] = [""] * (end - start)
            self._add(words)
            self._after_formula = kind if is_formula else ""

    def _close(self) -> None:
        if len(self._open) < 2:
            return
        closed = self._open.pop()
        if self._hidden:
            self._hidden -= 1
            return
        if closed.tag == "table" and self._data_tables is not None:
            self._tables.pop()
        if closed.tag in PLAYERS:
            self._play(closed)
            self._players -= 1
        self._preformatted -= closed.name == "pre"
        self._links -= closed.name == "a"
        self._phrasing -= closed.name not in HOLDS_PARAGRAPHS
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
                self._out.append(f"</s></{closed.name}>" if closed.is_struck else f"</{closed.name}>")
        if closed.is_decoration:
            self._decoration = (closed.at, len(self._out))

    def _is_nothing(self, closed: Open, parent: Open) -> bool:
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
        """Whether the output from `at` on is the title and nothing more."""
        title = " ".join(self._context.title.split()).casefold()
        parts = self._out[at : at + MOST_PARTS]
        # Headings may be nested, so a far too long text is not looked at again for each of them.
        if len(parts) == MOST_PARTS or sum(map(len, parts)) > 10 * len(title) + 1000:
            return False
        return " ".join(inline_markup.markup_text("".join(parts)).split()).casefold() == title
