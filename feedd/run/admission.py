"""Admission: entries, as they are decided, in; the feeds that may let them in, as offers, out.

    entry -- feeds_of --> feeds that have it, or whose terms it meets ----------------> Offers
                 |                                                                        ^
                 +--> held until its story is told and slugs are chosen -- settle --------+

An entry that was let in stays in. So nothing is let in by numbers or terms that do not hold at the end of the pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from feedd.decide.visibility import EntryRecord, Membership, WindowPosition, feeds_of
from feedd.model import FeedId, Item
from feedd.run.candidates import Candidates
from feedd.run.feed_registry import FeedRegistry
from feedd.select.policy import PolicyOverride
from feedd.select.ranking import HeatInputs
from feedd.select.retired import is_forgotten
from feedd.select.settings import SelectionSettings
from feedd.store.ledger.session import LedgerSession


class _Held(NamedTuple):
    """An entry that is not decided upon yet, for one feed."""

    membership: Membership
    place: WindowPosition
    rated: HeatInputs


class CandidateCollector:
    """One pass's admissions. `offers` are what came of them so far."""

    def __init__(self, ledger: LedgerSession, feeds: FeedRegistry, selection: SelectionSettings) -> None:
        self._ledger = ledger
        self._feeds = feeds
        self._selection = selection
        said = _said(selection)
        self._choosy = selection.min_quality is not None or any(map(_asks, said))
        self._held: dict[int, list[_Held]] = {}
        self.offers = Candidates(max([selection.limit, *(each.limit or 0 for each in said)]), self._barred)

    def offer(self, record: EntryRecord, item: Item | None, members: Mapping[int, WindowPosition]) -> None:
        """Offers an entry to the feeds that it belongs to, and takes it out of others. `item` is None if nobody is to
        see it; `members` are the feeds that it is in.
        """
        offers = self.offers
        self._held.pop(record.entry, None)
        wanted: set[FeedId] = set()
        if item is not None and record.published is not None:
            place = WindowPosition(int(record.published.timestamp()), record.id)
            for membership in feeds_of(item, self._selection.topics, self._selection.recipes.values()):
                feed, label = membership
                wanted.add(feed)
                known = self._feeds.all.get(feed)
                member = known is not None and known.feed in members
                comes_in = True if member or not self._choosy else self._meets(record, membership)
                if comes_in:
                    offers.add(feed, label, record.entry, place, member=member)
                    continue
                offers.take_back(feed, record.entry)  # it may have been offered before its story was told
                if comes_in is None:
                    rated = HeatInputs(record.heat, record.quality, record.coverage)
                    self._held.setdefault(record.entry, []).append(_Held(membership, place, rated))
        for number in members:
            offers.stale.add(number)
            identity = self._feeds.numbers[number].identity
            kept = item is not None and is_forgotten(identity, self._selection)  # as it was, should it come back
            if identity.base not in wanted and not kept:
                offers.gone[identity].add(record.entry)

    def settle(self) -> dict[FeedId, str]:
        """Decides upon what was held, now that stories are told. Returns the slugs of feeds that are not there yet."""
        held = [(entry, each) for entry, several in self._held.items() for each in several]
        labels = dict(each.membership for entry, each in held if entry not in self.offers.folded)
        labels |= {feed: self.offers.labels[feed] for feed in self.offers.by_feed()}
        new = [Membership(feed, label) for feed, label in labels.items() if feed not in self._feeds.all]
        slugs = self._feeds.choose_slugs(new)
        for entry, each in held:
            feed, label = each.membership
            known = self._feeds.all.get(feed)
            slug = known.slug if known else slugs.get(feed)
            if slug is not None and self._feeds.terms(feed, slug).rejection_reason(each.rated) is None:
                self.offers.add(feed, label, entry, each.place, member=False)
        self._held.clear()
        return slugs

    def _meets(self, record: EntryRecord, membership: Membership) -> bool | None:
        """Whether an entry has what a feed asks for; None if that is not known yet."""
        possible = self._feeds.possible_terms(*membership)
        if record.story == record.entry and any(terms.min_heat is not None for terms in possible):
            return None  # its story may count less when it has been told
        met = {terms.rejection_reason(record) is None for terms in possible}
        return met.pop() if len(met) == 1 else None

    def _barred(self, feed: FeedId, offers: Mapping[int, WindowPosition]) -> set[int]:
        """Those of `offers` that the feed will not let in."""
        known = self._feeds.all.get(feed)
        if known is None:
            return set()
        low = {entry for entry, place in offers.items() if known.floor is not None and place <= known.floor}
        return low | self._ledger.members.departed(known.feed, offers.keys() - low)


def _said(selection: SelectionSettings) -> list[PolicyOverride]:
    """All that is said for families of feeds and for single ones."""
    of_feeds = [*selection.overrides.families.values(), *selection.overrides.feeds.values()]
    return of_feeds + [each.recipe.terms for each in selection.recipes.values()]


def _asks(said: PolicyOverride) -> bool:
    """Whether an entry needs anything to come in."""
    return said.min_quality is not None or said.min_heat is not None
