"""The directory of a site's feeds, from which its index page and its OPML file are made."""

from __future__ import annotations

from msgspec import Struct

from feedd.words.site_words import Words

# The names of the words above the lists of feeds, by the kinds of feeds, in the order of the lists.
KINDS = {
    "saved": "saved_feeds",
    "topic": "topics",
    "provider": "providers",
    "author": "authors",
    "language": "languages",
}


class Link(Struct, frozen=True):
    """A document of a feed. `title` is the name of its format for people; `url` is absolute. `relative` is the URL
    relative to the page that shows the link; it works wherever the folder is.
    """

    title: str
    media_type: str
    url: str
    relative: str


class ListedFeed(Struct, frozen=True):
    """A feed as a list shows it. `documents` begins with the format to recommend."""

    label: str  # "Machine Learning"
    title: str  # with the site's name: "Machine Learning - Feeds"
    description: str
    home: str
    documents: tuple[Link, ...]
    parent: str | None = None  # the label of the topic that it is grouped under
    page: str = ""  # the URL of its page, relative to the site's
    count: int = 0  # entries
    views: tuple[tuple[str, str], ...] = ()  # names of the words of its views, with folders relative to the site's page


class Listing(Struct, frozen=True):
    """All feeds of a site, in the order in which they are shown."""

    title: str
    description: str
    words: Words
    everything: tuple[ListedFeed, ...]  # the feed of all entries
    topics: tuple[ListedFeed, ...]
    providers: tuple[ListedFeed, ...]
    home: str = ""  # the URL of the site's page
    saved: tuple[ListedFeed, ...] = ()  # feeds that the site's owner has put together
    views: tuple[ListedFeed, ...] = ()  # of these feeds
    authors: tuple[ListedFeed, ...] = ()
    languages: tuple[ListedFeed, ...] = ()
    search: str = "a topic or provider"  # what can be searched for, in words

    @property
    def sections(self) -> tuple[tuple[str, tuple[ListedFeed, ...]], ...]:
        """All feeds except the feed of all, under the names of the words of their kinds. Kinds without feeds are left
        out.
        """
        feeds = (self.saved, self.topics, self.providers, self.authors, self.languages)
        return tuple((name, listed) for name, listed in zip(KINDS.values(), feeds, strict=True) if listed)


def anchor(kind: str) -> str:
    """Where the list of a kind of feeds is on the page of the site, whatever the language."""
    return kind.replace("_", "-")
