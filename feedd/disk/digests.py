"""What is remembered of closed periods. Times are whole seconds, UTC."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec

from feedd.core.catalog import folded, withheld
from feedd.core.digest import Digest, Period
from feedd.disk.database import Damaged, selected
from feedd.disk.records import decode_item, digest_of, moment, seconds
from feedd.model import Item

_NEVER = 1 << 62


class Digests:
    """Digests, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def last(self, cadence: str) -> tuple[datetime, datetime] | None:
        """The end of the last period that was closed, and when that was done; None if none was."""
        row = self._db.execute("SELECT ended, closed FROM periods WHERE cadence = ?", (cadence,)).fetchone()
        return None if row is None else (moment(row[0]), moment(row[1]))

    def keep_last(self, cadence: str, ended: datetime, now: datetime) -> None:
        """Keeps that periods were closed until then, and when that was done."""
        self._db.execute("INSERT OR REPLACE INTO periods VALUES (?, ?, ?)", (cadence, seconds(ended), seconds(now)))

    def entries_in(self, period: Period, since: datetime | None, now: datetime) -> list[int]:
        """The entries shown now that are dated in a period; and, if they were first shown after `since`, those dated
        in the time before it, as long again. What is said to be shown later than `now`, a wrong clock has said.
        """
        before = period.start - (period.end - period.start)
        rows = self._db.execute(
            "SELECT entry FROM entries WHERE shown AND published < ? AND (published >= ? OR (published >= ? "
            "AND first_shown > ? AND first_shown <= ?)) ORDER BY entry",
            (
                seconds(period.end),
                seconds(period.start),
                seconds(before),
                seconds(since) if since else _NEVER,
                seconds(now),
            ),
        )
        return [entry for (entry,) in rows]

    def first_shown(self, entry: int) -> datetime:
        """When an entry was first shown that is."""
        ((shown,),) = self._db.execute("SELECT first_shown FROM entries WHERE entry = ?", (entry,)).fetchall()
        return moment(shown)

    def keep(self, feed: int, period: Period, digest: Digest) -> None:
        """Keeps the digest of a period; one that is kept already stays as it is."""
        blob = msgspec.msgpack.encode(digest)
        row = (feed, seconds(period.start), blob, digest_of(blob))
        if self._db.execute("INSERT OR IGNORE INTO digests VALUES (?, ?, ?, ?)", row).rowcount:
            listed = [(each.entry, feed) for each in digest.listed]
            self._db.executemany("INSERT OR IGNORE INTO digest_entries VALUES (?, ?)", listed)

    def listing(self, entries: Sequence[int]) -> set[int]:
        """The feeds with a digest that lists one of these entries."""
        if self._db.execute("SELECT 1 FROM digest_entries LIMIT 1").fetchone() is None:
            return set()
        return {feed for (feed,) in selected(self._db, "SELECT feed FROM digest_entries WHERE entry IN", entries)}

    def left_out(self, digest: Digest) -> set[int]:
        """The entries of a digest that it is not to show now: those that are no entries of their own (withheld, gone
        or folded), and those of whose files the one that it lists is withheld, while another speaks for them. Raises
        Damaged.
        """
        rows = selected(
            self._db,
            "SELECT entry, file FROM entries WHERE shown AND entry IN",
            [each.entry for each in digest.listed],
        )
        speaking: dict[int, int] = dict(rows)
        silent = {each.entry for each in digest.listed if each.entry not in speaking}
        spoke = {each.file: each.entry for each in digest.listed if speaking.get(each.entry, each.file) != each.file}
        files = selected(
            self._db,
            "SELECT file, item, digest, withheld FROM files WHERE present AND item IS NOT NULL AND file IN",
            list(spoke),
        )
        return silent | {
            spoke[file]
            for file, encoded, mark, blocked in files
            if blocked or _asks_not_to_be_shown(decode_item(encoded, mark))
        }

    def newest(self, feed: int, count: int) -> list[tuple[Digest, bytes]]:
        """The newest digests of a feed, each with a digest of its bytes. Raises Damaged."""
        rows = self._db.execute(
            "SELECT digest, mark FROM digests WHERE feed = ? ORDER BY start DESC LIMIT ?", (feed, count)
        )
        return [(_decoded(blob, mark), mark) for blob, mark in rows]


def _asks_not_to_be_shown(item: Item) -> bool:
    return withheld(item, default_listed=True) is not None or folded(item) is not None


def _decoded(blob: bytes, mark: bytes) -> Digest:
    if digest_of(blob) != mark:
        raise Damaged("a digest in it is not as it was kept")
    return msgspec.msgpack.decode(blob, type=Digest)
