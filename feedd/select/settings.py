"""Selection settings: what the configuration says of which entries stand where."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from feedd.model import FeedId
from feedd.select.folders import feed_folder
from feedd.select.policy import FeedPolicy, PolicyOverrides
from feedd.select.ranking import RankSettings
from feedd.select.saved_feeds import CompiledFilter
from feedd.select.topics import Topics
from feedd.select.views import FAMILIES, Views, find_view


class SelectionSettings(Struct, frozen=True):
    """What selects and orders entries, and which feeds there are under which names."""

    rank: RankSettings = RankSettings()
    topics: Topics = Topics()
    views: Views = Views()
    overrides: PolicyOverrides = PolicyOverrides()  # of `rank`, and of what follows
    limit: int = 50  # entries in a feed
    min_quality: float | None = None
    saved_filters: Mapping[str, CompiledFilter] = {}  # of saved feeds, by their slugs
    retired: Mapping[str, str | None] = {}  # folders of feeds that are no more, and of those that took their place


def feed_policy(identity: FeedId, slug: str, selection: SelectionSettings) -> FeedPolicy:
    """What holds for a feed, and for its views."""
    policy = FeedPolicy(selection.rank, selection.limit, selection.min_quality)
    folder = feed_folder(identity.base, slug).removesuffix("/") or "all"
    policy = selection.overrides.applied(policy, FAMILIES[identity.kind], folder)
    chosen = selection.saved_filters.get(identity.key) if identity.kind == "saved" else None
    return policy.overridden(chosen.saved_feed.override) if chosen else policy


def feed_rank(identity: FeedId, slug: str, selection: SelectionSettings) -> RankSettings:
    """How the members of a feed are ranked."""
    return find_view(identity).rank(feed_policy(identity, slug, selection).rank)
