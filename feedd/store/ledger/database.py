"""The database: opening, checking, and the meaning of SQLite's errors."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from feedd.store.errors import Damaged, Unusable, Unwritable, file_size_limit, full_disk, why_unwritable
from feedd.store.ledger.record_table import RecordTable
from feedd.store.ledger.schema import ENTRIES, is_of_this_format, prepare
from feedd.store.private_files import check_regular, make_private

_CHUNK = 500


def connect(path: Path | None, entries: RecordTable[Any] = ENTRIES) -> sqlite3.Connection:
    """The database at `path`, made if there is none; without a path, one in memory.

    Its table of entries has a column for each field of a record of `entries`. A new database keeps a rollback journal,
    which suits the large first transaction; `settle` turns it to WAL. Raises Damaged or Unusable.
    """
    if path is not None:
        make_private(path)
    connection = sqlite3.connect(path or ":memory:", isolation_level=None, timeout=5.0)
    try:
        with translated(path.parent if path else None):
            prepare(connection, entries)
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def open_beside(path: Path, patience: float) -> Iterator[sqlite3.Connection | None]:
    """What `connect_beside` gives, closed at the end. Raises Damaged or Unusable, also for errors of SQLite inside."""
    connection = connect_beside(path, patience)
    if connection is None:
        yield None
        return
    try:
        with translated(path.parent):
            yield connection
    finally:
        connection.close()


def connect_beside(path: Path, patience: float) -> sqlite3.Connection | None:
    """The database at `path`, for small changes beside the passes of other processes; None if there is no database of
    this format.

    Writes are not synced: a loss of power may undo them. Waits up to `patience` seconds for the transaction of another
    process. Raises Damaged or Unusable.
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
            is_usable = is_of_this_format(connection)
    except BaseException:
        if connection is not None:
            connection.close()
        raise
    if is_usable:
        return connection
    connection.close()
    return None


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction that writes. It is undone by what is raised inside."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


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
    """Whether SQLite finds every page and index of the database in order, and the database is a ledger: a file that was
    emptied is in order, too. Reads all of it.
    """
    try:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        checked = [row for (row,) in connection.execute("PRAGMA integrity_check(1)")]
        return checked == ["ok"] and is_of_this_format(connection)
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
    """Turns SQLite's errors about a damaged file into Damaged, and errors about its surroundings into Unusable.

    Other errors are mistakes in feedd and stay as they are. `folder`: of the database; None for a database in memory.
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
    """Why nothing can be written, in words; found by looking at the folder."""
    if folder is None:
        return str(error)
    if code == sqlite3.SQLITE_FULL:
        return full_disk(folder)
    why = why_unwritable(folder)
    if not why and code == sqlite3.SQLITE_IOERR:
        why = file_size_limit(folder)
    return why or str(error)
