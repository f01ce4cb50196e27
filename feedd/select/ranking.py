"""Ranking: an entry's heat, quality, coverage and date in; a key that orders it among all others, out.

The key is log2(effective heat) + published / half-life. Two keys keep their distance as time goes by, so an
order changes only when an item does.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from msgspec import Struct
from msgspec.structs import replace

Order = Literal["heat", "latest", "quality"]
MAX_HEAT = 1e6  # the highest heat or quality that makes sense


class RankSettings(Struct, frozen=True):
    """How heat is read. `half_life` is seconds; `unknown` stands in where an item has neither heat nor quality;
    `coverage` is added for each further provider on the same story.
    """

    order: Order = "heat"
    half_life: float = 2 * 86400.0
    unknown: float = 30.0
    coverage: float = 10.0


def by_rank(settings: RankSettings) -> RankSettings:
    """The settings of a list by rank: the feed's own settings; by heat if the feed is ordered by date."""
    return replace(settings, order="heat") if settings.order == "latest" else settings


class HeatInputs(Struct, frozen=True):
    """The inputs of an entry's effective heat."""

    heat: float | None
    quality: float | None
    coverage: int


class HasHeat(Protocol):
    """An entry with the inputs of its rank."""

    @property
    def quality(self) -> float | None:
        """The curator's quality, if known."""

    @property
    def heat(self) -> float | None:
        """The curator's heat, if known."""

    @property
    def coverage(self) -> int:
        """How many further providers report the story that it leads."""


class RankKey(NamedTuple):
    """Orders entries, greatest first. Total: `id` is unique."""

    first: float
    second: float
    published: datetime
    id: str


def effective_heat(entry: HasHeat, settings: RankSettings) -> float:
    """The curator's heat, which already counts coverage. Else the quality, or the configured unknown, plus `coverage`
    for each further provider.
    """
    if entry.heat is not None:
        return entry.heat
    base = entry.quality if entry.quality is not None else settings.unknown
    return base + settings.coverage * entry.coverage


def rank_score(entry: HasHeat, published: datetime, settings: RankSettings) -> float:
    """Effective heat and date as one number. Heat below 1 counts as 1, for the logarithm's sake."""
    heat = math.log2(max(effective_heat(entry, settings), 1.0))
    return round(heat + published.timestamp() / settings.half_life, 9)


def rank_key(entry: HasHeat, published: datetime, entry_id: str, settings: RankSettings) -> RankKey:
    """The key of an entry under `settings.order`."""
    quality = entry.quality if entry.quality is not None else -math.inf
    if settings.order == "latest":
        return RankKey(0.0, 0.0, published, entry_id)
    if settings.order == "quality":
        return RankKey(quality, 0.0, published, entry_id)
    return RankKey(rank_score(entry, published, settings), quality, published, entry_id)


def period_key(entry: HasHeat, published: datetime, entry_id: str, settings: RankSettings) -> RankKey:
    """The key of an entry among the entries of a closed period: as `rank_key`, but age takes nothing from heat."""
    key = rank_key(entry, published, entry_id, settings)
    return key._replace(first=effective_heat(entry, settings)) if settings.order == "heat" else key


def heat_to_pass(above: RankKey, published: datetime, settings: RankSettings) -> float | None:
    """The smallest whole-number heat that would move an entry of this date above the entry with the key `above`. In
    feeds ordered by quality: the smallest quality. None if even MAX_HEAT is not enough.
    """
    if settings.order == "latest":
        return None
    needed = above.first
    if settings.order == "heat":
        needed = 2.0 ** min(needed - published.timestamp() / settings.half_life, 100.0)
    needed = math.floor(needed + 1e-6) + 1 if needed > -math.inf else 0
    return needed if needed <= MAX_HEAT else None


def relative(key: float, best: float, order: Order) -> float:
    """The strength of an entry relative to the best of its list, from 0 to 1: by heat that has aged, or by quality."""
    if order == "quality":
        return key / best if key > 0 else 0.0
    return 2 ** max(key - best, -1000.0)
