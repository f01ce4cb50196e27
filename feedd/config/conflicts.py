"""Contradictions: settings in, each valid by itself; the contradictions between them out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from feedd.items.front_matter.yaml import FieldPath
from feedd.select.saved_feeds import SavedFeed
from feedd.select.topics import Topics, name_key
from feedd.select.views import VIEWS, Views

Contradiction = tuple[FieldPath, str]


def contradictions(
    saved_feeds: Iterable[SavedFeed], retired: Collection[str], views: Views, topics: Topics
) -> Iterator[Contradiction]:
    """The contradictions in the settings of saved feeds, each with its path."""
    for saved_feed in saved_feeds:
        at = ("feeds", saved_feed.slug)
        if f"saved/{saved_feed.slug}" in retired:
            yield (
                ("retired", f"saved/{saved_feed.slug}"),
                "is among `feeds` too, so it is not retired; keep one of both",
            )
        yield from _of_topics(saved_feed, at, topics)
        for name in saved_feed.views or ():
            if name not in views.names:
                off = VIEWS[name].why_off
                yield (*at, "views"), f"there is no {name}/, since {off}; switch that on, or leave it out here"


def _of_topics(saved_feed: SavedFeed, at: FieldPath, topics: Topics) -> Iterator[Contradiction]:
    def keys(names: Iterable[str]) -> dict[str, str]:
        return {name_key(topics.label(name)): name for name in names}

    none = keys(saved_feed.topics.none)
    wanted = keys(saved_feed.topics.all)
    for key in wanted.keys() & none.keys():
        yield (*at, "topics"), f'no item has all of `all` and none of `none`: "{wanted[key]}" is in both'
    either = keys(saved_feed.topics.any)
    if either and either.keys() <= none.keys():
        yield (*at, "topics"), "no item has any of `any` and none of `none`: all of the former are in the latter"
