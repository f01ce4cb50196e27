"""Ranking: an item's heat, quality and date in; a key that orders it among all others, out.

The key is log2(effective heat) + published / half-life. Two keys keep their distance as time goes by, so an
order changes only when an item does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from msgspec import Struct

from feedd.model import Provider

Order = Literal["heat", "latest", "quality"]


class RankSettings(Struct, frozen=True):
    """How heat is read. `half_life` is seconds; `unknown` stands in where an item has neither heat nor quality;
    `coverage` is added for each further provider on the same story.
    """

    order: Order = "heat"
    half_life: float = 2 * 86400.0
    unknown: float = 30.0
    coverage: float = 10.0


class Source(Struct, frozen=True):
    """What a related item says of who published it."""

    provider: str | None = None
    domain: str | None = None


class Standing(Struct, frozen=True):
    """What of an item decides its place, and what its provider looks like: an Item has this and much more."""

    quality: float | None = None
    heat: float | None = None
    provider: Provider | None = None
    related: tuple[Source, ...] = ()


class _Related(Protocol):
    @property
    def provider(self) -> str | None: ...
    @property
    def domain(self) -> str | None: ...


class Ranked(Protocol):
    """An Item or a Standing."""

    @property
    def quality(self) -> float | None:
        """The curator's quality, if known."""

    @property
    def heat(self) -> float | None:
        """The curator's heat, if known."""

    @property
    def provider(self) -> Provider | None:
        """Who published it."""

    @property
    def related(self) -> Sequence[_Related]:
        """Others on the same story."""


class RankKey(NamedTuple):
    """Orders entries, greatest first. Total: `id` is unique."""

    first: float
    second: float
    published: datetime
    id: str


def effective_heat(item: Ranked, settings: RankSettings) -> float:
    """The curator's heat, which already counts coverage; else quality, or the configured unknown, plus coverage
    by each distinct provider among the related items other than the item's own.
    """
    if item.heat is not None:
        return item.heat
    own = item.provider.name.casefold() if item.provider else ""
    others = {(related.provider or related.domain or "").casefold() for related in item.related} - {own, ""}
    base = item.quality if item.quality is not None else settings.unknown
    return base + settings.coverage * len(others)


def rank_key(item: Ranked, published: datetime, entry_id: str, settings: RankSettings) -> RankKey:
    """The place of an entry under `settings.order`. Heat below 1 counts as 1, for the logarithm's sake."""
    quality = item.quality if item.quality is not None else -math.inf
    if settings.order == "latest":
        return RankKey(0.0, 0.0, published, entry_id)
    if settings.order == "quality":
        return RankKey(quality, 0.0, published, entry_id)
    heat = math.log2(max(effective_heat(item, settings), 1.0))
    key = heat + published.timestamp() / settings.half_life
    return RankKey(round(key, 9), quality, published, entry_id)


def relative(key: RankKey, best: RankKey, settings: RankSettings) -> float:
    """How strong an entry is beside the best of its list, from 0 to 1: by heat that age has made less, or quality."""
    if settings.order == "quality":
        return key.first / best.first if key.first > 0 else 0.0
    return 2 ** max(key.first - best.first, -1000.0)
