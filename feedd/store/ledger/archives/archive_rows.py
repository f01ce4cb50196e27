"""The ledger's rows of archives. Times are whole seconds, UTC.

`archived` has a row for each entry that stands in an archive of a feed. The row of a withdrawn entry keeps its place.
Entries with the number 0 wait for their place, within a transaction. Entries with the number -1 have no place: they
were withdrawn when archives got another size, or archives were switched off. They get a place when they are taken in
again. `archives` has a row for each archive. An archive without places is doomed: its documents have to be deleted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from feedd.render.recovery.index_parts import GROUP_SQL
from feedd.store.ledger.archives.archive_filling import fill
from feedd.store.ledger.archives.archive_tables import WITHOUT_PLACE
from feedd.store.ledger.codec import moment, seconds
from feedd.store.ledger.database import selected
from feedd.store.ledger.member_rows import MEMBER_COLUMNS, Shown, read_members

_STALE, _WITHDRAWING = 1, 2
_WAITING = 0
# Parts of the recovery index say in which archives entries stand. `GROUP_SQL` names the column `id` of entries alone.
_MARK_GROUPS = f"INSERT OR IGNORE INTO stale_groups SELECT {GROUP_SQL} FROM archived a JOIN entries e USING (entry)"  # noqa: S608


class ArchiveKey(NamedTuple):
    """An archive: the number of its feed, and its number in the feed, from 1."""

    feed: int
    number: int


class ArchiveRows:
    """Archives of feeds, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def has_any(self) -> bool:
        """Whether there is any archive."""
        return self._db.execute("SELECT 1 FROM archives LIMIT 1").fetchone() is not None

    def feeds(self) -> set[int]:
        """The feeds that have archives, also doomed archives."""
        return {feed for (feed,) in self._db.execute("SELECT DISTINCT feed FROM archives")}

    def all_newest(self) -> dict[int, int]:
        """The number of the newest archive of each feed with archives."""
        return dict(self._db.execute("SELECT feed, max(number) FROM archives WHERE filled GROUP BY feed"))

    def newest(self, feed: int) -> int:
        """The number of the newest archive of a feed; 0 if it has none."""
        sql = "SELECT number FROM archives WHERE feed = ? AND filled ORDER BY number DESC LIMIT 1"
        found = self._db.execute(sql, (feed,)).fetchone()
        return found[0] if found else 0

    def places(self, entries: Iterable[int]) -> dict[int, dict[int, int]]:
        """For each of `entries` that stands in archives: the feeds, with the numbers of the archives."""
        found: dict[int, dict[int, int]] = {}
        for entry in entries:
            rows = self._db.execute(
                "SELECT feed, number FROM archived WHERE entry = ? AND present", (entry,)
            ).fetchall()
            if rows:
                found[entry] = dict(rows)
        return found

    def among(self, feed: int, entries: Iterable[int]) -> set[int]:
        """The entries among `entries` that stand in an archive of a feed, or stood there until they were withdrawn or
        archives were switched off.
        """
        if self._db.execute("SELECT 1 FROM archived WHERE feed = ? LIMIT 1", (feed,)).fetchone() is None:
            return set()
        sql = "SELECT 1 FROM archived WHERE feed = ? AND entry = ?"
        return {entry for entry in entries if self._db.execute(sql, (feed, entry)).fetchone()}

    def take_in(self, feed: int, entries: Iterable[int], now: datetime) -> None:
        """Takes entries into the archives of a feed. An entry that stood there goes back to its place at once; the
        others wait until `fill`.
        """
        new: list[tuple[int, int]] = []
        for entry in entries:
            sql = "SELECT number FROM archived WHERE feed = ? AND entry = ? AND NOT present"
            back = self._db.execute(sql, (feed, entry)).fetchone()
            if back is None:
                new.append((feed, entry))
                continue
            self._db.execute(
                "UPDATE archived SET present = 1, number = max(number, ?) WHERE feed = ? AND entry = ?",
                (_WAITING, feed, entry),
            )
            self._mark_entry(feed, entry)
            self._note_change(ArchiveKey(feed, *back), now, _STALE)
        self._db.executemany("INSERT OR IGNORE INTO archived VALUES (?, ?, 0, 1)", new)

    def withdraw(self, feed: int, entries: Iterable[int], now: datetime) -> None:
        """Takes entries out of the archives of a feed. Their places stay theirs."""
        for entry in sorted(entries):
            sql = "SELECT number FROM archived WHERE feed = ? AND entry = ? AND present"
            found = self._db.execute(sql, (feed, entry)).fetchone()
            if found is not None:
                self._db.execute(
                    "UPDATE archived SET present = 0, number = iif(number = ?, ?, number) WHERE feed = ? AND entry = ?",
                    (_WAITING, WITHOUT_PLACE, feed, entry),
                )
                self._mark_entry(feed, entry)
                self._note_change(ArchiveKey(feed, *found), now, _WITHDRAWING)

    def _mark_entry(self, feed: int, entry: int) -> None:
        """Has the part of the recovery index made again that says where an entry stands."""
        self._db.execute(f"{_MARK_GROUPS} WHERE a.feed = ? AND a.entry = ?", (feed, entry))

    def _note_change(self, archive: ArchiveKey, now: datetime, state: int) -> None:
        self._db.execute(
            "UPDATE archives SET updated = max(updated, ?), stale = max(stale, ?) WHERE feed = ? AND number = ?",
            (seconds(now), state, *archive),
        )

    def fill(self, size: int, now: datetime) -> set[int]:
        """Gives all waiting entries their places, oldest first, in archives of `size` entries. Returns the feeds in
        which an archive was begun.
        """
        self._db.execute(f"{_MARK_GROUPS} WHERE a.number = {_WAITING}")
        return fill(self._db, size, now)

    def move_updated(self) -> None:
        """Moves the `updated` of each stale archive to the `updated` of its newest entries; never back."""
        self._db.execute(
            "UPDATE archives SET updated = max(updated, coalesce((SELECT max(e.updated) FROM archived a "
            "JOIN entries e USING (entry) "
            "WHERE a.feed = archives.feed AND a.number = archives.number AND a.present), 0)) WHERE stale"
        )

    def begin_anew(self) -> None:
        """Has all entries of archives wait for another place. Withdrawn entries lose theirs."""
        self._db.execute("UPDATE archived SET number = iif(present, ?, ?)", (_WAITING, WITHOUT_PLACE))
        self._db.execute("UPDATE archives SET filled = 0, stale = ?", (_WITHDRAWING,))

    def take_over(self, feed: int, into: int) -> None:
        """Has the entries of a feed wait for a place in the archives of the feed `into`: those of its archives, and its
        members. The archives of the feed are doomed. To be called before the feed loses its members.
        """
        self._db.execute(
            "INSERT OR IGNORE INTO archived SELECT ?, entry, ?, 1 FROM "
            "(SELECT entry FROM archived WHERE feed = ? AND present UNION SELECT entry FROM members WHERE feed = ?) "
            "WHERE entry NOT IN (SELECT entry FROM members WHERE feed = ? AND present)",
            (into, _WAITING, feed, feed, into),
        )
        self.drop(feed)

    def drop(self, feed: int) -> None:
        """Dooms the archives of a feed. Their entries lose their places, and are known as entries of archives still."""
        self._db.execute(f"{_MARK_GROUPS} WHERE a.feed = ?", (feed,))
        self._db.execute("UPDATE archived SET number = ?, present = 0 WHERE feed = ?", (WITHOUT_PLACE, feed))
        self._db.execute("UPDATE archives SET filled = 0, stale = ? WHERE feed = ?", (_WITHDRAWING, feed))

    def mark_stale(self, archives: Collection[ArchiveKey]) -> None:
        """Marks the documents of archives to be made again."""
        self._mark(archives, _STALE)

    def mark_withdrawing(self, archives: Collection[ArchiveKey]) -> None:
        """Marks the documents of archives to be made again, or deleted if they cannot be made: they show items that are
        now withheld.
        """
        self._mark(archives, _WITHDRAWING)

    def _mark(self, archives: Collection[ArchiveKey], state: int) -> None:
        sql = "UPDATE archives SET stale = max(stale, ?) WHERE feed = ? AND number = ?"
        self._db.executemany(sql, [(state, *each) for each in archives])

    def mark_all_stale(self) -> None:
        """Marks the documents of every archive to be made again."""
        self._db.execute("UPDATE archives SET stale = max(stale, ?)", (_STALE,))

    def mark_fresh(self, archives: Iterable[ArchiveKey]) -> None:
        """Marks the documents of archives as up to date."""
        self._db.executemany("UPDATE archives SET stale = 0 WHERE feed = ? AND number = ?", archives)

    def stale(self) -> set[ArchiveKey]:
        """The archives whose documents have to be made again, without doomed archives."""
        return {
            ArchiveKey(*row) for row in self._db.execute("SELECT feed, number FROM archives WHERE stale AND filled")
        }

    def withdrawing(self) -> set[ArchiveKey]:
        """Stale archives whose documents show items that are now withheld."""
        sql = "SELECT feed, number FROM archives WHERE stale = ? AND filled"
        return {ArchiveKey(*row) for row in self._db.execute(sql, (_WITHDRAWING,))}

    def doomed(self) -> list[ArchiveKey]:
        """The archives whose documents have to be deleted, sorted."""
        rows = self._db.execute("SELECT feed, number FROM archives WHERE stale AND NOT filled ORDER BY feed, number")
        return [ArchiveKey(*row) for row in rows]

    def forget(self, archives: Iterable[ArchiveKey]) -> None:
        """Forgets doomed archives whose documents are deleted."""
        self._db.executemany("DELETE FROM archives WHERE feed = ? AND number = ? AND NOT filled", archives)

    def updated(self, archive: ArchiveKey) -> datetime:
        """When an archive was last updated."""
        sql = "SELECT updated FROM archives WHERE feed = ? AND number = ?"
        return moment(self._db.execute(sql, archive).fetchone()[0])

    def entries(self, archive: ArchiveKey) -> list[Shown]:
        """The entries of an archive, newest first."""
        rows = self._db.execute(
            f"SELECT {MEMBER_COLUMNS}, e.published, f.digest "  # noqa: S608
            "FROM archived a JOIN entries e USING (entry) JOIN files f INDEXED BY files_with_digest ON f.file = e.file "
            "WHERE a.feed = ? AND a.number = ? AND a.present ORDER BY e.published DESC, e.id DESC",
            archive,
        )
        return read_members(self._db, rows)

    def holding(self, entries: Sequence[int]) -> set[ArchiveKey]:
        """The archives in which some of these entries stand."""
        rows = selected(self._db, "SELECT feed, number FROM archived WHERE present AND entry IN", entries)
        return {ArchiveKey(*row) for row in rows}
