"""The ledger's rows of members of feeds. Times are whole seconds, UTC."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple

from feedd.decide.records import EntryRecord
from feedd.model import Item, Tombstone
from feedd.select.window import Window, WindowPosition
from feedd.store.ledger.adoption.tombstone_rows import TombstoneRows
from feedd.store.ledger.codec import ProviderOnly, decode_item, decode_provider, optional_moment
from feedd.store.ledger.feed_rows import FeedRecord
from feedd.store.ledger.schema import ENTRIES

MEMBER_COLUMNS = ", ".join(f"e.{column}" for column in ENTRIES.columns)


class Shown(NamedTuple):
    """A member of a feed. `admitted_at`: seconds since 1970. `item_digest`: of the item that represents it. The item is
    read only on demand.
    """

    record: EntryRecord
    admitted_at: int
    item_digest: bytes
    encoded: Callable[[], bytes]

    def item(self) -> Item:
        """The item. Raises Damaged."""
        return decode_item(self.encoded(), self.item_digest)

    def provider_only(self) -> ProviderOnly:
        """The part of the item that names its provider. Raises Damaged."""
        return decode_provider(self.encoded())


class MemberRows:
    """The memberships of entries in feeds, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._tombstones = TombstoneRows(connection)

    def memberships(self, entries: Iterable[int]) -> dict[int, dict[int, WindowPosition]]:
        """The feeds in which each of `entries` is now, with its position there."""
        found: dict[int, dict[int, WindowPosition]] = {}
        for entry in entries:
            rows = self._db.execute(
                "SELECT m.feed, m.published, e.id FROM members m JOIN entries e USING (entry) "
                "WHERE m.entry = ? AND m.present",
                (entry,),
            ).fetchall()
            if rows:
                found[entry] = {feed: WindowPosition(published, entry_id) for feed, published, entry_id in rows}
        return found

    def positions(self, feed: int) -> dict[int, WindowPosition]:
        """A feed's members and their positions."""
        rows = self._db.execute(
            "SELECT m.entry, m.published, e.id FROM members m JOIN entries e USING (entry) "
            "WHERE m.feed = ? AND m.present",
            (feed,),
        )
        return {entry: WindowPosition(published, name) for entry, published, name in rows}

    def has_any(self, feed: int) -> bool:
        """Whether a feed has entries, or had some that it pushed out."""
        return self._db.execute("SELECT 1 FROM members WHERE feed = ? LIMIT 1", (feed,)).fetchone() is not None

    def counts(self) -> dict[int, int]:
        """The number of members of each feed, without empty feeds."""
        return dict(self._db.execute("SELECT feed, count(*) FROM members WHERE present GROUP BY feed"))

    def departed(self, feed: int, entries: Iterable[int]) -> set[int]:
        """The entries among `entries` that were pushed out of a feed."""
        if not self.has_any(feed):
            return set()
        sql = "SELECT 1 FROM members WHERE feed = ? AND entry = ? AND NOT present"
        return {entry for entry in entries if self._db.execute(sql, (feed, entry)).fetchone()}

    def keep_window(self, feed: FeedRecord, before: Window, after: Window, pushed_out: Iterable[int]) -> None:
        """Keeps a feed's members. Entries that were taken out may come back; entries in `pushed_out` may not."""
        out = list(pushed_out)
        self._db.executemany(
            "DELETE FROM members WHERE feed = ? AND entry = ?",
            [(feed.feed, entry) for entry in before.members.keys() - after.members.keys()],
        )
        self._tombstones.keep(feed, before, after, out)
        changed = [
            (feed.feed, entry, position.published, 1)
            for entry, position in after.members.items()
            if before.members.get(entry) != position
        ]
        changed.extend((feed.feed, entry, before.members[entry].published, 0) for entry in out)
        self._db.executemany("INSERT OR REPLACE INTO members VALUES (?, ?, ?, ?)", changed)
        if after.floor is not None and after.floor != feed.floor:
            self._db.execute(
                "UPDATE feeds SET floor_published = ?, floor_id = ? WHERE feed = ?",
                (after.floor.published, after.floor.id, feed.feed),
            )

    def tombstones(self, feed: int, limit: int) -> tuple[Tombstone, ...]:
        """The withdrawn entries that would still be among the newest `limit` of a feed, newest first."""
        return self._tombstones.shown(feed, limit, lambda: self.positions(feed).values())

    def with_tombstones(self, entries: Iterable[int]) -> set[int]:
        """The feeds that some of these entries left."""
        return self._tombstones.feeds_of(sorted(entries))

    def newest_update(self, feed: int) -> datetime | None:
        """When the newest of a feed's entries was updated."""
        (value,) = self._db.execute(
            "SELECT max(e.updated) FROM members m JOIN entries e USING (entry) WHERE m.feed = ? AND m.present",
            (feed,),
        ).fetchone()
        return optional_moment(value)

    def entries(self, feed: int) -> list[Shown]:
        """A feed's members, by id."""
        return self._shown(feed, "ORDER BY e.id")

    def newest(self, feed: int, count: int) -> list[Shown]:
        """The newest of a feed's members, by date."""
        return self._shown(feed, f"ORDER BY m.published DESC, e.id DESC LIMIT {count:d}")

    def _shown(self, feed: int, order: str) -> list[Shown]:
        rows = self._db.execute(
            f"SELECT {MEMBER_COLUMNS}, m.published, f.digest "  # noqa: S608
            # The index has the digests without the items; in the table, the items lie between the digests.
            "FROM members m JOIN entries e USING (entry) JOIN files f INDEXED BY files_with_digest ON f.file = e.file "
            f"WHERE m.feed = ? AND m.present {order}",
            (feed,),
        )
        return read_members(self._db, rows)


def read_members(db: sqlite3.Connection, rows: Iterable[tuple[Any, ...]]) -> list[Shown]:
    """Members from rows with MEMBER_COLUMNS, the time of admission and the digest of the item."""

    @lru_cache(maxsize=200)  # a provider's feed looks for its icon first
    def item(file: int | None) -> bytes:
        found: tuple[bytes] = db.execute("SELECT item FROM files WHERE file = ?", (file,)).fetchone()
        return found[0]

    found = [(ENTRIES.to_record(row[:-2]), row[-2], row[-1]) for row in rows]
    return [Shown(record, admitted_at, digest, partial(item, record.file)) for record, admitted_at, digest in found]
