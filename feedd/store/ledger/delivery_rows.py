"""Announcements: documents that changed, in; what each hub is still to be told, and when, out.

A pass queues in the transaction in which it keeps the document; whoever announces has a connection of its own. Times
are whole seconds, UTC. A time that is further away than any that is ever kept comes of a clock that was set back, and
counts as come.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from feedd.store.ledger.database import connect_beside, translated
from feedd.store.state_directory import LEDGER_NAME

_REFUSE = (
    "INSERT INTO refusals SELECT hub, url, ?3, ?4 FROM announcements WHERE hub = ?1 AND url = ?2 "
    "ON CONFLICT (hub, url) DO UPDATE SET error = excluded.error"
)
FURTHEST = 86400  # seconds: nothing is put off for longer


class Announcement(NamedTuple):
    """A hub is to be told that the document at `url` has changed. `change` tells this change from a later one;
    `failures` are those of this announcement alone.
    """

    hub: str
    url: str
    change: int
    queued: int
    failures: int


class Waiting(NamedTuple):
    """How many announcements wait for a hub, and why, if something went wrong."""

    hub: str
    number: int
    error: str | None


class Refused(NamedTuple):
    """How many documents a hub did not take when it was told of them last: since when, UTC, and why."""

    hub: str
    number: int
    since: datetime
    error: str


class DeliveryRows:
    """What hubs are still to be told, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    # For a pass

    def add(self, hubs: Iterable[str], url: str, now: int) -> None:
        """Has `hubs` told that a document has changed. One that waits already is told once, of the last change."""
        self._db.executemany(
            "INSERT INTO announcements VALUES (?, ?, random(), ?, 0, 0, NULL) ON CONFLICT (hub, url) "
            "DO UPDATE SET change = excluded.change, queued = excluded.queued",
            ((hub, url, now) for hub in hubs),
        )

    def drop(self, url: str) -> None:
        """Has nobody told of a document: it was deleted."""
        for table in ("announcements", "refusals"):
            self._db.execute(f"DELETE FROM {table} WHERE url = ?", (url,))  # noqa: S608

    def keep_only(self, hubs: Collection[str]) -> None:
        """Drops what waits for other hubs than these, and what they refused."""
        for table in ("announcements", "resting_hubs", "refusals"):
            known = {hub for (hub,) in self._db.execute(f"SELECT DISTINCT hub FROM {table}")}  # noqa: S608
            gone = [(hub,) for hub in known.difference(hubs)]
            self._db.executemany(f"DELETE FROM {table} WHERE hub = ?", gone)  # noqa: S608

    def keep_only_documents(self, urls: Collection[str]) -> None:
        """Drops what waits of other documents than the ones at `urls`, and what hubs refused of them."""
        for table in ("announcements", "refusals"):
            known = {url for (url,) in self._db.execute(f"SELECT DISTINCT url FROM {table}")}  # noqa: S608
            gone = [(url,) for url in known.difference(urls)]
            self._db.executemany(f"DELETE FROM {table} WHERE url = ?", gone)  # noqa: S608

    def count(self) -> int:
        """How many announcements wait."""
        (number,) = self._db.execute("SELECT count(*) FROM announcements").fetchone()
        return int(number)

    # For who announces

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is kept meanwhile is kept as a whole. Passes cannot write until then."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def due(self, hub: str, now: int, limit: int) -> list[Announcement]:
        """The first of the announcements that are due at a hub; none while it rests."""
        row = self._db.execute("SELECT due FROM resting_hubs WHERE hub = ?", (hub,)).fetchone()
        if row is not None and now < row[0] <= now + FURTHEST:
            return []
        rows = self._db.execute(
            "SELECT hub, url, change, queued, failures FROM announcements "
            "WHERE hub = ? AND (due <= ? OR due > ?) ORDER BY due, url LIMIT ?",
            (hub, now, now + FURTHEST, limit),
        )
        return [Announcement(*row) for row in rows]

    def hurry(self) -> None:
        """Has everything be due now, but for hubs that asked for a rest themselves."""
        self._db.execute("UPDATE announcements SET due = 0")
        self._db.execute("UPDATE resting_hubs SET due = 0 WHERE NOT asked")

    def next_due(self, hub: str) -> int | None:
        """When the first of a hub's announcements is due; None if none waits."""
        (first,) = self._db.execute("SELECT min(due) FROM announcements WHERE hub = ?", (hub,)).fetchone()
        row = self._db.execute("SELECT due FROM resting_hubs WHERE hub = ?", (hub,)).fetchone()
        return None if first is None else max(first, row[0] if row else 0)

    def waiting(self, hubs: Iterable[str]) -> list[Waiting]:
        """What waits for each of `hubs` that anything waits for."""
        found = []
        for hub in hubs:
            number, error = self._db.execute(
                "SELECT count(*), max(error) FROM announcements WHERE hub = ?", (hub,)
            ).fetchone()
            row = self._db.execute("SELECT error FROM resting_hubs WHERE hub = ?", (hub,)).fetchone()
            if number:
                found.append(Waiting(hub, number, row[0] if row else error))
        return found

    def refused(self, hubs: Iterable[str]) -> list[Refused]:
        """What each of `hubs` did not take and has not taken since."""
        found = []
        for hub in hubs:
            number, since, error = self._db.execute(
                "SELECT count(*), min(since), max(error) FROM refusals WHERE hub = ?", (hub,)
            ).fetchone()
            if number:
                found.append(Refused(hub, number, datetime.fromtimestamp(since, UTC), error))
        return found

    def settle(self, told: Announcement) -> None:
        """The hub has been told. A change that came meanwhile still waits, as if it were new."""
        self._db.execute("DELETE FROM refusals WHERE hub = ? AND url = ?", (told.hub, told.url))
        self._forget(told)

    def refuse(self, told: Announcement, now: int, error: str) -> None:
        """The hub is not to be told any more, of this change: it refused to be, or could not be for too long.

        Nothing is kept if the announcement was dropped meanwhile, with its document or with its hub.
        """
        self._db.execute(_REFUSE, (told.hub, told.url, now, error))
        self._forget(told)

    def _forget(self, told: Announcement) -> None:
        key = (told.hub, told.url, told.change)
        self._db.execute("DELETE FROM announcements WHERE hub = ? AND url = ? AND change = ?", key)
        self._db.execute(
            "UPDATE announcements SET failures = 0, due = 0, error = NULL WHERE hub = ? AND url = ?", key[:2]
        )

    def put_off(self, failed: Announcement, due: int, error: str) -> None:
        """Announces once more, not before `due`."""
        self._db.execute(
            "UPDATE announcements SET failures = failures + 1, due = ?, error = ? WHERE hub = ? AND url = ?",
            (due, error, failed.hub, failed.url),
        )

    def failures(self, hub: str) -> int:
        """How often in succession a hub could not be told anything."""
        row = self._db.execute("SELECT failures FROM resting_hubs WHERE hub = ?", (hub,)).fetchone()
        return row[0] if row else 0

    def rest(self, hub: str, due: int, error: str, *, asked: bool) -> None:
        """Tells a hub nothing before `due`. `asked`: it is the hub that wants it so."""
        self._db.execute(
            "INSERT INTO resting_hubs VALUES (?, 1, ?, ?, ?) ON CONFLICT (hub) DO UPDATE SET "
            "failures = failures + 1, due = excluded.due, asked = excluded.asked, error = excluded.error",
            (hub, due, asked, error),
        )

    def is_well(self, hub: str) -> None:
        """The hub has been told something."""
        self._db.execute("DELETE FROM resting_hubs WHERE hub = ?", (hub,))

    def give_up(self, hub: str, queued: int, now: int, error: str) -> int:
        """Drops what was queued for a hub at `queued` or before, as refused; how many announcements that were."""
        old = self._db.execute("SELECT url FROM announcements WHERE hub = ? AND queued <= ?", (hub, queued)).fetchall()
        self._db.executemany(_REFUSE, [(hub, url, now, error) for (url,) in old])
        return self._db.execute("DELETE FROM announcements WHERE hub = ? AND queued <= ?", (hub, queued)).rowcount


@contextmanager
def open_announcements(state: Path, patience: float = 1.0) -> Iterator[DeliveryRows | None]:
    """The announcements in the ledger of a state directory, beside the passes; None if there is no ledger.

    Waits up to `patience` seconds for another's transaction. Raises Damaged or Unusable.
    """
    connection = connect_beside(state / LEDGER_NAME, patience)
    if connection is None:
        yield None
        return
    try:
        with translated(state):
            yield DeliveryRows(connection)
    finally:
        connection.close()
