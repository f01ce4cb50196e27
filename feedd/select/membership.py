"""Membership: an item, in; the feeds that it belongs to, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from feedd.items import text
from feedd.model import FeedId, Item
from feedd.select.languages import main_language
from feedd.select.saved_feeds import SavedFeed
from feedd.select.settings import SelectionSettings
from feedd.select.topics import Topics, name_key
from feedd.select.views import FAMILIES


class Membership(NamedTuple):
    """A feed of an item, and the item's name for it."""

    feed: FeedId
    label: str


ALL = FeedId("all", "")
_Kind = Literal["topic", "provider", "author", "language"]


def feeds_of(item: Item, selection: SelectionSettings) -> list[Membership]:
    """The feeds that an item belongs to: the feed of all, unless the item is excluded from it; the feeds of the
    configured families; and saved feeds whose filter matches the item. The site of a private feed has one feed, with
    the items that are marked for it or that its filter matches.
    """
    only = selection.only
    if only is not None:
        is_in = item.is_addressed or only.matches(item, topics_of(item, selection.topics, selection.topics_from))
        return [Membership(ALL, "")] if is_in else []
    memberships = [] if item.exclude_from_all else [Membership(ALL, "")]
    topics = topics_of(item, selection.topics, selection.topics_from)
    for kind, names in _names(item, topics.values(), selection.language):
        if FAMILIES[kind] in selection.families:
            by_key = {name_key(name): name for name in names}
            memberships.extend(Membership(FeedId(kind, key), name) for key, name in by_key.items())
    filters = selection.saved_filters.values()
    memberships.extend(saved_feed_membership(each.saved_feed) for each in filters if each.matches(item, topics))
    return memberships


def topics_of(item: Item, topics: Topics, topics_from: tuple[str, ...]) -> dict[str, str]:
    """The topics of an item by their keys, with their labels: the topics that it names, then names in the fields
    `topics_from`. An item without any has the topics of its keywords.
    """
    labels = {name_key(label): label for label in map(topics.label, item.topics)}
    for label in (topics.label(name) for field in topics_from for name in names_in(item, field)):
        labels.setdefault(name_key(label), label)
    if labels:
        return labels
    found = topics.by_keyword(text.searchable(item.title, item.summary, " ".join(item.tags)))
    return {name_key(name): name for name in found}


def names_in(item: Item, field: str) -> tuple[str, ...]:
    """The names in a field among TOPICS_FROM of an item."""
    return item.tags if field == "tags" else tuple(filter(None, (item.category, *item.categories)))


def author_names(item: Item) -> tuple[str, ...]:
    """The names of who wrote an item: the authors that it names, else the authors that its provider has."""
    if item.authors:
        return tuple(author.name for author in item.authors)
    return item.provider.authors if item.provider else ()


def saved_feed_membership(saved_feed: SavedFeed) -> Membership:
    """A saved feed, as an item belongs to it."""
    return Membership(FeedId("saved", saved_feed.slug), saved_feed.title)


def _names(item: Item, topics: Iterable[str], language: str) -> Iterator[tuple[_Kind, Iterable[str]]]:
    yield "topic", topics
    yield "provider", (item.provider.name,) if item.provider else ()
    yield "author", author_names(item)
    yield "language", (main_language(item.locale or language),)
