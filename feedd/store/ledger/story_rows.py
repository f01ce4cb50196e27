"""The ledger's rows of stories: the keys by which entries match, and the stories they belong to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from feedd.decide.stories.matching import KEY_BYTES, KeyedEntry, Pair, pairs, split_keys
from feedd.model import Related
from feedd.store.ledger.codec import decode_item, moment
from feedd.store.ledger.database import selected

_MAX_SINGLE = 8  # entries; up to so many, SQLite searches the window for each
_MAX_KEYS = 100  # keys in a query


class StoryRows:
    """Keys and stories of entries, over an open database, by date. A search for entries with a common key takes a third
    of a microsecond for each entry of the window.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def keep(self, entries: Sequence[int], rows: Iterable[KeyedEntry]) -> tuple[list[KeyedEntry], list[KeyedEntry]]:
        """Replaces the keys of `entries` by `rows`; entries without a row lose their keys. Returns the deleted rows and
        the new rows.
        """
        sql = "SELECT published, entry, keys FROM story_keys WHERE entry IN"
        former = {KeyedEntry(*row) for row in selected(self._db, sql, entries)}
        present = set(rows)
        gone, new = sorted(former - present), sorted(present - former)
        self._db.executemany(
            "DELETE FROM story_keys WHERE published = ? AND entry = ?", ((each.published, each.entry) for each in gone)
        )
        self._db.executemany("INSERT INTO story_keys VALUES (?, ?, ?)", new)
        return gone, new

    def pairs(self, wanted: Sequence[KeyedEntry], window: int) -> set[Pair]:
        """The pairs with at least one entry of `wanted`."""
        if len(wanted) <= _MAX_SINGLE:
            return {
                pair
                for each in wanted
                for pair in _touching({each.entry}, self._around([each], window), [each], window)
            }
        return _touching({each.entry for each in wanted}, self._around(wanted, window), wanted, window)

    def changed(self, gone: Sequence[KeyedEntry], new: Sequence[KeyedEntry], window: int) -> set[Pair]:
        """The pairs that disappeared or appeared because rows are `gone` and `new`."""
        changed = [*gone, *new]
        now = self._around(changed, window)
        before = sorted({*now}.difference(new).union(gone))
        only = _keys(changed)
        return set(pairs(now, window, only)).symmetric_difference(pairs(before, window, only))

    def _around(self, wanted: Sequence[KeyedEntry], window: int) -> list[KeyedEntry]:
        """The rows within `window` seconds of an entry of `wanted` that share a key with any entry of `wanted`, by
        date.
        """
        sql = "SELECT published, entry, keys FROM story_keys WHERE published BETWEEN ? AND ?"
        having = ""
        keys: list[bytes] = []
        if len(wanted) <= _MAX_SINGLE:
            keys = [each.keys[at : at + KEY_BYTES] for each in wanted for at in range(0, len(each.keys), KEY_BYTES)]
            if len(keys) <= _MAX_KEYS:
                having = f" AND ({' OR '.join(['instr(keys, ?)'] * len(keys)) or 0})"
        numbers = _keys(wanted)
        found: list[KeyedEntry] = []
        for span in spans((each.published for each in wanted), window):
            rows = self._db.execute(f"{sql}{having} ORDER BY published, entry", (*span, *(keys if having else ())))
            found.extend(KeyedEntry(*row) for row in rows if not numbers.isdisjoint(split_keys(row[2])))
        return found

    def all_pairs(self, window: int) -> Iterator[Pair]:
        """All pairs."""
        return pairs(
            self._db.execute("SELECT published, entry, keys FROM story_keys ORDER BY published, entry"), window
        )

    def story_members(self, leads: Sequence[int]) -> set[int]:
        """The entries of the stories of `leads`, including the leads."""
        return {entry for (entry,) in selected(self._db, "SELECT entry FROM entries WHERE story IN", leads)}

    def all_story_members(self) -> set[int]:
        """All entries of stories with several entries."""
        return {entry for (entry,) in self._db.execute("SELECT entry FROM entries WHERE story IS NOT NULL")}

    def other_members(self, leads: Sequence[int]) -> dict[int, tuple[Related, ...]]:
        """The other entries of the stories that `leads` lead, by date, if they are shown or folded."""
        from feedd.decide.stories.clusters import as_related  # late: a pass that finds nothing to do asks for none

        found: dict[int, list[tuple[datetime, str, Related]]] = {}
        rows = selected(
            self._db,
            "SELECT e.story, e.id, e.published, f.item, f.digest FROM entries e JOIN files f ON f.file = e.file "
            "WHERE e.entry != e.story AND (e.shown OR e.folded) AND e.story IN",
            leads,
        )
        for lead, entry_id, seconds_, encoded, digest in rows:
            published = moment(seconds_)
            related = as_related(decode_item(encoded, digest), published)
            found.setdefault(lead, []).append((published, entry_id, related))
        return {lead: tuple(each for _, _, each in sorted(told, key=_by_date)) for lead, told in found.items()}


def _by_date(told: tuple[datetime, str, Related]) -> tuple[datetime, str]:
    return told[:2]


def _touching(entries: set[int], rows: Iterable[KeyedEntry], wanted: Sequence[KeyedEntry], window: int) -> set[Pair]:
    return {pair for pair in pairs(rows, window, _keys(wanted)) if pair.one in entries or pair.other in entries}


def _keys(rows: Iterable[KeyedEntry]) -> set[int]:
    return {key for each in rows for key in split_keys(each.keys)}


def spans(dates: Iterable[int], window: int) -> list[tuple[int, int]]:
    """The times within `window` seconds of these dates. Overlapping times are merged."""
    found: list[tuple[int, int]] = []
    for date in sorted(set(dates)):
        if found and date - window <= found[-1][1]:
            found[-1] = (found[-1][0], date + window)
        else:
            found.append((date - window, date + window))
    return found
