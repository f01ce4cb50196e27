"""The recovery index: what was shown, in; small files beside the feeds, out; and back.

    shown entries -- groups --> recovery/entries-NN.bin        feeds -- groups --> recovery/feeds-NN.bin

It has what a new ledger needs to go on where a lost one ended: ids, digests and dates of entries, the members of feeds,
and since when. It has no title and no text, no path in the clear, and nothing of entries that are not shown. A change
of one entry rewrites one small file: the group of an entry, and of a feed, follows from its id.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from typing import Annotated, NamedTuple, TypeVar

import msgspec
from msgspec import Meta, Struct

from feedd.decide.minting import normal_path
from feedd.render.recovery.index_parts import GROUPS, MARK, is_index

_LARGEST = 64 * 1024 * 1024  # bytes of a part, unpacked

_Seconds = Annotated[int, Meta(ge=-62_135_596_800, le=253_402_300_799)]  # the years 1 to 9999
_Number = Annotated[int, Meta(ge=0, le=1 << 53)]
_Text = Annotated[str, Meta(max_length=65536)]
_Name = Annotated[str, Meta(min_length=1, max_length=65536)]
_EntryKey = Annotated[bytes, Meta(min_length=8, max_length=8)]
_LeadKey = Annotated[bytes, Meta(max_length=8)]
_PathKey = Annotated[bytes, Meta(max_length=8)]
_LinkKey = Annotated[bytes, Meta(min_length=16, max_length=16)]
_TextDigest = Annotated[bytes, Meta(max_length=12)]
P = TypeVar("P", bound="EntryPart | FeedPart")


class ArchivePlace(NamedTuple):
    """Where an entry stands: the number of a feed, as in ShownFeed, and the number of an archive of that feed. With 0
    it stood in an archive once: archives were switched off, or it left them.
    """

    feed: _Number
    archive: _Number


class ShownEntry(Struct, frozen=True, array_like=True):
    """An entry that subscribers can see. Times are seconds since 1970. `link` is the key of its canonical link, `text`
    the digest of its text, `path` the key of the path of its file. Each may be empty where it is not known.
    `lead` is the key of the entry that leads its story; empty for an entry that leads, or has no story. None: an index
    of an earlier version does not tell, nor does a feed.
    """

    id: _Name
    link: _LinkKey | None
    text: _TextDigest
    published: _Seconds
    updated: _Seconds
    path: _PathKey = b""
    slug: _Text | None = None
    guid: _Text | None = None
    archived: tuple[ArchivePlace, ...] = ()
    lead: _LeadKey | None = None


class ShownMember(NamedTuple):
    """A member of a feed: the key of its entry, and its date there, in seconds since 1970."""

    entry: _EntryKey
    admitted: _Seconds


class ShownTombstone(NamedTuple):
    """A withdrawn entry that the Atom document of a feed names: its id, and when it was withdrawn."""

    id: _Name
    withdrawn: _Seconds


class ShownArchive(NamedTuple):
    """An archive of a feed: its number, how many entries were put into it, and when it was last updated."""

    number: _Number
    filled: _Number
    updated: _Seconds


class ShownFeed(Struct, frozen=True, array_like=True):
    """A feed that was published once. `number`: the older feed has the smaller number. `floor`: the position up to
    which nothing comes in any more. Its id is empty where only a date is known. `departed`: entries that were pushed
    out, as far as the floor does not bar them. `tombstones`: newest first, as in the Atom document.
    """

    number: _Number
    kind: _Name
    key: _Text
    view: _Text
    id: _Name
    slug: _Text
    label: _Text
    updated: _Seconds
    floor: tuple[_Seconds, _Text] | None
    members: tuple[ShownMember, ...]
    departed: tuple[ShownMember, ...] = ()
    archives: tuple[ShownArchive, ...] = ()
    tombstones: tuple[ShownTombstone, ...] = ()


class EntryPart(Struct, frozen=True, array_like=True):
    """A part of the index: entries. `parts` is how many such parts there are."""

    authority: _Name
    parts: Annotated[int, Meta(ge=1, le=GROUPS)]
    entries: tuple[ShownEntry, ...]


class FeedPart(Struct, frozen=True, array_like=True):
    """A part of the index: feeds. `parts` is how many such parts there are."""

    authority: _Name
    parts: Annotated[int, Meta(ge=1, le=GROUPS)]
    feeds: tuple[ShownFeed, ...]


class NoIndex(Exception):
    """A document is no part of a recovery index, or a damaged one."""


def entry_key(entry_id: str) -> bytes:
    """The key of an entry among the members of a feed."""
    return hashlib.blake2b(entry_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def path_key(path: str) -> bytes:
    """The key of the path of a file: a path may tell more than its entry shows."""
    path = normal_path(path)
    return hashlib.blake2b(path.encode("utf-8", "surrogatepass"), digest_size=8, person=b"feedd path").digest()


def encode_entries(authority: str, parts: int, entries: Iterable[ShownEntry]) -> bytes:
    """The bytes of a part with entries. Their order does not matter."""
    return _packed(EntryPart(authority, parts, tuple(sorted(entries, key=lambda each: each.id))))


def encode_feeds(authority: str, parts: int, feeds: Iterable[ShownFeed]) -> bytes:
    """The bytes of a part with feeds. Their order does not matter."""
    return _packed(FeedPart(authority, parts, tuple(sorted(feeds, key=lambda each: each.number))))


def decode_entries(data: bytes) -> EntryPart:
    """The part with entries that a document is. Raises NoIndex."""
    return _unpacked(data, EntryPart)


def decode_feeds(data: bytes) -> FeedPart:
    """The part with feeds that a document is. Raises NoIndex."""
    return _unpacked(data, FeedPart)


def _packed(part: EntryPart | FeedPart) -> bytes:
    return MARK + zlib.compress(msgspec.msgpack.encode(part), 6)


def _unpacked(data: bytes, kind: type[P]) -> P:
    if not is_index(data):
        raise NoIndex("it is no recovery index that this version of feedd reads")
    unpacking = zlib.decompressobj()
    try:
        unpacked = unpacking.decompress(data[len(MARK) :], _LARGEST)
        if not unpacking.eof or unpacking.unused_data:
            raise NoIndex("it is cut off, or too large")
        return msgspec.msgpack.decode(unpacked, type=kind)
    except (zlib.error, msgspec.MsgspecError, ValueError, RecursionError) as error:  # ValueError: no UTF-8
        raise NoIndex("it is damaged") from error
