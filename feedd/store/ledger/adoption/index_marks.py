"""The ledger's marks of the recovery index: parts to make again, and what was taken over and not yet found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from feedd.render.recovery.index_parts import group_of
from feedd.render.recovery.window_facts import OldWindows

_ADOPTED = "adopted"  # how files without a link are known
TEXTS, TITLES = "texts", "titles"  # by their texts, or by their titles
FILES = "files"  # by all that their files say, as ever
SOME_TEXTS = "some texts"  # by their texts, as far as these are known; of some entries nothing is known
WINDOW = "adopted window "  # before a folder: what its feed showed


class IndexMarks:
    """Marks, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self.taken_as_old = 0  # new items without a date that got one before all windows

    def mark_stale(self, ids: Iterable[str]) -> None:
        """Marks the groups of entries with these ids: their parts of the index have to be made again."""
        groups = sorted({group_of(entry_id) for entry_id in ids})
        self._db.executemany("INSERT OR IGNORE INTO stale_groups VALUES (?)", [(group,) for group in groups])

    def stale(self) -> set[int]:
        """The groups whose parts have to be made again."""
        return {group for (group,) in self._db.execute("SELECT grp FROM stale_groups")}

    def mark_fresh(self) -> None:
        """Marks all groups as up to date."""
        self._db.execute("DELETE FROM stale_groups")

    def mark_adopted(self, known_by: str) -> None:
        """Notes that entries were taken over. TEXTS, TITLES, FILES or SOME_TEXTS says how those without a link are
        known.
        """
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_ADOPTED, known_by))

    def known_by(self) -> str | None:
        """How entries without a link that were taken over are known: TEXTS, TITLES, FILES or SOME_TEXTS. None if no
        entries were taken over, or if a pass has found the files since.
        """
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (_ADOPTED,)).fetchone()
        return None if row is None else str(row[0])

    def keep_windows(self, found: OldWindows) -> None:
        """Keeps what feeds showed, for feeds that are not taken over, until a pass has found the files."""
        rows = [(WINDOW + each.folder, msgspec.json.encode(each).decode()) for each in found.windows]
        self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)

    def mark_read(self) -> None:
        """Notes that the files of the entries that were taken over have been found."""
        self._db.execute("DELETE FROM meta WHERE name = ? OR substr(name, 1, ?) = ?", (_ADOPTED, len(WINDOW), WINDOW))
