"""Collecting candidates: changed entries in; for each feed, candidates and withdrawn members, out.

    entry -- feeds_of --> feeds that have it, or whose policy it meets ----------------> Candidates
                 |                                                                            ^
                 +--> held until its story is told and slugs are chosen --- result -----------+

An admitted entry stays in. So no entry is admitted by numbers or policies that may change before the end of the pass.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from feedd.decide.records import EntryChange, EntryRecord
from feedd.model import FeedId
from feedd.run.update.feed_registry import FeedRegistry
from feedd.select.membership import Membership, feeds_of
from feedd.select.policy import PolicyOverride
from feedd.select.ranking import HeatInputs
from feedd.select.retired import is_forgotten
from feedd.select.settings import SelectionSettings
from feedd.select.window import WindowPosition, narrow
from feedd.store.ledger.session import LedgerSession


class Candidates(Struct, frozen=True):
    """The changes that entries ask of feeds. `offered`: by feed, the entries that may be members. `withdrawn`: by feed,
    the members that no longer belong to it. `floors`: the highest position that is closed to candidates. `labels` and
    `slugs`: of new feeds. `kept`: by feed with archives, all entries that belong to it and were neither members nor in
    an archive before. `unkept`: by feed, the entries in its archives that no longer belong to it.
    """

    offered: Mapping[FeedId, Mapping[int, WindowPosition]]
    withdrawn: Mapping[FeedId, set[int]]
    floors: Mapping[FeedId, WindowPosition]
    labels: Mapping[FeedId, str]
    slugs: Mapping[FeedId, str]
    kept: Mapping[FeedId, Collection[int]] = {}
    unkept: Mapping[FeedId, set[int]] = {}


class _Held(Struct, frozen=True):
    """An undecided entry, for a feed."""

    membership: Membership
    position: WindowPosition
    heat: HeatInputs


class CandidateCollector:
    """Collects the candidates of a pass. Of new candidates, only a feed's newest are held."""

    def __init__(self, ledger: LedgerSession, feeds: FeedRegistry, selection: SelectionSettings) -> None:
        self._ledger = ledger
        self._feeds = feeds
        self._selection = selection
        self._archives = selection.archives
        overrides = _overrides(selection)
        self._limit = max([selection.limit, *(each.limit or 0 for each in overrides)])
        self._is_choosy = selection.min_quality is not None or any(map(_asks, overrides))
        self._new: dict[FeedId, dict[int, WindowPosition]] = defaultdict(dict)
        self._members: dict[FeedId, dict[int, WindowPosition]] = defaultdict(dict)
        self._held: dict[int, list[_Held]] = {}
        self._folded: set[int] = set()
        self._withdrawn: dict[FeedId, set[int]] = defaultdict(set)
        self._floors: dict[FeedId, WindowPosition] = {}
        self._labels: dict[FeedId, str] = {}
        self._kept: dict[FeedId, array[int]] = defaultdict(lambda: array("q"))  # eight bytes for each entry
        self._refused: dict[FeedId, set[int]] = defaultdict(set)  # entries in `_kept` that are refused after all
        self._unkept: dict[FeedId, set[int]] = defaultdict(set)

    def add(self, changes: Iterable[EntryChange]) -> None:
        """Adds decided entries: each is a candidate for its feeds, and is withdrawn from other feeds."""
        for each in changes:
            self._add(each)

    def add_told(self, changes: Iterable[EntryChange]) -> None:
        """Adds entries that changed with their stories, after all decided entries."""
        for each in changes:
            before, after = each.before, each.after
            if before.shown and not after.shown:
                self._folded.add(after.entry)
            elif after.shown and (not before.shown or after.coverage != before.coverage):  # it may be hot enough now
                self._add(each, is_told=True)

    def result(self) -> Candidates:
        """The candidates, after all entries were added. Decides the undecided entries."""
        held = [(entry, each) for entry, several in self._held.items() for each in several]
        labels = dict(each.membership for entry, each in held if entry not in self._folded)
        labels |= {feed: self._labels[feed] for feed in self._offered()}
        new = [Membership(feed, label) for feed, label in labels.items() if feed not in self._feeds.all]
        slugs = self._feeds.choose_slugs(new)
        for entry, each in held:
            feed, label = each.membership
            known = self._feeds.all.get(feed)
            slug = known.slug if known else slugs.get(feed)
            if slug is not None and self._feeds.policy(feed, slug).rejection_reason(each.heat) is None:
                self._offer(feed, label, entry, each.position, is_member=False)
        self._held.clear()
        return Candidates(
            self._offered(),
            dict(self._withdrawn),
            dict(self._floors),
            dict(self._labels),
            slugs,
            {feed: kept for feed in self._kept if (kept := self._kept_in(feed))},
            dict(self._unkept),
        )

    def _add(self, change: EntryChange, *, is_told: bool = False) -> None:
        """Adds an entry. `is_told`: it may have been added before its story was decided."""
        record, members = change.after, change.members
        item = change.file.item if change.file is not None and record.shown else None
        self._held.pop(record.entry, None)
        wanted: set[FeedId] = set()
        if item is not None and record.published is not None:
            position = WindowPosition(int(record.published.timestamp()), record.id)
            for membership in feeds_of(item, self._selection):
                feed, label = membership
                wanted.add(feed)
                known = self._feeds.all.get(feed)
                if known is not None and known.feed in change.archived and self._archives.cover(feed):
                    continue  # it stays where it stands
                is_member = known is not None and known.feed in members
                comes_in = True if is_member or not self._is_choosy else self._meets(record, membership)
                if not comes_in and self._was_member(record.entry, feed):
                    comes_in = True
                if comes_in:
                    self._offer(feed, label, record.entry, position, is_member=is_member)
                    continue
                self._new[feed].pop(record.entry, None)  # it may have been a candidate before its story was decided
                if is_told and self._archives.cover(feed):
                    self._refused[feed].add(record.entry)
                if comes_in is None:
                    heat = HeatInputs(record.heat, record.quality, record.coverage)
                    self._held.setdefault(record.entry, []).append(_Held(membership, position, heat))
        for number in members:
            identity = self._feeds.numbers[number].identity
            stays = item is not None and is_forgotten(identity, self._selection)  # in case the feed comes back
            if identity.base not in wanted and not stays:
                self._withdrawn[identity].add(record.entry)
        for number in change.archived:
            identity = self._feeds.numbers[number].identity
            if identity not in wanted and not (item is not None and is_forgotten(identity, self._selection)):
                self._unkept[identity].add(record.entry)

    def _offer(self, feed: FeedId, label: str, entry: int, position: WindowPosition, *, is_member: bool) -> None:
        self._labels.setdefault(feed, label)
        if is_member:
            self._members[feed][entry] = position
            return
        if self._archives.cover(feed):
            self._kept[feed].append(entry)
            self._refused[feed].discard(entry)
        new = self._new[feed]
        new[entry] = position
        if len(new) > 4 * self._limit + 100:
            for ineligible in self._ineligible(feed, new):
                del new[ineligible]
            self._new[feed], highest = narrow(new, self._limit)
            if highest is not None:
                self._floors[feed] = max(highest, self._floors.get(feed, highest))

    def _offered(self) -> dict[FeedId, dict[int, WindowPosition]]:
        found: dict[FeedId, dict[int, WindowPosition]] = defaultdict(dict)
        for candidates in (self._new, self._members):
            for feed, positions in candidates.items():
                wanted = {entry: position for entry, position in positions.items() if entry not in self._folded}
                if wanted:
                    found[feed] |= wanted
        return dict(found)

    def _meets(self, record: EntryRecord, membership: Membership) -> bool | None:
        """Whether an entry meets a feed's policy; None if this is not known yet."""
        possible = self._feeds.possible_policies(*membership)
        if record.story == record.entry and any(policy.min_heat is not None for policy in possible):
            return None  # the coverage of its story may still shrink
        met = {policy.rejection_reason(record) is None for policy in possible}
        return met.pop() if len(met) == 1 else None

    def _kept_in(self, feed: FeedId) -> array[int]:
        refused = self._refused[feed] | self._folded
        return array("q", (entry for entry in self._kept[feed] if entry not in refused))

    def _ineligible(self, feed: FeedId, candidates: Mapping[int, WindowPosition]) -> set[int]:
        """The entries among `candidates` that the feed will not admit."""
        known = self._feeds.all.get(feed)
        if known is None:
            return set()
        low = {entry for entry, position in candidates.items() if known.floor is not None and position <= known.floor}
        low |= self._ledger.members.departed(known.feed, candidates.keys() - low)
        return low | self._ledger.archives.among(known.feed, candidates.keys() - low)

    def _was_member(self, entry: int, feed: FeedId) -> bool:
        """Whether newer entries have pushed an entry out of a feed with archives: it met the feed's policy then."""
        known = self._feeds.all.get(feed)
        if known is None or not self._archives.cover(feed):
            return False
        return bool(self._ledger.members.departed(known.feed, [entry]))


def _overrides(selection: SelectionSettings) -> list[PolicyOverride]:
    """The policy overrides of families of feeds and of single feeds."""
    of_feeds = [*selection.overrides.families.values(), *selection.overrides.feeds.values()]
    return of_feeds + [each.saved_feed.override for each in selection.saved_filters.values()]


def _asks(override: PolicyOverride) -> bool:
    """Whether an override asks anything of an entry."""
    return override.min_quality is not None or override.min_heat is not None
