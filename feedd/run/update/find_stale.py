"""Finding stale documents: changed entries in; feeds and pages whose documents are out of date, out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from feedd.decide.changes import Changes
from feedd.decide.records import EntryChange
from feedd.run.update.story_update import StoryUpdate
from feedd.store.ledger.archives.archive_rows import ArchiveKey
from feedd.store.ledger.session import LedgerSession

_PORTION = 1000  # paths


class StaleDocuments(Struct, frozen=True):
    """`feeds`: their documents have to be made again. `withdrawing` (feeds of entries) and `quoting` (feeds of digests)
    may show a file that is now withheld or gone. `entries`: their own pages may be stale. `archives`: archives whose
    documents have to be made again; `withdrawing_archives` among them may show a file that is now withheld or gone.
    """

    feeds: frozenset[int]
    withdrawing: frozenset[int]
    quoting: frozenset[int]
    entries: frozenset[int]
    archives: frozenset[ArchiveKey] = frozenset()
    withdrawing_archives: frozenset[ArchiveKey] = frozenset()


class StaleFinder:
    """Finds the documents that the changes of a pass make stale. `is_private`: of the site of a private feed, which
    knows entries that its feed does not hold.
    """

    def __init__(self, ledger: LedgerSession, *, is_private: bool = False) -> None:
        self.withdrawn: set[str] = set()  # the ids of entries that were published before this pass
        self._is_private = is_private
        self._risen: set[int] = set()  # entries that were not
        self._ledger = ledger
        self._links = not ledger.entries.is_empty()  # else every feed is new
        self._has_archives = ledger.archives.has_any()
        self._feeds: set[int] = set()
        self._withdrawing: set[int] = set()
        self._archives: set[ArchiveKey] = set()
        self._withdrawing_archives: set[ArchiveKey] = set()
        self._pages: set[int] = set()
        self._quoted: set[int] = set()  # entries that a digest may list
        self._withdraws = False  # whether anything that was known is withdrawn
        self._came_or_went: set[int] = set()  # entries of which a feed that they left may tell
        self._robbed: set[int] = set()  # leads of stories whose documents show a withdrawn entry

    def add(self, changes: Sequence[EntryChange]) -> None:
        """Adds decided entries."""
        linked: list[int] = []
        self._count_withdrawn(changes)
        for each in changes:
            before, after = each.before, each.after
            if self._links and after.shown and not before.shown:
                self._risen.add(after.entry)
            self._feeds.update(each.members)
            archives = [ArchiveKey(*archive) for archive in each.archived.items()]
            self._archives.update(archives)
            if after.slug is not None:
                self._pages.add(after.entry)
            if not each.is_new:
                self._quoted.add(after.entry)
            if (after.shown, after.text_digest, after.file) != (before.shown, before.text_digest, before.file):
                linked.append(after.entry)
            is_withdrawn = before.shown > after.shown or before.folded > (after.folded or after.shown)
            if not each.is_new and (after.shown, after.folded) != (before.shown, before.folded):
                self._came_or_went.add(after.entry)
            if after.file != before.file or is_withdrawn:
                self._withdraws = self._withdraws or not each.is_new
                self._withdrawing.update(each.members)
                self._withdrawing_archives.update(archives)
                self._robbed.update(() if before.story is None else (before.story,))
        self._relink(entries=linked)

    def add_told(self, told: StoryUpdate, changes: Sequence[EntryChange]) -> None:
        """Adds the updated stories, and the entries that changed with them."""
        self._count_withdrawn(changes)
        for each in changes:
            self._feeds.update(each.members)
            self._archives.update(ArchiveKey(*archive) for archive in each.archived.items())
            self._quoted.add(each.after.entry)
            self._came_or_went.add(each.after.entry)
        leads = {story.lead for story in told.stories}
        self._pages |= leads | {each.after.entry for each in changes}
        self._show(leads.difference(each.after.entry for each in changes))
        self._relink(entries=sorted(each.after.entry for each in changes))

    def add_files(self, changes: Changes, moved: Sequence[str]) -> None:
        """Adds new, deleted and withheld files, and files that are other entries now: links to them may lead elsewhere
        now.
        """
        for paths in (changes.changed, changes.removed, moved) if self._links else ():
            for start in range(0, len(paths), _PORTION):
                self._relink(paths=paths[start : start + _PORTION])
        if self._links and (changes.withheld or changes.released):
            self._show_links(self._ledger.page_links.linking_to_names(changes.withheld | changes.released))

    def add_described(self, entries: Sequence[int]) -> None:
        """Adds entries of whose files servers have said something new."""
        self._pages.update(entries)
        self._show(entries)

    def result(self) -> StaleDocuments:
        """The stale documents, after everything was added."""
        ledger = self._ledger
        for feeds in ledger.members.memberships(sorted(self._robbed)).values():
            self._withdrawing.update(feeds)
        if self._has_archives:
            self._withdrawing_archives |= ledger.archives.holding(sorted(self._robbed))
        if self._withdraws:  # feeds that an earlier pass could not write may show entries that have left them since
            self._withdrawing |= ledger.feeds.stale()
            self._withdrawing_archives |= ledger.archives.stale()
        return StaleDocuments(
            frozenset(self._feeds | ledger.members.with_tombstones(self._came_or_went)),
            frozenset(self._withdrawing),
            frozenset(ledger.digests.listing(sorted(self._quoted))),
            frozenset(self._pages | self._quoted),
            frozenset(self._archives | self._withdrawing_archives),
            frozenset(self._withdrawing_archives),
        )

    def _relink(self, *, entries: Sequence[int] = (), paths: Sequence[str] = ()) -> None:
        if self._links:
            self._show_links(self._ledger.page_links.linking_to(entries=entries, paths=paths))

    def _show_links(self, linking: set[int]) -> None:
        self._pages |= linking
        self._show(linking)

    def _show(self, entries: Iterable[int]) -> None:
        entries = list(entries)
        for feeds in self._ledger.members.memberships(entries).values():
            self._feeds.update(feeds)
        if self._has_archives:
            self._archives |= self._ledger.archives.holding(entries)

    def _count_withdrawn(self, changes: Sequence[EntryChange]) -> None:
        gone = (each for each in changes if each.before.shown and not each.after.shown)
        self.withdrawn.update(
            each.before.id
            for each in gone
            if self._links
            and each.after.entry not in self._risen
            and (each.members or each.archived or not self._is_private)
        )
