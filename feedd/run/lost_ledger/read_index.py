"""Reading a recovery index: a copy of what was published, in; its entries and feeds, and what is damaged, out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec import Struct

from feedd.render.recovery.index_parts import entries_name, feeds_name, is_part_with_entries
from feedd.render.recovery.recovery_index import (
    EntryPart,
    FeedPart,
    NoIndex,
    ShownEntry,
    ShownFeed,
    decode_entries,
    decode_feeds,
)
from feedd.run.lost_ledger.published_copy import PublishedCopy

P = TypeVar("P", EntryPart, FeedPart)


class FoundIndex(Struct, frozen=True):
    """A recovery index. `damaged`: missing and unreadable parts. Without `authority`, no part can be read."""

    authority: str
    entries: tuple[ShownEntry, ...]
    feeds: tuple[ShownFeed, ...]
    damaged: tuple[str, ...] = ()

    @property
    def has_all_entries(self) -> bool:
        """Whether no part with entries is damaged."""
        return not any(is_part_with_entries(each) for each in self.damaged)


def read_index(copy: PublishedCopy) -> FoundIndex | None:
    """The recovery index in a copy; None if there is none. Raises Unreached."""
    damaged: list[str] = []
    entry_parts = _parts(copy, entries_name, decode_entries, damaged)
    feed_parts = _parts(copy, feeds_name, decode_feeds, damaged)
    if not entry_parts and not feed_parts:
        return FoundIndex("", (), (), tuple(damaged)) if damaged else None
    entries = _each_once((each for part in entry_parts for each in part.entries), lambda each: each.id)
    feeds = _each_once((each for part in feed_parts for each in part.feeds), lambda each: each.id)
    authority = entry_parts[0].authority if entry_parts else feed_parts[0].authority
    return FoundIndex(authority, entries, feeds, tuple(damaged))


def _parts(
    copy: PublishedCopy, name: Callable[[int], str], decode: Callable[[bytes], P], damaged: list[str]
) -> list[P]:
    """The parts with one kind of contents. Adds to `damaged` the parts that are missing, or cannot be read."""
    found: list[P] = []
    number, count = 0, 1
    while number < count:
        data = copy.read(name(number))
        if data is not None:
            try:
                part = decode(data)
            except NoIndex:
                damaged.append(name(number))
            else:
                found.append(part)
                count = max(count, part.parts)
        elif found or damaged:
            damaged.append(name(number))
        number += 1
    return found


S = TypeVar("S", ShownEntry, ShownFeed)


def _each_once(several: Iterable[S], key: Callable[[S], str]) -> tuple[S, ...]:
    """Of those with one id, the first: parts of two states of the index may be there, as after half an upload."""
    found: dict[str, S] = {}
    for each in several:
        found.setdefault(key(each), each)
    return tuple(found.values())
