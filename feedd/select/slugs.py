"""Slugs: the names of feeds and entries, in; readable parts of URLs, which never collide, out."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from urllib.parse import quote

from feedd.items import text
from feedd.model import FeedId
from feedd.select.membership import Membership

ENTRY_FOLDER = "entry/"


def entry_folder(slug: str) -> str:
    """The folder of an entry's page, below the feeds' directory."""
    return f"{ENTRY_FOLDER}{slug}/"


def entry_url(base_url: str, slug: str) -> str:
    """The address of an entry's page. `base_url` is the address of the feeds, and ends with "/"."""
    return base_url + quote(entry_folder(slug))


def possible_entry_slugs(title: str, entry_id: str) -> Iterator[str]:
    """The slugs that an entry may get, in this order: its title's slug, then longer slugs with a digest of its id."""
    slug = text.slug(title) or "untitled"
    digest = hashlib.blake2b(entry_id.encode(), digest_size=4).hexdigest()
    while True:
        yield slug
        slug = f"{slug}-{digest}"


def slug_in(path: str) -> str | None:
    """The slug in the path of an entry's page; None for other documents."""
    if not path.startswith(ENTRY_FOLDER):
        return None
    return path.removeprefix(ENTRY_FOLDER).rpartition("/")[0]


def possible_slugs(feed: FeedId, label: str) -> Iterator[str]:
    """The slugs that a new feed may get, in this order: its name's slug, then longer slugs with the name's digest."""
    slug = text.slug(label) or feed.kind
    digest = hashlib.blake2b(feed.key.encode("utf-8", "replace"), digest_size=4).hexdigest()
    while True:
        yield slug
        slug = f"{slug}-{digest}"


def choose_slugs(feeds: Sequence[Membership], taken: Collection[str]) -> dict[FeedId, str]:
    """A slug for each new feed of a kind. All differ from each other and from the slugs in `taken`.

    A name that is a slug itself (`etc`) comes before names to be changed (`../../etc`). If two names have the same
    slug, the later name gets a slug with a digest.
    """
    used = set(taken)
    slugs: dict[FeedId, str] = {}
    for feed, label in sorted(feeds, key=lambda each: (text.slug(each.label) != each.feed.key, each.feed.key)):
        slugs[feed] = next(slug for slug in possible_slugs(feed, label) if slug not in used)
        used.add(slugs[feed])
    return slugs
