"""Selection settings: the part of the configuration that places entries in feeds."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from feedd.model import FeedId
from feedd.select.archives import ArchiveSettings
from feedd.select.folders import NAMED_KINDS, feed_folder
from feedd.select.policy import FeedPolicy, PolicyOverrides
from feedd.select.ranking import RankSettings
from feedd.select.saved_feeds import CompiledFilter
from feedd.select.topics import Topics
from feedd.select.views import FAMILIES, Views, find_view

# The families of feeds that items bring about. Without a setting, there are the first two.
NAMED_FAMILIES = tuple(FAMILIES[kind] for kind in NAMED_KINDS)
DEFAULT_FAMILIES = NAMED_FAMILIES[:2]
TOPICS_FROM = ("tags", "categories")  # the fields that may count as topics


class SelectionSettings(Struct, frozen=True):
    """The settings that select entries, order them, and name feeds. `families` are some of NAMED_FAMILIES. Of the
    fields `topics_from`, names are topics, too. `language` is the language of items that name none.
    """

    rank: RankSettings = RankSettings()
    topics: Topics = Topics()
    views: Views = Views()
    overrides: PolicyOverrides = PolicyOverrides()  # of `rank` and the fields below
    limit: int = 50  # entries in a feed
    min_quality: float | None = None
    saved_filters: Mapping[str, CompiledFilter] = {}  # of saved feeds, by their slugs
    retired: Mapping[str, str | None] = {}  # folders of retired feeds, with their successors' or None
    families: tuple[str, ...] = DEFAULT_FAMILIES
    topics_from: tuple[str, ...] = ()
    language: str = "en"
    private: tuple[str, ...] = ()  # saved feeds that are private: they are nothing to the public site
    only: CompiledFilter | None = None  # the private feed that the site is, whose items alone it has
    archives: ArchiveSettings = ArchiveSettings()


def feed_policy(identity: FeedId, slug: str, selection: SelectionSettings) -> FeedPolicy:
    """The policy of a feed and of its views."""
    policy = FeedPolicy(selection.rank, selection.limit, selection.min_quality)
    folder = feed_folder(identity.base, slug).removesuffix("/") or "all"
    policy = selection.overrides.policy_for(policy, FAMILIES[identity.kind], folder)
    chosen = selection.saved_filters.get(identity.key) if identity.kind == "saved" else None
    return policy.with_override(chosen.saved_feed.override) if chosen else policy


def feed_rank(identity: FeedId, slug: str, selection: SelectionSettings) -> RankSettings:
    """The settings by which the members of a feed are ranked."""
    return find_view(identity).rank(feed_policy(identity, slug, selection).rank)
