"""Views: a feed and the settings, in; its views, each in a folder below the feed's, out.

    VIEWS: a line for each view, in the order in which pages and lists name them

All that is special to a view is in its module, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator

from feedd.model import FeedId
from feedd.select.views.digest_view import DAILY, WEEKLY, DigestView
from feedd.select.views.feed_view import FeedView
from feedd.select.views.hot_view import HotView
from feedd.select.views.threshold import Threshold
from feedd.select.views.top_view import TopView
from feedd.select.views.view_kind import AdmissionView, MemberView, PeriodView, ViewOrder
from feedd.select.views.view_options import ViewOptions

_FEED = FeedView()
View = MemberView | AdmissionView | PeriodView
_TABLE: tuple[View, ...] = (
    HotView(),
    DigestView(DAILY, "day"),
    DigestView(WEEKLY, "week"),
    TopView(),
)
VIEWS: dict[str, View] = {view.name: view for view in _TABLE}
MEMBER_VIEWS = tuple(view for view in _TABLE if isinstance(view, MemberView))
ADMISSION_VIEWS = tuple(view for view in _TABLE if isinstance(view, AdmissionView))
PERIOD_VIEWS = tuple(view for view in _TABLE if isinstance(view, PeriodView))
ORDERS: dict[str, ViewOrder] = {order.name: order for view in (_FEED, *_TABLE) for order in view.orders}

# The names of the kinds of feeds in the configuration.
FAMILIES = {
    "all": "all",
    "topic": "topics",
    "provider": "providers",
    "saved": "saved",
    "author": "authors",
    "language": "languages",
}


class Views(ViewOptions, frozen=True):
    """The views of feeds, by the families of these feeds; and the options of each view."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the views that are on, in the order of VIEWS."""
        return tuple(name for name, view in VIEWS.items() if view.is_on(self))

    def for_feed(self, feed: FeedId) -> Iterator[FeedId]:
        """The views of a feed. A saved feed that is no longer configured has none."""
        if feed.kind == "saved" and feed.key not in self.saved:
            return
        chosen = self.saved[feed.key] if feed.kind == "saved" else None
        if chosen is not None or FAMILIES[feed.kind] in self.feeds:
            yield from (feed._replace(view=name) for name in self.names if chosen is None or name in chosen)

    def has(self, view: FeedId) -> bool:
        """Whether there is such a view."""
        return view in self.for_feed(view.base)


def find_view(feed: FeedId) -> View:
    """The kind of a view, by its identity. For a feed itself, and for a view that no longer exists, the view of all
    members.
    """
    return VIEWS.get(feed.view, _FEED)


DEFAULT_VIEWS = Views(feeds=("all",), top=100, hot=Threshold(90, percent=True))
