"""Where the page of an entry is: a title and an id in, slugs out; a slug in, a folder out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from urllib.parse import quote

from feedd.items import text

FOLDER = "entry/"


def entry_folder(slug: str) -> str:
    """The folder of an entry's page, below the feeds' directory."""
    return f"{FOLDER}{slug}/"


def entry_url(base_url: str, slug: str) -> str:
    """The address of an entry's page. `base_url` is that of the feeds, and ends with "/"."""
    return base_url + quote(entry_folder(slug))


def possible_entry_slugs(title: str, entry_id: str) -> Iterator[str]:
    """The slugs that an entry may get, in this order: that of its title, and longer ones with a digest of its id."""
    slug = text.slug(title) or "untitled"
    digest = hashlib.blake2b(entry_id.encode(), digest_size=4).hexdigest()
    while True:
        yield slug
        slug = f"{slug}-{digest}"


def slug_in(path: str) -> str | None:
    """The slug in the path of a document; None for one that is no entry's."""
    if not path.startswith(FOLDER):
        return None
    return path.removeprefix(FOLDER).rpartition("/")[0]
