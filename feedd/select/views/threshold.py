"""Threshold: the heats of a feed's entries, in; the hot entries, out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from msgspec import Struct


class Threshold(Struct, frozen=True):
    """When an entry is hot: from a heat on, or, with `percent`, if it is hotter than so many percent of its feed."""

    number: float
    percent: bool = False

    def passed_by(self, heats: Mapping[int, float]) -> set[int]:
        """The hot entries of a feed."""
        if not self.percent:
            return {entry for entry, heat in heats.items() if heat >= self.number}
        ascending = sorted(heats.values())
        enough = self.number * len(ascending)
        return {entry for entry, heat in heats.items() if 100 * bisect_left(ascending, heat) >= max(enough, 1)}
