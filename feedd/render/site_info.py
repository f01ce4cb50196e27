"""Site info: the part of the configuration that documents show."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Literal, NamedTuple

from msgspec import Struct

from feedd.html.shown_pictures import MirrorRules
from feedd.items.reading_settings import LONGEST_BODY
from feedd.model import Podcast
from feedd.select.settings import DEFAULT_FAMILIES
from feedd.select.topics import Topics
from feedd.select.views import Views
from feedd.words.site_words import ConfiguredWord, Words


class SavedFeedInfo(NamedTuple):
    """The title and the description of a saved feed, and what it says of itself as a podcast."""

    title: str
    description: str
    podcast: Podcast | None = None


class SiteInfo(Struct, frozen=True):
    """The settings that documents show, and the formats and files to publish. Its own URLs end in `/`: `base_url`,
    `site_url` and `media_prefix`.
    """

    base_url: str
    title: str
    description: str
    language: str
    author: str
    author_uri: str | None
    author_email: str | None
    icon: str | None
    logo: str | None
    formats: tuple[str, ...]
    topics: Topics = Topics()
    views: Views = Views()
    saved: Mapping[str, SavedFeedInfo] = {}  # saved feeds, by their slugs
    hubs: tuple[str, ...] = ()  # WebSub hubs that are told of changes
    pages: bool = True  # whether there are pages for people
    podcast: Podcast | None = None  # what the feeds of the site say of themselves as podcasts
    probe: bool = False  # whether servers are asked for the sizes of files
    precompress: tuple[str, ...] = ()  # the encodings that lie beside each document
    site_url: str | None = None  # the address of the site whose texts the items are, if it is known
    media_prefix: str | None = None  # the address below which the site has its audio and video files
    links_by_name: bool = False  # whether a local address that is only a name leads to the item of this name
    families: tuple[str, ...] = DEFAULT_FAMILIES  # of feeds that items bring about
    topics_from: tuple[str, ...] = ()  # the fields whose names are topics, too
    content: Literal["full", "summary"] = "full"  # what entries carry, where their folders do not say
    content_limit: int = LONGEST_BODY  # characters of a body that entries carry
    mirror: MirrorRules | None = None  # which pictures of other sites are mirrored
    markdown_source: bool = False  # whether entries carry the Markdown of their items, too
    own_words: tuple[ConfiguredWord, ...] = ()  # in the place of feedd's words in the language of the site

    @property
    def entry_pages_below(self) -> str | None:
        """The address below which entries without a link have pages of their own; None where there are no pages."""
        return self.base_url if self.pages else None

    @property
    def words(self) -> Words:
        """Feedd's own words in the language of the site."""
        return Words(self.language, self.own_words)

    def directory(self, words: Words) -> str:
        """What the page of the site lists, in words (HTML)."""
        if not self.families:
            return words.html("all_feeds")
        kinds = words.together([words.say(f"{family}_within") for family in self.families])
        return words.html("all_of", kinds=escape(kinds))
