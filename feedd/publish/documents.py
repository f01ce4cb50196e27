"""Documents: feeds that are stale, in; their documents, made and written, out.

    stale feed -- members, items, links --> FeedParts -- make_documents --> Documents -- DocumentWriter --> files

What makes documents of parts is a pure function, so that it can run in another process.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial

import msgspec
from msgspec import Struct

from feedd.core import render
from feedd.core.assemble import FeedHead, Member, Site, categories, make_entry, make_feed, make_listing
from feedd.core.render import FORMATS, opml, pages
from feedd.disk.feeds import FeedsDirectory
from feedd.disk.ledger import Ledger
from feedd.disk.published import FeedRecord, Published
from feedd.model import Document, Entry, Feed, FeedId, Problem
from feedd.publish.workers import Workers

WORTH_PROCESSES = 40  # feeds; below that, starting processes takes longer than they save
_INDEX = "index.html"
_HELD = 2000  # entries, about 10 MB


class FeedParts(Struct, frozen=True):
    """All that the documents of one feed are made from: a value that can be sent to any process."""

    feed: int
    head: FeedHead
    members: tuple[Member, ...]


class DocumentMaker:
    """Gathers what the documents of one pass are made from, and has them made."""

    def __init__(self, ledger: Ledger, published: Published, site: Site) -> None:
        self._ledger = ledger
        self._published = published
        self._site = site
        self._feeds = published.feeds()
        self._by_number = {record.feed: record for record in self._feeds.values()}

    def documents(self, feeds: Collection[int], workers: Workers) -> Iterator[tuple[int, list[Document]]]:
        """The documents of these feeds, in the order in which the feeds came into being."""
        all_parts = (msgspec.msgpack.encode(self.parts(number)) for number in sorted(feeds))
        many = len(feeds) >= WORTH_PROCESSES
        return workers.map(partial(make_documents, self._site), all_parts, many=many)

    def parts(self, number: int) -> FeedParts:
        """What the documents of one feed are made from."""
        entries = self._published.entries(number)
        linked = self._ledger.linked_pages([record.entry for record, _ in entries])
        members = (
            Member(
                record,
                item,
                tuple(categories(item, self._site, self._slug)),
                tuple(sorted(linked.get(record.entry, {}).items())),
            )
            for record, item in entries
        )
        return FeedParts(number, _head(self._by_number[number]), tuple(members))

    def _slug(self, feed: FeedId) -> str | None:
        record = self._feeds.get(feed)
        return record.slug if record else None

    def site_documents(self) -> list[Document]:
        """The documents about all feeds: the index page and the OPML."""
        listing = make_listing(map(_head, self._feeds.values()), self._site)
        return [
            Document("feeds.opml", opml.render(listing)),
            Document(_INDEX, pages.index(listing)),
        ]


def to_feed(site: Site, parts: FeedParts) -> Feed:
    """The feed that these are the parts of, with its entries in order."""
    return make_feed(parts.head, parts.members, _entries(site).of(parts.members), site)


def make_documents(site: Site, parts: bytes) -> tuple[int, list[Document]]:
    """The number of a feed and its documents. `parts` is msgpack of its FeedParts."""
    read = msgspec.msgpack.decode(parts, type=FeedParts)
    return read.feed, render.render(to_feed(site, read), site.formats)


class _Entries:
    """Entries made lately, for the other feeds that show them."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._made: dict[Member, Entry] = {}

    def of(self, members: Iterable[Member]) -> list[Entry]:
        return [self._entry(member) for member in members]

    def _entry(self, member: Member) -> Entry:
        entry = self._made.get(member)
        if entry is None:
            if len(self._made) >= _HELD:
                self._made.clear()
            entry = self._made[member] = make_entry(member, self.site)
        return entry


_lately: list[_Entries] = []


def _entries(site: Site) -> _Entries:
    if not _lately or _lately[0].site != site:
        _lately[:] = [_Entries(site)]
    return _lately[0]


class DocumentWriter:
    """Writes documents and keeps account of what was written, deleted, and what could not be."""

    def __init__(self, directory: FeedsDirectory, published: Published) -> None:
        self._directory = directory
        self._published = published
        self._known = published.documents().keys()
        self.written: list[str] = []
        self.deleted: list[str] = []
        self.failed: list[Problem] = []

    def put(self, documents: Iterable[Document], feed: int | None) -> bool:
        """Writes the documents of one feed, or of the site; False if one could not be written."""
        done = [self._attempt(document.path, partial(self._write, document, feed)) for document in documents]
        return all(done)

    def delete(self, paths: Iterable[str]) -> None:
        """Deletes documents that feedd wrote and that are no longer published."""
        for path in paths:
            self._attempt(path, partial(self._delete, path))

    def _write(self, document: Document, feed: int | None) -> None:
        if document.path == _INDEX and _INDEX not in self._known and self._is_of_others(_INDEX):
            raise FileExistsError(errno.EEXIST, "there is a page that feedd did not make; move it away")
        if self._directory.write(document):
            self.written.append(document.path)
        stat = self._directory.stat(document.path)
        if stat is not None:
            self._published.keep_document(document.path, feed, stat)

    def _is_of_others(self, path: str) -> bool:
        data = self._directory.read(path)
        return data is not None and pages.MARK not in data

    def _delete(self, path: str) -> None:
        if self._directory.delete(path):
            self.deleted.append(path)
        self._published.forget_document(path)

    def _attempt(self, path: str, act: Callable[[], None]) -> bool:
        try:
            act()
        except OSError as error:
            self.failed.append(Problem(path, f"cannot be written: {error.strerror or error}"))
            return False
        return True


def wanted_names(site: Site) -> set[str]:
    """The names of the documents that a site has; a document of another name is no longer wanted."""
    return {FORMATS[name].file for name in site.formats} | {_INDEX, "feeds.opml"}


def out_of_step(
    published: Published, directory: FeedsDirectory, wanted: Callable[[str], bool]
) -> tuple[set[int], bool, list[str]]:
    """What does not look as it was left: feeds with a missing or altered document, whether a document about the
    site is, and documents that are no longer wanted.
    """
    feeds: set[int] = set()
    site = False
    unwanted: list[str] = []
    for path, (feed, stat) in published.documents().items():
        if not wanted(path):
            unwanted.append(path)
        elif directory.stat(path) != stat:
            site = site or feed is None
            feeds.update(() if feed is None else (feed,))
    return feeds, site, unwanted


def _head(record: FeedRecord) -> FeedHead:
    return FeedHead(record.identity, record.id, record.slug, record.label, record.updated)
