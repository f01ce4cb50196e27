"""Reading a recovery index: a copy of what was published, in; its entries and feeds, and what is damaged, out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec import Struct

from feedd.render.recovery.index_parts import MARK_OF_ANY, entries_name, feeds_name, is_part_with_entries
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

_TRIED = 2  # parts, until one has said how many there are
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
    entry_parts, damaged = _parts(copy, entries_name, decode_entries)
    feed_parts, damaged_feeds = _parts(copy, feeds_name, decode_feeds)
    if not (entry_parts or feed_parts or damaged or damaged_feeds):
        return None
    if not entry_parts and not damaged:
        damaged = [entries_name(0)]  # it is missing: there never is an index without it
    if not feed_parts and not damaged_feeds:
        damaged_feeds = [feeds_name(0)]
    damaged += damaged_feeds
    if not entry_parts and not feed_parts:
        return FoundIndex("", (), (), tuple(damaged))
    entries = _each_once((each for part in entry_parts for each in part.entries), lambda each: each.id)
    feeds = _each_once((each for part in feed_parts for each in part.feeds), lambda each: each.id)
    authority = entry_parts[0].authority if entry_parts else feed_parts[0].authority
    return FoundIndex(authority, entries, feeds, tuple(damaged))


def _parts(copy: PublishedCopy, name: Callable[[int], str], decode: Callable[[bytes], P]) -> tuple[list[P], list[str]]:
    """The parts with one kind of contents, and which parts are missing, or cannot be read. How many there are is in
    each part: where the first cannot say so, the second may.
    """
    found: list[P] = []
    damaged: list[str] = []
    missing: list[str] = []
    is_index = False  # some hosts answer with a page of theirs for a file that is not there
    number, count = 0, _TRIED
    while number < count:
        data = copy.read(name(number))
        if data is None:
            missing.append(name(number))
        else:
            is_index = is_index or data.startswith(MARK_OF_ANY)
            try:
                found.append(decode(data))
            except NoIndex:
                damaged.append(name(number))
        number += 1
        count = max((each.parts for each in found), default=_TRIED)
    return found, sorted(damaged + missing) if found else damaged if is_index else []


S = TypeVar("S", ShownEntry, ShownFeed)


def _each_once(several: Iterable[S], key: Callable[[S], str]) -> tuple[S, ...]:
    """Of those with one id, the first: parts of two states of the index may be there, as after half an upload."""
    found: dict[str, S] = {}
    for each in several:
        found.setdefault(key(each), each)
    return tuple(found.values())
