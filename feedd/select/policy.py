"""Terms: what is configured for all feeds, for a family of them and for one, in; what holds for a feed, out."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import asdict, replace

from feedd.select.ranking import HasHeat, Order, RankSettings, effective_heat


class PolicyOverride(Struct, frozen=True):
    """What is said for a family of feeds, or for one. None: nothing."""

    order: Order | None = None
    half_life: float | None = None
    unknown: float | None = None
    coverage: float | None = None
    min_quality: float | None = None
    min_heat: float | None = None
    limit: int | None = None


class FeedPolicy(Struct, frozen=True):
    """What holds for a feed: how it is ordered, how many entries it holds, and what an entry needs to come in."""

    rank: RankSettings
    limit: int
    min_quality: float | None = None
    min_heat: float | None = None

    def overridden(self, override: PolicyOverride) -> FeedPolicy:
        """These, but for what `override` says."""
        said = {name: value for name, value in asdict(override).items() if value is not None}
        rank = replace(self.rank, **{name: said.pop(name) for name in _OF_RANK & said.keys()})
        return replace(self, rank=rank, **said)

    def rejection_reason(self, entry: HasHeat) -> str | None:
        """Why an entry does not come in; None if it does. What is in already stays, whatever becomes of its numbers.

        An unknown quality counts as an unknown heat does.
        """
        quality = self.rank.unknown if entry.quality is None else entry.quality
        if self.min_quality is not None and quality < self.min_quality:
            return f"its quality, {quality:g}, is below {self.min_quality:g}"
        if self.min_heat is not None and (heat := effective_heat(entry, self.rank)) < self.min_heat:
            return f"its heat, {heat:g}, is below {self.min_heat:g}"
        return None


_OF_RANK = {"order", "half_life", "unknown", "coverage"}


class PolicyOverrides(Struct, frozen=True):
    """What is said for families of feeds, by their names, and for single feeds, by their folders."""

    families: Mapping[str, PolicyOverride] = {}
    feeds: Mapping[str, PolicyOverride] = {}

    def applied(self, policy: FeedPolicy, family: str, folder: str) -> FeedPolicy:
        """What holds for a feed: what is said for it alone wins over what is said for its family."""
        for override in (self.families.get(family), self.feeds.get(folder)):
            policy = policy.overridden(override) if override else policy
        return policy
