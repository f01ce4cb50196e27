"""Filling archives: entries that wait for their place in; the same entries, each in an archive, out.

waiting, oldest first --> the newest archive while it fills --> the next archive --> ...
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime


def fill(db: sqlite3.Connection, size: int, now: datetime) -> set[int]:
    """Gives all waiting entries their places. Entries that are not shown wait for none. Returns the feeds in which an
    archive was begun.
    """
    feeds = [feed for (feed,) in db.execute("SELECT DISTINCT feed FROM archived WHERE number = 0 ORDER BY feed")]
    return {feed for feed in feeds if _fill_archives(db, feed, size, int(now.timestamp()))}


def _fill_archives(db: sqlite3.Connection, feed: int, size: int, now: int) -> bool:
    db.execute(
        "DELETE FROM archived WHERE feed = ? AND number = 0 "
        "AND NOT (present AND (SELECT e.shown FROM entries e WHERE e.entry = archived.entry))",
        (feed,),
    )
    rows = db.execute(
        "SELECT a.entry FROM archived a JOIN entries e USING (entry) WHERE a.feed = ? AND a.number = 0 "
        "ORDER BY e.published, e.id",
        (feed,),
    )
    waiting = [entry for (entry,) in rows]
    if not waiting:
        return False
    sql = "SELECT number, filled FROM archives WHERE feed = ? AND filled ORDER BY number DESC LIMIT 1"
    last, filled = db.execute(sql, (feed,)).fetchone() or (0, size)
    db.executemany(
        "UPDATE archived SET number = ? WHERE feed = ? AND entry = ?",
        ((number, feed, entry) for entry, number in zip(waiting, _places(last, filled, size), strict=False)),
    )
    end = last + -(-(filled + len(waiting) - size) // size) if filled + len(waiting) > size else last
    for number in range(max(last, 1), end + 1):  # what was the newest learns of the next, even if it was full
        (now_filled,) = db.execute(
            "SELECT count(*) FROM archived WHERE feed = ? AND number = ?", (feed, number)
        ).fetchone()
        _keep(db, feed, number, now_filled, now if number > last or now_filled != filled else 0)
    return end > last


def _places(last: int, filled: int, size: int) -> Iterator[int]:
    """The numbers of the archives of the entries that come next, without end."""
    while True:
        for _ in range(filled, size):
            yield last
        last, filled = last + 1, 0


def _keep(db: sqlite3.Connection, feed: int, number: int, filled: int, changed: int) -> None:
    """Keeps an archive as stale. A new archive counts from its newest entry; another one from the time `changed`."""
    db.execute(
        "INSERT INTO archives VALUES (?, ?, ?, 0, 1) ON CONFLICT (feed, number) DO UPDATE "
        "SET filled = excluded.filled, updated = max(updated, ?), stale = max(stale, 1)",
        (feed, number, filled, changed),
    )
