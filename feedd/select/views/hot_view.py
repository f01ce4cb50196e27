"""hot/: each entry of a feed once, when it becomes hot, newest admission first."""

from __future__ import annotations

from collections.abc import Mapping

from feedd.select.ranking import RankKey, RankSettings
from feedd.select.views.view_kind import AdmissionView, ViewOrder
from feedd.select.views.view_options import HeatOrPercentile, ViewOptions

BY_ADMISSION = ViewOrder("admission", "by when they became hot, newest first")
_NO_ROOM = "more became hot at once than there is room for"


class HotView(AdmissionView):
    """The entries that have passed the threshold, for good."""

    name = "hot"
    options = {"hot": HeatOrPercentile()}  # noqa: RUF012
    orders = (BY_ADMISSION,)

    def is_on(self, options: ViewOptions) -> bool:
        """Whether there is a threshold."""
        return options.hot is not None

    def order(self, rank: RankSettings) -> ViewOrder:  # noqa: ARG002
        """By admission, however the feed is ranked."""
        return BY_ADMISSION

    def sort_key(self, admitted: int, key: RankKey) -> tuple[int, RankKey]:
        """By admission; entries of the same pass by rank."""
        return admitted, key

    def admits(self, heats: Mapping[int, float], options: ViewOptions) -> set[int]:
        """The entries that pass the threshold."""
        return set() if options.hot is None else options.hot.passed_by(heats)

    def why_absent(self, heat: float, heats: Mapping[int, float], options: ViewOptions) -> str:
        """The heat that the threshold asks for, and the entry's own."""
        threshold = options.hot
        if threshold is None:
            return self.why_off
        if not threshold.percent:
            cool = heat < threshold.number
            return f"its heat, {heat:g}, is below {threshold.number:g}" if cool else _NO_ROOM
        hot = threshold.passed_by(heats)
        wanted = f"hotter than {threshold.number:g} % of the feed's {len(heats)}"
        if not hot:
            return f"no entry is {wanted} now"
        least = min(heats[entry] for entry in hot)
        if heat >= least:
            return _NO_ROOM
        return f"its heat, {heat:g}, is too low: from {least:g} on entries are {wanted} now"
