"""The ledger's rows of tombstones: withdrawn entries that their feeds still name (RFC 6721). Times are seconds, UTC.

`tombstones` has the entries that left a feed, with their positions there. `adopted_tombstones` has the ids that a feed
named before the ledger was lost. Of such an id nothing else is known: its `place` is the time of its withdrawal, which
came after its date. So a feed names it at least as long as it would have named it with the lost ledger.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence

from feedd.decide.minting import is_minted
from feedd.model import Tombstone
from feedd.render.recovery.recovery_index import ShownTombstone
from feedd.select.window import Window, WindowPosition
from feedd.store.ledger.codec import moment
from feedd.store.ledger.database import selected
from feedd.store.ledger.feed_rows import FeedRecord

_LEFT = (
    "SELECT t.published, e.id, e.withdrawn FROM tombstones t JOIN entries e USING (entry) "
    "WHERE t.feed = ? AND NOT e.folded AND e.withdrawn IS NOT NULL AND e.guid IS NULL"
)
_ADOPTED = (
    "SELECT a.place, a.id, coalesce(e.withdrawn, a.withdrawn) FROM adopted_tombstones a "
    "LEFT JOIN entries e ON e.id = a.id WHERE a.feed = ? AND (e.entry IS NULL OR NOT (e.shown OR e.folded))"
)
_FEEDS = (
    ("tombstones", "SELECT feed FROM tombstones WHERE entry IN"),
    ("adopted_tombstones", "SELECT a.feed FROM adopted_tombstones a JOIN entries e ON e.id = a.id WHERE e.entry IN"),
)
_KEEP_POSITION = (
    "INSERT OR IGNORE INTO tombstones SELECT m.feed, m.entry, m.published FROM members m JOIN entries e USING (entry) "
    "WHERE m.feed = ? AND m.present AND e.id = ?"
)
# An entry of a ledger from a backup that was withdrawn since. Its reason has the next pass keep its record in any case.
_KEEP_TIME = "UPDATE entries SET withdrawn = ?, reason = 'withdrawn' WHERE id = ? AND shown"
_IS_KEPT = "SELECT 1 FROM tombstones t JOIN entries e USING (entry) WHERE t.feed = ? AND e.id = ?"


class TombstoneRows:
    """Tombstones, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def keep(self, feed: FeedRecord, before: Window, after: Window, out: Collection[int]) -> None:
        """Keeps which entries left a feed before newer entries pushed them out, and forgets which came back. `feed`: as
        it was before.
        """
        number = feed.feed
        left = before.members.keys() - after.members.keys() - set(out)
        self._db.executemany(
            "INSERT OR REPLACE INTO tombstones VALUES (?, ?, ?)",
            [(number, entry, before.members[entry].published) for entry in sorted(left)],
        )
        there = self._db.execute("SELECT entry FROM tombstones WHERE feed = ?", (number,)).fetchall()
        back = [(number, entry) for (entry,) in there if entry in after.members]
        self._db.executemany("DELETE FROM tombstones WHERE feed = ? AND entry = ?", back)
        if there and after.floor is not None:
            self._db.execute("DELETE FROM tombstones WHERE feed = ? AND published < ?", (number, after.floor.published))
        self._forget_adopted(feed, after)

    def _forget_adopted(self, feed: FeedRecord, after: Window) -> None:
        """Forgets which came back, and which a full feed of newer entries has replaced. A floor that was taken over
        does not say that the feed was full: it may be the date of the oldest of a few entries.
        """
        rows = self._db.execute("SELECT id FROM adopted_tombstones WHERE feed = ?", (feed.feed,))
        there = {entry for (entry,) in rows}
        if not there:
            return
        back = [(feed.feed, position.id) for position in after.members.values() if position.id in there]
        self._db.executemany("DELETE FROM adopted_tombstones WHERE feed = ? AND id = ?", back)
        if after.floor is not None and after.floor != feed.floor:
            self._db.execute(
                "DELETE FROM adopted_tombstones WHERE feed = ? AND place < ?", (feed.feed, after.floor.published)
            )

    def shown(self, feed: int, limit: int, positions: Callable[[], Iterable[WindowPosition]]) -> tuple[Tombstone, ...]:
        """The withdrawn entries that would still be among the newest `limit` of a feed, newest first. `positions`: of
        the members of the feed.

        An entry with an id of another publisher is left out: the id may quote its title or link.
        """
        rows = [row for sql in (_LEFT, _ADOPTED) for row in self._db.execute(sql, (feed,))]
        if not rows:
            return ()
        withdrawn = {WindowPosition(published, entry): since for published, entry, since in rows}
        newest = sorted([*withdrawn, *positions()], reverse=True)[:limit]
        return tuple(
            Tombstone(each.id, moment(withdrawn[each])) for each in newest if each in withdrawn and is_minted(each.id)
        )

    def feeds_of(self, entries: Sequence[int]) -> set[int]:
        """The feeds that some of these entries left."""
        found: set[int] = set()
        for table, sql in _FEEDS:
            if self._db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None:  # noqa: S608 - of constants
                found |= {feed for (feed,) in selected(self._db, sql, entries)}
        return found

    def adopt(self, feed: int, named: Sequence[ShownTombstone]) -> None:
        """Keeps the withdrawn entries that a feed named, newest first. A member of the feed keeps its position. To be
        called before the members of the feed are replaced.
        """
        place, after = 0, ""
        for entry_id, withdrawn in reversed([each for each in named if is_minted(each.id)]):
            place = max(place + (entry_id <= after), withdrawn)  # their order stays
            after = entry_id
            self._db.execute(_KEEP_TIME, (withdrawn, entry_id))
            self._db.execute(_KEEP_POSITION, (feed, entry_id))
            if self._db.execute(_IS_KEPT, (feed, entry_id)).fetchone() is None:
                row = (feed, entry_id, place, withdrawn)
                self._db.execute("INSERT OR REPLACE INTO adopted_tombstones VALUES (?, ?, ?, ?)", row)
