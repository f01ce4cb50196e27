"""What old windows say: a value for what each feed showed, and how an entry is known of which nothing else is."""

from __future__ import annotations

import hashlib

from msgspec import Struct

from feedd.render.recovery.recovery_index import ShownEntry, ShownTombstone
from feedd.select.views import View


class OldArchive(Struct, frozen=True):
    """An archive of a feed: its number, when it was updated (0: not known), and the ids of its entries."""

    number: int
    updated: int
    ids: tuple[str, ...]


class OldWindow(Struct, frozen=True):
    """What a feed showed. `folder`: of its documents, "" or ending in `/`. `oldest`: the date of its oldest entry, in
    seconds since 1970. `archives`: from the oldest on. `tombstones`: from the newest on.
    """

    folder: str
    id: str | None
    updated: int | None
    count: int
    oldest: int | None
    archives: tuple[OldArchive, ...] = ()
    tombstones: tuple[ShownTombstone, ...] = ()


def is_of_view(folder: str, view: View) -> bool:
    """Whether the feed in a folder is a view of this kind, such as `topics/ai/digest/daily/`."""
    return f"/{folder}".endswith(f"/{view.name}/")


class OldWindows(Struct, frozen=True):
    """All windows of a site, and the entries in them, without digests. `damaged`: documents that cannot be read."""

    windows: tuple[OldWindow, ...]
    entries: tuple[ShownEntry, ...]
    damaged: tuple[str, ...] = ()


def title_digest(title: str) -> bytes:
    """The digest by which an entry without a link is found again, where nothing but its title is known."""
    return hashlib.blake2b(title.encode("utf-8", "replace"), digest_size=12, person=b"feedd title").digest()
