"""What a pass leaves for the next: named values, and the items' directory as it was seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable


class StateRows:
    """Named values and listings, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def setting(self, name: str) -> str | None:
        """A value kept under a name."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def keep_setting(self, name: str, value: str) -> None:
        """Keeps a value under a name."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def listing(self) -> dict[str, bytes]:
        """The items' directory as the last pass saw it."""
        return dict(self._db.execute("SELECT folder, files FROM listings"))

    def keep_listings(self, listings: dict[str, bytes | None]) -> None:
        """Keeps the folders that differ; None forgets one."""
        gone = [(folder,) for folder, files in listings.items() if files is None]
        self._db.executemany("DELETE FROM listings WHERE folder = ?", gone)
        kept = [(folder, files) for folder, files in listings.items() if files is not None]
        self._db.executemany("INSERT OR REPLACE INTO listings VALUES (?, ?)", kept)

    def glanced(self) -> list[str]:
        """The files that were looked at since the listing was made."""
        return [path for (path,) in self._db.execute("SELECT path FROM glanced")]

    def keep_glanced(self, paths: Iterable[str]) -> None:
        """Keeps that files were looked at since the listing was made."""
        self._db.executemany("INSERT OR IGNORE INTO glanced VALUES (?)", ((path,) for path in paths))

    def forget_glanced(self, *, but_in: tuple[str, ...] = ()) -> None:
        """Forgets what was looked at since the listing was made, which is made anew; but for what lies in folders (with
        "/" at their end) that could not be seen.
        """
        unseen = [path for path in self.glanced() if path.startswith(but_in)]
        self._db.execute("DELETE FROM glanced")
        self.keep_glanced(unseen)

    def counts(self) -> tuple[int, int]:
        """How many entries are shown, and how many are withheld though their files are there."""
        shown, there = map(int, (self.setting("counts") or "0 0").split())
        return shown, there - shown

    def move_counts(self, *, shown: int, there: int) -> None:
        """Keeps that so many more entries are shown, and have files."""
        if shown or there:
            before, held = self.counts()
            self.keep_setting("counts", f"{before + shown} {before + held + there}")
