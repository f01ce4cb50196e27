"""Objects: what each object store was given in; what it has, as far as the ledger knows, out.

Before an object is put, the digest of its document is noted. So after a kill the object is known as the ledger's own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from feedd.store.ledger.database import selected

DIGEST_BYTES = 16
RECOVERED_FROM = "recovered from"  # the setting with the place from which this ledger was made again
_MOST_NOTED = 256  # digests of an object


class KnownObject(NamedTuple):
    """An object as it was put last. `digest` is the document's; None if it was not looked at. `form`: how it was put.
    `noted`: digests of documents that were perhaps put since.
    """

    etag: str | None = None
    digest: bytes | None = None
    form: str = ""
    noted: tuple[bytes, ...] = ()


class TargetState(NamedTuple):
    """What is known of a target. `form`: how its objects are encoded. `heeds`: whether the store heeds conditions; None
    as long as the place is not known to be this site's. `looked`: when its objects were listed last. `due`: until when
    it rests after `failures`, the last of which is `error`. `stopped`: only a person can have it go on. `claimed`: this
    ledger marked the place, or has taken over all that was there.
    """

    form: str = ""
    heeds: bool | None = None
    looked: int = 0
    failures: int = 0
    due: int = 0
    error: str = ""
    stopped: bool = False
    claimed: bool = False


class ObjectRows:
    """The objects and the targets, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def target(self, target: str) -> TargetState | None:
        """What is known of a target; None if it is new."""
        row = self._db.execute(
            "SELECT form, heeds, looked, failures, due, error, stopped, claimed FROM upload_targets WHERE target = ?",
            (target,),
        ).fetchone()
        if row is None:
            return None
        form, heeds, looked, failures, due, error, stopped, claimed = row
        heeds = None if heeds is None else bool(heeds)
        return TargetState(form, heeds, looked, failures, due, error, bool(stopped), bool(claimed))

    def keep_target(self, target: str, state: TargetState) -> None:
        """Keeps what is known of a target."""
        self._db.execute("INSERT OR REPLACE INTO upload_targets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (target, *state))

    def look_again(self) -> None:
        """Has the objects of all targets listed as soon as possible."""
        self._db.execute("UPDATE upload_targets SET looked = 0")

    def site_key(self) -> str | None:
        """The key of the site; None before the first pass."""
        row = self._db.execute("SELECT value FROM meta WHERE name = 'site key'").fetchone()
        return None if row is None else str(row[0])

    def was_recovered_from(self, target: str) -> bool:
        """Whether this ledger was made again from what is at a target, so that the place there is this site's."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (RECOVERED_FROM,)).fetchone()
        return row is not None and row[0] == target

    def forget_recovery(self, target: str) -> None:
        """Forgets that this ledger was made again from what is at a target: the place there has its key now."""
        self._db.execute("DELETE FROM meta WHERE name = ? AND value = ?", (RECOVERED_FROM, target))

    def objects(self, target: str, paths: Sequence[str]) -> dict[str, KnownObject]:
        """The known objects at these paths."""
        return {
            path: KnownObject(etag, digest, form or "", split(noted or b""))
            for path, etag, digest, form, noted, of in selected(
                self._db, "SELECT path, etag, digest, form, noted, target FROM objects WHERE path IN", paths
            )
            if of == target
        }

    def note(self, target: str, digests: Iterable[tuple[str, KnownObject, bytes]]) -> None:
        """Notes that a document with this digest is about to be put."""
        noted = [(target, path, joined(_added(known.noted, digest))) for path, known, digest in digests]
        self._db.executemany(
            "INSERT INTO objects (target, path, noted) VALUES (?, ?, ?) "
            "ON CONFLICT (target, path) DO UPDATE SET noted = excluded.noted",
            noted,
        )

    def keep_object(self, target: str, path: str, known: KnownObject) -> None:
        """Keeps an object as it is in the store."""
        noted = joined(known.noted) or None
        row = (path, target, known.etag, known.digest, known.form, noted)
        self._db.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?)", row)

    def forget_object(self, target: str, path: str) -> None:
        """Forgets an object that the store does not have any more."""
        self._db.execute("DELETE FROM objects WHERE target = ? AND path = ?", (target, path))

    @contextmanager
    def comparison(self) -> Iterator[None]:
        """Takes note of the paths that are `seen` meanwhile."""
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS seen (path TEXT PRIMARY KEY) WITHOUT ROWID")
        try:
            yield
        finally:
            self._db.execute("DELETE FROM temp.seen")

    def saw(self, paths: Iterable[str]) -> None:
        """Notes, during a `comparison`, that the store has objects at these paths."""
        self._db.executemany("INSERT OR IGNORE INTO temp.seen VALUES (?)", ((path,) for path in paths))

    def forget_unseen(self, target: str) -> None:
        """Forgets the objects that the store does not have any more, and to which no put may be under way."""
        self._db.execute(
            "DELETE FROM objects WHERE target = ? AND etag IS NOT NULL AND noted IS NULL AND path NOT IN temp.seen",
            (target,),
        )


def split(noted: bytes) -> tuple[bytes, ...]:
    """The digests in a column."""
    return tuple(noted[at : at + DIGEST_BYTES] for at in range(0, len(noted), DIGEST_BYTES))


def joined(noted: tuple[bytes, ...]) -> bytes:
    """Digests as a column keeps them: the last ones."""
    return b"".join(noted[-_MOST_NOTED:])


def _added(noted: tuple[bytes, ...], digest: bytes) -> tuple[bytes, ...]:
    return (*(each for each in noted if each != digest), digest)
