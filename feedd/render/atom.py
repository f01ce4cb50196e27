"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from feedd.model import Entry, Feed
from feedd.render.enclosures import file_type
from feedd.render.entry_places import ATOM
from feedd.render.xml.feedgen_adapter import MediaNamespace, add_links, label, new_generator, serialise
from feedd.render.xml.media_rss import media_elements
from feedd.render.xml.xml_text import attributes, element, encoded, escaped, has_markdown, markdown_element

TOMBSTONES, DELETED_ENTRY = "http://purl.org/atompub/tombstones/1.0", "deleted-entry"  # RFC 6721


class _AtomFeed(MediaNamespace):
    def extend_atom(self, feed: etree._Element) -> etree._Element:
        for text in feed.iterchildren("title", "subtitle"):
            text.set("type", "text")
        self.say_what_it_is(feed)
        for each in self.feed.tombstones:
            etree.SubElement(feed, f"{{{TOMBSTONES}}}{DELETED_ENTRY}", ref=each.id, when=each.withdrawn.isoformat())
        return feed

    def extend_ns(self) -> dict[str, str]:
        return super().extend_ns() | ({"at": TOMBSTONES} if self.feed.tombstones else {})


_INDENT = " " * 4
_PLAIN = ' type="text"'
split = ATOM.split


def assemble(feed: Feed, fragments: Sequence[bytes]) -> bytes:
    """The feed as an Atom document."""
    generator = new_generator(feed, _AtomFeed)
    generator.feedd.has_markdown = any(map(has_markdown, fragments))
    generator.subtitle(feed.subtitle)
    add_links(generator, feed, "atom.xml", "application/atom+xml")
    generator.icon(feed.icon)
    generator.logo(feed.logo)
    empty = serialise(generator._create_atom()[0])  # noqa: SLF001 - atom_str serialises without a last line break
    return ATOM.with_entries(empty, fragments)


def fragment(source: Entry) -> bytes:
    """The `atom:entry` element."""
    parts = [
        f"  <entry{attributes(('xml:lang', source.language))}>\n",
        element(_INDENT, "id", source.id),
        element(_INDENT, "title", source.title, _PLAIN),
        element(_INDENT, "updated", source.updated.isoformat()),
    ]
    for name, uri in source.linked_authors():
        address = f"      <uri>{escaped(uri)}</uri>\n" if uri else ""
        parts.append(f"    <author>\n      <name>{escaped(name)}</name>\n{address}    </author>\n")
    if source.content is not None:
        parts.append(element(_INDENT, "content", source.content or None, ' type="html"'))
    if source.link is not None:
        page = attributes(("href", source.link), ("rel", "alternate"), ("type", "text/html"))
        parts.append(element(_INDENT, "link", None, page))
    if source.summary or not source.content:
        parts.append(element(_INDENT, "summary", source.summary or None, _PLAIN))
    for each in source.categories:
        named = attributes(("term", label(each.term)), ("scheme", each.scheme), ("label", label(each.label)))
        parts.append(element(_INDENT, "category", None, named))
    if (enclosure := source.enclosure) is not None:
        kind, size = file_type(enclosure), str(enclosure.size) if enclosure.size else None
        file = attributes(("href", enclosure.url), ("rel", "enclosure"), ("type", kind), ("length", size))
        parts.append(element(_INDENT, "link", None, file))
    parts.append(element(_INDENT, "published", source.published.isoformat()))
    parts += [media_elements(_INDENT, source), markdown_element(_INDENT, source.markdown), "  </entry>\n"]
    return encoded("".join(parts))
