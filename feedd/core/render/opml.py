"""OPML 2.0: every feed of a site, to be imported into a reader."""

from __future__ import annotations

from lxml import etree

from feedd.core.render.generator import serialise
from feedd.core.render.listing import Listed, Listing

MARK = b'<opml version="2.0">'  # how what it writes begins


def render(site: Listing) -> bytes:
    """The site's feeds as a subscription list: the feed of all first, then the folders Topics and Providers."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = site.title
    body = etree.SubElement(root, "body")
    for feed in site.everything:
        _outline(body, feed)
    for name, feeds in (("Topics", site.topics), ("Providers", site.providers)):
        if feeds:
            folder = etree.SubElement(body, "outline", text=name, title=name)
            for feed in feeds:
                _outline(folder, feed)
    return serialise(root)


def _outline(parent: etree._Element, feed: Listed) -> None:
    # OPML 2.0 knows the type "rss" for feeds of any format.
    outline = etree.SubElement(parent, "outline", type="rss", text=feed.title, title=feed.title)
    outline.set("xmlUrl", feed.documents[0].url)
    outline.set("htmlUrl", feed.home)
    if feed.description:
        outline.set("description", feed.description)
