"""Entries between the stages of a pass: a file of an entry, what the ledger keeps of an entry, and a change of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from feedd.model import Item
from feedd.select.window import WindowPosition

UNKNOWN_TEXT = b""  # the text digest of an entry whose text was shown, and is not known


class EntryFile(Struct, frozen=True):
    """A file of an entry that is there now, with the last good version of its item and the key of its link.

    `withheld_while_broken`: the file is broken and asks, as far as can be told, not to be published. `keys`: the packed
    keys of its story, as of its last reading; None if it was read before such keys were kept. `source`: a digest of the
    bytes from which the item was read; None in records of an older feedd.
    """

    file: int
    path: str
    item: Item
    link: bytes | None
    withheld_while_broken: bool
    keys: bytes | None = None
    source: bytes | None = None


class EntryRecord(Struct, frozen=True, rename={"text_digest": "digest"}):
    """One entry as the ledger keeps it.

    Its fields are the columns of a table, under their own names or the names in `rename`. A new field needs only a line
    here, with a default: an older ledger gets the column when it is opened.

    `text_digest` is the digest of the text last shown; None if nothing of the entry was ever shown. `source` is the
    digest of the file from which this text was read. It is None if the file is not known, or if its digest says nothing
    of the dates. `slug` names the entry's own page, if it ever had one. `due` is when to look again: a future date in
    one of its files, or the time at which one expires. `reason` says in words why the entry is not shown. `folded`: it
    is shown only under another entry, with its date `published`. `story` is the entry that leads its story; None if it
    is a story by itself. `heat` and `quality` are the curator's; `coverage` is the number of further providers of the
    story that it leads. `rank` is its `rank_score`. `guid` is the id in RSS and JSON Feed, if it is not `id`.
    `disputed`: it is not published because another entry has or claims the id that it had in an old feed.
    """

    entry: int
    id: str
    first_seen: datetime
    link: bytes | None = None
    file: int | None = None  # the file that represents it
    shown: bool = False
    reason: str | None = None
    due: datetime | None = None
    published: datetime | None = None
    updated: datetime | None = None
    text_digest: bytes | None = None
    folded: bool = False
    story: int | None = None
    heat: float | None = None
    quality: float | None = None
    coverage: int = 0
    rank: float | None = None
    source: bytes | None = None
    slug: str | None = None
    guid: str | None = None
    disputed: bool = False


class EntryChange(NamedTuple):
    """An entry as it was and as it has to be, with the file that represents it now, if any does. `is_new`: nothing was
    kept of the entry before. `members` are the feeds in which the entry is, by their numbers, and its position there.
    `archived` are the feeds in whose archives it stands, by their numbers, with the number of the archive.
    """

    before: EntryRecord
    after: EntryRecord
    file: EntryFile | None
    is_new: bool = False
    members: Mapping[int, WindowPosition] = {}
    archived: Mapping[int, int] = {}


def text_digest(item: Item) -> bytes:
    """A digest of the content as readers see it: title, summary, body, embed and link."""
    parts = (item.title, item.summary, item.body, item.embed, item.link or "")
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).digest()
