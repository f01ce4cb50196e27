"""The site: what the configuration says of all that is published."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from feedd.select.policy import PolicyOverrides
from feedd.select.ranking import RankSettings
from feedd.select.saved_feeds import CompiledFilter
from feedd.select.topics import Topics
from feedd.select.views import Views


class Site(Struct, frozen=True):
    """What the configuration says that every document may show. `base_url` ends in `/`."""

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
    rank: RankSettings
    topics: Topics
    retired: dict[str, str | None] = {}  # folders of feeds that are no more, and of those that took their place
    hubs: tuple[str, ...] = ()  # WebSub hubs that are told of changes
    pages: bool = True  # whether there are pages for people
    precompress: tuple[str, ...] = ()  # the encodings that lie beside each document
    views: Views = Views()
    overrides: PolicyOverrides = PolicyOverrides()  # of `rank`, and of what follows
    limit: int = 50  # entries in a feed
    min_quality: float | None = None
    recipes: Mapping[str, CompiledFilter] = {}  # of saved feeds, by their slugs

    @property
    def entry_pages_below(self) -> str | None:
        """The address below which entries without a link have pages of their own; None where there are no pages."""
        return self.base_url if self.pages else None
