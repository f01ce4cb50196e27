"""RSS 2.0, with content:encoded, dc:creator, atom:link and Media RSS; and of podcasts with the tags of `podcast_tags`.

`description` is HTML, so plain text in it is escaped twice over: once for HTML, once for XML. All other texts are plain
(RSS Advisory Board, Best Practices Profile, "Character Data") and escaped for XML alone.

Python's own library for dates of RSS is that for mail. It takes as long to load as a feed takes to make.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape, unescape

from lxml import etree

from feedd.model import Enclosure, Entry, Feed
from feedd.patterns import late_pattern
from feedd.render.enclosures import file_type
from feedd.render.entry_places import RSS
from feedd.render.xml import podcast_tags
from feedd.render.xml.feedgen_adapter import MEDIA, MediaNamespace, add_links, label, new_generator, serialise
from feedd.render.xml.media_rss import media_elements
from feedd.render.xml.xml_text import attributes, element, encoded, has_markdown, markdown_element

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DC = "http://purl.org/dc/elements/1.1/"
_ATOM = "http://www.w3.org/2005/Atom"
_NAMESPACES = {"media": MEDIA, "dc": _DC}
_INDENT = " " * 6


class _RssFeed(MediaNamespace):
    link_tag = f"{{{_ATOM}}}link"
    has_episodes = False  # whether the feed or an entry has tags of podcasts

    def extend_ns(self) -> dict[str, str]:
        return super().extend_ns() | _NAMESPACES | (podcast_tags.NAMESPACES if self.has_episodes else {})

    def extend_rss(self, root: etree._Element) -> etree._Element:
        """Adds the links to hubs, which feedgen leaves out, after the feed's own address; marks a list; and adds what
        the feed says of itself as a podcast.
        """
        self.say_what_it_is(root[0])
        if self.feed.podcast is not None:
            podcast_tags.add_to_channel(root[0], self.feed.podcast, self.feed.author.name)
        own = root.find(f"channel/{{{_ATOM}}}link")
        if own is not None:
            for hub in reversed(self.feed.hubs):
                own.addnext(own.makeelement(own.tag, href=hub, rel="hub"))
        return root


_TAG_LIKE = late_pattern("<[A-Za-z/!?]")
split = RSS.split


def assemble(feed: Feed, fragments: Sequence[bytes]) -> bytes:
    """The feed as an RSS document. Reads the process's locale: not for use in several threads."""
    generator = new_generator(feed, _RssFeed)
    generator.feedd.has_markdown = any(map(has_markdown, fragments))
    generator.feedd.has_episodes = feed.podcast is not None or any(map(podcast_tags.uses_tags, fragments))
    generator.description(_for_either_reader(feed.subtitle))
    add_links(generator, feed, "rss.xml", "application/rss+xml")
    if feed.author.email:
        generator.managingEditor(f"{feed.author.email} ({feed.author.name})")
    if image := feed.logo or feed.icon:
        generator.image(url=image, title=feed.title, link=feed.home)
    empty = serialise(generator._create_rss()[0])  # noqa: SLF001 - rss_str serialises without a last line break
    return RSS.with_entries(empty, fragments)


def fragment(source: Entry) -> bytes:
    """The RSS `item` element."""
    guid = source.guid or source.id
    parts = ["    <item>\n", element(_INDENT, "title", source.title)]
    if source.link is not None:
        parts.append(element(_INDENT, "link", source.link))
    parts.append(_texts(source))
    is_permalink = "true" if guid == source.link else "false"
    parts.append(element(_INDENT, "guid", guid, f' isPermaLink="{is_permalink}"'))
    parts += [
        element(_INDENT, "category", label(each.label), attributes(("domain", each.scheme)))
        for each in source.categories
    ]
    parts.append(element(_INDENT, "pubDate", _mail_date(source.published)))
    parts.append(element(_INDENT, "atom:updated", source.updated.isoformat()))
    parts += [element(_INDENT, "dc:creator", name) for name in source.authors]
    if source.language is not None:
        parts.append(element(_INDENT, "dc:language", source.language))
    parts += [media_elements(_INDENT, source), _enclosure(source.enclosure), podcast_tags.episode_tags(_INDENT, source)]
    parts += [markdown_element(_INDENT, source.markdown), "    </item>\n"]
    return encoded("".join(parts))


def _enclosure(enclosure: Enclosure | None) -> str:
    """The `enclosure` element. RSS 2.0 demands all three attributes; 0 stands for an unknown length."""
    if enclosure is None:
        return ""
    file = (("url", enclosure.url), ("length", str(enclosure.size or 0)), ("type", file_type(enclosure)))
    return element(_INDENT, "enclosure", None, attributes(*file))


def _texts(source: Entry) -> str:
    """The summary and the content. Without a summary, the content is the description."""
    content = source.content
    if not source.summary:
        return "" if content is None else element(_INDENT, "description", content)
    described = element(_INDENT, "description", escape(source.summary, quote=False))
    return described if content is None else described + element(_INDENT, "content:encoded", content)


def _for_either_reader(plain: str) -> str:
    """The description of a channel. The Profile calls it plain text, and readers take it for HTML: it is escaped for
    HTML only where they would lose something.
    """
    return escape(plain, quote=False) if _TAG_LIKE.search(plain) or unescape(plain) != plain else plain


def _mail_date(moment: datetime) -> str:
    """A moment in UTC as RFC 822 has it, with all digits of the year."""
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day}, {moment.day:02} {month} {moment.year:04} {moment:%H:%M:%S} +0000"
