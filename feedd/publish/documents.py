"""Documents: feeds that are stale, in; their documents out. What writes them is in writing.py.

    stale feed -- members, items, links --> FeedParts -- make_documents --> Documents -- DocumentWriter --> files
                                               |                                                              |
                       entries as they are  <--+-------------- Leftovers <------------------------------------+

What makes documents of parts is a pure function, so that it can run in another process. An entry that an earlier
document shows as it has to be now is taken from there and not made again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from feedd.core import redirects, render
from feedd.core.assemble import (
    Member,
    Site,
    categories,
    document_names,
    make_feed,
    make_listing,
    place,
)
from feedd.core.catalog import ALL, EntryRecord
from feedd.core.encodings import ENCODINGS
from feedd.core.render import FORMATS, PAGE, opml
from feedd.core.render.assets import ASSETS
from feedd.core.render.front import SHOWN, front
from feedd.core.render.markup import with_entries
from feedd.disk.feeds import FeedsDirectory
from feedd.disk.published import FeedRecord, Published, Shown
from feedd.disk.targets import Targets
from feedd.model import Document, Feed, FeedId, Related, RenderedEntry
from feedd.publish.current import current_feeds, head_of
from feedd.publish.entries import entries_of
from feedd.publish.site import ENTRIES, STALE
from feedd.publish.workers import Workers

OPML = "feeds.opml"
WORTH_PROCESSES = 1500  # entries to be made; below that, starting processes takes longer than they save
_DIGEST = 12  # bytes


class FeedParts(Struct, frozen=True):
    """All that the documents of one feed are made from: a value that can be sent to any process. `feed` is without
    its entries; they are made from `members`, in that order.
    """

    number: int
    feed: Feed
    members: tuple[Member | RenderedEntry, ...]


class Leftovers:
    """Entries in the documents that are there, for those that are to be made. `mark` is a digest of all that does
    not concern a single entry, and that entries depend on.
    """

    def __init__(self, directory: FeedsDirectory, published: Published, mark: str) -> None:
        self._directory = directory
        self._published = published
        self._mark = mark

    def made_from(
        self, record: EntryRecord, digest: bytes, linked: tuple[tuple[str, str], ...], told: tuple[Related, ...]
    ) -> bytes:
        """A digest of all that an entry depends on: id and dates, the item, the pages it links to, its story."""
        depends = (self._mark, record.id, record.published, record.updated, digest, linked, told)
        return hashlib.blake2b(msgspec.msgpack.encode(depends), digest_size=_DIGEST).digest()

    def of(self, folder: str, format_names: Iterable[str]) -> dict[bytes, dict[str, bytes]]:
        """The entries that stand in a feed's documents of all these formats: their bytes, by what they were made
        from. A document that is not as it was left has none.
        """
        paths = {name: folder + render.file_of(name) for name in format_names}
        as_left = self._as_left(tuple(paths.values()))
        if len(as_left) < len(paths):
            return {}
        found: dict[bytes, dict[str, bytes]] = {}
        for name, path in paths.items():
            for made_from, fragment in self._fragments(path, name, as_left[path]).items():
                found.setdefault(made_from, {})[name] = fragment
        return {made_from: fragments for made_from, fragments in found.items() if len(fragments) == len(paths)}

    def _fragments(self, path: str, format_name: str, made_from: bytes) -> Mapping[bytes, bytes]:
        fragments = render.split(format_name, self._directory.read(path) or b"")
        digests = [made_from[at : at + _DIGEST] for at in range(0, len(made_from), _DIGEST)]
        return dict(zip(digests, fragments, strict=True)) if len(digests) == len(fragments) else {}

    def document(self, path: str) -> bytes | None:
        """A document that is as it was left."""
        return self._directory.read(path) if self._as_left((path,)) else None

    def _as_left(self, paths: Sequence[str]) -> dict[str, bytes]:
        """What the entries of documents were made from, of those that are as they were left."""
        known = self._published.documents_at(paths)
        return {path: made_from for path, (stat, made_from) in known.items() if self._directory.stat(path) == stat}


class DocumentMaker:
    """Gathers what the documents of one pass are made from, and has them made."""

    def __init__(self, targets: Targets, published: Published, site: Site, leftovers: Leftovers) -> None:
        self._targets = targets
        self._published = published
        self._site = site
        self._leftovers = leftovers
        self._feeds = published.feeds()
        self._by_number = {record.feed: record for record in self._feeds.values()}
        self._current, self._retired, self._mistaken = current_feeds(self._feeds.values(), site)

    def documents(
        self, feeds: Collection[int], workers: Workers, *, many: bool
    ) -> Iterator[tuple[int, list[Document]]]:
        """The documents of these feeds, in the order in which the feeds came into being. `many`: it is to be
        expected that at least WORTH_PROCESSES entries have to be made.
        """
        all_parts = map(self.parts, sorted(feeds))
        if many:
            encoded = map(msgspec.msgpack.encode, all_parts)
            return workers.map(partial(make_encoded_documents, self._site), encoded, many=True)
        return map(partial(make_documents, self._site), all_parts)

    def retired(self) -> set[int]:
        """The feeds that are no more."""
        return self._by_number.keys() - {record.feed for record in self._current}

    def mistaken(self) -> list[str]:
        """What the configuration says of feeds that are no more, and is not so."""
        return self._mistaken

    def current(self) -> list[FeedRecord]:
        """The feeds that are published."""
        return self._current

    def needless(self) -> list[str]:
        """The documents of feeds that are no more."""
        paths = self._published.documents()
        folders = self._retired.keys()
        found = [path for path in paths if path.rpartition("/")[0] in folders]
        return found if folders else [path for path in paths if path.startswith(redirects.FILE)]

    def parts(self, number: int) -> FeedParts:
        """What the documents of one feed are made from."""
        ordered = self.ordered(number)
        feed = make_feed(head_of(self._by_number[number]), (shown.standing for shown in ordered), self._site)
        members = self._members(ordered, feed.folder, document_names(self._site, feed.identity))
        return FeedParts(number, feed, tuple(members))

    def _members(
        self, ordered: Sequence[Shown], folder: str, names: tuple[str, ...]
    ) -> Iterator[Member | RenderedEntry]:
        linked = self._targets.linked_pages([shown.record.entry for shown in ordered])
        leads = [shown.record.entry for shown in ordered if shown.record.story == shown.record.entry]
        stories = self._published.told_with(leads)
        there = self._leftovers.of(folder, names)
        for shown in ordered:
            links = tuple(sorted(linked.get(shown.record.entry, {}).items()))
            told = stories.get(shown.record.entry, ())
            made_from = self._leftovers.made_from(shown.record, shown.digest, links, told)
            if made_from in there:
                yield RenderedEntry(shown.record.id, made_from, there[made_from])
            else:
                item = shown.item()
                labels = tuple(categories(item, self._site, self._slug))
                yield Member(shown.record, item, labels, links, told, made_from)

    def ordered(self, number: int) -> list[Shown]:
        """A feed's members, in the order of its documents."""
        shown = self._published.entries(number)
        return sorted(shown, key=lambda each: place(each.record, self._site.rank), reverse=True)

    def _slug(self, feed: FeedId) -> str | None:
        record = self._feeds.get(feed)
        return record.slug if record else None

    def shows_all(self, feeds: Collection[int]) -> bool:
        """Whether the feed of all entries is among these."""
        return ALL in self._feeds and self._feeds[ALL].feed in feeds

    def site_documents(self, state: str) -> list[Document]:
        """The documents about all feeds that `state`, one of site.py's, asks for."""
        made = []
        if state == STALE:
            made.append(Document(OPML, opml.render(make_listing(map(head_of, self._current), self._site))))
        if state == STALE and self._retired:
            made.append(Document(redirects.FILE, redirects.render(self._retired)))
        if self._site.pages:
            made.append(self._site_page(state))
        return made

    def assets(self) -> list[Document]:
        """What pages load: to be there before a page that names their digests is."""
        return [Document(name, data) for name, data in ASSETS.items()] if self._site.pages else []

    def _site_page(self, state: str) -> Document:
        """The page of the site, with the lists that it has if only its entries may be others."""
        everything = self._feeds.get(ALL)
        newest = self._published.newest(everything.feed, SHOWN) if everything else []
        members = tuple(self._members(newest, "", (PAGE.name,)))
        entries = entries_of(self._site).of(members, (PAGE.name,))
        fragments = render.fragments(entries, PAGE.name)
        kept = self._leftovers.document(PAGE.file) if state == ENTRIES else None
        data = with_entries(kept, fragments) if kept else None
        if data is None:
            counts = self._published.counts()
            heads = (head_of(record, counts.get(record.feed, 0)) for record in self._current)
            data = front(make_listing(heads, self._site), fragments)
        return Document(PAGE.file, data, b"".join(entry.made_from for entry in entries))


def make_encoded_documents(site: Site, parts: bytes) -> tuple[int, list[Document]]:
    """What `make_documents` makes, of msgpack of the parts."""
    return make_documents(site, msgspec.msgpack.decode(parts, type=FeedParts))


def make_documents(site: Site, parts: FeedParts) -> tuple[int, list[Document]]:
    """The number of a feed and its documents."""
    names = document_names(site, parts.feed.identity)
    return parts.number, render.render(replace(parts.feed, entries=entries_of(site).of(parts.members, names)), names)


def wanted_names(site: Site) -> set[str]:
    """The names of the files that a site has; a document of another name is no longer wanted."""
    pages = {PAGE.file, *ASSETS} if site.pages else set()
    names = {FORMATS[name].file for name in site.formats} | {OPML, redirects.FILE} | pages
    return names | {name + ENCODINGS[encoding].suffix for name in names for encoding in site.precompress}


def wanted_paths(site: Site, retired: Collection[str]) -> Callable[[str], bool]:
    """Which documents are wanted: those with a name that is, of a feed that is not `retired`."""
    names = wanted_names(site)
    if not retired:
        names = {name for name in names if not name.startswith(redirects.FILE)}

    def wanted(path: str) -> bool:
        folder, _, name = path.rpartition("/")
        return name in names and folder not in retired

    return wanted


class Amiss(NamedTuple):
    """What does not look as it was left: feeds with a missing or altered document, whether a document about the site
    is, documents that are no longer wanted, and those that the ledger does not know. `doubtful`: others may
    have changed without its having been kept.
    """

    feeds: frozenset[int] = frozenset()
    site: bool = False
    unwanted: Sequence[str] = ()
    lost: Sequence[str] = ()
    doubtful: bool = False


def out_of_step(
    published: Published, directory: FeedsDirectory, wanted: Callable[[str], bool], lost: Sequence[str]
) -> Amiss:
    """What is amiss with the documents that the ledger knows, and `lost`, which it does not know."""
    feeds: set[int] = set()
    site = False
    unwanted: list[str] = []
    for path, (feed, stat) in published.documents().items():
        if not wanted(path):
            unwanted.append(path)
        elif directory.stat(path) != stat:
            site = site or feed is None
            feeds.update(() if feed is None else (feed,))
    return Amiss(frozenset(feeds), site, unwanted, lost)
