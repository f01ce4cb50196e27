"""Views: a feed and the settings in; which other ways there are to see it, each in a folder below the feed's, out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from feedd.model import FeedId
from feedd.select.ranking import RankSettings

TOP, HOT, DIGEST = "top", "hot", "digest/"
DAILY, WEEKLY = "daily", "weekly"
CADENCES = (DAILY, WEEKLY)


class View(NamedTuple):
    """What a view is called, and what it says of itself. `feed` in the subtitle stands for the feed that it shows."""

    label: str
    subtitle: str


VIEWS: dict[str, View] = {
    HOT: View("Hot", "What is hot in {feed}: each entry once, when it becomes so"),
    DIGEST + DAILY: View("Daily digest", "{feed}, day by day: what each day had, when it is over"),
    DIGEST + WEEKLY: View("Weekly digest", "{feed}, week by week: what each week had, when it is over"),
    TOP: View("Top", "{feed}, by rank: a list as it is now, not a stream of news"),
}
# What the configuration calls each kind of feed.
FAMILIES = {"all": "all", "topic": "topics", "provider": "providers", "saved": "saved"}


class Threshold(Struct, frozen=True):
    """When an entry is hot: from a heat on, or, with `percent`, if it is hotter than so many percent of its feed."""

    number: float
    percent: bool = False

    def passed_by(self, heats: Mapping[int, float]) -> set[int]:
        """Those of a feed's entries that are hot."""
        if not self.percent:
            return {entry for entry, heat in heats.items() if heat >= self.number}
        ascending = sorted(heats.values())
        enough = self.number * len(ascending)
        return {entry for entry, heat in heats.items() if 100 * bisect_left(ascending, heat) >= max(enough, 1)}


class Views(Struct, frozen=True):
    """Which views there are, of feeds of which families; and how they are made.

    `top` is how many entries that lists. None: there is no such view. `digest` are the cadences in which there are
    digests, of at most `digest_limit` entries; days and weeks end in `time_zone`, a name of the IANA's.
    """

    feeds: tuple[str, ...] = ()
    top: int | None = None
    hot: Threshold | None = None
    digest: tuple[str, ...] = ()
    digest_limit: int = 20
    time_zone: str = "UTC"
    saved: Mapping[str, tuple[str, ...] | None] = {}  # saved feeds, with those that they say they have

    @property
    def names(self) -> tuple[str, ...]:
        """The views that there are, in the order of VIEWS."""
        hot = () if self.hot is None else (HOT,)
        top = () if self.top is None else (TOP,)
        return (*hot, *(DIGEST + cadence for cadence in CADENCES if cadence in self.digest), *top)

    def of(self, feed: FeedId) -> Iterator[FeedId]:
        """The views of a feed. A saved feed that is no longer configured has none."""
        if feed.kind == "saved" and feed.key not in self.saved:
            return
        chosen = self.saved[feed.key] if feed.kind == "saved" else None
        if chosen is not None or FAMILIES[feed.kind] in self.feeds:
            yield from (feed._replace(view=name) for name in self.names if chosen is None or name in chosen)

    def has(self, view: FeedId) -> bool:
        """Whether there is such a view."""
        return view in self.of(view.base)


def digest_view(feed: FeedId, cadence: str) -> FeedId:
    """The digest of a feed."""
    return feed._replace(view=DIGEST + cadence)


def is_digest(feed: FeedId) -> bool:
    """Whether a feed is a digest of another."""
    return feed.view.startswith(DIGEST)


DEFAULT_VIEWS = Views(feeds=("all",), top=100, hot=Threshold(90, percent=True))


def by_rank(settings: RankSettings) -> RankSettings:
    """How a list by rank is ordered: as its feed is, unless that is ordered by date, which is no rank."""
    return replace(settings, order="heat") if settings.order == "latest" else settings
