"""Clients of feeds with archives, over HTTP: one follows archives (RFC 5005, section 4), and one only pages."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

import feedparser
from http_support import request

HISTORY = "http://purl.org/syndication/history/1.0"


class Fetched(NamedTuple):
    """A document of a feed, as a client got it. `links` are the addresses by their relations."""

    url: str
    feed_id: str
    updated: str
    is_archive: bool
    links: dict[str, str]
    ids: list[str]


class Client:
    """A client of the server at `server`, which stands behind the public address of the feeds."""

    def __init__(self, server: str) -> None:
        self._server = server

    def fetch(self, url: str) -> Fetched:
        """The document at an address. It has to be there, and without a fault."""
        answer = request(self._server, urlsplit(url).path)
        assert answer.status == 200, (url, answer.status)
        parsed = feedparser.parse(answer.document)
        assert not parsed.bozo, (url, parsed.bozo_exception)
        links = {link.rel: link.href for link in parsed.feed.links}
        assert links["self"] == url
        ids = [entry.id for entry in parsed.entries]
        is_archive = parsed.namespaces.get("fh") == HISTORY and "fh_archive" in parsed.feed
        return Fetched(url, parsed.feed.get("id", ""), parsed.feed.get("updated", ""), is_archive, links, ids)

    def chain(self, url: str, relation: str) -> list[Fetched]:
        """The document at an address, and those that one finds by following a relation from one to the next."""
        found = [self.fetch(url)]
        while (following := found[-1].links.get(relation)) is not None:
            assert following not in {each.url for each in found}
            found.append(self.fetch(following))
        return found

    def whole_feed(self, url: str) -> list[str]:
        """The ids of all entries of a feed. Both ways of reading it have to lead to the same documents."""
        archived, paged = self.chain(url, "prev-archive"), self.chain(url, "next")
        assert [each.url for each in archived] == [each.url for each in paged]
        subscription, *archives = archived
        assert not subscription.is_archive
        assert all(each.is_archive for each in archives)
        assert {each.feed_id for each in archived} == {subscription.feed_id}
        for newer, older in zip(archived, archives, strict=False):
            assert older.links["previous"] == newer.url
            assert older.links.get("next-archive") == (newer.url if newer.is_archive else None)
            assert older.links["current"] == older.links["first"] == subscription.url
            assert older.links["last"] == archives[-1].url
        return [each for document in archived for each in document.ids]
