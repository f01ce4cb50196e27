"""Selection settings: what the configuration says of which entries stand where."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from feedd.select.policy import PolicyOverrides
from feedd.select.ranking import RankSettings
from feedd.select.saved_feeds import CompiledFilter
from feedd.select.topics import Topics
from feedd.select.views import Views


class SelectionSettings(Struct, frozen=True):
    """What selects and orders entries, and which feeds there are under which names."""

    rank: RankSettings = RankSettings()
    topics: Topics = Topics()
    views: Views = Views()
    overrides: PolicyOverrides = PolicyOverrides()  # of `rank`, and of what follows
    limit: int = 50  # entries in a feed
    min_quality: float | None = None
    recipes: Mapping[str, CompiledFilter] = {}  # of saved feeds, by their slugs
    retired: Mapping[str, str | None] = {}  # folders of feeds that are no more, and of those that took their place
