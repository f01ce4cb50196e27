"""Membership: an item, in; the feeds that it belongs to, out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from feedd.items import text
from feedd.model import FeedId, Item
from feedd.select.saved_feeds import CompiledFilter, SavedFeed
from feedd.select.topics import Topics, name_key


class Membership(NamedTuple):
    """A feed of an item, and the item's name for it."""

    feed: FeedId
    label: str


ALL = FeedId("all", "")


def feeds_of(item: Item, topics: Topics, filters: Iterable[CompiledFilter] = ()) -> list[Membership]:
    """The feeds that an item belongs to: the feed of all, its topics', its provider's, and saved feeds whose filter
    matches it. An item that names no topic has the topics of its keywords.
    """
    memberships = [Membership(ALL, "")]
    names = item.topics or topics.by_keyword(text.searchable(item.title, item.summary, " ".join(item.tags)))
    labels = (topics.label(name) for name in names)
    topic_feeds = {name_key(label): label for label in labels}
    memberships.extend(Membership(FeedId("topic", key), label) for key, label in topic_feeds.items())
    if item.provider is not None:
        name = item.provider.name
        memberships.append(Membership(FeedId("provider", name_key(name)), name))
    memberships.extend(saved_feed_membership(each.saved_feed) for each in filters if each.matches(item, topic_feeds))
    return memberships


def saved_feed_membership(saved_feed: SavedFeed) -> Membership:
    """A saved feed, as an item belongs to it."""
    return Membership(FeedId("saved", saved_feed.slug), saved_feed.title)
