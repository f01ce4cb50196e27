"""Saved feeds: a configured filter and an item, in; whether the item belongs to the feed, out."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from msgspec import Struct

from feedd.items import text
from feedd.model import FeedId, Item, Podcast
from feedd.select.policy import PolicyOverride
from feedd.select.topics import Topics, name_key


class TopicChoice(Struct, frozen=True):
    """The topics of a saved feed's items: an item has some topic of `any`, all of `all`, and none of `none`. Empty: any
    item.
    """

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


class SavedFeed(Struct, frozen=True, rename={"override": "terms"}):
    """A saved feed. `slug` is its folder below `saved/` and its identity. An empty field asks for nothing.

    `override` is its own order, its limit, and the numbers that an entry needs to come in. `views` None: the views of
    its family. `podcast`: its own data as a podcast. `rename` keeps the fingerprints of settings as they were.
    """

    slug: str
    title: str
    description: str = ""
    topics: TopicChoice = TopicChoice()
    providers: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    language: tuple[str, ...] = ()  # language tags
    match: tuple[str, ...] = ()  # words or phrases
    override: PolicyOverride = PolicyOverride()
    views: tuple[str, ...] | None = None
    podcast: Podcast | None = None
    folders: tuple[str, ...] = ()  # of items, each with `/` at its end

    def compiled(self, topics: Topics, language: str) -> CompiledFilter:
        """The filter of the feed, with names as they compare. `language` is the language of items that name none."""

        def keys(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(name_key(topics.label(name)) for name in names)

        return CompiledFilter(
            self,
            keys(self.topics.any),
            keys(self.topics.all),
            keys(self.topics.none),
            tuple(map(name_key, self.providers)),
            tuple(map(name_key, self.types)),
            tuple(each.lower() for each in self.language),
            language.lower(),
        )


class CompiledFilter(Struct, frozen=True, rename={"saved_feed": "recipe"}):
    """The filter of a saved feed, ready to be applied to many items."""

    saved_feed: SavedFeed
    any: tuple[str, ...]
    all: tuple[str, ...]
    none: tuple[str, ...]
    providers: tuple[str, ...]
    types: tuple[str, ...]
    language: tuple[str, ...]
    default_language: str

    def identity(self, view: str) -> FeedId:
        """The identity of the feed, or of a view of it."""
        return FeedId("saved", self.saved_feed.slug, view)

    def matches(self, item: Item, topics: Collection[str]) -> bool:
        """Whether an item belongs to the feed. `topics` are the keys of its topics. The numbers that it needs do not
        count here: they decide whether an item comes in, not whether it stays.
        """
        return (
            self._has_topics(topics)
            and (not self.providers or (item.provider is not None and name_key(item.provider.name) in self.providers))
            and (not self.saved_feed.folders or any(each in item.below for each in self.saved_feed.folders))
            and (not self.types or (item.kind is not None and name_key(item.kind) in self.types))
            and (not self.language or self._speaks((item.locale or self.default_language).lower()))
            and (
                not self.saved_feed.match
                or bool(_pattern(self.saved_feed.match).search(text.searchable(item.title, item.summary)))
            )
        )

    def _has_topics(self, topics: Collection[str]) -> bool:
        wanted = not self.any or any(key in topics for key in self.any)
        return wanted and all(key in topics for key in self.all) and not any(key in topics for key in self.none)

    def _speaks(self, language: str) -> bool:
        """Whether the feed takes a language, by basic filtering (RFC 4647, section 3.3.1): `en` takes `en-US`."""
        return any(language == wanted or language.startswith(f"{wanted}-") for wanted in self.language)


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)
