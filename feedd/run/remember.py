"""Remembering: what was read, into the ledger; entries, windows and stale feeds, out of the decisions of core.

    ReadFiles --> files -- resolve --> entries -- decide --> records -- CandidateCollector --> Windows --> members
                                                  |    ^                                                      |
                                                  +----+ stories                                              |
                                     feeds whose documents have to be made again  <---------------------------+

Everything happens in one transaction, which the caller holds.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from feedd.decide.changes import Changes
from feedd.decide.duplicates import shared_notes
from feedd.decide.identity import Assignments, Claim, resolve
from feedd.decide.stories.clusters import in_words
from feedd.decide.visibility import EntryRecord, WindowPosition, decide_visibility, primary_file, ranked
from feedd.model import Item
from feedd.run.admission import CandidateCollector
from feedd.run.feed_registry import FeedRegistry
from feedd.run.pass_settings import PassSettings
from feedd.run.progress import Progress
from feedd.run.tell_stories import WHOLE, EntryChange, StoryUpdater
from feedd.run.update_windows import Windows
from feedd.store.ledger.codec import ReadFile
from feedd.store.ledger.session import LedgerSession
from feedd.store.ledger.upgrades import adopt_sources, keep_normal_paths, make_links_whole

LINKS, WHOLE_LINKS = "links", "whole"  # whether fragments are part of the keys of links
_CHUNK = 1000


class Memory:
    """One pass's dealings with the ledger. Everything happens in the transaction that the caller holds."""

    def __init__(
        self, ledger: LedgerSession, settings: PassSettings, authority: str, now: datetime, progress: Progress
    ) -> None:
        self._ledger = ledger
        self._progress = progress
        self._slugs: set[str] = set()  # given in this pass
        self._shown_anew: set[int] = set()  # entries whose own pages may be others now
        self._settings = settings
        self._authority = authority
        self._now = now
        self._feeds = FeedRegistry(self._ledger, settings.selection, authority)
        self._admission = CandidateCollector(self._ledger, self._feeds, settings.selection)
        self._begun = not self._ledger.entries.is_empty()
        self._more_shown = self._more_there = 0
        self._withdrawing: set[int] = set()  # feeds that show what a file said that is withheld or gone now
        self._robbed_stories: set[int] = set()  # leads of stories that do
        self.moved = ""  # what became of stories and ranks, in words

    def remember(self, portions: Iterable[list[ReadFile]], changes: Changes, *, everything: bool) -> str:
        """Takes in what was read and what is gone, and brings entries, members and stale feeds up to date.

        `portions` are those of `changes.changed`. `everything`: not only what these files touch, but every entry.
        Returns what that asks of the documents about the site: one of the states of site.py.
        """
        ledger, removed = self._ledger, changes.removed
        if ledger.state.setting(LINKS) != WHOLE_LINKS:
            make_links_whole(self._ledger.connection)
            keep_normal_paths(self._ledger.connection)
            ledger.state.keep_setting(LINKS, WHOLE_LINKS)
        affected = ledger.entries.all_entries() if everything else ledger.entries.due(self._now)
        ledger.files.forget_contents(removed)
        assignments, others, failed = self._identify(portions, changes)
        affected |= others
        whole = everything or len(affected) > WHOLE
        newcomers = min(assignments.minted, default=sys.maxsize)
        telling = StoryUpdater(ledger, self._settings, self._now, newcomers, whole=whole)
        ordered = sorted(affected)
        for start in range(0, len(ordered), _CHUNK):
            self._decide(ordered[start : start + _CHUNK], assignments.minted, telling)
            self._progress("deciding", min(start + _CHUNK, len(ordered)), len(ordered))
        touched = affected.difference(assignments.minted) | self._tell(telling)
        self._relink(paths=[*assignments.entries, *removed, *failed])
        self._ledger.entry_pages.mark_stale(affected | touched | self._shown_anew)
        quoting = self._ledger.digests.listing(sorted(touched))
        ledger.state.move_counts(shown=self._more_shown, there=self._more_there)
        windows = Windows(self._ledger, self._feeds, self._settings.selection, self._now)
        slugs = self._admission.settle()
        site = windows.move(self._admission.offers, slugs)
        for feeds in self._ledger.members.memberships(sorted(self._robbed_stories)).values():
            self._withdrawing.update(feeds)
        self._ledger.feeds.mark_withdrawing(quoting | self._withdrawing | windows.lists(self._withdrawing))
        return site

    def _identify(
        self, portions: Iterable[list[ReadFile]], changes: Changes
    ) -> tuple[Assignments, set[int], list[str]]:
        """Takes in what was read, and gives each file its entry. Returns with that the entries which these files and
        those that are gone are or were, and the paths of files that could not be read.
        """
        ledger = self._ledger
        claims: list[Claim] = []
        failed: list[str] = []
        former: dict[str, bytes] = {}  # texts of files without a link, as they were
        for portion in portions:
            if self._begun:
                former |= ledger.files.texts_of([file.path for file in portion])
                adopt_sources(self._ledger.connection, (file for file in portion if file.path in changes.unchanged))
            ledger.files.remember_files(portion)
            failed.extend(file.path for file in portion if file.item is None)
            claims.extend(
                Claim(file.path, file.link, file.digest, file.document, file.source)
                for file in portion
                if file.item is not None
            )
        known = ledger.entries.known(claims, changes.removed, former)
        affected = {*known.paths.values(), *ledger.files.entries_of(failed)}
        assignments = resolve(claims, changes.removed, known, self._authority, self._is_taken)
        ledger.entries.keep_assignments(assignments)
        affected.update(assignments.entries.values())
        return assignments, affected, failed

    def _is_taken(self, entry_id: str) -> bool:
        return self._begun and self._ledger.entries.is_taken(entry_id)

    def _relink(self, *, entries: Sequence[int] = (), paths: Sequence[str] = ()) -> None:
        """Has the feeds made again that show entries which link to a page that may be another now."""
        if not self._begun:  # every feed is new
            return
        linking = self._ledger.page_links.linking_to(entries=entries, paths=paths)
        self._shown_anew |= linking
        for feeds in self._ledger.members.memberships(linking).values():
            self._admission.offers.stale.update(feeds)

    def _tell(self, telling: StoryUpdater) -> set[int]:
        """Tells the stories that may be others now, and has the feeds made again that show what they changed. Returns
        the entries that did change.
        """
        stale = self._admission.offers.stale
        told = telling.settle()
        told = [each._replace(after=self._with_slug(each.after, each.item)) for each in told]
        self._ledger.entries.put_entries([each.after for each in told], self._now)
        changed = {each.after.entry: each for each in told}
        leads = {story.lead for story in telling.retold}
        self._shown_anew |= leads
        members = self._ledger.members.memberships(changed.keys() | leads)
        for entry in leads - changed.keys():
            stale.update(members.get(entry, ()))
        for entry, each in changed.items():
            stale.update(members.get(entry, ()))
            if each.after.shown != each.before.shown:
                self._fold(each, members.get(entry, {}))
            elif each.after.shown and each.after.coverage != each.before.coverage:  # it may be hot enough now
                self._admission.offer(each.after, each.item, members.get(entry, {}))
        self._relink(entries=sorted(changed))
        if self._begun:
            stories = [(story.title, story.providers) for story in telling.retold if story.changed]
            self.moved = in_words(stories, len(telling.reranked))
        return set(changed)

    def _fold(self, told: EntryChange, members: dict[int, WindowPosition]) -> None:
        """Takes an entry out of what is offered, or offers it, as its story wants it."""
        self._more_shown += told.after.shown - told.before.shown
        if told.after.shown:
            self._admission.offer(told.after, told.item, members)
        else:
            self._admission.offers.folded.add(told.after.entry)

    def _with_slug(self, record: EntryRecord, item: Item | None) -> EntryRecord:
        """The record of an entry, with a slug for its own page if it needs one. It is made once, and stays."""
        if item is None or not record.shown or record.link is not None or record.slug is not None:
            return record
        slug = self._ledger.entry_pages.choose_slug(record, item.title, self._slugs)
        self._slugs.add(slug)
        return replace(record, slug=slug)

    def _decide(self, entries: list[int], minted: dict[int, str], telling: StoryUpdater) -> None:
        records = self._ledger.entries.records(entries)
        files = self._ledger.files.files_of(entries)
        befores = [records.get(entry) or EntryRecord(entry, minted[entry], self._now) for entry in entries]
        choosing = partial(ranked, now=self._now, default_listed=self._settings.default_listed)
        decided = [
            decide_visibility(before, files[before.entry], self._now, default_listed=self._settings.default_listed)
            for before in befores
        ]
        shared = {each.entry: each for each in befores if len(files[each.entry]) > 1}
        notes = {entry: shared_notes(choosing(before, files[entry])) for entry, before in shared.items()}
        self._ledger.duplicates.keep(entries, notes)
        afters = telling.note(
            (before, after, primary_file(after, files[after.entry]))
            for before, (after, _) in zip(befores, decided, strict=True)
        )
        afters = [self._with_slug(after, item) for after, (_, item) in zip(afters, decided, strict=True)]
        changed: list[EntryRecord] = []
        seen_otherwise: list[int] = []
        for entry, before, after in zip(entries, befores, afters, strict=True):
            if after != before or entry in minted:
                changed.append(after)
                self._more_shown += after.shown - before.shown
                self._more_there += (after.file is not None) - (before.file is not None)
            if (after.shown, after.text_digest, after.file) != (before.shown, before.text_digest, before.file):
                seen_otherwise.append(entry)
        members = self._ledger.members.memberships(records)
        for before, after in zip(befores, afters, strict=True):
            if after.file != before.file or before.shown > after.shown or before.folded > (after.folded or after.shown):
                self._withdrawing.update(members.get(before.entry, ()))
                self._robbed_stories.update(() if before.story is None else (before.story,))
        for after, (_, item) in zip(afters, decided, strict=True):
            self._admission.offer(after, item if after.shown else None, members.get(after.entry, {}))
        self._ledger.entries.put_entries(changed, self._now)
        self._ledger.page_links.keep(changed)
        self._relink(entries=seen_otherwise)
