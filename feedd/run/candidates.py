"""Offers: entries that feeds may let in, as they are decided; those that are worth holding, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from feedd.decide.visibility import WindowPosition, narrow
from feedd.model import FeedId


class Candidates:
    """The entries offered to each feed so far. Of those that are no members yet, only the newest are held."""

    def __init__(self, limit: int, barred: Callable[[FeedId, Mapping[int, WindowPosition]], set[int]]) -> None:
        self._limit = limit
        self._barred = barred
        self._fresh: dict[FeedId, dict[int, WindowPosition]] = defaultdict(dict)
        self._kept: dict[FeedId, dict[int, WindowPosition]] = defaultdict(dict)
        self.labels: dict[FeedId, str] = {}
        self.floors: dict[FeedId, WindowPosition] = {}
        self.gone: dict[FeedId, set[int]] = defaultdict(set)
        self.folded: set[int] = set()
        self.stale: set[int] = set()

    def add(self, feed: FeedId, label: str, entry: int, place: WindowPosition, *, member: bool) -> None:
        """Offers an entry to a feed, of which it may be a member already."""
        self.labels.setdefault(feed, label)
        if member:
            self._kept[feed][entry] = place
            return
        fresh = self._fresh[feed]
        fresh[entry] = place
        if len(fresh) > 4 * self._limit + 100:
            for barred in self._barred(feed, fresh):
                del fresh[barred]
            self._fresh[feed], highest = narrow(fresh, self._limit)
            if highest is not None:
                self.floors[feed] = max(highest, self.floors.get(feed, highest))

    def take_back(self, feed: FeedId, entry: int) -> None:
        """Offers an entry to a feed no longer, of which it is no member."""
        self._fresh[feed].pop(entry, None)

    def by_feed(self) -> dict[FeedId, dict[int, WindowPosition]]:
        """All offers that are held, but for entries that are folded."""
        found: dict[FeedId, dict[int, WindowPosition]] = defaultdict(dict)
        for offers in (self._fresh, self._kept):
            for feed, places in offers.items():
                wanted = {entry: place for entry, place in places.items() if entry not in self.folded}
                if wanted:
                    found[feed] |= wanted
        return dict(found)
