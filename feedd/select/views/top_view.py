"""top/: the members of a feed by rank, as a list."""

from __future__ import annotations

from feedd.select.ranking import RankSettings, by_rank
from feedd.select.views.view_kind import MemberView
from feedd.select.views.view_options import Count, ViewOptions


class TopView(MemberView):
    """The first members by rank, as they are now."""

    name = "top"
    options = {"top": Count(1, 10000, or_off=True)}  # noqa: RUF012
    is_list = True

    def is_on(self, options: ViewOptions) -> bool:
        """Whether its length is configured."""
        return options.top is not None

    def limit(self, options: ViewOptions) -> int | None:
        """Its length."""
        return options.top

    def rank(self, feed: RankSettings) -> RankSettings:
        """Its entries are ranked as those of the feed, but by heat if the feed is ordered by date."""
        return by_rank(feed)

    def why_absent(self, listed: int) -> str:
        """The reason is that other entries come first."""
        return f"not among the first {listed} by rank"
