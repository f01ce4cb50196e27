"""digest/daily/ and digest/weekly/: an entry for each day, or week, that is over."""

from __future__ import annotations

from datetime import datetime

from feedd.select.views.view_kind import DueTimes, PeriodView
from feedd.select.views.view_options import Count, SomeOf, ViewOptions

DAILY, WEEKLY = "daily", "weekly"
CADENCES = (DAILY, WEEKLY)


class DigestView(PeriodView):
    """Digests of a cadence among CADENCES. `period` is the noun for its period: "day"."""

    options = {"digest": SomeOf(CADENCES), "digest_limit": Count(1, 1000)}  # noqa: RUF012

    def __init__(self, cadence: str, period: str) -> None:
        self.cadence = cadence
        self._period = period
        self.name = f"digest/{cadence}"

    @property
    def short_name(self) -> str:
        """Its cadence."""
        return self.cadence

    @property
    def why_off(self) -> str:
        """Digests of all cadences share an option."""
        return f"`views.digest` does not name {self.cadence}"

    def is_on(self, options: ViewOptions) -> bool:
        """Whether its cadence is configured."""
        return self.cadence in options.digest

    def limit(self, options: ViewOptions) -> int:
        """How many entries each digest names."""
        return options.digest_limit

    def why_absent(self, times: DueTimes, made: str | None) -> str:
        """Its period is not over, the entry came too late for it, or others came first there."""
        if times.end > times.now:
            return f"its {self._period} is not over; the digest comes at {_minute(times.end)}"
        late = f"it came after its {self._period} was over"
        if times.late is not None:
            return f"{late}, and counts for that which comes at {_minute(times.late)}"
        if times.first_shown >= times.end:
            return f"{late}, at {_minute(times.end)}"
        if made is None:
            return f"there is none of its {self._period}"
        return f"that of {made} does not name it: others come first there, or it was not in the feed then"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
