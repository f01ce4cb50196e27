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
    """Which views there are, by name, of feeds of which families; and how they are made."""

    families: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    top_limit: int = 100

    def of(self, feed: FeedId) -> Iterator[FeedId]:
        """The views of a feed, in the order of VIEWS."""
        if FAMILIES[feed.kind] in self.families:
            yield from (feed._replace(view=name) for name in VIEWS if name in self.names)

    def has(self, feed: FeedId) -> bool:
        """Whether there is such a view; or the feed is none."""
        return not feed.view or feed in self.of(feed.base)


def by_rank(settings: RankSettings) -> RankSettings:
    """How a list by rank is ordered: as its feed is, unless that is ordered by date, which is no rank."""
    return replace(settings, order="heat") if settings.order == "latest" else settings
