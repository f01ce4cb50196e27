"""The ledger's rows of feeds. Times are whole seconds, UTC."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct

from feedd.model import FeedId
from feedd.select.window import WindowPosition
from feedd.store.ledger.codec import EPOCH, moment, seconds

_STALE, _WITHDRAWING = 1, 2
_FEED_COLUMNS = "feed, kind, key, id, slug, label, updated, floor_published, floor_id"


class FeedRecord(Struct, frozen=True):
    """A feed as the ledger keeps it. `updated` never goes back."""

    feed: int
    identity: FeedId
    id: str
    slug: str
    label: str
    updated: datetime
    floor: WindowPosition | None


class FeedRows:
    """Feeds, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

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
        """Takes all entries out of a feed. The feed `into` bars these entries, and older entries, since nobody has seen
        them there.
        """
        self._db.execute(
            "INSERT OR IGNORE INTO members SELECT ?, entry, published, 0 FROM members WHERE feed = ?",
            (into.feed, feed.feed),
        )
        self._db.execute("DELETE FROM members WHERE feed = ?", (feed.feed,))
        if feed.floor is not None and (into.floor is None or into.floor < feed.floor):
            self._db.execute(
                "UPDATE feeds SET floor_published = ?, floor_id = ? WHERE feed = ?", (*feed.floor, into.feed)
            )

    def move_updated(self, feed: int, updated: datetime) -> None:
        """Moves a feed's `updated` forward; never back."""
        self._db.execute("UPDATE feeds SET updated = max(updated, ?) WHERE feed = ?", (seconds(updated), feed))

    def mark_stale(self, feeds: Iterable[int]) -> None:
        """Marks the documents of `feeds` to be made again."""
        self._mark(feeds, _STALE)

    def mark_withdrawing(self, feeds: Iterable[int]) -> None:
        """Marks the documents of `feeds` to be made again, or deleted if they cannot be made: they show items that are
        now withheld.
        """
        self._mark(feeds, _WITHDRAWING)

    def _mark(self, feeds: Iterable[int], state: int) -> None:
        self._db.executemany("UPDATE feeds SET stale = max(stale, ?) WHERE feed = ?", ((state, each) for each in feeds))

    def mark_all_stale(self) -> None:
        """Marks the documents of every feed to be made again."""
        self._db.execute("UPDATE feeds SET stale = max(stale, ?)", (_STALE,))

    def mark_fresh(self, feeds: Iterable[int]) -> None:
        """Marks the documents of `feeds` as up to date."""
        self._db.executemany("UPDATE feeds SET stale = 0 WHERE feed = ?", ((feed,) for feed in feeds))

    def stale(self) -> set[int]:
        """Feeds whose documents have to be made again."""
        return {feed for (feed,) in self._db.execute("SELECT feed FROM feeds WHERE stale")}

    def withdrawing(self) -> set[int]:
        """Stale feeds whose documents show items that are now withheld."""
        return {feed for (feed,) in self._db.execute("SELECT feed FROM feeds WHERE stale = ?", (_WITHDRAWING,))}


def _to_feed(row: tuple[Any, ...]) -> FeedRecord:
    feed, kind, key, feed_id, slug, label, updated, floor_published, floor_id = row
    floor = None if floor_published is None else WindowPosition(floor_published, floor_id)
    kind, _, view = kind.partition("/")
    return FeedRecord(feed, FeedId(kind, key, view), feed_id, slug, label, moment(updated), floor)


def _kind(identity: FeedId) -> str:
    return f"{identity.kind}/{identity.view}" if identity.view else identity.kind
