"""Policies: settings for all feeds, for families of feeds and for single feeds, in; the settings of one feed, out."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import asdict, replace

from feedd.select.ranking import HasHeat, Order, RankSettings, effective_heat


class PolicyOverride(Struct, frozen=True):
    """The settings of a family of feeds, or of a single feed. None: not set here."""

    order: Order | None = None
    half_life: float | None = None
    unknown: float | None = None
    coverage: float | None = None
    min_quality: float | None = None
    min_heat: float | None = None
    limit: int | None = None


class FeedPolicy(Struct, frozen=True):
    """The settings of a feed: its order, its length, and the numbers that an entry needs to come in."""

    rank: RankSettings
    limit: int
    min_quality: float | None = None
    min_heat: float | None = None

    def with_override(self, override: PolicyOverride) -> FeedPolicy:
        """The policy with the values that are set in `override`."""
        given = {name: value for name, value in asdict(override).items() if value is not None}
        rank = replace(self.rank, **{name: given.pop(name) for name in _OF_RANK & given.keys()})
        return replace(self, rank=rank, **given)

    def rejection_reason(self, entry: HasHeat) -> str | None:
        """Why an entry does not come in; None if it does. An entry that is in stays, whatever becomes of its numbers.

        An unknown quality counts as `rank.unknown`, like an unknown heat.
        """
        quality = self.rank.unknown if entry.quality is None else entry.quality
        if self.min_quality is not None and quality < self.min_quality:
            return f"its quality, {quality:g}, is below {self.min_quality:g}"
        if self.min_heat is not None and (heat := effective_heat(entry, self.rank)) < self.min_heat:
            return f"its heat, {heat:g}, is below {self.min_heat:g}"
        return None


_OF_RANK = {"order", "half_life", "unknown", "coverage"}


class PolicyOverrides(Struct, frozen=True):
    """The settings of families of feeds, by their names, and of single feeds, by their folders."""

    families: Mapping[str, PolicyOverride] = {}
    feeds: Mapping[str, PolicyOverride] = {}

    def policy_for(self, policy: FeedPolicy, family: str, folder: str) -> FeedPolicy:
        """The policy of a feed: its own settings win over its family's, and these win over `policy`."""
        for override in (self.families.get(family), self.feeds.get(folder)):
            policy = policy.with_override(override) if override else policy
        return policy
