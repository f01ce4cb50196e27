"""Documents: feeds that are stale, in; their documents out. What writes documents is in write.py.

    stale feed -- members, items, links --> FeedParts -- make_documents --> Documents -- DocumentWriter --> files
                                               |                                                              |
                       entries as they are  <--+------------ FragmentReuse <----------------------------------+

`make_documents` is a pure function of the parts, so that it can run in another process. An entry that an earlier
document shows as it has to be now is taken from there and not made again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from msgspec.structs import replace

from feedd import render
from feedd.decide.periods import without_entries
from feedd.model import ArchiveChain, Document, Entry, Item, RenderedEntry
from feedd.render import OPML, PAGE, opml, redirects
from feedd.render.assembly.assemble_entry import Member
from feedd.render.assembly.assemble_feed import document_names, make_feed, sort_key
from feedd.render.assembly.assemble_listing import make_listing
from feedd.render.assets import ASSETS
from feedd.render.page_shell import with_entries
from feedd.render.site_info import SiteInfo
from feedd.render.site_page import NEWEST_SHOWN, site_page
from feedd.run.active_feeds import active_feeds, feed_summary
from feedd.run.executor.executor_protocol import MANY_ENTRIES, Executor, Task
from feedd.run.publish.feed_parts import (
    FeedParts,
    Made,
    encode_parts,
    fingerprint_of,
    in_words,
    make_documents,
    names_of,
    reduced,
    rendered,
)
from feedd.run.publish.fragment_reuse import FragmentReuse
from feedd.run.publish.gather_members import FingerprintedEntry, Fragments, MemberGatherer, rendered_before
from feedd.run.publish.make_entries import EntryMaker, Failed, digest_entry
from feedd.run.site_state import SiteState
from feedd.select.archives import archive_path
from feedd.select.folders import feed_folder
from feedd.select.membership import ALL
from feedd.select.ranking import RankKey, by_rank, effective_heat
from feedd.select.settings import SelectionSettings, feed_policy, feed_rank
from feedd.select.slugs import entry_folder
from feedd.select.unmatched import empty_folders, unmatched
from feedd.select.views import find_view
from feedd.select.views.view_kind import MemberView, PeriodView
from feedd.store.ledger.feed_rows import FeedRecord
from feedd.store.ledger.member_rows import Shown
from feedd.store.ledger.session import LedgerSession

E = TypeVar("E")
_PORTION = 100  # pages of entries that are made together


class DocumentMaker:
    """Gathers the inputs of a pass's documents, and has the documents made."""

    def __init__(
        self,
        ledger: LedgerSession,
        site: SiteInfo,
        selection: SelectionSettings,
        reuse: FragmentReuse,
        is_publishable: Callable[[Item], bool],
        executor: Executor,
    ) -> None:
        self._executor = executor
        self._entries = EntryMaker(site, executor)
        self._ledger = ledger
        self._site = site
        self._selection = selection
        self.reuse = reuse
        self._is_publishable = is_publishable
        self._feeds = ledger.feeds.all()
        self._by_number = {record.feed: record for record in self._feeds.values()}
        self._current, self._retired, self._mistaken = active_feeds(self._feeds.values(), selection)
        self.gatherer = MemberGatherer(ledger, site, reuse)
        self._lately: tuple[int, list[FingerprintedEntry], Fragments] | None = None  # of the last feed
        self._retired_feeds = self._by_number.keys() - {record.feed for record in self._current}

    def documents(self, feeds: Collection[int], *, many: bool) -> Iterator[Made]:
        """The documents of these feeds. `many`: probably at least MANY_ENTRIES entries have to be made."""
        ordered = sorted(feeds, key=lambda number: (self._source(self._by_number[number]).feed, number))
        return self.make_all(map(self.parts, ordered), many=many)

    def make_all(self, all_parts: Iterable[FeedParts], *, many: bool) -> Iterator[Made]:
        """The documents that are made of these parts. `many`: as for `documents`."""
        return self._made_by_workers(all_parts) if many else map(self._made, all_parts)

    def _made_by_workers(self, all_parts: Iterable[FeedParts]) -> Iterator[Made]:
        task = Task(partial(make_documents, self._site), encode_parts, fingerprint_of, in_words)
        for outcome in self._executor.map(task, ((each, each.members) for each in all_parts), many=True):
            failed = [(member, why) for member, why in outcome.failed if isinstance(member, Member)]
            number, archive, documents = outcome.result
            yield Made(number, documents, failed, archive)

    def made(self, number: int) -> Made:
        """The documents of a feed. They are made in this process, except for their entries."""
        return self._made(self.parts(number))

    def _made(self, parts: FeedParts) -> Made:
        entries, failed = self._entries.make(parts.members)
        return Made(parts.number, rendered(self._site, reduced(parts, entries), entries), failed, parts.archive)

    def record(self, number: int) -> FeedRecord:
        """The feed with a number."""
        return self._by_number[number]

    def current(self) -> list[FeedRecord]:
        """The feeds with documents, oldest first."""
        return self._current

    def retired(self) -> AbstractSet[int]:
        """The retired feeds, which have no documents."""
        return self._retired_feeds

    def mistaken(self) -> list[str]:
        """Settings that name a feed which does not exist (never did, or is retired), or a folder without items, as
        sentences for the user.
        """
        saved_feeds = (each.saved_feed for each in self._selection.saved_filters.values())
        folders = empty_folders(saved_feeds, self._ledger.files.has_below)
        remarks = [f"{key}: {words}" for key, words in folders] if self._ledger.files.has_files() else []
        return [*self._mistaken, *unmatched(map(feed_summary, self._feeds.values()), self._selection), *remarks]

    def needless(self) -> list[str]:
        """The documents of retired feeds; also the list of retired feeds, if it is empty now."""
        documents = self._ledger.documents.all()
        found = [path for path, (feed, _) in documents.items() if feed in self._retired_feeds]
        return found if self._retired else [*found, *(path for path in documents if path.startswith(redirects.FILE))]

    def parts(self, number: int) -> FeedParts:
        """The inputs of a feed's documents."""
        record = self._by_number[number]
        kind = find_view(record.identity)
        if isinstance(kind, PeriodView):
            return self._digest(record)
        source = self._source(record)
        if self._lately is None or self._lately[0] != source.feed:
            shown = self._ledger.members.entries(source.feed)
            self._lately = source.feed, list(self.gatherer.fingerprinted(shown)), self.fragments(source)
        _, fingerprinted, there = self._lately
        ordered = self._in_order(record, fingerprinted, lambda each: each.shown)
        summary = feed_summary(replace(record, updated=source.updated))
        providers = (each.shown.provider_only() for each in ordered)
        rank = feed_rank(record.identity, record.slug, self._selection)
        heats = tuple(effective_heat(each.shown.record, rank) for each in ordered) if kind.is_list else None
        feed = make_feed(summary, providers, self._site, heats)
        if not kind.is_list:
            limit = feed_policy(record.identity, record.slug, self._selection).limit
            feed = replace(feed, tombstones=self._ledger.members.tombstones(source.feed, limit))
            feed = replace(feed, chain=self._chain(record))
        names = names_of(self._site, feed)
        return FeedParts(number, feed, tuple(self.gatherer.members(ordered, there, names)))

    def _chain(self, record: FeedRecord) -> ArchiveChain | None:
        """The place of the subscription document of a feed, if the feed has archives."""
        newest = self._ledger.archives.newest(record.feed) if self._selection.archives.feeds else 0
        return ArchiveChain(0, newest) if newest else None

    def _digest(self, record: FeedRecord) -> FeedParts:
        feed = make_feed(feed_summary(record), [], self._site)
        there = self.fragments(record)
        names = document_names(self._site, record.identity)
        members: list[Entry | RenderedEntry] = []
        digests = self._ledger.digests.newest(
            record.feed, feed_policy(record.identity, record.slug, self._selection).limit
        )
        for digest, blob_digest in digests:
            left_out = sorted(self._ledger.digests.left_out(digest, self._is_publishable))
            fingerprint = self.reuse.digest_fingerprint(blob_digest, left_out)
            found = rendered_before(there, digest.id, fingerprint, names)
            shown = without_entries(digest, left_out, feed.words)
            members.append(found or digest_entry(shown, fingerprint, feed, self._site))
        return FeedParts(record.feed, feed, tuple(members))

    def _source(self, record: FeedRecord) -> FeedRecord:
        """The feed whose members a feed shows: itself, or for some views the feed of the view."""
        return self._feeds[record.identity.base] if isinstance(find_view(record.identity), MemberView) else record

    def fragments(self, record: FeedRecord) -> dict[bytes, dict[str, bytes]]:
        """The fragments of all entries that the documents of a feed show, by fingerprint and format."""
        return self.reuse.reusable(self._paths(record))

    def _paths(self, record: FeedRecord) -> dict[str, str]:
        """For each needed format, the path of a document with the feed's entries: the feed's own, or a view's."""
        views = [
            view for view in self._selection.views.for_feed(record.identity) if isinstance(find_view(view), MemberView)
        ]
        feeds = [*views, record.identity]  # a format that both have is taken from the feed
        paths = {
            name: feed_folder(each, record.slug) + render.file_name(name)
            for each in feeds
            for name in document_names(self._site, each)
        }
        if self._site.pages and record.identity == ALL and self._chain(record):
            paths[PAGE.name] = archive_path(0, PAGE.file)
        return paths

    def entry_pages(
        self, shown: Sequence[Shown], *, many: bool = False
    ) -> Iterator[tuple[list[tuple[int, Document]], list[Failed]]]:
        """The pages of entries without a link, each with the entry's number; and the failed entries. `many`: there are
        more to make than these.
        """
        missing: list[FingerprintedEntry] = []
        for portion in _portions(shown):
            there: list[tuple[int, Document]] = []
            for each in self.gatherer.fingerprinted(portion):
                path = entry_folder(each.shown.record.slug or "") + PAGE.file
                if document := self.reuse.entry_page(path, each.fingerprint):
                    there.append((each.shown.record.entry, document))
                else:
                    missing.append(each)
            yield there, []
        members = (list(map(self.gatherer.member, portion)) for portion in _portions(missing))
        yield from self._entries.pages(members, many=many or len(missing) >= MANY_ENTRIES)

    def ordered(self, number: int) -> list[Shown]:
        """The members of a feed, in the order of its documents."""
        record = self._by_number[number]
        shown = self._ledger.members.entries(self._source(record).feed)
        return self._in_order(record, shown, lambda each: each)

    def ranking(self, feed: FeedRecord) -> list[tuple[Shown, RankKey]]:
        """The entries of a feed by rank, with their keys."""
        rank = by_rank(feed_policy(feed.identity, feed.slug, self._selection).rank)
        keyed = [(shown, sort_key(shown.record, rank)) for shown in self._ledger.members.entries(feed.feed)]
        return sorted(keyed, key=lambda each: each[1], reverse=True)

    def _in_order(self, record: FeedRecord, entries: Sequence[E], shown: Callable[[E], Shown]) -> list[E]:
        kind, rank = find_view(record.identity), feed_rank(record.identity, record.slug, self._selection)

        def key(entry: E) -> tuple[int, RankKey]:
            found = shown(entry)
            return kind.sort_key(found.admitted_at, sort_key(found.record, rank))

        return sorted(entries, key=key, reverse=True)[: kind.limit(self._selection.views)]

    @property
    def retirements(self) -> Mapping[str, str | None]:
        """The folders of retired feeds, each with the folder of its successor, or None."""
        return self._retired

    def shows_all(self, feeds: Collection[int]) -> bool:
        """Whether the feed of all entries is among these."""
        return ALL in self._feeds and self._feeds[ALL].feed in feeds

    def site_documents(self, state: SiteState) -> tuple[list[Document], list[Failed]]:
        """The documents about the site that are stale by `state`, without failed entries; and the failed entries."""
        made: list[Document] = []
        failed: list[Failed] = []
        if state == SiteState.STALE:
            made.append(Document(OPML, opml.render(make_listing(map(feed_summary, self._current), self._site))))
        if state == SiteState.STALE and self._retired:
            made.append(
                Document(redirects.FILE, redirects.render(self._retired, urlsplit(self._site.base_url).path or "/"))
            )
        if self._site.pages:
            page, failed = self._site_page(state)
            made.append(page)
        return made, failed

    def assets(self) -> list[Document]:
        """The files that pages load. They have to be written before a page that names their digests."""
        return [Document(name, data) for name, data in ASSETS.items()] if self._site.pages else []

    def _site_page(self, state: SiteState) -> tuple[Document, list[Failed]]:
        """The page of the site. Its old lists stay if only its entries may have changed."""
        everything = self._feeds.get(ALL)
        newest = self._ledger.members.newest(everything.feed, NEWEST_SHOWN) if everything else []
        there = self.reuse.reusable({PAGE.name: PAGE.file})
        members = tuple(self.gatherer.members(self.gatherer.fingerprinted(newest), there, (PAGE.name,)))
        entries, failed = self._entries.make(members)
        fragments = render.fragments(entries, PAGE.name)
        kept = self.reuse.document(PAGE.file) if state == SiteState.ENTRIES else None
        data = with_entries(kept, fragments, self._site.words) if kept else None
        if data is None:
            chain = self._chain(everything) if everything else None
            counts = self._ledger.members.counts()
            summaries = (feed_summary(record, counts.get(record.feed, 0)) for record in self._current)
            older = archive_path(0, PAGE.file) if chain else None
            data = site_page(make_listing(summaries, self._site), fragments, older)
        return Document(PAGE.file, data, b"".join(entry.fingerprint for entry in entries)), failed


def _portions(entries: Sequence[E]) -> Iterator[Sequence[E]]:
    return (entries[start : start + _PORTION] for start in range(0, len(entries), _PORTION))
