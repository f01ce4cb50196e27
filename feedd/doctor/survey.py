"""Surveys: a document from a stranger's server in; its counts and addresses out.

The document is not built in memory. The parsers bound depth and entities; the document's size bounds the memory.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from lxml import etree
from msgspec import Struct

from feedd.render import FORMATS

_ATOM = "{http://www.w3.org/2005/Atom}"


class Survey(NamedTuple):
    """A feed's number of entries, its own address as the feed gives it, and its hubs."""

    entries: int
    own: str | None
    hubs: tuple[str, ...]


def survey(file: str, data: bytes) -> Survey | None:
    """The survey of a feed; None if the document is not of the format of the file name `file`."""
    if file == FORMATS["json"].file:
        return _json(data)
    names = {FORMATS["atom"].file: f"{_ATOM}entry", FORMATS["rss"].file: "item"}
    found = _parsed(data, _FeedSurvey(names[file])) if file in names else None
    return found and Survey(found.entries, found.own, tuple(found.hubs))


def listed(opml: bytes) -> list[str] | None:
    """The URLs of the feeds in an OPML list of feeds; None if the document is no such list."""
    found = _parsed(opml, _List())
    return found.urls if found is not None and found.is_list else None


class _Item(Struct, gc=False):
    id: str
    title: str
    date_published: str
    date_modified: str
    content_html: str


class _Hub(Struct, gc=False):
    url: str


class _JsonFeed(Struct, gc=False):
    items: list[_Item]
    feed_url: str | None = None
    hubs: list[_Hub] = []


def _json(data: bytes) -> Survey | None:
    try:
        feed = msgspec.json.decode(data, type=_JsonFeed)
    except (ValueError, RecursionError, msgspec.DecodeError):
        return None
    return Survey(len(feed.items), feed.feed_url, tuple(hub.url for hub in feed.hubs))


class _FeedSurvey:
    """A target for lxml's parser: counts and addresses of a feed in Atom or RSS."""

    def __init__(self, entry: str) -> None:
        self.entries = 0
        self.own: str | None = None
        self.hubs: list[str] = []
        self._entry = entry
        self._depth = 0
        self._head = 2  # the depth of the feed's own elements

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        if self._depth == 1 and tag == "rss":
            self._head = 3
        if tag == self._entry:
            self.entries += 1
        elif tag == f"{_ATOM}link" and self._depth == self._head:
            if attributes.get("rel") == "hub":
                self.hubs.append(attributes.get("href", ""))
            elif attributes.get("rel") == "self" and self.own is None:
                self.own = attributes.get("href", "")

    def end(self, _tag: str) -> None:
        """An element ends."""
        self._depth -= 1

    def close(self) -> _FeedSurvey:
        """The document ends."""
        return self


class _List:
    """A target for lxml's parser: the feeds in an OPML list."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.is_list = False
        self._is_first = True

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.is_list |= self._is_first and tag == "opml"
        self._is_first = False
        if tag == "outline" and (url := attributes.get("xmlUrl")):
            self.urls.append(url)

    def close(self) -> _List:
        """The document ends."""
        return self


def _parsed(data: bytes, target: Any) -> Any:
    """Feeds a document to a parser's target, and returns the target's result. None if the document is not well-formed,
    or too deep.
    """
    try:
        return etree.fromstring(data, etree.XMLParser(target=target, resolve_entities=False, no_network=True))
    except (etree.LxmlError, ValueError, LookupError):  # ValueError, LookupError: an unknown encoding
        return None
