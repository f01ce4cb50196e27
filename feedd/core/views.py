"""Views: a feed and the settings in; which other ways there are to see it, each in a folder below the feed's, out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from feedd.core.rank import RankSettings
from feedd.model import FeedId

TOP = "top"


class View(NamedTuple):
    """What a view is called, and what it says of itself. `feed` in the subtitle stands for the feed that it shows."""

    label: str
    subtitle: str


VIEWS: dict[str, View] = {
    TOP: View("Top", "{feed}, by rank: a list as it is now, not a stream of news"),
}
FAMILIES = {"all": "all", "topic": "topics", "provider": "providers"}  # what the configuration calls each kind of feed


class Views(Struct, frozen=True):
    """Which views there are, of feeds of which families; and how they are made.

    `top` is how many entries that lists; None: there is no such view.
    """

    feeds: tuple[str, ...] = ()
    top: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The views that there are, in the order of VIEWS."""
        return () if self.top is None else (TOP,)

    def of(self, feed: FeedId) -> Iterator[FeedId]:
        """The views of a feed."""
        if FAMILIES[feed.kind] in self.feeds:
            yield from (feed._replace(view=name) for name in self.names)

    def has(self, view: FeedId) -> bool:
        """Whether there is such a view."""
        return view in self.of(view.base)


DEFAULT_VIEWS = Views(feeds=("all",), top=100)


def by_rank(settings: RankSettings) -> RankSettings:
    """How a list by rank is ordered: as its feed is, unless that is ordered by date, which is no rank."""
    return replace(settings, order="heat") if settings.order == "latest" else settings
