"""Late puts: puts without an answer in; where they may still arrive, and when to look there again, out.

A put that was under way when its process was killed may be carried out after the next process has deleted the object.
It would bring back what is withheld. Times are whole seconds, UTC.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct

from feedd.store.ledger.database import selected
from feedd.store.ledger.uploads.object_rows import joined, split

LATE_SECONDS = 900  # the longest life of a request: stores refuse signatures that are older


class LatePut(Struct, frozen=True):
    """Puts without an answer, by the digests of their documents. None of them can arrive after `due`."""

    noted: tuple[bytes, ...]
    due: int


class LateRows:
    """The late puts, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def expect(self, target: str, path: str, noted: Sequence[bytes], now: int) -> None:
        """Keeps that puts of these documents, given by their digests, may still arrive at a path. To be called before
        the upload at this path is settled: whether the upload takes back what is withheld is kept, too.
        """
        known = self.at(target, [path]).get(path)
        digests = dict.fromkeys((*(known.noted if known else ()), *noted))
        (withdraws,) = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM uploads WHERE target = ?1 AND path = ?2 AND level = 0) "
            "OR EXISTS (SELECT 1 FROM late_puts WHERE target = ?1 AND path = ?2 AND withdraws)",
            (target, path),
        ).fetchone()
        row = (target, path, joined(tuple(digests)), now + LATE_SECONDS, withdraws)
        self._db.execute("INSERT OR REPLACE INTO late_puts VALUES (?, ?, ?, ?, ?)", row)

    def at(self, target: str, paths: Sequence[str]) -> dict[str, LatePut]:
        """The late puts at these paths."""
        rows = selected(self._db, "SELECT path, noted, due, target FROM late_puts WHERE path IN", paths)
        return {path: LatePut(split(noted), due) for path, noted, due, of in rows if of == target}

    def over(self, target: str, path: str, now: int) -> None:
        """Forgets the late puts at a path, if none of them can arrive any more. The object was looked at, at `now` or
        later.
        """
        self._db.execute("DELETE FROM late_puts WHERE target = ? AND path = ? AND due <= ?", (target, path, now))

    def postpone(self, target: str, seconds: int) -> None:
        """Waits longer for late puts: the clock was set forward by so many seconds, in which none can have arrived."""
        self._db.execute("UPDATE late_puts SET due = due + ? WHERE target = ?", (seconds, target))

    def withdraw_all(self) -> None:
        """Makes withdrawals of all late puts: each of them may show what is withheld now."""
        self._db.execute("UPDATE late_puts SET withdraws = 1")

    def to_look_at(self, target: str, now: int) -> list[tuple[str, bool]]:
        """The paths to look at again now, for which no upload waits, and whether what arrived may be withheld. A time
        that is too far away comes from a clock that was set back, and begins anew.
        """
        self._db.execute(
            "UPDATE late_puts SET due = ? WHERE target = ? AND due > ?",
            (now + LATE_SECONDS, target, now + LATE_SECONDS),
        )
        rows = self._db.execute(
            "SELECT path, withdraws FROM late_puts l WHERE target = ? AND due <= ? "
            "AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.target = l.target AND u.path = l.path)",
            (target, now),
        )
        return [(path, bool(withdraws)) for path, withdraws in rows]

    def next_due(self, target: str) -> int | None:
        """When to look again first; None if nothing is late."""
        (first,) = self._db.execute("SELECT min(due) FROM late_puts WHERE target = ?", (target,)).fetchone()
        return None if first is None else int(first)

    def count(self, target: str) -> tuple[int, str]:
        """At how many paths something withheld may arrive, beside uploads that wait; and why feedd waits, in words."""
        number, last = self._db.execute(
            "SELECT count(*), max(due) FROM late_puts l WHERE target = ? AND withdraws "
            "AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.target = l.target AND u.path = l.path)",
            (target,),
        ).fetchone()
        if not number:
            return 0, ""
        return int(number), (
            "a put that had no answer may still bring back what is withheld; feedd looks again after "
            f"{datetime.fromtimestamp(last, UTC).astimezone():%H:%M:%S}"
        )
