"""The state of writing a fragment of HTML: the output so far, the open elements, and the content shown last."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from feedd.html import media
from feedd.html.elements import BLOCKS, names
from feedd.html.media import Attributes
from feedd.items import urls
from feedd.items.references import References, plain
from feedd.items.wiki_links import HIDDEN, linked_page, local_to, named_page
from feedd.patterns import late_pattern
from feedd.words.site_words import ENGLISH, Words

if TYPE_CHECKING:
    from feedd.model import Item

# Elements in which a link to embedded content may be a paragraph of its own.
HOLDS_PARAGRAPHS = names("blockquote div li td") | {""}
MOST_PARTS = 100  # tags and texts of a heading that is a title, or of a notice

BLANK = r"(?:[\s\xad\u200b-\u200f\u2060\ufeff]|&nbsp;)"  # a character that cannot be seen
_BLANK = late_pattern(f"{BLANK}*")
GAPS = late_pattern(r"(?<![ \t\n])[ \t]*+\n[ \t\n]*+")  # begins only where a gap does, else it would be quadratic


class Context(NamedTuple):
    """The surroundings of a fragment of HTML. `refers` makes URLs of its references, but of none that `page_url` hides.

    `title` and `picture` (an absolute URL) are shown already: at the start of the fragment they are dropped.
    `video_id` is the video that time stamps refer to. `page_url` says where the page is that a key of
    `wiki_links.page_keys` means, or None. `words` are feedd's own.
    """

    refers: References
    title: str = ""
    picture: str | None = None
    video_id: str | None = None
    page_url: Callable[[str], str | None] = lambda _: None
    words: Words = ENGLISH

    @classmethod
    def around(
        cls, item: Item, refers: References, picture: str | None, page_url: Callable[[str], str | None]
    ) -> Context:
        """The surroundings of the texts of an item. `picture` is shown already."""
        hiding = refers._replace(is_withheld=lambda href: _is_hidden(plain(href), refers.site, page_url))
        return cls(hiding, item.title, picture, item.video_id, page_url)

    def linked(self, href: str) -> str | None:
        """The URL that a link leads to; None if there is none, or if the link means an item that is not published: the
        name of its file would tell of it.
        """
        href = plain(href)
        page = linked_page(href, self.page_url)
        if page is None and self.refers.finds_by_name:
            page = named_page(href, self.page_url)
        return None if page == HIDDEN else page or self.refers.address(href)  # which tells no hidden name, either


def _is_hidden(href: str, site_url: str | None, page_url: Callable[[str], str | None]) -> bool:
    """Whether an address tells the name of an item that is not published, also as a whole URL of its own site."""
    return HIDDEN in (linked_page(each, page_url) for each in (href, local_to(href, site_url)) if each)


class Embedded(Struct):
    """The files of a `picture`, `video`, `audio` or `object`, as far as they are read."""

    attributes: Attributes
    sources: list[Attributes]


class Open(Struct):
    """An element that is not closed yet. `name` is "" for an element that is not written."""

    tag: str
    name: str
    at: int  # where its start tag stands in the output
    leads: bool  # nothing was shown before it
    embedded: Embedded | None = None
    filled: bool = False  # it holds something to see
    has_text: bool = False  # of its own
    is_decoration: bool = False
    is_struck: bool = False  # by its style: an `<s>` stands in it
    children: int = 0
    only_child: str = ""


class Picture(NamedTuple):
    """A picture after which nothing was shown yet: `html` stands at `at` in the output, if it was written."""

    at: int
    html: str
    found: media.MediaSource | None
    is_fallback: bool


class Output:
    """The base class of walks over HTML: their output, and the facts about it that they need."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._out: list[str] = []
        self._open = [Open("", "", 0, leads=True)]
        self._shown = False  # anything to see so far
        # The content shown last, if it was a picture, a formula or a decoration (from, to).
        self._picture: Picture | None = None
        self._after_formula = ""
        self._decoration: tuple[int, int] | None = None
        self._needs_gap = False
        # How many such elements are open.
        self._preformatted = self._links = self._phrasing = self._fallbacks = self._players = self._hidden = 0

    def _text(self, raw: str) -> None:
        if self._hidden:
            return
        innermost = self._open[-1]
        if not self._preformatted:
            if "\n" in raw:
                raw = GAPS.sub("\n", raw)
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
        self._after_formula = ""

    def _add(self, element: str) -> None:
        self._fill()
        self._needs_gap = False
        self._open[-1].has_text = True
        self._out.append(element)

    def _repeats(self, picture: str) -> bool:
        shown = self._context.picture
        return not self._shown and shown is not None and urls.canonical(picture) == urls.canonical(shown)
