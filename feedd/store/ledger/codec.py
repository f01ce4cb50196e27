"""Records: what the ledger keeps, between the columns of its tables and the values of `core`.

Times are whole seconds since 1970, UTC. What cannot be read as it was kept is Damaged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from msgspec import Struct

from feedd.model import Item, Problem
from feedd.select.ranking import ProviderOnly
from feedd.store.errors import Damaged

T = TypeVar("T")
EPOCH = datetime.fromtimestamp(0, UTC)


class ReadFile(Struct, frozen=True, array_like=True):
    """One file as it was read: its item encoded, or None with problems; and what finds its entry."""

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
    document: bytes | None = None  # the key of the document into which the link leads, if that is another


def seconds(moment: datetime | None) -> int | None:
    """A moment as the ledger keeps it."""
    return None if moment is None else int(moment.timestamp())


def moment(value: int) -> datetime:
    """A moment that the ledger kept."""
    return datetime.fromtimestamp(value, UTC)


def perhaps(value: int | None) -> datetime | None:
    """A moment that the ledger kept, if it kept one."""
    return None if value is None else moment(value)


def _sound(decode: Callable[[bytes], T], what: str) -> Callable[[bytes], T]:
    """`decode` for what the ledger kept. Raises Damaged."""

    def decoder(blob: bytes) -> T:
        try:
            return decode(blob)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Damaged(f"{what} in it cannot be read ({error})") from error

    return decoder


_decode_item = _sound(msgspec.msgpack.Decoder(Item).decode, "an item")
decode_standing = _sound(msgspec.msgpack.Decoder(ProviderOnly).decode, "an item")
decode_problems = _sound(msgspec.msgpack.Decoder(tuple[Problem, ...]).decode, "a problem")
decode_targets = _sound(msgspec.msgpack.Decoder(tuple[str, ...]).decode, "a list of links")
encode = msgspec.msgpack.encode


def digest_of(encoded: bytes) -> bytes:
    """The digest by which an encoded item is known to be as it was read."""
    return hashlib.blake2b(encoded, digest_size=12).digest()


def decode_item(blob: bytes, digest: bytes) -> Item:
    """An item that the ledger kept. Raises Damaged, also for a single altered bit: it would be published."""
    if digest_of(blob) != digest:
        raise Damaged("an item in it is not as it was kept")
    return _decode_item(blob)
