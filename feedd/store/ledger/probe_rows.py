"""Probes: entries with files of unknown size in; the addresses to ask, and what their servers have said, out.

A pass keeps which address an entry gives for its file. The prober has its own connection, and asks for each address
until its server says the size. Times are whole seconds, UTC.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from feedd.model import RemoteFile
from feedd.store.ledger.database import open_beside, selected
from feedd.store.state_directory import LEDGER_NAME

FURTHEST = 86400  # seconds: nothing is put off for longer, so a time beyond comes of a clock that was set back
_ASKED = (
    "FROM enclosures x JOIN entries e ON e.entry = x.entry AND e.shown LEFT JOIN probes p ON p.url = x.url "
    "WHERE p.size IS NULL"
)


class Probe(Struct, frozen=True):
    """An address whose server has to be asked. `failures`: how often that has failed."""

    url: str
    failures: int


class ProbeRows:
    """The files of entries, and what their servers said, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    # For a pass

    def keep(self, wanted: Mapping[int, str | None]) -> None:
        """Keeps the addresses of entries whose files have an unknown size or type. None: nothing is to be asked."""
        rows = [(entry, url) for entry, url in wanted.items() if url is not None]
        self._db.executemany(
            "INSERT INTO enclosures VALUES (?, ?) ON CONFLICT (entry) DO UPDATE SET url = excluded.url", rows
        )
        gone = [(entry,) for entry, url in wanted.items() if url is None]
        self._db.executemany("DELETE FROM enclosures WHERE entry = ?", gone)

    def has_any(self) -> bool:
        """Whether there is an address of any entry."""
        return self._db.execute("SELECT 1 FROM enclosures LIMIT 1").fetchone() is not None

    def answers(self, entries: Sequence[int]) -> dict[int, RemoteFile]:
        """What servers said of the files of `entries`, without entries of whose files nothing is known."""
        join = "SELECT x.entry, p.url, p.size, p.media_type FROM enclosures x JOIN probes p ON p.url = x.url"
        rows = selected(self._db, f"{join} WHERE p.size IS NOT NULL AND x.entry IN", entries)
        return {entry: RemoteFile(url, size, media_type) for entry, url, size, media_type in rows}

    def has_new(self) -> bool:
        """Whether servers have said something that no pass has taken yet."""
        return self._db.execute("SELECT 1 FROM probes WHERE is_new LIMIT 1").fetchone() is not None

    def take_new(self) -> list[int]:
        """The entries of whose files servers have said something since this was last called."""
        rows = self._db.execute("SELECT x.entry FROM probes p JOIN enclosures x ON x.url = p.url WHERE p.is_new")
        found = sorted(entry for (entry,) in rows)
        self._db.execute("UPDATE probes SET is_new = 0 WHERE is_new")
        return found

    # For who asks

    def due(self, now: int, number: int) -> list[Probe]:
        """Up to `number` addresses to ask now, of entries that are shown."""
        rows = self._db.execute(
            f"SELECT DISTINCT x.url, coalesce(p.failures, 0) {_ASKED} "
            "AND (p.due IS NULL OR p.due <= ?1 OR p.due > ?1 + ?2) ORDER BY x.url LIMIT ?3",
            (now, FURTHEST, number),
        )
        return [Probe(*row) for row in rows]

    def next_due(self) -> int | None:
        """When the next address is to be asked; None if all sizes are known. 0: it was never asked."""
        found = self._db.execute(f"SELECT min(coalesce(p.due, 0)) {_ASKED}").fetchone()[0]
        return None if found is None else int(found)

    def answered(self, url: str, size: int, media_type: str | None) -> None:
        """Keeps what a server said. It is not asked again."""
        self._db.execute(
            "INSERT INTO probes VALUES (?, ?, ?, 0, 0, NULL, 1) ON CONFLICT (url) DO UPDATE SET size = excluded.size, "
            "media_type = excluded.media_type, error = NULL, is_new = 1",
            (url, size, media_type),
        )

    def failed(self, url: str, due: int, error: str) -> None:
        """Keeps why a server could not be asked, and when it is asked again."""
        self._db.execute(
            "INSERT INTO probes VALUES (?, NULL, NULL, 1, ?, ?, 0) ON CONFLICT (url) DO UPDATE SET "
            "failures = failures + 1, due = excluded.due, error = excluded.error",
            (url, due, error),
        )


@contextmanager
def open_probes(state: Path, patience: float = 1.0) -> Iterator[ProbeRows | None]:
    """The probes in the ledger of a state directory, beside the passes; None if there is no ledger.

    Waits up to `patience` seconds for the transaction of another process. Raises Damaged or Unusable.
    """
    with open_beside(state / LEDGER_NAME, patience) as connection:
        yield None if connection is None else ProbeRows(connection)
