"""The adapter of feedgen for Atom and RSS documents: its generator without the clock, and feedd's extension to it.

feedgen fills in the current time where a date is left out, so every date is given.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lxml import etree

from feedd.items import text
from feedd.model import Feed
from feedd.render.generator_marks import GENERATOR, GENERATOR_URI
from feedd.render.xml.without_dateutil import without_dateutil
from feedd.select.archives import chain_links, own_url

with without_dateutil():
    from feedgen.ext.base import BaseExtension
    from feedgen.feed import FeedGenerator

MEDIA = "http://search.yahoo.com/mrss/"
SOURCE = "http://source.scripting.com/"  # the namespace, and its description
HISTORY = "http://purl.org/syndication/history/1.0"  # RFC 5005
LISTS = "http://www.microsoft.com/schemas/rss/core/2005"


class MediaNamespace(BaseExtension):  # type: ignore[misc] # feedgen has no types
    """Declares Media RSS once, on the document's root; and Simple List Extensions where they are used."""

    feed: Feed
    file: str  # the name of the file of the format
    media_type: str
    link_tag = "link"  # feedgen's name of links in Atom
    has_markdown = False  # whether an entry has its Markdown

    def extend_ns(self) -> dict[str, str]:
        """The namespaces of the document."""
        lists = {} if self.feed.heats is None else {"cf": LISTS}
        archive = {"fh": HISTORY} if self.feed.chain is not None and self.feed.chain.number else {}
        return {"media": MEDIA} | lists | archive | ({"source": SOURCE} if self.has_markdown else {})

    def say_what_it_is(self, parent: etree._Element) -> None:
        """Marks a list: its entries replace all entries that it had before (Simple List Extensions, `cf:treatAs`).
        Marks an archive document, and links a document of a feed with archives to the others (RFC 5005).
        """
        if self.feed.heats is not None:
            etree.SubElement(parent, f"{{{LISTS}}}treatAs").text = "list"
        for relation, url in chain_links(self.feed, self.file):
            etree.SubElement(parent, self.link_tag, href=url, rel=relation, type=self.media_type)
        if self.feed.chain is not None and self.feed.chain.number:
            etree.SubElement(parent, f"{{{HISTORY}}}archive")


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
    """Adds links to the feed's own address in this format, to its hubs (W3C WebSub, section 4), and to its page. The
    order matters: RSS takes the last for its link.
    """
    generator.feedd.file, generator.feedd.media_type = file, media_type
    generator.link(href=own_url(feed, file), rel="self", type=media_type)
    for hub in feed.hubs:
        generator.link(href=hub, rel="hub")
    generator.link(href=feed.home, rel="alternate", type="text/html")


def serialise(root: etree._Element) -> bytes:
    """The document: UTF-8, indented, ending in a line break."""
    return etree.tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=True)


@lru_cache(maxsize=4096)  # most entries share their names
def label(name: str) -> str:
    """A category's name without commas, at which some readers would cut it in two."""
    return text.safe(name).replace(", ", " / ").replace(",", "/")
