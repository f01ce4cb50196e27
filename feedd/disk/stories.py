"""What is remembered of stories: by which keys entries find each other, and who tells a story together."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from feedd.core.stories import KEY_BYTES, split_keys
from feedd.disk.database import selected

_FEW = 8  # entries for each of which the window is looked through in SQLite


class Keyed(NamedTuple):
    """An entry, when it was published (seconds), and its keys."""

    published: int
    entry: int
    keys: bytes


class StoryKeys:
    """Keys and stories of entries, over an open database, by date: looking for those with a key in common takes time
    in proportion to the entries of the window, a third of a microsecond each. A date that an entry no longer has may
    still be kept, with the keys that it had.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def keep(self, rows: Iterable[Keyed]) -> None:
        """Keeps the keys of entries."""
        self._db.executemany(
            "INSERT INTO story_keys VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET keys = excluded.keys WHERE keys != excluded.keys",
            rows,
        )

    def near(self, wanted: Sequence[Keyed], window: int) -> set[int]:
        """Entries that have a key in common with one of `wanted`, and a date at most `window` seconds from one. Of
        `wanted`, only those that have one with another.
        """
        if len(wanted) <= _FEW:
            return {entry for each in wanted for entry in self._like(each, window)}
        having: dict[int, list[Keyed]] = defaultdict(list)
        for each in wanted:
            for key in split_keys(each.keys):
                having[key].append(each)
        found: set[int] = set()
        sql = "SELECT published, entry, keys FROM story_keys WHERE published BETWEEN ? AND ?"
        for span in _spans(wanted, window):
            for published, entry, packed in self._db.execute(sql, span):
                keys = split_keys(packed)
                if not having.keys().isdisjoint(keys):
                    others = (each for key in keys if key in having for each in having[key] if each.entry != entry)
                    close = {each.entry for each in others if abs(each.published - published) <= window}
                    found |= close | {entry} if close else close
        return found

    def _like(self, one: Keyed, window: int) -> set[int]:
        """Itself and those that have a key in common with it; nobody, if there is no other."""
        found: set[int] = set()
        keys = [one.keys[at : at + KEY_BYTES] for at in range(0, len(one.keys), KEY_BYTES)]
        for chunk in (keys[start : start + 100] for start in range(0, len(keys), 100)):
            has_one = " OR ".join(["instr(keys, ?)"] * len(chunk))
            sql = f"SELECT entry FROM story_keys WHERE published BETWEEN ? AND ? AND ({has_one})"  # noqa: S608
            rows = self._db.execute(sql, (one.published - window, one.published + window, *chunk))
            found.update(entry for (entry,) in rows)
        return found if found - {one.entry} else set()

    def in_common(self, window: int) -> set[int]:
        """All entries with a key that another has whose date is at most `window` seconds away."""
        found: set[int] = set()
        last: dict[int, tuple[int, int]] = {}  # the last entry with each key
        older: dict[int, tuple[int, int]] = {}
        began = None
        for published, entry, packed in self._db.execute("SELECT * FROM story_keys ORDER BY published, entry"):
            if began is None or published - began > window:  # what is in `older` now is too old
                last, older, began = {}, last, published
            here = (published, entry)
            for key in split_keys(packed):
                before = last.get(key) or older.get(key)
                if before is not None and before[1] != entry and published - before[0] <= window:
                    found.update((before[1], entry))
                last[key] = here
        return found

    def told_together(self, leads: Sequence[int]) -> set[int]:
        """The entries of the stories of `leads`, themselves among them."""
        return {entry for (entry,) in selected(self._db, "SELECT entry FROM entries WHERE story IN", leads)}

    def all_told_together(self) -> set[int]:
        """All entries that are not a story by themselves."""
        return {entry for (entry,) in self._db.execute("SELECT entry FROM entries WHERE story IS NOT NULL")}


def _spans(wanted: Iterable[Keyed], window: int) -> list[tuple[int, int]]:
    """The times around these entries; those that overlap are one."""
    spans: list[tuple[int, int]] = []
    for published in sorted({each.published for each in wanted}):
        if spans and published - window <= spans[-1][1]:
            spans[-1] = (spans[-1][0], published + window)
        else:
            spans.append((published - window, published + window))
    return spans
