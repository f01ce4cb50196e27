"""What is remembered of stories: by which keys entries find each other, and who tells a story together."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from feedd.disk.database import selected

Span = tuple[int, int, int]  # a key, and the first and the last second in which to look for it


class StoryKeys:
    """Keys and stories of entries, over an open database. A key that an entry no longer has may still be kept."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def keep(self, rows: Iterable[tuple[int, int, int]]) -> None:
        """Keeps keys, each with the date of its entry in seconds, and the entry."""
        self._db.executemany("INSERT OR IGNORE INTO story_keys VALUES (?, ?, ?)", rows)

    def near(self, spans: Iterable[Span]) -> set[int]:
        """Entries with one of these keys and a date within its span."""
        sql = "SELECT entry FROM story_keys WHERE key = ? AND published BETWEEN ? AND ?"
        return {entry for span in spans for (entry,) in self._db.execute(sql, span)}

    def in_common(self, window: float) -> set[int]:
        """All entries with a key that another has whose date is at most `window` seconds away."""
        found: set[int] = set()
        last = (None, 0, 0)
        rows = self._db.execute(
            "SELECT key, published, entry FROM story_keys WHERE key IN "
            "(SELECT key FROM story_keys GROUP BY key HAVING min(entry) < max(entry)) ORDER BY key, published"
        )
        for row in rows:
            if row[0] == last[0] and row[2] != last[2] and row[1] - last[1] <= window:
                found.update((row[2], last[2]))
            last = row
        return found

    def told_together(self, leads: Sequence[int]) -> set[int]:
        """The entries of the stories of `leads`, themselves among them."""
        return {entry for (entry,) in selected(self._db, "SELECT entry FROM entries WHERE story IN", leads)}

    def all_told_together(self) -> set[int]:
        """All entries that are not a story by themselves."""
        return {entry for (entry,) in self._db.execute("SELECT entry FROM entries WHERE story IS NOT NULL")}
