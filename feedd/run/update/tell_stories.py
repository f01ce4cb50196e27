"""Updating stories: decided entries in; the story of each, its lead and the lead's coverage, out.

    touched entries -- their stories, pairs that are or were --> closure -- stories --> records that are others now

Only stories near a touched entry are updated; after very many touched entries, all stories. Items are in memory a
portion at a time then, and of each entry that has a story only what stories are made of.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from feedd.decide.duplicates import primary_file
from feedd.decide.records import EntryChange, EntryFile, EntryRecord
from feedd.decide.stories.clusters import (
    Story,
    build_stories,
    make_candidate,
    providers_alone,
    story_keys,
)
from feedd.decide.stories.matching import AFFECTED_WINDOWS, CONTEXT_WINDOWS, KeyedEntry, StoryCandidate, matching_pairs
from feedd.decide.visibility import shown_as
from feedd.items.withholding.meaning import folded
from feedd.model import Item
from feedd.run.pass_settings import PassSettings
from feedd.run.update.story_update import StoryChange, StoryTally, StoryUpdate
from feedd.select.ranking import HeatInputs, rank_score
from feedd.store.ledger.session import LedgerSession
from feedd.store.ledger.story_rows import spans

_CHUNK = 1000  # entries
_PAIRS = 5000  # pairs that are compared together: the candidates of so many are in memory


class _Known(Struct, frozen=True):
    record: EntryRecord  # as kept: decided in this pass, or earlier
    decided: EntryRecord  # as it would be without its story
    file: EntryFile | None
    candidate: StoryCandidate | None  # None if the entry is withheld


class StoryUpdater:
    """Updates the stories of a pass. `minted`: the new entries. `whole`: all stories are updated."""

    def __init__(
        self,
        ledger: LedgerSession,
        settings: PassSettings,
        now: datetime,
        minted: Collection[int] = (),
        *,
        whole: bool = False,
    ) -> None:
        self._ledger = ledger
        self._settings = settings.stories
        self._rank = settings.selection.rank
        self._now = now
        self._newcomers = min(minted, default=sys.maxsize)  # numbers only grow
        self._whole = whole
        self._withheld_too = False
        self._new: set[int] = set()  # known, but never shown before this pass
        self._risen: set[int] = set()  # shown now, but not before this pass
        self._rows: list[KeyedEntry] = []
        self._leads: set[int] = set()
        self._touched: list[KeyedEntry] = []
        self._dates: set[int] = set()  # of touched entries, before and after
        self._gone: list[KeyedEntry] = []
        self._came: list[KeyedEntry] = []
        self._window = int(settings.stories.window)
        self._known: dict[int, _Known] = {}
        self._reranked: set[int] = set()
        self._left: list[int] = []  # entries that were in a story and are now withheld, if all stories are updated
        self._tally = StoryTally()

    def add(self, changes: Sequence[EntryChange]) -> list[EntryChange]:
        """Adds decided entries. Returns them with their rank, as stories by themselves unless they were in others."""
        noted = [each._replace(after=self._note(each.before, each.after, each.file)) for each in changes]
        gone, came = self._ledger.stories.keep([each.after.entry for each in noted], self._rows)
        if not self._whole:
            self._touched.extend(self._rows)
            self._gone.extend(gone)
            self._came.extend(came)
            self._dates.update(each.published for each in gone)
        self._rows = []
        return noted

    def _note(self, before: EntryRecord, after: EntryRecord, file: EntryFile | None) -> EntryRecord:
        if before.story is not None:
            self._leads.add(before.story)
        if file is None:
            return after
        date = _dated(after, file.item)
        if not self._whole:
            self._dates.add(date)
        if keys := _keys(file):
            self._rows.append(KeyedEntry(date, after.entry, keys))
        has_lead = before.folded and before.story is not None
        if self._settings.fold_published and before.text_digest is None and has_lead and after.shown:
            return _folded(after)  # until it is known whether it still has a lead
        if after.shown and not before.shown and after.entry < self._newcomers:
            self._risen.add(after.entry)
            if before.text_digest is None:
                self._new.add(after.entry)
        leads = after.story == after.entry
        return self._ranked(before, after, after.coverage if leads else len(providers_alone(file.item)))

    def _ranked(self, before: EntryRecord, after: EntryRecord, coverage: int) -> EntryRecord:
        rank = None
        if after.shown and after.published is not None:
            rank = rank_score(HeatInputs(after.heat, after.quality, coverage), after.published, self._rank)
            if before.rank is not None and rank != before.rank:
                self._reranked.add(after.entry)
        same = after.rank == rank and after.coverage == coverage
        return after if same else replace(after, coverage=coverage, rank=rank)

    def recluster(self) -> Iterator[StoryUpdate]:
        """Updates the stories that may have changed, in portions."""
        told = iter(self._all() if self._whole else self._closure(*self._seeds()))
        while stories := list(islice(told, _CHUNK)):
            self._load({entry for story in stories for entry in story.members})
            yield self._updated(stories)
            if self._whole:
                self._known.clear()
        for start in range(0, len(self._left), _CHUNK):
            self._load(self._left[start : start + _CHUNK])
            yield StoryUpdate(self._left_out(), [])
            self._known.clear()
        if not self._whole:
            yield StoryUpdate(self._left_out(), [])

    def in_words(self) -> str:
        """What became of stories and ranks, in words, after `recluster`; "" if nothing changed."""
        return self._tally.in_words(len(self._reranked))

    def _updated(self, told: Iterable[Story]) -> StoryUpdate:
        changes: list[EntryChange] = []
        stories: list[StoryChange] = []
        for story in told:
            members = [self._tell(self._known[entry], story) for entry in story.members]
            changed = [each for each in members if each.after != each.before]
            changes.extend(changed)
            lead = self._known[story.lead].file
            if len(members) > 1 and lead is not None:
                others = any(_part(each.before) != _part(each.after) for each in changed)
                stories.append(StoryChange(story.lead, lead.item.title, len(story.providers), others))
        self._tally.add(stories)
        return StoryUpdate(changes, stories)

    def _left_out(self) -> list[EntryChange]:
        """The loaded entries that were in a story and are now withheld."""
        found: list[EntryChange] = []
        for known in self._known.values():
            if known.candidate is None and known.record.story is not None:
                coverage = len(providers_alone(known.file.item)) if known.file else 0
                after = replace(known.record, story=None, coverage=coverage)
                found.append(EntryChange(known.record, after, known.file))
        return found

    def around(self, entry: int, *, withheld_too: bool) -> tuple[Story, dict[int, Item]]:
        """The story of an entry, and the items of its members. `withheld_too`: as if no entry were withheld."""
        self._withheld_too = withheld_too
        self._known.clear()
        self._load({entry})
        known = self._known[entry]
        dates = {known.candidate.published} if known.candidate else set[int]()
        story = next(story for story in self._closure({entry}, dates) if entry in story.members)
        files = {each: self._known[each].file for each in story.members}
        return story, {each: file.item for each, file in files.items() if file is not None}

    def _all(self) -> list[Story]:
        """All stories with several entries, now or before."""
        found = self._all_matching()
        told = sorted(self._ledger.stories.all_story_members().union(*found))
        candidates: list[StoryCandidate] = []
        for known in self._loaded(told):
            if known.candidate is not None:
                candidates.append(replace(known.candidate, keys=b"", title=None))  # they have matched already
            elif known.record.story is not None:
                self._left.append(known.record.entry)
        return build_stories(candidates, found, self._settings)

    def _all_matching(self) -> set[tuple[int, int]]:
        """All pairs that report the same event."""
        pairs = self._ledger.stories.all_pairs(self._window)
        found: set[tuple[int, int]] = set()
        lately: dict[int, StoryCandidate] = {}
        while portion := list(islice(pairs, _PAIRS)):
            wanted = {entry for one, other, _ in portion for entry in (one, other)}
            lately = {entry: each for entry, each in lately.items() if entry in wanted}
            missing = self._loaded(sorted(wanted.difference(lately)))
            lately |= {known.record.entry: known.candidate for known in missing if known.candidate is not None}
            found |= matching_pairs(lately, portion)
        return found

    def _seeds(self) -> tuple[set[int], set[int]]:
        """The entries whose story may have changed because of touched entries, and the dates of the changes."""
        pairs = self._ledger.stories.pairs(self._touched, self._window)
        pairs |= self._ledger.stories.changed(self._gone, self._came, self._window)
        together = self._ledger.stories.story_members(sorted(self._leads))
        return together.union(*((one, other) for one, other, _ in pairs)), self._dates

    def _closure(self, seeds: set[int], dates: Collection[int]) -> list[Story]:
        """The stories of these entries, and nearby stories that are chained to them."""
        reach = spans(dates, CONTEXT_WINDOWS * self._window)
        found: set[tuple[int, int]] = set()
        frontier, done, leads = set(seeds), set[int](), set[int]()
        while frontier:
            self._load(frontier)
            # A known story is a single step, not a step for each of its entries.
            further = {lead for entry in frontier if (lead := self._known[entry].record.story) is not None} - leads
            leads |= further
            frontier |= self._ledger.stories.story_members(sorted(further)) - done
            self._load(frontier)
            candidates = [each for entry in sorted(frontier) if (each := self._known[entry].candidate) is not None]
            pairs = self._ledger.stories.pairs(
                [KeyedEntry(each.published, each.entry, each.keys) for each in candidates], self._window
            )
            self._load(set().union(*((one, other) for one, other, _ in pairs)))
            done |= frontier
            found |= matching_pairs(self._candidates(), pairs)
            ends = {entry for pair in found for entry in pair} - done
            frontier = {entry for entry in ends if self._lies_in(reach, entry)}
        near = spans(dates, AFFECTED_WINDOWS * self._window)
        candidates = [each for entry, each in self._candidates().items() if entry in done]
        inside = [pair for pair in found if done.issuperset(pair)]
        told = build_stories(candidates, inside, self._settings)
        return [story for story in told if any(self._lies_in(near, entry) for entry in story.members)]

    def _lies_in(self, times: list[tuple[int, int]], entry: int) -> bool:
        known = self._known[entry].candidate
        return known is not None and any(begin <= known.published <= end for begin, end in times)

    def _candidates(self) -> dict[int, StoryCandidate]:
        return {entry: known.candidate for entry, known in self._known.items() if known.candidate is not None}

    def _load(self, entries: Collection[int]) -> None:
        for known in self._loaded(sorted(set(entries).difference(self._known))):
            self._known[known.record.entry] = known

    def _loaded(self, entries: Sequence[int]) -> Iterator[_Known]:
        for start in range(0, len(entries), _CHUNK):
            chunk = entries[start : start + _CHUNK]
            files = self._ledger.files.entry_files(chunk)
            for entry, record in self._ledger.entries.records(chunk).items():
                yield self._as_known(record, files[entry])

    def _as_known(self, record: EntryRecord, files: list[EntryFile]) -> _Known:
        file = primary_file(record, files)
        if file is None or not (record.shown or record.folded or self._withheld_too):
            return _Known(record, record, file, None)
        item = file.item
        has_place = folded(item) is None
        decided = shown_as(record, file, self._now) if record.folded and has_place else record
        shown = has_place if self._withheld_too else decided.shown
        seen = record.shown and record.entry not in self._risen and not self._is_new(record)
        led = seen and record.story in (None, record.entry)
        keyed = KeyedEntry(_dated(record, item), record.entry, _keys(file))
        told = make_candidate(keyed, record.id, item, self._settings, shown=shown, led=led)
        return _Known(record, decided, file, told)

    def _is_new(self, record: EntryRecord) -> bool:
        """Whether subscribers have not seen the entry yet."""
        return record.text_digest is None or record.entry >= self._newcomers or record.entry in self._new

    def _tell(self, known: _Known, story: Story) -> EntryChange:
        record, file = known.record, known.file
        assert file is not None  # noqa: S101 - it is in a story
        leads, alone = story.lead == record.entry, len(story.members) == 1
        after = replace(known.decided, story=None if alone else story.lead)
        if self._settings.fold_published and not leads and after.shown and self._is_new(record):
            after = _folded(after)
        providers = story.providers if leads else providers_alone(file.item)
        return EntryChange(record, self._ranked(record, after, len(providers)), file)


def _folded(record: EntryRecord) -> EntryRecord:
    """The entry, folded under its story's lead."""
    reason = "folded under the lead of its story (`stories.fold_published`)"
    return replace(record, shown=False, folded=True, reason=reason, updated=None, text_digest=None, rank=None)


def _keys(file: EntryFile) -> bytes:
    return story_keys(file.item) if file.keys is None else file.keys


def _dated(record: EntryRecord, item: Item) -> int:
    published = record.published if record.shown or record.folded else item.published
    return int((published or record.first_seen).timestamp())


def _part(record: EntryRecord) -> tuple[int | None, int]:
    """The role of an entry in its story."""
    return record.story, record.coverage
