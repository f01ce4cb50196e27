"""Backups: a state directory in; one file out, which holds the ledger as it was at one moment.

A backup is a SQLite database: the ledger, and a table with the other files of the state directory that cannot be made
again. It is written beside its place and renamed, so that a backup is whole or not there.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from feedd.store.copies.snapshot import copy_database
from feedd.store.copies.state_files import known_files, state_files
from feedd.store.errors import Busy, Damaged, Unusable, Unwritable
from feedd.store.ledger.database import translated
from feedd.store.ledger.schema import check_origin
from feedd.store.mounts import file_identity
from feedd.store.private_files import check_regular, link_or_rename, sync_folder
from feedd.store.state_directory import LEDGER_NAME

BACKED_UP = "backed up"  # the setting in a backup that says when it was made, in seconds since 1970
_FILES = "CREATE TABLE state_files (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID"


class CopiedLedger(Struct, frozen=True):
    """What a copy of a ledger holds. `at`: when it was made, in UTC; None if it does not say."""

    entries: int
    size: int
    at: datetime | None


def make_backup(state: Path, target: Path, now: datetime, *, replace: bool) -> CopiedLedger:
    """Makes a backup of a state directory, which other processes may use meanwhile, at the path `target`. Only its
    owner may read it. `replace`: a file there is replaced. Raises Busy, Damaged or Unusable; then the file there is as
    before.
    """
    ledger = state / LEDGER_NAME
    check_regular(ledger)
    if not ledger.exists():
        raise Unusable(f"there is no ledger in {state}: nothing was published from there yet")
    try:
        _check_target(target, replace=replace)
    except OSError as error:
        raise Unusable(f"the backup cannot be written: {error.strerror}: {target}") from None
    beside = target.with_name(f".{target.name}.new")
    with _held(beside) as file:
        with closing(_opened(ledger, beside)) as copy, _written(ledger, target.parent):
            check_soundness(copy)
            _add_files(copy, state, now)
            found = describe(copy, beside)
        try:
            os.fsync(file)
            _put(beside, target, replace=replace)
        except OSError as error:
            raise Unusable(f"the backup cannot be written: {error.strerror}: {target}") from None
    return found


def check_soundness(copy: sqlite3.Connection) -> None:
    """Raises Damaged if a copy is no ledger, or not in order. Reads all of it."""
    check_origin(copy)
    (found,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise Damaged(found)


def describe(copy: sqlite3.Connection, path: Path) -> CopiedLedger:
    """What the copy at this path holds."""
    (entries,) = copy.execute("SELECT count(*) FROM entries").fetchone()
    row = copy.execute("SELECT value FROM meta WHERE name = ?", (BACKED_UP,)).fetchone()
    return CopiedLedger(entries, path.stat().st_size, datetime.fromtimestamp(int(row[0]), UTC) if row else None)


def take_files(copy: sqlite3.Connection) -> dict[str, bytes]:
    """Takes the other files of a state directory out of a copy. Returns their contents by name. Raises Damaged."""
    if not copy.execute("SELECT 1 FROM sqlite_schema WHERE name = 'state_files'").fetchone():
        return {}
    files = dict(copy.execute("SELECT name, data FROM state_files").fetchall())
    copy.execute("DROP TABLE state_files")
    return known_files(files, check_soundness)


def _check_target(target: Path, *, replace: bool) -> None:
    if not target.parent.is_dir():
        raise Unusable(f"the backup cannot be written: there is no folder {target.parent}")
    if target.is_symlink():
        raise Unusable(f"the backup cannot be written: {target} is a link; name the file itself")
    if target.is_dir():
        raise Unusable(f"the backup cannot be written: {target} is a folder; name a file in it")
    if target.exists() and not target.is_file():
        raise Unusable(f"the backup cannot be written: {target} is no regular file; name another file")
    if target.exists() and not replace:
        raise Unusable(f"{target} is there already; name another file, or say --replace")


@contextlib.contextmanager
def _held(beside: Path) -> Iterator[int]:
    """An empty, locked file beside a backup, which is deleted at the end if it is there still. Raises Busy or Unusable.
    What a killed backup left is used again.
    """
    try:
        file = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Unusable(f"the backup cannot be written: {error.strerror}: {beside}") from None
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Busy(f"another backup is being written to {beside}") from None
        found = os.fstat(file)
        if file_identity(beside) != (found.st_dev, found.st_ino):
            raise Busy(f"another backup has just been written by way of {beside}; try again")
        try:
            os.fchmod(file, 0o600)
            os.ftruncate(file, 0)
            yield file
        finally:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
    finally:
        os.close(file)


def _opened(ledger: Path, beside: Path) -> sqlite3.Connection:
    """A copy of the ledger in the file beside. Raises Damaged or Unusable."""
    copy = sqlite3.connect(beside, isolation_level=None)
    try:
        with _written(ledger, beside.parent):
            copy.execute("PRAGMA synchronous = OFF")  # the whole file is synced before it is renamed
            copy_database(ledger, copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # of a ledger with a write-ahead log, the copy is one file
    except BaseException:
        copy.close()
        raise
    return copy


@contextlib.contextmanager
def _written(ledger: Path, folder: Path) -> Iterator[None]:
    """Turns SQLite's errors about the disk into Unusable, with the words for a backup."""
    try:
        with translated():
            yield
    except Unwritable as error:
        raise Unusable(f"no backup of {ledger} can be made in {folder}: {error.__cause__}") from error


def _add_files(copy: sqlite3.Connection, state: Path, now: datetime) -> None:
    copy.execute("BEGIN")
    copy.execute("DROP TABLE IF EXISTS state_files")
    copy.execute(_FILES)
    for each in state_files(state):
        copy.execute("INSERT INTO state_files VALUES (?, ?)", each)
    copy.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (BACKED_UP, str(int(now.timestamp()))))
    copy.execute("COMMIT")


def _put(beside: Path, target: Path, *, replace: bool) -> None:
    """Gives the file beside its name. A file that has appeared there meanwhile stays, unless `replace`. Raises
    OSError.
    """
    if replace:
        beside.replace(target)
    else:
        link_or_rename(beside, target)
    sync_folder(target.parent)
