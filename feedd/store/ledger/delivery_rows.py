"""Announcements: changed documents in; the announcements that each hub still has to get, and when, out.

A pass queues announcements in the transaction in which it keeps the document. The announcer has its own connection.
Times are whole seconds, UTC. A due time more than FURTHEST seconds ahead can only come from a clock that was set back.
It is treated as due now.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from feedd.store.ledger.database import open_beside, transaction
from feedd.store.state_directory import LEDGER_NAME

_REFUSE = (
    "INSERT INTO refusals SELECT hub, url, ?3, ?4 FROM announcements WHERE hub = ?1 AND url = ?2 "
    "ON CONFLICT (hub, url) DO UPDATE SET error = excluded.error"
)
_UPLOADED = "NOT EXISTS (SELECT 1 FROM uploads WHERE uploads.url = announcements.url)"  # to where hubs fetch it
FURTHEST = 86400  # seconds: nothing is put off for longer


class Announcement(Struct, frozen=True):
    """A hub has to be told that the document at `url` has changed. `change`: a number that a later change replaces.
    `failures`: of this announcement alone.
    """

    hub: str
    url: str
    change: int
    queued: int
    failures: int


class Waiting(NamedTuple):
    """The number of waiting announcements for a hub, and the last error, if any."""

    hub: str
    number: int
    error: str | None


class Refused(NamedTuple):
    """The number of documents whose last announcement a hub did not take; since when, UTC, and why."""

    hub: str
    number: int
    since: datetime
    error: str


class DeliveryRows:
    """The announcements, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    # For a pass

    def add(self, hubs: Iterable[str], url: str, now: int) -> None:
        """Queues announcements of a changed document. A hub with a waiting announcement of this document is told once,
        of the last change.
        """
        self._db.executemany(
            "INSERT INTO announcements VALUES (?, ?, random(), ?, 0, 0, NULL) ON CONFLICT (hub, url) "
            "DO UPDATE SET change = excluded.change, queued = excluded.queued",
            ((hub, url, now) for hub in hubs),
        )

    def drop(self, url: str) -> None:
        """Drops the announcements of a deleted document."""
        for table in ("announcements", "refusals"):
            self._db.execute(f"DELETE FROM {table} WHERE url = ?", (url,))  # noqa: S608

    def keep_only(self, hubs: Collection[str]) -> None:
        """Drops the announcements and refusals of all hubs but these."""
        for table in ("announcements", "resting_hubs", "refusals"):
            known = {hub for (hub,) in self._db.execute(f"SELECT DISTINCT hub FROM {table}")}  # noqa: S608
            gone = [(hub,) for hub in known.difference(hubs)]
            self._db.executemany(f"DELETE FROM {table} WHERE hub = ?", gone)  # noqa: S608

    def keep_only_documents(self, urls: Collection[str]) -> None:
        """Drops the announcements and refusals of all documents but those at `urls`."""
        for table in ("announcements", "refusals"):
            known = {url for (url,) in self._db.execute(f"SELECT DISTINCT url FROM {table}")}  # noqa: S608
            gone = [(url,) for url in known.difference(urls)]
            self._db.executemany(f"DELETE FROM {table} WHERE url = ?", gone)  # noqa: S608

    def count(self) -> int:
        """How many announcements wait."""
        (number,) = self._db.execute("SELECT count(*) FROM announcements").fetchone()
        return int(number)

    # For who announces

    def together(self) -> AbstractContextManager[None]:
        """A transaction. Passes cannot write until it ends."""
        return transaction(self._db)

    def due(self, hub: str, now: int, limit: int) -> list[Announcement]:
        """The first `limit` announcements that are due at a hub; none while the hub rests, and none of a document that
        still has to be uploaded.
        """
        row = self._db.execute("SELECT due FROM resting_hubs WHERE hub = ?", (hub,)).fetchone()
        if row is not None and now < row[0] <= now + FURTHEST:
            return []
        rows = self._db.execute(
            "SELECT hub, url, change, queued, failures FROM announcements "  # noqa: S608
            f"WHERE hub = ? AND (due <= ? OR due > ?) AND {_UPLOADED} ORDER BY due, url LIMIT ?",
            (hub, now, now + FURTHEST, limit),
        )
        return [Announcement(*row) for row in rows]

    def hurry(self) -> None:
        """Makes everything due now, except for hubs that asked for a rest."""
        self._db.execute("UPDATE announcements SET due = 0")
        self._db.execute("UPDATE resting_hubs SET due = 0 WHERE NOT asked")

    def next_due(self, hub: str) -> int | None:
        """When the first announcement of a hub is due; None if none waits but for uploads."""
        (first,) = self._db.execute(
            f"SELECT min(due) FROM announcements WHERE hub = ? AND {_UPLOADED}",  # noqa: S608
            (hub,),
        ).fetchone()
        row = self._db.execute("SELECT due FROM resting_hubs WHERE hub = ?", (hub,)).fetchone()
        return None if first is None else max(first, row[0] if row else 0)

    def waiting(self, hubs: Iterable[str]) -> list[Waiting]:
        """The number of waiting announcements for each of `hubs`, without hubs with none."""
        found = []
        for hub in hubs:
            number, error = self._db.execute(
                "SELECT count(*), max(error) FROM announcements WHERE hub = ?", (hub,)
            ).fetchone()
            row = self._db.execute("SELECT error FROM resting_hubs WHERE hub = ?", (hub,)).fetchone()
            if number:
                found.append(Waiting(hub, number, row[0] if row else error or self._why_not_yet(hub)))
        return found

    def _why_not_yet(self, hub: str) -> str | None:
        ready = self._db.execute(f"SELECT 1 FROM announcements WHERE hub = ? AND {_UPLOADED} LIMIT 1", (hub,))  # noqa: S608
        return None if ready.fetchone() else "an object store does not have them yet"

    def refused(self, hubs: Iterable[str]) -> list[Refused]:
        """The refusals of each of `hubs` that still stand, without hubs with none."""
        found = []
        for hub in hubs:
            number, since, error = self._db.execute(
                "SELECT count(*), min(since), max(error) FROM refusals WHERE hub = ?", (hub,)
            ).fetchone()
            if number:
                found.append(Refused(hub, number, datetime.fromtimestamp(since, UTC), error))
        return found

    def settle(self, announcement: Announcement) -> None:
        """Deletes an announcement that the hub has taken. A later change of the document waits as if it were new."""
        self._db.execute("DELETE FROM refusals WHERE hub = ? AND url = ?", (announcement.hub, announcement.url))
        self._forget(announcement)

    def refuse(self, announcement: Announcement, now: int, error: str) -> None:
        """Gives this announcement up: the hub refused it, or could not be told for too long.

        Nothing is stored if the announcement was dropped meanwhile, with its document or with its hub.
        """
        self._db.execute(_REFUSE, (announcement.hub, announcement.url, now, error))
        self._forget(announcement)

    def _forget(self, announcement: Announcement) -> None:
        key = (announcement.hub, announcement.url, announcement.change)
        self._db.execute("DELETE FROM announcements WHERE hub = ? AND url = ? AND change = ?", key)
        self._db.execute(
            "UPDATE announcements SET failures = 0, due = 0, error = NULL WHERE hub = ? AND url = ?", key[:2]
        )

    def put_off(self, failed: Announcement, due: int, error: str) -> None:
        """Puts a failed announcement off to `due`."""
        self._db.execute(
            "UPDATE announcements SET failures = failures + 1, due = ?, error = ? WHERE hub = ? AND url = ?",
            (due, error, failed.hub, failed.url),
        )

    def failures(self, hub: str) -> int:
        """The number of successive failures of a hub."""
        row = self._db.execute("SELECT failures FROM resting_hubs WHERE hub = ?", (hub,)).fetchone()
        return row[0] if row else 0

    def rest(self, hub: str, due: int, error: str, *, asked: bool) -> None:
        """Lets a hub rest until `due`. `asked`: the hub asked for the rest."""
        self._db.execute(
            "INSERT INTO resting_hubs VALUES (?, 1, ?, ?, ?) ON CONFLICT (hub) DO UPDATE SET "
            "failures = failures + 1, due = excluded.due, asked = excluded.asked, error = excluded.error",
            (hub, due, asked, error),
        )

    def end_rest(self, hub: str) -> None:
        """Forgets the failures of a hub, which works again: it is asked without a pause."""
        self._db.execute("DELETE FROM resting_hubs WHERE hub = ?", (hub,))

    def give_up(self, hub: str, queued: int, now: int, error: str) -> int:
        """Drops, as refused, all announcements that were queued for a hub at `queued` or before. Returns their
        number.
        """
        old = self._db.execute("SELECT url FROM announcements WHERE hub = ? AND queued <= ?", (hub, queued)).fetchall()
        self._db.executemany(_REFUSE, [(hub, url, now, error) for (url,) in old])
        return self._db.execute("DELETE FROM announcements WHERE hub = ? AND queued <= ?", (hub, queued)).rowcount


@contextmanager
def open_announcements(state: Path, patience: float = 1.0) -> Iterator[DeliveryRows | None]:
    """The announcements in the ledger of a state directory, beside the passes; None if there is no ledger.

    Waits up to `patience` seconds for the transaction of another process. Raises Damaged or Unusable.
    """
    with open_beside(state / LEDGER_NAME, patience) as connection:
        yield None if connection is None else DeliveryRows(connection)
