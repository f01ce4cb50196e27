"""Documents: feeds that are stale, in; their documents, made and written, out.

    stale feed -- members and items --> Entries (each made once a pass) --> Feed -- render --> Document -- write
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from feedd.core import render
from feedd.core.assemble import Shelf, Site, make_entry, make_feed, make_listing
from feedd.core.catalog import EntryRecord
from feedd.core.render import opml, pages
from feedd.disk.feeds import FeedsDirectory
from feedd.disk.ledger import Ledger
from feedd.disk.published import FeedRecord, Published
from feedd.model import Document, Entry, Feed, FeedId, Item, Problem

_HELD = 2000  # entries kept at hand for the next feed that shows them: about 10 MB


class Press:
    """Makes the documents of one pass."""

    def __init__(self, ledger: Ledger, published: Published, site: Site) -> None:
        self._ledger = ledger
        self._published = published
        self._site = site
        self._feeds = published.feeds()
        self._made: dict[int, Entry] = {}
        self._pages: dict[str, str | None] = {}

    def feed(self, record: FeedRecord) -> Feed:
        """One feed with all its entries."""
        entries = self._published.entries(record.feed)
        made = {entry.entry: self._entry(entry, item) for entry, item in entries}
        return make_feed(_shelf(record), entries, made, self._site)

    def feeds(self, numbers: Iterable[int]) -> Iterator[tuple[int, Feed]]:
        """The feeds of these numbers, in the order in which they came into being."""
        by_number = {record.feed: record for record in self._feeds.values()}
        for number in sorted(numbers):
            yield number, self.feed(by_number[number])

    def site_documents(self) -> list[Document]:
        """The documents about all feeds: the index page and the OPML."""
        listing = make_listing(map(_shelf, self._feeds.values()), self._site)
        return [
            Document("feeds.opml", opml.render(listing)),
            Document("index.html", pages.index(listing)),
        ]

    def _entry(self, record: EntryRecord, item: Item) -> Entry:
        made = self._made.get(record.entry)
        if made is None:
            if len(self._made) >= _HELD:
                self._made.clear()
            made = make_entry(record, item, self._site, self._slug, self._page_url)
            self._made[record.entry] = made
        return made

    def _slug(self, feed: FeedId) -> str | None:
        record = self._feeds.get(feed)
        return record.slug if record else None

    def _page_url(self, page: str) -> str | None:
        if page not in self._pages:
            item = self._ledger.page_item(page)
            self._pages[page] = item.link if item else None
        return self._pages[page]


class Printer:
    """Writes documents and keeps account of what was written, deleted, and what could not be."""

    def __init__(self, directory: FeedsDirectory, published: Published) -> None:
        self._directory = directory
        self._published = published
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
        if self._directory.write(document):
            self.written.append(document.path)
        stat = self._directory.stat(document.path)
        if stat is not None:
            self._published.keep_document(document.path, feed, stat)

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


def out_of_step(published: Published, directory: FeedsDirectory, wanted: Callable[[str], bool]) -> tuple[set[int], bool, list[str]]:
    """What does not look as it was left: feeds with a missing or altered document, whether a document of the site
    is, and documents that are no longer wanted.
    """
    feeds: set[int] = set()
    site = False
    unwanted: list[str] = []
    for path, (feed, stat) in published.documents().items():
        if not wanted(path):
            unwanted.append(path)
        elif directory.stat(path) != stat:
            if feed is None:
                site = True
            else:
                feeds.add(feed)
    return feeds, site, unwanted


def render_feed(feed: Feed, site: Site) -> list[Document]:
    """The documents of a feed in the formats of the site."""
    return render.render(feed, site.formats)


def _shelf(record: FeedRecord) -> Shelf:
    return Shelf(record.identity, record.id, record.slug, record.label, record.updated)
