"""What the configuration says, applied: a feed and the site in; the terms that hold for the feed, out."""

from __future__ import annotations

from feedd.model import FeedId
from feedd.select.folders import folder_of
from feedd.select.policy import FeedPolicy
from feedd.select.ranking import RankSettings
from feedd.select.settings import Site
from feedd.select.views import FAMILIES, TOP, by_rank


def policy_of(identity: FeedId, slug: str, site: Site) -> FeedPolicy:
    """What holds for a feed, and for its views."""
    terms = FeedPolicy(site.rank, site.limit, site.min_quality)
    folder = folder_of(identity.base, slug).removesuffix("/") or "all"
    terms = site.overrides.applied(terms, FAMILIES[identity.kind], folder)
    recipe = site.recipes.get(identity.key) if identity.kind == "saved" else None
    return terms.overridden(recipe.recipe.terms) if recipe else terms


def rank_of(identity: FeedId, slug: str, site: Site) -> RankSettings:
    """How the members of a feed are ranked."""
    rank = policy_of(identity, slug, site).rank
    return by_rank(rank) if identity.view == TOP else rank
