"""The ledger's rows of closed periods and their digests. Times are whole seconds, UTC."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from feedd.decide.periods import Digest, ListedEntry, Period, words_digest
from feedd.model import Item
from feedd.store.errors import Damaged
from feedd.store.ledger.codec import content_digest, decode_item, moment, seconds
from feedd.store.ledger.database import selected

_NEVER = 1 << 62
_BEFORE_LOSS = "digests before "  # and a cadence: what is known of the digests of a lost ledger


class _File(Struct, frozen=True):
    """A file of an entry: the digest of its last good item, and this item, encoded, if the file is there."""

    file: int
    digest: bytes | None
    item: bytes | None


class BeforeLoss(Struct, frozen=True):
    """What is known of the digests of a lost ledger: a time at which, or after which, its last pass was made; and the
    end of the last period of which any feed had a digest.
    """

    last_pass: datetime
    last_digest: datetime | None


class DigestRows:
    """Digests, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def last(self, cadence: str) -> tuple[datetime, datetime] | None:
        """The end of the last closed period, and when it was closed; None if no period was closed."""
        row = self._db.execute("SELECT ended, closed FROM periods WHERE cadence = ?", (cadence,)).fetchone()
        return None if row is None else (moment(row[0]), moment(row[1]))

    def keep_last(self, cadence: str, ended: datetime, now: datetime) -> None:
        """Keeps that all periods until `ended` are closed, and when this was done."""
        self._db.execute("INSERT OR REPLACE INTO periods VALUES (?, ?, ?)", (cadence, seconds(ended), seconds(now)))

    def keep_before_loss(self, cadence: str, before: BeforeLoss) -> None:
        """Keeps what is known of the digests of a lost ledger, until the next pass."""
        row = (_BEFORE_LOSS + cadence, msgspec.json.encode(before).decode())
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", row)

    def take_before_loss(self, cadence: str) -> BeforeLoss | None:
        """What `keep_before_loss` kept, which is forgotten now; None if it kept nothing."""
        name = (_BEFORE_LOSS + cadence,)
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", name).fetchone()
        self._db.execute("DELETE FROM meta WHERE name = ?", name)
        return None if row is None else msgspec.json.decode(row[0], type=BeforeLoss)

    def entries_in(self, period: Period, since: datetime | None, now: datetime) -> list[int]:
        """The entries for the digest of a period: shown now and dated in the period. Also entries dated in the period
        before, if they were first shown after `since` and not after `now`. A later first showing comes from a wrong
        clock.
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

    def shown_since(self, entries: Sequence[int], since: datetime) -> set[int]:
        """The entries among these that were first shown at `since` or later."""
        rows = selected(self._db, "SELECT entry, first_shown FROM entries WHERE entry IN", entries)
        return {entry for entry, first_shown in rows if first_shown >= seconds(since)}

    def first_shown(self, entry: int) -> datetime:
        """When a shown entry was first shown."""
        ((shown,),) = self._db.execute("SELECT first_shown FROM entries WHERE entry = ?", (entry,)).fetchall()
        return moment(shown)

    def keep(self, feed: int, period: Period, digest: Digest) -> None:
        """Keeps the digest of a period. A digest that is already kept stays as it is."""
        blob = msgspec.msgpack.encode(digest)
        row = (feed, seconds(period.start), blob, content_digest(blob))
        if self._db.execute("INSERT OR IGNORE INTO digests VALUES (?, ?, ?, ?)", row).rowcount:
            listed = [(each.entry, feed) for each in digest.listed]
            self._db.executemany("INSERT OR IGNORE INTO digest_entries VALUES (?, ?)", listed)

    def listing(self, entries: Sequence[int]) -> set[int]:
        """The feeds with a digest that lists any of these entries."""
        if self._db.execute("SELECT 1 FROM digest_entries LIMIT 1").fetchone() is None:
            return set()
        return {feed for (feed,) in selected(self._db, "SELECT feed FROM digest_entries WHERE entry IN", entries)}

    def left_out(self, digest: Digest, is_publishable: Callable[[Item], bool]) -> set[int]:
        """The entries that a digest must not show now. They are withheld, gone or folded, or no published file has the
        words of their line any more. `is_publishable` tells whether an item may be shown now. Raises Damaged.
        """
        rows = selected(
            self._db,
            "SELECT entry, file FROM entries WHERE shown AND entry IN",
            [each.entry for each in digest.listed],
        )
        representing: dict[int, int] = dict(rows)
        silent = {each.entry for each in digest.listed if each.entry not in representing}
        doubtful = [each for each in digest.listed if representing.get(each.entry, each.file) != each.file]
        files: dict[int, list[_File]] = {}
        for entry, *columns in selected(
            self._db,
            "SELECT entry, file, digest, CASE WHEN present AND NOT withheld THEN item END FROM files WHERE entry IN",
            [each.entry for each in doubtful],
        ):
            files.setdefault(entry, []).append(_File(*columns))
        return silent | {
            each.entry
            for each in doubtful
            if not any(is_publishable(item) for _, item in _with_words_of(each, files.get(each.entry, ())))
        }

    def follow(self, entries: Iterable[int], moved: Collection[int]) -> None:
        """Has lines of digests follow the files of these entries: a line whose file is gone, or of another entry now,
        names another file of its entry, if this file has the words of the line now. Later edits of it do not change the
        digest. `moved`: the entries that another file represents since this pass. Raises Damaged.
        """
        if self._db.execute("SELECT 1 FROM digest_entries LIMIT 1").fetchone() is None:
            return
        sql = "SELECT DISTINCT entry FROM files WHERE NOT present AND entry IN"
        entries = sorted({entry for (entry,) in selected(self._db, sql, sorted(entries))}.union(moved))
        files: dict[int, list[_File]] = {}
        there: set[tuple[int, int]] = set()  # entries, each with a file of it
        for entry, file, present, *columns in selected(
            self._db,
            "SELECT entry, file, present, digest, CASE WHEN present AND NOT withheld THEN item END FROM files "
            "WHERE entry IN (SELECT entry FROM digest_entries) AND entry IN",
            entries,
        ):
            files.setdefault(entry, []).append(_File(file, *columns))
            if present:
                there.add((entry, file))
        for feed in sorted(self.listing(list(files))):
            rows = self._db.execute("SELECT start, digest, mark FROM digests WHERE feed = ?", (feed,)).fetchall()
            for start, blob, mark in rows:
                digest = _decoded(blob, mark)
                listed = tuple(
                    each
                    if each.file is None or each.entry not in files or (each.entry, each.file) in there
                    else _followed(each, files[each.entry])
                    for each in digest.listed
                )
                if listed != digest.listed:
                    new = msgspec.msgpack.encode(replace(digest, listed=listed))
                    row = (new, content_digest(new), feed, start)
                    self._db.execute("UPDATE digests SET digest = ?, mark = ? WHERE feed = ? AND start = ?", row)

    def newest(self, feed: int, count: int) -> list[tuple[Digest, bytes]]:
        """The newest digests of a feed, each with a digest of its bytes. Raises Damaged."""
        rows = self._db.execute(
            "SELECT digest, mark FROM digests WHERE feed = ? ORDER BY start DESC LIMIT ?", (feed, count)
        )
        return [(_decoded(blob, blob_digest), blob_digest) for blob, blob_digest in rows]


def _with_words_of(listed: ListedEntry, files: Iterable[_File]) -> Iterator[tuple[int, Item]]:
    """The published files of an entry that still have the words of its line in a digest, each with its item. This may
    be the line's file, a file with the same item (the file was renamed), or a file with the same words. For a line that
    names no file, it is the only file that the entry ever had, if its title is that of the line.
    """
    files = list(files)
    original = next((each.digest for each in files if each.file == listed.file), None)
    for each in files:
        if each.item is None or each.digest is None:
            continue
        item = decode_item(each.item, each.digest)
        says_so = each.file == listed.file or each.digest == original or words_digest(item) == listed.words
        if says_so or (listed.file is None and len(files) == 1 and item.title == listed.title):
            yield each.file, item


def _followed(listed: ListedEntry, files: Iterable[_File]) -> ListedEntry:
    """The line, with the first file of its entry that has its words; as it is if no file has them."""
    return next((listed._replace(file=file) for file, _ in _with_words_of(listed, files)), listed)


def _decoded(blob: bytes, blob_digest: bytes) -> Digest:
    if content_digest(blob) != blob_digest:
        raise Damaged("a digest in it is not as it was kept")
    return msgspec.msgpack.decode(blob, type=Digest)
