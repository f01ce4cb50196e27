"""What is remembered of feeds, their members and their documents. Times are whole seconds, UTC."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from msgspec import Struct

from feedd.decide.stories.clusters import as_related
from feedd.decide.visibility import EntryRecord, Window, WindowPosition
from feedd.model import FeedId, Item, Related
from feedd.select.ranking import ProviderOnly
from feedd.store.documents import DocumentStamp
from feedd.store.ledger.codec import (
    ENTRY_COLUMNS,
    EPOCH,
    decode_item,
    decode_standing,
    moment,
    perhaps,
    seconds,
    to_record,
)
from feedd.store.ledger.database import selected


class FeedRecord(Struct, frozen=True):
    """What is kept of one feed. `updated` never goes back."""

    feed: int
    identity: FeedId
    id: str
    slug: str
    label: str
    updated: datetime
    floor: WindowPosition | None


class Shown(NamedTuple):
    """A member of a feed, its place there in seconds since 1970, and the digest of the item that speaks for it, which
    is read when it is asked for.
    """

    record: EntryRecord
    place: int
    digest: bytes
    encoded: Callable[[], bytes]

    def item(self) -> Item:
        """The item. Raises Damaged."""
        return decode_item(self.encoded(), self.digest)

    def standing(self) -> ProviderOnly:
        """What its provider looks like. Raises Damaged."""
        return decode_standing(self.encoded())


class WrittenDocument(NamedTuple):
    """A document's file as it was left, and what its entries were made from."""

    path: str
    stat: DocumentStamp
    made_from: bytes


MEMBER_COLUMNS = ", ".join(f"e.{column}" for column in ENTRY_COLUMNS.split(", "))
_STALE, _WITHDRAWING = 1, 2
_FEED_COLUMNS = "feed, kind, key, id, slug, label, updated, floor_published, floor_id"


class FeedRows:
    """Feeds, members and documents, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    # Feeds

    def all(self) -> dict[FeedId, FeedRecord]:
        """Every feed that ever was."""
        rows = self._db.execute(f"SELECT {_FEED_COLUMNS} FROM feeds ORDER BY feed")  # noqa: S608
        return {record.identity: record for record in map(_to_feed, rows)}

    def add_feed(self, identity: FeedId, feed_id: str, slug: str, label: str) -> FeedRecord:
        """Keeps a new feed, stale, with `updated` at the beginning of time."""
        cursor = self._db.execute(
            "INSERT INTO feeds (kind, key, id, slug, label, updated, stale) VALUES (?, ?, ?, ?, ?, 0, 1)",
            (_kind(identity), identity.key, feed_id, slug, label),
        )
        assert cursor.lastrowid is not None  # noqa: S101 - SQLite has just given it
        return FeedRecord(cursor.lastrowid, identity, feed_id, slug, label, EPOCH, None)

    def rename_feed(self, feed: FeedId, now: FeedId, label: str) -> None:
        """Gives a feed, with its views, another identity and label. Its id and its slug stay."""
        self._db.execute(
            "UPDATE feeds SET key = ?, label = ? WHERE (kind = ? OR kind LIKE ? || '/%') AND key = ?",
            (now.key, label, feed.kind, feed.kind, feed.key),
        )

    def merge_feed(self, feed: FeedRecord, into: FeedRecord) -> None:
        """Takes all entries out of a feed. Another bars them, and what is older, since nobody has seen them there."""
        self._db.execute(
            "INSERT OR IGNORE INTO members SELECT ?, entry, published, 0 FROM members WHERE feed = ?",
            (into.feed, feed.feed),
        )
        self._db.execute("DELETE FROM members WHERE feed = ?", (feed.feed,))
        if feed.floor is not None and (into.floor is None or into.floor < feed.floor):
            self._db.execute(
                "UPDATE feeds SET floor_published = ?, floor_id = ? WHERE feed = ?", (*feed.floor, into.feed)
            )

    def has_members(self, feed: int) -> bool:
        """Whether a feed has entries, or had some that it pushed out."""
        return self._db.execute("SELECT 1 FROM members WHERE feed = ? LIMIT 1", (feed,)).fetchone() is not None

    def mark_stale(self, feeds: Iterable[int]) -> None:
        """Has the documents of `feeds` made again."""
        self._mark(feeds, _STALE)

    def mark_withdrawing(self, feeds: Iterable[int]) -> None:
        """Has the documents of `feeds` made again, or deleted where they cannot be: they show what is withheld now."""
        self._mark(feeds, _WITHDRAWING)

    def _mark(self, feeds: Iterable[int], state: int) -> None:
        self._db.executemany("UPDATE feeds SET stale = max(stale, ?) WHERE feed = ?", ((state, each) for each in feeds))

    def mark_all_stale(self) -> None:
        """Has every document made again."""
        self._db.execute("UPDATE feeds SET stale = max(stale, ?)", (_STALE,))

    def mark_fresh(self, feeds: Iterable[int]) -> None:
        """The documents of `feeds` are what they should be."""
        self._db.executemany("UPDATE feeds SET stale = 0 WHERE feed = ?", ((feed,) for feed in feeds))

    def stale(self) -> set[int]:
        """Feeds whose documents have to be made again."""
        return {feed for (feed,) in self._db.execute("SELECT feed FROM feeds WHERE stale")}

    def withdrawing(self) -> set[int]:
        """Stale feeds whose documents show what is withheld now."""
        return {feed for (feed,) in self._db.execute("SELECT feed FROM feeds WHERE stale = ?", (_WITHDRAWING,))}

    # Members

    def memberships(self, entries: Iterable[int]) -> dict[int, dict[int, WindowPosition]]:
        """For each of `entries`, the feeds that it is in now, and its place there."""
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

    def members(self, feed: int) -> dict[int, WindowPosition]:
        """A feed's members and their places."""
        rows = self._db.execute(
            "SELECT m.entry, m.published, e.id FROM members m JOIN entries e USING (entry) "
            "WHERE m.feed = ? AND m.present",
            (feed,),
        )
        return {entry: WindowPosition(published, name) for entry, published, name in rows}

    def departed(self, feed: int, entries: Iterable[int]) -> set[int]:
        """Those of `entries` that were pushed out of a feed."""
        sql = "SELECT 1 FROM members WHERE feed = ? AND entry = ? AND NOT present"
        return {entry for entry in entries if self._db.execute(sql, (feed, entry)).fetchone()}

    def keep_window(self, feed: FeedRecord, before: Window, after: Window, pushed_out: Iterable[int]) -> None:
        """Keeps a feed's members as they are to be. Who was taken out may come back; who was pushed out may not."""
        out = list(pushed_out)
        self._db.executemany(
            "DELETE FROM members WHERE feed = ? AND entry = ?",
            [(feed.feed, entry) for entry in before.members.keys() - after.members.keys()],
        )
        changed = [
            (feed.feed, entry, place.published, 1)
            for entry, place in after.members.items()
            if before.members.get(entry) != place
        ]
        changed.extend((feed.feed, entry, before.members[entry].published, 0) for entry in out)
        self._db.executemany("INSERT OR REPLACE INTO members VALUES (?, ?, ?, ?)", changed)
        if after.floor is not None and after.floor != feed.floor:
            self._db.execute(
                "UPDATE feeds SET floor_published = ?, floor_id = ? WHERE feed = ?",
                (after.floor.published, after.floor.id, feed.feed),
            )

    def newest_update(self, feed: int) -> datetime | None:
        """When the newest of a feed's entries was updated."""
        (value,) = self._db.execute(
            "SELECT max(e.updated) FROM members m JOIN entries e USING (entry) WHERE m.feed = ? AND m.present",
            (feed,),
        ).fetchone()
        return perhaps(value)

    def move_updated(self, feed: int, updated: datetime) -> None:
        """Moves a feed's `updated` forward; never back."""
        self._db.execute("UPDATE feeds SET updated = max(updated, ?) WHERE feed = ?", (seconds(updated), feed))

    def entries(self, feed: int) -> list[Shown]:
        """A feed's members, by id."""
        return self._shown(feed, "ORDER BY e.id")

    def newest(self, feed: int, count: int) -> list[Shown]:
        """The newest of a feed's members, by date."""
        return self._shown(feed, f"ORDER BY m.published DESC, e.id DESC LIMIT {count:d}")

    def _shown(self, feed: int, order: str) -> list[Shown]:
        rows = self._db.execute(
            f"SELECT {MEMBER_COLUMNS}, m.published, f.digest "  # noqa: S608
            # The index has the digests without the items, which lie between them in the table.
            "FROM members m JOIN entries e USING (entry) JOIN files f INDEXED BY files_with_digest ON f.file = e.file "
            f"WHERE m.feed = ? AND m.present {order}",
            (feed,),
        )
        return shown_of(self._db, rows)

    def told_with(self, leads: Sequence[int]) -> dict[int, tuple[Related, ...]]:
        """The other entries of the stories that `leads` speak for, by date: those that are shown or folded."""
        found: dict[int, list[tuple[datetime, str, Related]]] = {}
        rows = selected(
            self._db,
            "SELECT e.story, e.id, e.published, f.item, f.digest FROM entries e JOIN files f ON f.file = e.file "
            "WHERE e.entry != e.story AND (e.shown OR e.folded) AND e.story IN",
            leads,
        )
        for lead, entry_id, seconds_, encoded, digest in rows:
            published = moment(seconds_)
            related = as_related(decode_item(encoded, digest), published)
            found.setdefault(lead, []).append((published, entry_id, related))
        return {lead: tuple(each for _, _, each in sorted(told, key=_by_date)) for lead, told in found.items()}

    def counts(self) -> dict[int, int]:
        """How many members each feed has that has any."""
        return dict(self._db.execute("SELECT feed, count(*) FROM members WHERE present GROUP BY feed"))

    # Documents

    def documents(self) -> dict[str, tuple[int | None, DocumentStamp]]:
        """Every document that was written, the feed it shows (None for those about the site), and its file."""
        rows = self._db.execute("SELECT path, feed, size, mtime_ns, inode FROM documents")
        return {path: (feed, DocumentStamp(size, mtime, inode)) for path, feed, size, mtime, inode in rows}

    def has_documents(self) -> bool:
        """Whether any document was written."""
        return self._db.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is not None

    def document(self, path: str) -> tuple[DocumentStamp, bytes] | None:
        """How a document's file was left, and what its entries were made from; None for one that is not known."""
        return self.documents_at([path]).get(path)

    def documents_at(self, paths: Sequence[str]) -> dict[str, tuple[DocumentStamp, bytes]]:
        """The same of several documents, those that are known."""
        marks = ", ".join("?" * len(paths))
        rows = self._db.execute(
            f"SELECT path, size, mtime_ns, inode, made_from FROM documents WHERE path IN ({marks})",  # noqa: S608
            paths,
        ).fetchall()
        return {path: (DocumentStamp(*stat), made_from or b"") for path, *stat, made_from in rows}

    def keep_documents(self, feed: int | None, documents: Iterable[WrittenDocument]) -> None:
        """Keeps how the files of a feed's documents look, and what their entries were made from."""
        self._db.executemany(
            "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?)",
            [(path, feed, *stat, made_from) for path, stat, made_from in documents],
        )

    def forget_document(self, path: str) -> None:
        """Forgets a document that was deleted."""
        self._db.execute("DELETE FROM documents WHERE path = ?", (path,))


def _by_date(told: tuple[datetime, str, Related]) -> tuple[datetime, str]:
    return told[:2]


def _to_feed(row: tuple[Any, ...]) -> FeedRecord:
    feed, kind, key, feed_id, slug, label, updated, floor_published, floor_id = row
    floor = None if floor_published is None else WindowPosition(floor_published, floor_id)
    kind, _, view = kind.partition("/")
    return FeedRecord(feed, FeedId(kind, key, view), feed_id, slug, label, moment(updated), floor)


def _kind(identity: FeedId) -> str:
    return f"{identity.kind}/{identity.view}" if identity.view else identity.kind


def shown_of(db: sqlite3.Connection, rows: Iterable[tuple[Any, ...]]) -> list[Shown]:
    """Entries of rows with MEMBER_COLUMNS, the place and the digest of the item."""

    def item(file: int | None) -> bytes:
        found: tuple[bytes] = db.execute("SELECT item FROM files WHERE file = ?", (file,)).fetchone()
        return found[0]

    found = [(to_record(row[:-2]), row[-2], row[-1]) for row in rows]
    return [Shown(record, place, digest, partial(item, record.file)) for record, place, digest in found]
