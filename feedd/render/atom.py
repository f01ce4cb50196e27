"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from feedd.model import Entry, Feed
from feedd.render.enclosures import file_type
from feedd.render.feedgen_adapter import (
    MEDIA,
    MediaEntry,
    MediaNamespace,
    Seam,
    add_links,
    extend,
    new_entry,
    new_generator,
    serialise,
)

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class _AtomFeed(MediaNamespace):
    def extend_atom(self, feed: etree._Element) -> etree._Element:
        _type_texts(feed, ("title", "subtitle"))
        self.say_what_it_is(feed)
        return feed


class _AtomEntry(MediaEntry):
    def extend_atom(self, entry: etree._Element) -> etree._Element:
        _type_texts(entry, ("title", "summary"))
        for link in entry.iterchildren("link"):
            link.set("rel", "alternate")
            link.set("type", "text/html")
        if (enclosure := self.entry.enclosure) is not None:
            link = etree.SubElement(entry, "link", href=enclosure.url, rel="enclosure", type=file_type(enclosure))
            if enclosure.size:
                link.set("length", str(enclosure.size))
        etree.SubElement(entry, "published").text = self.entry.published.isoformat()
        if self.entry.language is not None:
            entry.set(_XML_LANG, self.entry.language)
        self.add_media(entry)
        return entry


_seam = Seam(("feed",), "entry", {"media": MEDIA})
split = _seam.split


def assemble(feed: Feed, fragments: Sequence[bytes]) -> bytes:
    """The feed as an Atom document."""
    generator = new_generator(feed, _AtomFeed)
    generator.subtitle(feed.subtitle)
    add_links(generator, feed, "atom.xml", "application/atom+xml")
    generator.icon(feed.icon)
    generator.logo(feed.logo)
    empty = serialise(generator._create_atom()[0])  # noqa: SLF001 - atom_str serialises without a last line break
    return _seam.assemble(empty, fragments)


def fragment(source: Entry) -> bytes:
    """The `atom:entry` element."""
    entry = new_entry(source)
    extend(entry, "atom", _AtomEntry, source)
    return _seam.fragment(entry.atom_entry())


def _type_texts(parent: etree._Element, names: tuple[str, ...]) -> None:
    for element in parent.iterchildren(*names):
        element.set("type", "text")
