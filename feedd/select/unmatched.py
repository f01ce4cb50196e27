"""Unmatched: the feeds that there are, and the configuration, in; what it says of feeds that there are not, out.

It may be right some day, so it is no mistake; but more often a name is misspelt.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator

from feedd.model import FeedId
from feedd.select.folders import FeedSummary, feed_folder
from feedd.select.saved_feeds import CompiledFilter
from feedd.select.settings import SelectionSettings
from feedd.select.topics import name_key

_TYPES = ("article", "video", "download", "forum", "profile")  # the usual ones; there may be any other


def unmatched(heads: Iterable[FeedSummary], selection: SelectionSettings) -> list[str]:
    """What matches nothing so far, in words for a person. With no entry in any feed, that is not known."""
    current = [each for each in heads if each.identity.kind != "saved" or each.identity.key in selection.recipes]
    folders = {"all", *(feed_folder(each.identity, each.slug).removesuffix("/") for each in current)}
    there = {each.identity for each in current}
    if not any(feed.kind in ("topic", "provider") for feed in there):
        return []
    said = [
        f"rank.feeds: there is no feed {folder} so far" for folder in selection.overrides.feeds if folder not in folders
    ]
    return [*said, *(remark for recipe in selection.recipes.values() for remark in _of_recipe(recipe, there))]


def _of_recipe(keyed: CompiledFilter, there: Collection[FeedId]) -> Iterator[str]:
    recipe = keyed.recipe
    wanted = [
        *((name, FeedId("topic", key)) for name, key in zip(recipe.topics.any, keyed.any, strict=True)),
        *((name, FeedId("topic", key)) for name, key in zip(recipe.topics.all, keyed.all, strict=True)),
        *((name, FeedId("provider", key)) for name, key in zip(recipe.providers, keyed.providers, strict=True)),
    ]
    for name, feed in wanted:
        if feed not in there:
            yield f"feeds.{recipe.slug}.{feed.kind}s: there is no feed of a {feed.kind} {name} so far"
    for name in recipe.types:
        near = difflib.get_close_matches(name_key(name), _TYPES, n=1, cutoff=0.8)
        if near and near[0] != name_key(name):
            yield f"feeds.{recipe.slug}.types: {name}; did you mean {near[0]}?"
