"""Encoding and decoding of values in the ledger's columns.

Times are whole seconds since 1970, UTC. A value that cannot be decoded raises Damaged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from msgspec import Struct

from feedd.model import Item, Problem, Provider
from feedd.store.errors import Damaged

T = TypeVar("T")
EPOCH = datetime.fromtimestamp(0, UTC)


class ProviderOnly(Struct, frozen=True):
    """The part of an item that names its provider. To decode it takes less time than to decode the item."""

    provider: Provider | None = None


class ReadFile(Struct, frozen=True, array_like=True):
    """A file as it was read: its encoded item, or None with problems; and the keys and digests that find its entry.

    `dialect`, `is_foreign` and `unread`: see Parsed. `is_dated`: the file gives its item a date.
    """

    path: str
    item: bytes | None
    link: bytes | None
    digest: bytes
    page: str
    targets: tuple[str, ...]
    problems: tuple[Problem, ...]
    withheld_while_broken: bool
    keys: bytes = b""  # of its story
    source: bytes = b""  # the digest of its bytes
    document: bytes | None = None  # the key of the link without its fragment, if it has a fragment
    former: str | None = None  # the id of the item in an old feed
    dialect: str = ""
    is_foreign: bool = False
    unread: tuple[str, ...] = ()
    is_dated: bool = True
    media: tuple[str, ...] = ()  # what it refers to of files that may lie beside it: keys of References.files


def seconds(moment: datetime | None) -> int | None:
    """A moment as the ledger keeps it."""
    return None if moment is None else int(moment.timestamp())


def moment(value: int) -> datetime:
    """A moment that the ledger kept."""
    return datetime.fromtimestamp(value, UTC)


def optional_moment(value: int | None) -> datetime | None:
    """A moment that the ledger kept, or None."""
    return None if value is None else moment(value)


def _sound(decode: Callable[[bytes], T], what: str) -> Callable[[bytes], T]:
    """`decode`, but with Damaged as its error."""

    def decoder(blob: bytes) -> T:
        try:
            return decode(blob)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Damaged(f"{what} in it cannot be read ({error})") from error

    return decoder


_decode_item = _sound(msgspec.msgpack.Decoder(Item).decode, "an item")
decode_provider = _sound(msgspec.msgpack.Decoder(ProviderOnly).decode, "an item")
decode_problems = _sound(msgspec.msgpack.Decoder(tuple[Problem, ...]).decode, "a problem")
decode_targets = _sound(msgspec.msgpack.Decoder(tuple[str, ...]).decode, "a list of links")
decode_found_media = _sound(msgspec.msgpack.Decoder(tuple[tuple[str, str], ...]).decode, "a list of media")
encode = msgspec.msgpack.encode


def content_digest(encoded: bytes) -> bytes:
    """The digest of an encoded value, which shows later whether the value is unchanged."""
    return hashlib.blake2b(encoded, digest_size=12).digest()


def decode_item(blob: bytes, digest: bytes) -> Item:
    """An item that the ledger kept. Raises Damaged, also for a single altered bit: it would be published."""
    if content_digest(blob) != digest:
        raise Damaged("an item in it is not as it was kept")
    return _decode_item(blob)
