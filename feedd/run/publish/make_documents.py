"""Documents: feeds that are stale, in; their documents out. What writes documents is in write.py.

    stale feed -- members, items, links --> FeedParts -- make_documents --> Documents -- DocumentWriter --> files
                                               |                                                              |
                       entries as they are  <--+------------ FragmentReuse <----------------------------------+

`make_documents` is a pure function of the parts, so that it can run in another process. An entry that an earlier
document shows as it has to be now is taken from there and not made again.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from feedd import render
from feedd.decide.periods import without_entries
from feedd.model import ArchiveChain, Document, Entry, Feed, Item, Related, RenderedEntry
from feedd.render import OPML, PAGE, opml, redirects
from feedd.render.assemble import Member, categories, document_names, make_feed, make_listing, sort_key, to_ask
from feedd.render.assets import ASSETS
from feedd.render.page_shell import with_entries
from feedd.render.site_info import SiteInfo
from feedd.render.site_page import NEWEST_SHOWN, site_page
from feedd.run.active_feeds import active_feeds, feed_summary
from feedd.run.executor.executor_protocol import MANY_ENTRIES, Begin, Executor, Task
from feedd.run.publish.fragment_reuse import FragmentReuse
from feedd.run.publish.make_entries import EntryMaker, Failed, digest_entry, shared_entries
from feedd.run.publish.site_state import SiteState
from feedd.run.publish.surroundings import NO_SURROUNDINGS, Surroundings, surroundings
from feedd.select.archives import archive_path
from feedd.select.folders import feed_folder
from feedd.select.membership import ALL
from feedd.select.ranking import RankKey, by_rank, effective_heat
from feedd.select.settings import SelectionSettings, feed_policy, feed_rank
from feedd.select.slugs import entry_folder
from feedd.select.unmatched import unmatched
from feedd.select.views import find_view
from feedd.select.views.view_kind import MemberView, PeriodView
from feedd.store.ledger.archives.archive_rows import ArchiveKey
from feedd.store.ledger.feed_rows import FeedRecord
from feedd.store.ledger.member_rows import Shown
from feedd.store.ledger.session import LedgerSession

E = TypeVar("E")
_There = Mapping[bytes, dict[str, bytes]]  # fragments by format, of each entry by its fingerprint
_MEMBERS_HELD = 1000  # about 4 MB, for the other feeds that show them
_PORTION = 100  # pages of entries that are made together


class FeedParts(Struct, frozen=True):
    """The inputs of a feed's documents, as a value that can be sent to any process. `feed` has no entries yet: they are
    made from `members`, in this order.
    """

    number: int
    feed: Feed
    members: tuple[Member | Entry | RenderedEntry, ...]

    @property
    def archive(self) -> int:
        """The number of the archive, if the documents are those of an archive; else 0."""
        return self.feed.chain.number if self.feed.chain else 0


class Made(Struct, frozen=True):
    """The documents of a feed, each with its list by rank after it; or of its `archive` with this number. They lack the
    entries that `failed`.
    """

    feed: int
    documents: list[Document]
    failed: list[Failed]
    archive: int = 0


class _Fingerprinted(Struct, frozen=True):
    """An entry, with its fingerprint and inputs of it: the pages that it links to, the others of its story, and what
    its references depend on.
    """

    shown: Shown
    links: tuple[tuple[str, str], ...]
    told: tuple[Related, ...]
    around: Surroundings
    fingerprint: bytes


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
        self._reuse = reuse
        self._is_publishable = is_publishable
        self._feeds = ledger.feeds.all()
        self._by_number = {record.feed: record for record in self._feeds.values()}
        self._current, self._retired, self._mistaken = active_feeds(self._feeds.values(), selection)
        self.to_ask: dict[int, str | None] = {}  # addresses of files of made entries, or None: nothing is to be asked
        self._any_to_ask = ledger.probes.has_any()
        self._lately: tuple[int, list[_Fingerprinted], _There] | None = None  # of the last feed
        self._archived: dict[bytes, dict[str, bytes]] = {}  # fragments in archives, of the last _MEMBERS_HELD entries
        self._window: tuple[int, dict[bytes, dict[str, bytes]]] | None = (
            None  # fragments of the last feed with archives
        )
        self._members_made: dict[bytes, Member] = {}  # by fingerprint
        self._retired_feeds = self._by_number.keys() - {record.feed for record in self._current}

    def documents(self, feeds: Collection[int], *, many: bool) -> Iterator[Made]:
        """The documents of these feeds. `many`: probably at least MANY_ENTRIES entries have to be made."""
        ordered = sorted(feeds, key=lambda number: (self._source(self._by_number[number]).feed, number))
        if not many:
            return map(self.made, ordered)
        return self._made_by_workers(map(self.parts, ordered))

    def _made_by_workers(self, all_parts: Iterable[FeedParts]) -> Iterator[Made]:
        task = Task(partial(make_documents, self._site), _encode_parts, _fingerprint, _in_words)
        for outcome in self._executor.map(task, ((each, each.members) for each in all_parts), many=True):
            failed = [(member, why) for member, why in outcome.failed if isinstance(member, Member)]
            number, archive, documents = outcome.result
            yield Made(number, documents, failed, archive)

    def made(self, number: int) -> Made:
        """The documents of a feed. They are made in this process, except for their entries."""
        return self._made(self.parts(number))

    def _made(self, parts: FeedParts) -> Made:
        entries, failed = self._entries.make(parts.members)
        return Made(parts.number, _rendered(self._site, _reduced(parts, entries), entries), failed, parts.archive)

    def current(self) -> list[FeedRecord]:
        """The feeds with documents, oldest first."""
        return self._current

    def retired(self) -> AbstractSet[int]:
        """The retired feeds, which have no documents."""
        return self._retired_feeds

    def mistaken(self) -> list[str]:
        """Settings that name a feed which does not exist (never did, or is retired), as sentences for the user."""
        return [*self._mistaken, *unmatched(map(feed_summary, self._feeds.values()), self._selection)]

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
            self._lately = source.feed, list(self._fingerprinted(shown)), self._reuse.reusable(self._paths(source))
        _, fingerprinted, there = self._lately
        ordered = self._in_order(record, fingerprinted, lambda each: each.shown)
        summary = feed_summary(replace(record, updated=source.updated))
        standings = (each.shown.standing() for each in ordered)
        rank = feed_rank(record.identity, record.slug, self._selection)
        heats = tuple(effective_heat(each.shown.record, rank) for each in ordered) if kind.is_list else None
        feed = make_feed(summary, standings, self._site, heats)
        if not kind.is_list:
            limit = feed_policy(record.identity, record.slug, self._selection).limit
            feed = replace(feed, tombstones=self._ledger.members.tombstones(source.feed, limit))
            feed = replace(feed, chain=self._chain(record))
        names = _names(self._site, feed)
        return FeedParts(number, feed, tuple(self.members(ordered, there, names)))

    def _chain(self, record: FeedRecord) -> ArchiveChain | None:
        """The place of the subscription document of a feed, if the feed has archives."""
        newest = self._ledger.archives.newest(record.feed) if self._selection.archives.feeds else 0
        return ArchiveChain(0, newest) if newest else None

    def archives(self, archives: Collection[ArchiveKey], *, many: bool) -> Iterator[Made]:
        """The documents of archives, sorted. `many`: as for `documents`."""
        all_parts = map(self._archive_parts, sorted(archives))
        return self._made_by_workers(all_parts) if many else map(self._made, all_parts)

    def _archive_parts(self, archive: ArchiveKey) -> FeedParts:
        """The inputs of the documents of an archive. An entry that has just left the window is in its documents yet. If
        archives have another size now, the entry may be in the documents of one of the last archives before this one.
        """
        record, newest = self._by_number[archive.feed], self._ledger.archives.newest(archive.feed)
        shown = self._ledger.archives.entries(archive)
        summary = feed_summary(replace(record, updated=self._ledger.archives.updated(archive)))
        feed = make_feed(summary, (each.standing() for each in shown), self._site)
        feed = replace(feed, hubs=(), chain=ArchiveChain(archive.number, newest))
        names = _names(self._site, feed)
        paths = {name: feed.folder + archive_path(archive.number, render.file_name(name)) for name in names}
        self._archived |= self._reuse.reusable(paths)
        if self._window is None or self._window[0] != archive.feed:
            self._window = archive.feed, self._reuse.reusable(self._paths(record))
        there = ChainMap(self._archived, self._window[1])
        members = tuple(self.members(self._fingerprinted(shown), there, names))
        for fingerprint in list(self._archived)[:-_MEMBERS_HELD]:
            del self._archived[fingerprint]
        return FeedParts(archive.feed, feed, members)

    def _digest(self, record: FeedRecord) -> FeedParts:
        feed = make_feed(feed_summary(record), [], self._site)
        there = self._reuse.reusable(self._paths(record))
        names = document_names(self._site, record.identity)
        members: list[Entry | RenderedEntry] = []
        digests = self._ledger.digests.newest(
            record.feed, feed_policy(record.identity, record.slug, self._selection).limit
        )
        for digest, blob_digest in digests:
            left_out = sorted(self._ledger.digests.left_out(digest, self._is_publishable))
            fingerprint = self._reuse.digest_fingerprint(blob_digest, left_out)
            found = _rendered_before(there, digest.id, fingerprint, names)
            shown = without_entries(digest, left_out, feed.words)
            members.append(found or digest_entry(shown, fingerprint, feed, self._site))
        return FeedParts(record.feed, feed, tuple(members))

    def _source(self, record: FeedRecord) -> FeedRecord:
        """The feed whose members a feed shows: itself, or for some views the feed of the view."""
        return self._feeds[record.identity.base] if isinstance(find_view(record.identity), MemberView) else record

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

    def members(
        self, entries: Iterable[_Fingerprinted], there: _There, names: Collection[str]
    ) -> Iterator[Member | RenderedEntry]:
        """Entries for documents in these formats: reusable entries as they are, the others as members to be made."""
        for each in entries:
            found = _rendered_before(there, each.shown.record.id, each.fingerprint, names)
            yield found or self._member(each)

    def _fingerprinted(self, shown_entries: Sequence[Shown]) -> Iterator[_Fingerprinted]:
        numbers = [shown.record.entry for shown in shown_entries]
        linked = self._ledger.page_links.linked_pages(numbers, self._site.entry_pages_below)
        leads = [shown.record.entry for shown in shown_entries if shown.record.story == shown.record.entry]
        stories = self._ledger.stories.other_members(leads)
        around = surroundings(self._ledger, self._site, numbers)
        for shown in shown_entries:
            links = tuple(sorted(linked.get(shown.record.entry, {}).items()))
            told = stories.get(shown.record.entry, ())
            here = around.get(shown.record.entry, NO_SURROUNDINGS)
            fingerprint = self._reuse.fingerprint(shown.record, shown.item_digest, links, told, here)
            yield _Fingerprinted(shown, links, told, here, fingerprint)

    def _member(self, each: _Fingerprinted) -> Member:
        """The member of any feed that shows the entry."""
        member = self._members_made.get(each.fingerprint)
        if member is None:
            if len(self._members_made) >= _MEMBERS_HELD:
                self._members_made.clear()
            member = self._members_made[each.fingerprint] = self._made_member(each)
        return member

    def _made_member(self, each: _Fingerprinted) -> Member:
        item = each.shown.item()
        labels = tuple(categories(item, self._site))
        member = Member(each.shown.record, item, labels, each.links, each.told, each.fingerprint, *each.around)
        if item.enclosure is not None or self._any_to_ask:
            self.to_ask[member.record.entry] = to_ask(member, self._site)
        return member

    def entry_pages(
        self, shown: Sequence[Shown], *, many: bool = False
    ) -> Iterator[tuple[list[tuple[int, Document]], list[Failed]]]:
        """The pages of entries without a link, each with the entry's number; and the failed entries. `many`: there are
        more to make than these.
        """
        missing: list[_Fingerprinted] = []
        for portion in _portions(shown):
            there: list[tuple[int, Document]] = []
            for each in self._fingerprinted(portion):
                path = entry_folder(each.shown.record.slug or "") + PAGE.file
                if document := self._reuse.entry_page(path, each.fingerprint):
                    there.append((each.shown.record.entry, document))
                else:
                    missing.append(each)
            yield there, []
        members = (list(map(self._member, portion)) for portion in _portions(missing))
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
        there = self._reuse.reusable({PAGE.name: PAGE.file})
        members = tuple(self.members(self._fingerprinted(newest), there, (PAGE.name,)))
        entries, failed = self._entries.make(members)
        fragments = render.fragments(entries, PAGE.name)
        kept = self._reuse.document(PAGE.file) if state == SiteState.ENTRIES else None
        data = with_entries(kept, fragments, self._site.words) if kept else None
        if data is None:
            chain = self._chain(everything) if everything else None
            counts = self._ledger.members.counts()
            summaries = (feed_summary(record, counts.get(record.feed, 0)) for record in self._current)
            older = archive_path(0, PAGE.file) if chain else None
            data = site_page(make_listing(summaries, self._site), fragments, older)
        return Document(PAGE.file, data, b"".join(entry.fingerprint for entry in entries)), failed


def _rendered_before(there: _There, entry: str, fingerprint: bytes, names: Collection[str]) -> RenderedEntry | None:
    """A reusable entry, if it is there in all these formats; else None."""
    fragments = there.get(fingerprint, {})
    return RenderedEntry(entry, fingerprint, fragments) if all(name in fragments for name in names) else None


def _portions(entries: Sequence[E]) -> Iterator[Sequence[E]]:
    return (entries[start : start + _PORTION] for start in range(0, len(entries), _PORTION))


def make_documents(site: SiteInfo, job: bytes, begin: Begin) -> tuple[int, int, list[Document]]:
    """The number of a feed, that of an archive or 0, and the documents. `job` is msgpack of FeedParts."""
    parts = _decode_parts(job)
    entries = shared_entries(site).make(parts.members, _names(site, parts.feed), begin)
    return parts.number, parts.archive, _rendered(site, parts, entries)


def _names(site: SiteInfo, feed: Feed) -> tuple[str, ...]:
    return document_names(site, feed.identity, archived=feed.chain is not None)


def _rendered(site: SiteInfo, parts: FeedParts, entries: tuple[Entry | RenderedEntry, ...]) -> list[Document]:
    documents = render.render(replace(parts.feed, entries=entries), _names(site, parts.feed))
    elsewhere = tuple((each.id, each.elsewhere) for each in entries if each.elsewhere is not None)
    return [replace(documents[0], elsewhere=elsewhere), *documents[1:]] if elsewhere else documents


def _encode_parts(parts: FeedParts, members: Sequence[Member | Entry | RenderedEntry]) -> bytes:
    return msgspec.msgpack.encode(replace(_reduced(parts, members), members=tuple(members)))


def _reduced(parts: FeedParts, left: Sequence[Member | Entry | RenderedEntry]) -> FeedParts:
    """The parts reduced to the members `left`, or to entries made of members."""
    heats = parts.feed.heats
    if heats is None or len(left) == len(parts.members):
        return parts
    there = {each.fingerprint for each in left}
    kept = tuple(heat for heat, each in zip(heats, parts.members, strict=True) if each.fingerprint in there)
    return replace(parts, feed=replace(parts.feed, heats=kept))


def _fingerprint(member: Member | Entry | RenderedEntry) -> bytes:
    return member.fingerprint


def _in_words(parts: FeedParts, _members: object) -> str:
    return f'the feed "{parts.feed.title}"'


_decode_parts = msgspec.msgpack.Decoder(FeedParts).decode
