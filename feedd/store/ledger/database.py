"""The state database as a file: opened, locked, checked; moved aside where it is damaged."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from feedd.store.errors import Unusable, Unwritable
from feedd.store.lock import Lock
from feedd.store.private_files import check_regular, make_private
from feedd.store.space import is_full, largest_file, why_unwritable

APPLICATION_ID = 0x66656564  # "feed"
SCHEMA_VERSION = 9
FILE_NAME = "ledger.sqlite3"
LOCK_NAME = "lock"
_CHUNK = 500

_ANNOUNCEMENTS = """
CREATE TABLE announcements (
  hub TEXT, url TEXT, change INTEGER NOT NULL, queued INTEGER NOT NULL, failures INTEGER NOT NULL,
  due INTEGER NOT NULL, error TEXT, PRIMARY KEY (hub, url)
) WITHOUT ROWID;
CREATE TABLE resting_hubs (
  hub TEXT PRIMARY KEY, failures INTEGER NOT NULL, due INTEGER NOT NULL, asked INTEGER NOT NULL, error TEXT NOT NULL
) WITHOUT ROWID;
"""
_REFUSALS = """
CREATE TABLE refusals (
  hub TEXT, url TEXT, since INTEGER NOT NULL, error TEXT NOT NULL, PRIMARY KEY (hub, url)
) WITHOUT ROWID;
"""
_DIGESTS = """
CREATE TABLE periods (cadence TEXT PRIMARY KEY, ended INTEGER NOT NULL, closed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE digests (
  feed INTEGER, start INTEGER, digest BLOB NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (feed, start)
) WITHOUT ROWID;
"""
_DIGEST_ENTRIES = "CREATE TABLE digest_entries (entry INTEGER, feed INTEGER, PRIMARY KEY (entry, feed)) WITHOUT ROWID;"
_KEYS_BY_ENTRY = "CREATE INDEX story_keys_by_entry ON story_keys (entry);"
_STORIES = """
CREATE INDEX entries_by_story ON entries (story) WHERE story IS NOT NULL;
CREATE TABLE story_keys (
  published INTEGER, entry INTEGER, keys BLOB NOT NULL, PRIMARY KEY (published, entry)
) WITHOUT ROWID;
"""
_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE listings (folder TEXT PRIMARY KEY, files BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE glanced (path TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE files (
  file INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, present INTEGER NOT NULL, entry INTEGER,
  link BLOB, digest BLOB, page TEXT, targets BLOB, item BLOB, problems BLOB, withheld INTEGER NOT NULL, keys BLOB,
  source BLOB, normal TEXT
);
CREATE INDEX files_by_entry ON files (entry);
CREATE INDEX files_with_digest ON files (file, digest);
CREATE INDEX files_by_digest ON files (digest) WHERE link IS NULL AND NOT present;
CREATE INDEX files_by_page ON files (page, path);
CREATE INDEX files_with_targets ON files (entry) WHERE targets IS NOT NULL;
CREATE INDEX files_with_problems ON files (path) WHERE problems IS NOT NULL;
CREATE TABLE entries (
  entry INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, first_seen INTEGER NOT NULL, link BLOB, file INTEGER,
  shown INTEGER NOT NULL, reason TEXT, due INTEGER, published INTEGER, updated INTEGER, digest BLOB,
  withdrawn INTEGER, folded INTEGER NOT NULL DEFAULT 0, story INTEGER, heat REAL, quality REAL,
  coverage INTEGER NOT NULL DEFAULT 0, rank REAL, first_shown INTEGER, source BLOB, slug TEXT
);
CREATE INDEX entries_due ON entries (due) WHERE due IS NOT NULL;
CREATE TABLE links (
  link BLOB PRIMARY KEY, entry INTEGER NOT NULL, whole INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;
CREATE TABLE targets (page TEXT, entry INTEGER, PRIMARY KEY (page, entry)) WITHOUT ROWID;
CREATE INDEX targets_by_entry ON targets (entry);
CREATE TABLE feeds (
  feed INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL UNIQUE, slug TEXT NOT NULL,
  label TEXT NOT NULL, updated INTEGER NOT NULL, floor_published INTEGER, floor_id TEXT, stale INTEGER NOT NULL,
  UNIQUE (kind, key), UNIQUE (kind, slug)
);
CREATE TABLE members (
  feed INTEGER, entry INTEGER, published INTEGER NOT NULL, present INTEGER NOT NULL,
  PRIMARY KEY (feed, entry)
) WITHOUT ROWID;
CREATE INDEX members_by_entry ON members (entry);
CREATE TABLE documents (
  path TEXT PRIMARY KEY, feed INTEGER, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
  made_from BLOB
) WITHOUT ROWID;
"""
_SHARED = """
CREATE TABLE stale_pages (entry INTEGER PRIMARY KEY);
CREATE TABLE shared_entries (entry INTEGER PRIMARY KEY, notes BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX files_by_normal_path ON files (normal, present) WHERE normal IS NOT NULL;
CREATE UNIQUE INDEX entries_by_slug ON entries (slug) WHERE slug IS NOT NULL;
"""
_WHOLE_LINKS = "INSERT INTO meta VALUES ('links', 'whole');"
_SCHEMA += _STORIES + _ANNOUNCEMENTS + _REFUSALS + _DIGESTS + _DIGEST_ENTRIES + _KEYS_BY_ENTRY + _SHARED + _WHOLE_LINKS
_UPGRADES = {  # from this version to the next
    1: (
        "CREATE TABLE glanced (path TEXT PRIMARY KEY) WITHOUT ROWID",
        "ALTER TABLE documents ADD COLUMN made_from BLOB",
        "INSERT INTO meta SELECT 'counts', coalesce(sum(shown), 0) || ' ' || count(file) FROM entries",
    ),
    2: tuple(_ANNOUNCEMENTS.split(";")),
    3: (
        "ALTER TABLE files ADD COLUMN keys BLOB",
        "ALTER TABLE entries ADD COLUMN folded INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE entries ADD COLUMN story INTEGER",
        "ALTER TABLE entries ADD COLUMN heat REAL",
        "ALTER TABLE entries ADD COLUMN quality REAL",
        "ALTER TABLE entries ADD COLUMN coverage INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE entries ADD COLUMN rank REAL",
        *_STORIES.split(";"),
        "DELETE FROM meta WHERE name = 'catalog'",  # so that every entry is looked at, and has a rank and keys
    ),
    4: tuple(_DIGESTS.split(";")),
    5: (
        _DIGEST_ENTRIES,
        "ALTER TABLE entries ADD COLUMN first_shown INTEGER",
        "UPDATE entries SET first_shown = first_seen WHERE digest IS NOT NULL",
        "DROP INDEX IF EXISTS entries_by_rank",
        "CREATE INDEX files_with_digest ON files (file, digest)",
        _KEYS_BY_ENTRY,
        "DELETE FROM meta WHERE name = 'catalog'",  # so that every entry is looked at, and keys of what is gone go
    ),
    6: (
        "ALTER TABLE files ADD COLUMN source BLOB",
        "ALTER TABLE entries ADD COLUMN source BLOB",
        "ALTER TABLE links ADD COLUMN whole INTEGER NOT NULL DEFAULT 0",  # they may lack a fragment
    ),
    7: (
        "ALTER TABLE files ADD COLUMN normal TEXT",
        "ALTER TABLE entries ADD COLUMN slug TEXT",
        *_SHARED.split(";"),
    ),
    8: tuple(_REFUSALS.split(";")),
}


class Damaged(Exception):
    """The database cannot be read; the text says why."""


class StateDirectory:
    """A state directory, held by this process alone from `__enter__` to `__exit__`.

    Entering waits up to `patience` seconds for another process to leave. Raises Busy or Unusable.
    """

    def __init__(self, path: Path, patience: float = 30.0) -> None:
        self.path = path
        self._patience = patience
        self._lock = Lock(path, LOCK_NAME, "is at work on")

    def __enter__(self) -> Self:
        self._lock.take(self._patience)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.leave()

    def clock_ns(self) -> int:
        """The time of the file system on which the lock lies, in ns: what a file changed now would carry."""
        os.utime(self._lock.file)
        return os.fstat(self._lock.file).st_mtime_ns

    def move_aside(self) -> Path:
        """Renames a damaged database, with what belongs to it, and returns its new name. Raises Unusable."""
        number = 1
        while (aside := self.path / f"{FILE_NAME}.damaged-{number}").exists():
            number += 1
        for suffix in ("-wal", "-shm", "-journal"):
            with contextlib.suppress(FileNotFoundError):
                (self.path / f"{FILE_NAME}{suffix}").rename(f"{aside}{suffix}")
        try:
            (self.path / FILE_NAME).rename(aside)
        except OSError as error:
            raise Unusable(f"the ledger is damaged and cannot be moved aside: {error.strerror}") from None
        return aside


def connect(path: Path | None) -> sqlite3.Connection:
    """The database at `path`, made if there is none; without a path, one in memory.

    A new database keeps a rollback journal, which suits the large first transaction; `settle` turns it to WAL.
    Raises Damaged or Unusable.
    """
    if path is not None:
        make_private(path)
    connection = sqlite3.connect(path or ":memory:", isolation_level=None, timeout=5.0)
    try:
        with translated(path.parent if path else None):
            prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def prepare(connection: sqlite3.Connection) -> None:
    """Makes the tables of an empty database, or brings those of an older feedd to this format. Raises Damaged or
    Unusable, and what SQLite raises.
    """
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -16384")
    connection.execute("PRAGMA temp_store = MEMORY")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if not tables:
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("BEGIN IMMEDIATE")
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    elif application != APPLICATION_ID:
        raise Damaged("it is not a ledger of feedd")
    elif version > SCHEMA_VERSION:
        raise Unusable(f"the ledger was written by a newer feedd (format {version}, this one knows {SCHEMA_VERSION})")
    elif version < SCHEMA_VERSION:
        connection.execute("BEGIN IMMEDIATE")
        for older in range(version, SCHEMA_VERSION):
            for statement in _UPGRADES[older]:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")


def connect_beside(path: Path, patience: float) -> sqlite3.Connection | None:
    """The database at `path`, for a few rows beside the passes that others make; None if there is none of this format.

    What is written is not synced: after a loss of power it may not have been. Waits up to `patience` seconds for
    another's transaction. Raises Damaged or Unusable.
    """
    if not path.exists():
        return None
    check_regular(path)
    connection = None
    try:
        with translated(path.parent):
            uri = f"{path.absolute().as_uri()}?mode=rw"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=patience)
            connection.execute("PRAGMA synchronous = NORMAL")
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
    except BaseException:
        if connection is not None:
            connection.close()
        raise
    if (application, version) == (APPLICATION_ID, SCHEMA_VERSION):
        return connection
    connection.close()
    return None


def file_identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another in its place; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def settle(connection: sqlite3.Connection) -> None:
    """Turns a database to write-ahead logging, if it is not yet."""
    with translated():
        connection.execute("PRAGMA journal_mode = WAL")


def selected(db: sqlite3.Connection, sql: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query that ends in `IN`, for any number of values."""
    for chunk in chunks(values):
        yield from db.execute(f"{sql} ({', '.join('?' * len(chunk))})", chunk).fetchall()


def chunks(values: Sequence[object]) -> Iterator[Sequence[object]]:
    """As many values at once as a statement takes."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def is_sound(connection: sqlite3.Connection) -> bool:
    """Whether SQLite finds every page and index of the database in order. Reads all of it."""
    try:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        return [row for (row,) in connection.execute("PRAGMA integrity_check(1)")] == ["ok"]
    except sqlite3.DatabaseError:
        return False


_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_UNWRITABLE = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
)


@contextlib.contextmanager
def translated(folder: Path | None = None) -> Iterator[None]:
    """Turns SQLite's errors about a damaged file into Damaged, and those about its surroundings into Unusable.

    Others are mistakes of ours and stay what they are. `folder`: where the database lies; None for one in memory.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        undecodable = not code and isinstance(error, sqlite3.OperationalError)  # text that is not UTF-8
        if code in _DAMAGE or undecodable:
            raise Damaged(str(error)) from error
        if code in _UNWRITABLE:
            raise Unwritable(f"the ledger cannot be used: {_unwritable(error, code, folder)}") from error
        if code in _IN_USE:
            raise Unusable(f"the ledger cannot be used: {error}") from error
        raise


def _unwritable(error: sqlite3.DatabaseError, code: int, folder: Path | None) -> str:
    """Why nothing can be written, as far as the folder tells it."""
    if folder is None:
        return str(error)
    if code == sqlite3.SQLITE_FULL:
        return is_full(folder)
    why = why_unwritable(folder)
    if not why and code == sqlite3.SQLITE_IOERR:
        why = largest_file(folder)
    return why or str(error)
