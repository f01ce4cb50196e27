"""Old feeds: a document of any publisher in Atom, RSS or JSON Feed, in; its entries as feed readers know them, out.

The document may break the rules of its format as long as readers would take it. What is no such document raises
NoFeed. Nothing outside of the document is ever read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree

from feedd.items import urls
from feedd.items.text import safe
from feedd.patterns import late_pattern
from feedd.render import FORMATS
from feedd.render.readback import Seen

LARGEST_FEED = 64 * 1024 * 1024  # bytes
_ATOM, _RDF = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_RSS_1 = "{http://purl.org/rss/1.0/}"
_CONTENT, _DATE = "{http://purl.org/rss/1.0/modules/content/}encoded", "{http://purl.org/dc/elements/1.1/}date"
_ORIGINAL = "{http://rssnamespace.org/feedburner/ext/1.0}origLink"  # the link of an entry before FeedBurner
_BEGINNING = late_pattern(rb"(?:\xef\xbb\xbf|\s)*\{")


class NoFeed(Exception):
    """A document is no feed. `line` counts from 1."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class OldFeed(NamedTuple):
    """A feed: the name of its format in FORMATS, and its entries by their ids, in its order. `links` are absolute.

    The id of an entry without any is its link, by which readers know it then. `without_id` counts entries with neither.
    """

    format: str
    entries: dict[str, Seen]
    without_id: int = 0


def read_old_feed(data: bytes) -> OldFeed:
    """The feed that a document is. Raises NoFeed."""
    if _BEGINNING.match(data):
        return _collected("json", _json_entries(data))
    root = _root(data)
    if root.tag == f"{_ATOM}feed":
        return _collected("atom", _atom_entries(root))
    if root.tag == "rss":
        return _collected("rss", _rss_entries(root, ""))
    if root.tag == f"{_RDF}RDF":
        return _collected("rss", _rss_entries(root, _RSS_1))
    name = etree.QName(root).localname
    raise NoFeed(f"it is no feed in {', '.join(each.title for each in FORMATS.values())}: it begins with <{name}>")


def _root(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise NoFeed(f"it is not well-formed: {safe(error.msg or '')}", error.lineno) from None
    except (etree.LxmlError, ValueError, LookupError):  # ValueError, LookupError: an unknown encoding
        raise NoFeed("it cannot be read as XML") from None


def _collected(name: str, entries: Iterator[tuple[str, Seen]]) -> OldFeed:
    """The feed with these entries. Of several entries with one id the first counts."""
    found: dict[str, Seen] = {}
    without_id = 0
    for entry_id, seen in entries:
        if known_by := entry_id.strip() or seen.link:
            found.setdefault(known_by, seen)
        else:
            without_id += 1
    return OldFeed(name, found, without_id)


def _atom_entries(root: etree._Element) -> Iterator[tuple[str, Seen]]:
    home = _atom_link(root, "")
    for entry in root.iterchildren(f"{_ATOM}entry"):
        updated = _text(entry, f"{_ATOM}updated")
        seen = Seen(
            _text(entry, f"{_ATOM}title"),
            _text(entry, _ORIGINAL) or _atom_link(entry, home),
            _text(entry, f"{_ATOM}published") or updated,
            updated,
            _text(entry, f"{_ATOM}content"),
            _text(entry, f"{_ATOM}summary"),
        )
        yield _text(entry, f"{_ATOM}id"), seen


def _atom_link(parent: etree._Element, home: str) -> str:
    """The address of the page of a feed or an entry; "" without any."""
    links = [each for each in parent.iterchildren(f"{_ATOM}link") if each.get("rel", "alternate") == "alternate"]
    links.sort(key=lambda each: each.get("type", "text/html") != "text/html")
    for link in links:
        if found := urls.absolute(link.get("href", ""), link.base or home):
            return found
    return ""


def _rss_entries(root: etree._Element, namespace: str) -> Iterator[tuple[str, Seen]]:
    channel = root.find(f"{namespace}channel")
    home = "" if channel is None else _text(channel, f"{namespace}link")
    for item in root.iter(f"{namespace}item"):
        guid = item.find("guid")
        entry_id = item.get(f"{_RDF}about", "") if guid is None else _content(guid)
        link = _text(item, _ORIGINAL) or _text(item, f"{namespace}link")
        if not link and guid is not None and guid.get("isPermaLink", "true") == "true":
            link = entry_id.strip()
        seen = Seen(
            _text(item, f"{namespace}title"),
            urls.absolute(link, home) or "" if link else "",
            _text(item, "pubDate") or _text(item, _DATE),
            "",
            _text(item, _CONTENT),
            _text(item, f"{namespace}description"),
        )
        yield entry_id, seen


def _json_entries(data: bytes) -> Iterator[tuple[str, Seen]]:
    try:
        feed = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise NoFeed(f"it is no JSON: {error.msg}", error.lineno) from None
    except (UnicodeDecodeError, RecursionError, ValueError):
        raise NoFeed("it cannot be read as JSON") from None
    items = feed.get("items")
    if not isinstance(items, list):
        raise NoFeed("it is JSON, but no JSON Feed: it has no `items`")
    home = _word(feed, "home_page_url")
    for item in items:
        if isinstance(item, dict):
            link = _word(item, "url") or _word(item, "external_url")
            published = _word(item, "date_published")
            seen = Seen(
                _word(item, "title"),
                urls.absolute(link, home) or "" if link else "",
                published,
                _word(item, "date_modified") or published,
                _word(item, "content_html") or _word(item, "content_text"),
                _word(item, "summary"),
            )
            yield _word(item, "id"), seen


def _word(parent: dict[str, Any], name: str) -> str:
    """A text; a number as text, since ids of the first JSON feeds are numbers."""
    value = parent.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if isinstance(value, str) else str(value) if is_number else ""


def _text(parent: etree._Element, name: str) -> str:
    element = parent.find(name)
    return "" if element is None else _content(element).strip()


def _content(element: etree._Element) -> str:
    """The text in an element and below it, without comments, and without entities, which may be large or lead away."""
    parts = [element.text or ""]
    children: list[Any] = list(element)  # comments and entities have no name
    for child in children:
        parts += [_content(child) if isinstance(child.tag, str) else "", child.tail or ""]
    return "".join(parts)
