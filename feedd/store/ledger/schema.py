"""The tables of the ledger: an empty database, or a database of an older format, in; a database of this format out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, TypeVar

from feedd import __version__
from feedd.decide.records import EntryRecord
from feedd.store.errors import Damaged, Unusable
from feedd.store.ledger.archives.archive_tables import ARCHIVES
from feedd.store.ledger.record_table import RecordTable
from feedd.store.ledger.tables.complete_tables import complete_tables, run_step
from feedd.store.ledger.tables.table_statements import (
    ADOPTED_TOMBSTONES,
    ANNOUNCEMENTS,
    CLAIMS,
    DIGEST_ENTRIES,
    DIGESTS,
    FILES,
    FORMER_IDS,
    KEYS_BY_ENTRY,
    LATE_PUTS,
    MEDIA,
    PICTURES,
    PROBES,
    RECOVERY,
    REFUSALS,
    SHARED,
    STORIES,
    TOMBSTONES,
    UPLOADS,
    WITH_ENTRIES,
    WITHHELD_FILES,
)

E = TypeVar("E", bound=EntryRecord)

_APPLICATION_ID = 0x66656564  # "feed"
_FORMAT = 21
_MADE_BY = "feedd"  # the setting that names the version of feedd which brought the ledger to its format
_UPGRADES = {  # from this version to the next
    1: (
        "CREATE TABLE glanced (path TEXT PRIMARY KEY) WITHOUT ROWID",
        "ALTER TABLE documents ADD COLUMN made_from BLOB",
        "INSERT INTO meta SELECT 'counts', coalesce(sum(shown), 0) || ' ' || count(file) FROM entries",
    ),
    2: tuple(ANNOUNCEMENTS.split(";")),
    3: (
        "ALTER TABLE files ADD COLUMN keys BLOB",
        "ALTER TABLE entries ADD COLUMN folded INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE entries ADD COLUMN story INTEGER",
        "ALTER TABLE entries ADD COLUMN heat REAL",
        "ALTER TABLE entries ADD COLUMN quality REAL",
        "ALTER TABLE entries ADD COLUMN coverage INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE entries ADD COLUMN rank REAL",
        *STORIES.split(";"),
        "DELETE FROM meta WHERE name = 'catalog'",  # so that every entry is decided again, and gets a rank and keys
    ),
    4: tuple(DIGESTS.split(";")),
    5: (
        DIGEST_ENTRIES,
        "ALTER TABLE entries ADD COLUMN first_shown INTEGER",
        "UPDATE entries SET first_shown = first_seen WHERE digest IS NOT NULL",
        "DROP INDEX IF EXISTS entries_by_rank",
        "CREATE INDEX files_with_digest ON files (file, digest)",
        KEYS_BY_ENTRY,
        "DELETE FROM meta WHERE name = 'catalog'",  # so that every entry is decided again, and old keys go
    ),
    6: (
        "ALTER TABLE files ADD COLUMN source BLOB",
        "ALTER TABLE entries ADD COLUMN source BLOB",
        "ALTER TABLE links ADD COLUMN whole INTEGER NOT NULL DEFAULT 0",  # these keys may lack a fragment
    ),
    7: (
        "ALTER TABLE files ADD COLUMN normal TEXT",
        "ALTER TABLE entries ADD COLUMN slug TEXT",
        *SHARED.split(";"),
    ),
    8: tuple(REFUSALS.split(";")),
    9: (
        "ALTER TABLE files ADD COLUMN former TEXT",
        "ALTER TABLE entries ADD COLUMN guid TEXT",
        "ALTER TABLE entries ADD COLUMN disputed INTEGER NOT NULL DEFAULT 0",
        *FORMER_IDS.split(";"),
    ),
    10: tuple(PROBES.split(";")),
    11: ("ALTER TABLE files ADD COLUMN media BLOB", *MEDIA.split(";")),
    12: tuple(UPLOADS.split(";")),
    13: (CLAIMS, "UPDATE upload_targets SET claimed = 1 WHERE target IN (SELECT target FROM objects)"),
    14: tuple(LATE_PUTS.split(";")),
    15: tuple(TOMBSTONES.split(";")),
    16: tuple(WITHHELD_FILES.split(";")),
    17: tuple(PICTURES.split(";")),
    18: tuple(ARCHIVES.split(";")),
    19: tuple(RECOVERY.split(";")),
    20: tuple(ADOPTED_TOMBSTONES.split(";")),
}


def entries_table(record: type[E]) -> RecordTable[E]:
    """The table that keeps entries as records of this type."""
    return RecordTable(
        "entries",
        record,
        declared={"entry": "INTEGER PRIMARY KEY", "id": "TEXT NOT NULL UNIQUE", "shown": "INTEGER NOT NULL"},
        others={"digest": "withdrawn INTEGER", "rank": "first_shown INTEGER"},
    )


ENTRIES = entries_table(EntryRecord)


def is_of_this_format(connection: sqlite3.Connection) -> bool:
    """Whether a database is a ledger of this version's format. Raises SQLite's errors."""
    return (_number(connection, "application_id"), _number(connection, "user_version")) == (_APPLICATION_ID, _FORMAT)


def check_origin(connection: sqlite3.Connection) -> int:
    """The format of a ledger that this version can read, or upgrade. Raises Damaged if the database is no ledger,
    Unusable if a newer feedd made it, and SQLite's errors.
    """
    if _number(connection, "application_id") != _APPLICATION_ID:
        raise Damaged("it is not a ledger of feedd")
    version = _number(connection, "user_version")
    if version > _FORMAT:
        row = connection.execute("SELECT value FROM meta WHERE name = ?", (_MADE_BY,)).fetchone()
        needed = f"feedd {row[0]} or newer" if row and row[0] != __version__ else "a newer feedd"
        raise Unusable(f"the ledger needs {needed}: its format is {version}, and feedd {__version__} knows {_FORMAT}")
    return version


def prepare(connection: sqlite3.Connection, entries: RecordTable[Any] = ENTRIES) -> None:
    """Makes the tables of an empty database, or upgrades the tables of an older feedd. Adds missing columns of
    `entries`. Raises Damaged or Unusable, and SQLite's errors.
    """
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -16384")
    connection.execute("PRAGMA temp_store = MEMORY")
    (made,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if not made:
        connection.execute("PRAGMA page_size = 8192")
        _change(connection, [*_tables(entries), f"PRAGMA application_id = {_APPLICATION_ID}"])
    else:
        version = check_origin(connection)
        if version < _FORMAT:
            _upgrade(connection, version, entries)
    if additions := entries.additions(connection):
        _change(connection, additions)


def _tables(entries: RecordTable[Any]) -> tuple[str, ...]:
    """The statements that make the tables."""
    return (*FILES.split(";"), entries.create(), *WITH_ENTRIES.split(";"))


def _upgrade(connection: sqlite3.Connection, version: int, entries: RecordTable[Any]) -> None:
    """Brings a database of an older format to this format, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    for older in range(version, _FORMAT):
        run_step(connection, _UPGRADES[older])
    complete_tables(connection, _tables(entries))
    _end_change(connection)


def _change(connection: sqlite3.Connection, statements: Iterable[str]) -> None:
    """Carries out statements that bring a database to this format, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in statements:
        connection.execute(statement)
    _end_change(connection)


def _end_change(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA user_version = {_FORMAT}")
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_MADE_BY, __version__))
    connection.execute("COMMIT")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (value,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(value)
