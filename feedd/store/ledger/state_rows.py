"""The ledger's rows for the next pass: named values, and the listing of the items' directory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

RESTORED = "restored"  # the name of a value of a ledger that was put back, until a pass has taken over what came since


class StateRows:
    """Named values and listings, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def setting(self, name: str) -> str | None:
        """The value that is kept under a name; None if none is."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def keep_setting(self, name: str, value: str) -> None:
        """Keeps a value under a name."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def forget_setting(self, name: str) -> None:
        """Forgets the value that is kept under a name."""
        self._db.execute("DELETE FROM meta WHERE name = ?", (name,))

    def listing(self) -> dict[str, bytes]:
        """The items' directory as the last pass saw it."""
        return dict(self._db.execute("SELECT folder, files FROM listings"))

    def keep_listings(self, listings: dict[str, bytes | None]) -> None:
        """Keeps changed folders of the listing. A folder with None is forgotten."""
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
        """Forgets the files that were glanced at, since the listing was made anew. `but_in`: folders, with "/" at the
        end, that could not be seen; glances into them are kept.
        """
        unseen = [path for path in self.glanced() if path.startswith(but_in)]
        self._db.execute("DELETE FROM glanced")
        self.keep_glanced(unseen)

    def counts(self) -> tuple[int, int]:
        """The number of shown entries, and the number of withheld entries with files."""
        shown, there = map(int, (self.setting("counts") or "0 0").split())
        return shown, there - shown

    def move_counts(self, *, shown: int, there: int) -> None:
        """Adds to the number of shown entries, and to the number of entries with files."""
        if shown or there:
            before, held = self.counts()
            self.keep_setting("counts", f"{before + shown} {before + held + there}")
