"""Matching: entries and their keys, in; clusters of entries that report the same event, out.

    keys -- in common, dates near, few users --> pairs -- the same link or nearly a title --> matching pairs
    matching pairs -- by date --> clusters

All of it is local. The matches of an entry, and the cuts of a chain, depend only on entries within a few windows around
it. So after a change only these entries are looked at, not all entries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from struct import unpack
from typing import NamedTuple

from msgspec import Struct

from feedd.decide.stories import title_similarity
from feedd.decide.stories.title_similarity import Title

KEY_BYTES = 4
MAX_KEY_USERS = 20  # entries in a window: a key that so many entries share matches no further entry
AFFECTED_WINDOWS = 2  # windows around a change: only entries within them may move to another story
CONTEXT_WINDOWS = 5  # windows to load around a change: all entries that can influence an affected story lie within
_ENTRY = (1 << 32) - 1


class KeyedEntry(NamedTuple):
    """An entry, when it was published (seconds since 1970), and its keys."""

    published: int
    entry: int
    keys: bytes


class Pair(NamedTuple):
    """Two entries that may match, the earlier first, and a key that both have."""

    one: int
    other: int
    key: int


class StorySource(Struct, frozen=True, gc=False):
    """The source of a report: the link and the provider of an entry, or of a report that the entry lists as related."""

    link: bytes | None
    provider: str | None
    domain: str | None


class StoryCandidate(Struct, frozen=True, gc=False):
    """An entry, as far as stories go. `published` is seconds since 1970. `shown`: it is an entry of its own, not only
    folded under another entry. `led`: subscribers have seen it as the lead of its story, or alone.
    """

    entry: int
    id: str
    published: int
    sources: tuple[StorySource, ...]  # its own first
    keys: bytes = b""
    title: Title | None = None
    quality: float | None = None
    shown: bool = True
    led: bool = False


def split_keys(keys: bytes) -> tuple[int, ...]:
    """The keys, as numbers."""
    return unpack(f"<{len(keys) // KEY_BYTES}I", keys)


def pairs(rows: Iterable[KeyedEntry], window: int, only: Container[int] | None = None) -> Iterator[Pair]:
    """Pairs of entries that have a key in common and dates at most `window` seconds apart. `rows` come by date; with
    `only`, just these keys count. A key that already occurs MAX_KEY_USERS times in the window before the later entry
    pairs nothing.
    """
    # The last entries with each key. A single entry is a plain number, since the garbage collector passes over numbers.
    recent: dict[int, int | list[int]] = {}
    older: dict[int, int | list[int]] = {}
    began = None
    for published, group in groupby(rows, key=itemgetter(0)):
        if began is None or published - began > window:  # keys in `older` are now too old
            recent, older, began = {}, recent, published
        shared: dict[int, list[int]] = {}
        for _, entry, packed in group:
            here = published << 32 | entry
            for key in split_keys(packed):
                if only is None or key in only:
                    before = recent[key] if key in recent else older.get(key)
                    if before is None or before == here:
                        recent[key] = here
                    else:
                        recent[key] = shared[key] = _with(before, here)
        for key, having in shared.items():
            yield from _shared(having, key, published, window)


def _with(before: int | list[int], here: int) -> list[int]:
    having = before if isinstance(before, list) else [before]
    if having[-1] != here:
        having.append(here)
        del having[: -MAX_KEY_USERS - 1]  # entries before these decide nothing
    return having


def _shared(having: list[int], key: int, published: int, window: int) -> Iterator[Pair]:
    """The pairs whose later entry has this date."""
    begin = (published - window) << 32
    if len(having) > MAX_KEY_USERS and having[0] >= begin:
        return
    near = [position for position in having if position >= begin]
    latest = published << 32
    for at, other in enumerate(near):
        if other >= latest:
            for one in near[:at]:
                yield Pair(one & _ENTRY, other & _ENTRY, key)


def matching_pairs(candidates: Mapping[int, StoryCandidate], pairs: Iterable[Pair]) -> set[tuple[int, int]]:
    """The pairs of `candidates` that report the same event."""
    found: set[tuple[int, int]] = set()
    for one, other, key in pairs:
        if (one, other) not in found:
            first, second = candidates.get(one), candidates.get(other)
            if first is not None and second is not None and _report_one_event(first, second, key):
                found.add((one, other))
    return found


def _report_one_event(one: StoryCandidate, other: StoryCandidate, key: int) -> bool:
    """Whether two candidates with a common key report the same event: they share the link of the key, or their titles
    are nearly equal. Titles count only between different providers: nearly equal titles of one provider are a series.
    """
    prefix = key.to_bytes(KEY_BYTES, "little")
    for link in _links(one):
        if link.startswith(prefix) and link in _links(other):
            return True
    if one.title is None or other.title is None or _provider(one) == _provider(other):
        return False
    return title_similarity.nearly_equal(one.title, other.title)


def _links(candidate: StoryCandidate) -> list[bytes]:
    return [source.link for source in candidate.sources if source.link is not None]


def _provider(candidate: StoryCandidate) -> str:
    own = candidate.sources[0]
    return (own.provider or own.domain or "").casefold()


def find_clusters(
    candidates: Iterable[StoryCandidate], matching_pairs: Iterable[tuple[int, int]], window: int
) -> list[list[StoryCandidate]]:
    """The candidates in clusters, each about the same event; in a cluster, by date. No cluster spans more than `window`
    seconds.

    A chain of matching entries begins with a cluster of its first window. The rest of a longer chain is cut by the
    calendar, at each whole window since 1970.
    """
    ordered = sorted(candidates, key=by_date)
    by_entry = {each.entry: each for each in ordered}
    before: dict[int, list[int]] = defaultdict(list)
    for one, other in matching_pairs:
        before[other].append(one)
    chains, cells = _Union(by_entry), dict[int, int | None]()
    for published, same_time in groupby(ordered, key=lambda each: each.published):
        now = [each.entry for each in same_time]
        for other in now:
            for one in before[other]:
                chains.join(one, other)
        for entry in now:
            late = published - by_entry[chains.first(entry)].published > window
            cells[entry] = published // window if late else None
    events = _Union(by_entry)
    for other, others in before.items():
        for one in others:
            if cells[one] == cells[other]:
                events.join(one, other)
    return [[by_entry[entry] for entry in members] for members in events.sets()]


def by_date(candidate: StoryCandidate) -> tuple[int, str]:
    """The key of a total order of entries: by date, then id."""
    return candidate.published, candidate.id


class _Union:
    """Disjoint sets of entries (union-find)."""

    def __init__(self, entries: Iterable[int]) -> None:
        self._parents = {entry: entry for entry in entries}
        self._positions = {entry: position for position, entry in enumerate(self._parents)}

    def first(self, entry: int) -> int:
        """The first entry of a set, in the order of the beginning."""
        while (parent := self._parents[entry]) != entry:
            self._parents[entry] = entry = self._parents[parent]
        return entry

    def join(self, one: int, other: int) -> None:
        """Makes the sets of two entries one."""
        first, second = sorted((self.first(one), self.first(other)), key=self._positions.__getitem__)
        self._parents[second] = first

    def sets(self) -> list[list[int]]:
        """The sets; entries and sets in the order of the beginning."""
        found: dict[int, list[int]] = {}
        for entry in self._parents:
            found.setdefault(self.first(entry), []).append(entry)
        return list(found.values())
