"""The adapter of feedgen for Atom and RSS documents: its generator without the clock, and feedd's extensions to it.

feedgen fills in the current time where a date is left out, so every date is given. Its entries lose the attributes
of their links, and its text constructs carry no type; the extension here adds both, and Media RSS.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from feedd.items import text
from feedd.model import Entry, Feed, Image

MEDIA = "http://search.yahoo.com/mrss/"
LISTS = "http://www.microsoft.com/schemas/rss/core/2005"
_CONTENT, _TITLE, _PLAYER, _THUMBNAIL = (f"{{{MEDIA}}}{name}" for name in ("content", "title", "player", "thumbnail"))
GENERATOR = "feedd"
GENERATOR_URI = "https://github.com/feedd/feedd"


class MediaNamespace(BaseExtension):  # type: ignore[misc] # feedgen has no types
    """Declares Media RSS once, on the document's root; and Simple List Extensions where they are used."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        """The namespaces of the document."""
        return {"media": MEDIA} | ({} if self.feed.heats is None else {"cf": LISTS})

    def say_what_it_is(self, parent: etree._Element) -> None:
        """Marks a list: its entries replace all entries that it had before (Simple List Extensions, `cf:treatAs`)."""
        if self.feed.heats is not None:
            etree.SubElement(parent, f"{{{LISTS}}}treatAs").text = "list"


class MediaEntry(BaseEntryExtension):  # type: ignore[misc]
    """Adds `media:thumbnail` and `media:content` (Media RSS 1.5.1) to an entry."""

    entry: Entry

    def add_media(self, element: etree._Element) -> None:
        """Appends the entry's picture and video."""
        source = self.entry
        if source.video is not None:
            video = etree.SubElement(element, _CONTENT, medium="video")
            if source.duration:
                video.set("duration", str(source.duration))
            etree.SubElement(video, _PLAYER, url=source.video)
            if source.image is not None:
                _add_image(video, _THUMBNAIL, source.image)
        elif source.image is not None:
            if source.enclosure is None:  # podcast players take any `media:content` for a file to play
                content = _add_image(element, _CONTENT, source.image)
                content.set("medium", "image")
                if source.image.title:
                    title = etree.SubElement(content, _TITLE, type="plain")
                    title.text = source.image.title
            _add_image(element, _THUMBNAIL, source.image)


def _add_image(parent: etree._Element, name: str, image: Image) -> etree._Element:
    element = etree.SubElement(parent, name, url=image.url)
    if image.width:
        element.set("width", str(image.width))
    if image.height:
        element.set("height", str(image.height))
    return element


def new_generator(feed: Feed, extension: type[BaseExtension]) -> Any:
    """A FeedGenerator with the data of a feed that both formats show, without entries."""
    generator = FeedGenerator()
    generator.register_extension("feedd", extension)
    generator.feedd.feed = feed
    generator.id(feed.id)
    generator.title(feed.title)
    generator.updated(feed.updated)
    author = {"name": feed.author.name, "uri": feed.author.uri, "email": feed.author.email}
    generator.author({part: value for part, value in author.items() if value})
    generator.language(feed.language)
    generator.generator(GENERATOR, uri=GENERATOR_URI)
    return generator


def add_links(generator: Any, feed: Feed, file: str, media_type: str) -> None:
    """The feed's own address in this format, its hubs (W3C WebSub, section 4), and its page. The order matters: RSS
    takes the last for its link.
    """
    generator.link(href=f"{feed.base}{file}", rel="self", type=media_type)
    for hub in feed.hubs:
        generator.link(href=hub, rel="hub")
    generator.link(href=feed.home, rel="alternate", type="text/html")


@lru_cache(maxsize=256)  # one serves all formats
def new_entry(source: Entry) -> FeedEntry:
    """A feedgen entry with all that feedgen can say about it. The extension of a format adds the rest."""
    entry = FeedEntry()
    entry.id(source.id)
    entry.title(source.title)
    entry.updated(source.updated)
    if source.link is not None:
        entry.link(href=source.link)
    entry.summary(source.summary)
    entry.category(
        [
            {"term": label(each.term), "label": label(each.label)} | ({"scheme": each.scheme} if each.scheme else {})
            for each in source.categories
        ]
    )
    entry.author([{"name": name} | ({"uri": uri} if uri else {}) for name, uri in source.linked_authors()])
    if source.content is not None:
        entry.content(source.content, type="html")
    return entry


def extend(entry: FeedEntry, name: str, extension: type[MediaEntry], source: Entry) -> None:
    """Registers an extension with an entry, unless it has it already."""
    if not hasattr(entry, name):
        entry.register_extension(name, extension, atom=name == "atom", rss=name == "rss")
        getattr(entry, name).entry = source


def serialise(root: etree._Element) -> bytes:
    """The document: UTF-8, indented, ending in a line break."""
    return etree.tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=True)


class Seam:
    """Where the entries of a document stand in its bytes. Text in it is escaped, so no tag can stand in a text.

    `parents` are the elements around an entry, from the root, as they are without entries; `tag` is the tag of an
    entry.
    """

    def __init__(self, parents: Sequence[str], tag: str, namespaces: dict[str, str]) -> None:
        self._parents = parents
        self._namespaces = namespaces
        indent = "  " * len(parents)
        self._first = f"\n{indent}<{tag}".encode()
        self._last = f"\n{indent}</{tag}>\n".encode()
        self._end = f"{indent[2:]}</{parents[-1]}>\n".encode()

    def fragment(self, entry: etree._Element) -> bytes:
        """The bytes of an entry, as they are wherever it stands."""
        root = parent = etree.Element(self._parents[0], nsmap=self._namespaces)
        for name in self._parents[1:]:
            parent = etree.SubElement(parent, name)
        parent.append(entry)
        document = serialise(root)
        return document[document.index(self._first) + 1 : document.rindex(self._last) + len(self._last)]

    def assemble(self, document: bytes, fragments: Sequence[bytes]) -> bytes:
        """A document without entries, with these put in."""
        before, end, after = document.rpartition(self._end)
        return b"".join((before, *fragments, end, after))

    def split(self, document: bytes) -> list[bytes]:
        """The entries of a document."""
        start = document.find(self._first) + 1
        entries = document.split(self._last)[:-1] if start else []
        if entries:
            entries[0] = entries[0][start:]
        return [entry + self._last for entry in entries]


def label(name: str) -> str:
    """A category's name without commas, at which some readers would cut it in two."""
    return text.safe(name).replace(", ", " / ").replace(",", "/")
