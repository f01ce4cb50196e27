"""What the configuration says, applied: a feed and the settings in; the terms that hold for the feed, out."""

from __future__ import annotations

from feedd.model import FeedId
from feedd.select.folders import folder_of
from feedd.select.policy import FeedPolicy
from feedd.select.ranking import RankSettings
from feedd.select.settings import SelectionSettings
from feedd.select.views import FAMILIES, view_of


def policy_of(identity: FeedId, slug: str, selection: SelectionSettings) -> FeedPolicy:
    """What holds for a feed, and for its views."""
    terms = FeedPolicy(selection.rank, selection.limit, selection.min_quality)
    folder = folder_of(identity.base, slug).removesuffix("/") or "all"
    terms = selection.overrides.applied(terms, FAMILIES[identity.kind], folder)
    recipe = selection.recipes.get(identity.key) if identity.kind == "saved" else None
    return terms.overridden(recipe.recipe.terms) if recipe else terms


def rank_of(identity: FeedId, slug: str, selection: SelectionSettings) -> RankSettings:
    """How the members of a feed are ranked."""
    return view_of(identity).rank(policy_of(identity, slug, selection).rank)
