"""OPML 2.0: every feed of a site, to be imported into a reader."""

from __future__ import annotations

from lxml import etree

from feedd.render.directory import ListedFeed, Listing
from feedd.render.xml.feedgen_adapter import serialise

OPML_START = b'<opml version="2.0">'  # in every file that it writes


def render(site: Listing) -> bytes:
    """The site's feeds as a subscription list: the feed of all first, then a folder for each kind. Their views are
    last, in a folder of their own, so that they are easily left out.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = site.title
    body = etree.SubElement(root, "body")
    for feed in site.everything:
        _outline(body, feed)
    for word, feeds in (*site.sections, ("views", site.views)):
        if feeds:
            name = site.words.say(word)
            folder = etree.SubElement(body, "outline", text=name, title=name)
            for feed in feeds:
                _outline(folder, feed)
    return serialise(root)


def _outline(parent: etree._Element, feed: ListedFeed) -> None:
    # OPML 2.0 knows the type "rss" for feeds of any format.
    outline = etree.SubElement(parent, "outline", type="rss", text=feed.title, title=feed.title)
    outline.set("xmlUrl", feed.documents[0].url)
    outline.set("htmlUrl", feed.home)
    if feed.description:
        outline.set("description", feed.description)
