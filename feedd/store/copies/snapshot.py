"""Snapshots: the ledger on the disk in; a copy in memory out. Nothing is written."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from feedd.store.errors import Damaged, Unusable
from feedd.store.ledger.database import open_beside, translated
from feedd.store.ledger.schema import prepare
from feedd.store.private_files import check_directory, check_regular

_ATTEMPTS = 5
_ALONE = "?mode=rw"
_PAUSE = 0.1  # seconds until a copy is tried again that a lock holds up
_WAITS = 50
_NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
_HALF = (
    "the ledger cannot be used: a feedd was killed while it changed the ledger, and what it had changed is taken back "
    "when the ledger is opened next, for which {folder} has to be writable"
)
_WHOLE = -1  # pages at once: a copy in parts would begin anew whenever another process writes in between


def snapshot(path: Path) -> sqlite3.Connection:
    """A copy of the database at `path`, in memory, at the format of this version; an empty one if there is none.

    Making it neither writes nor locks anything, unless a process was killed while it made the ledger. So it works on a
    full disk, without the right to write, and beside a daemon. Raises Damaged or Unusable, as a pass would: also for a
    link that leads nowhere.
    """
    check_directory(path.parent)
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        if os.path.lexists(path):
            check_regular(path)
            with translated():
                copy_database(path, copy)
        with translated():
            prepare(copy)
    except BaseException:
        copy.close()
        raise
    return copy


def snapshot_or_empty(path: Path) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    """A snapshot; of a damaged database an empty one, and what to say of the damage. Raises Unusable."""
    try:
        return snapshot(path), ()
    except Damaged as damage:
        empty = sqlite3.connect(":memory:", isolation_level=None)
        prepare(empty)
        return empty, (_damaged(damage),)


def damage_seen(path: Path) -> str:
    """What a short look at the ledger at `path` finds of a damage, in words; empty if it finds none, or cannot look."""
    try:
        with open_beside(path, patience=0):
            return ""
    except Damaged as damage:
        return _damaged(damage)
    except Unusable:
        return ""


def _damaged(damage: Damaged) -> str:
    return f"the ledger is damaged ({damage}): a pass would move it aside, and make it anew."


def knows_posts_folders(path: Path) -> bool:
    """Whether the ledger at `path` was begun by a feedd that reads the folders in which other generators have their
    texts. True if there is no ledger, or if it holds nothing; False if it cannot be read, or is not a regular file.
    """
    if not os.path.lexists(path):
        return True
    if path.is_symlink() or not path.is_file():
        return False
    for uri in _ways(path):
        with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(uri, uri=True)) as db:
            (known,) = db.execute("SELECT count(*) FROM meta WHERE name = 'posts folders'").fetchone()
            return bool(known) or db.execute("SELECT 1 FROM files LIMIT 1").fetchone() is None
    return False


def keep_snapshot(path: Path, target: Path) -> None:
    """Keeps a snapshot of the database at `path` in a new file. Raises Damaged or Unusable."""
    with closing(snapshot(path)) as copy, closing(sqlite3.connect(target)) as kept, translated():
        copy.backup(kept)


def copy_database(path: Path, copy: sqlite3.Connection) -> None:
    """Copies the database at `path` as it is at one moment, into the database of an open connection. Nobody who writes
    in the original has to wait, where it keeps a write-ahead log. Raises Unusable, and SQLite's errors.
    """
    error: sqlite3.OperationalError | None = None
    for _ in range(_ATTEMPTS):
        before = _state(path)
        for uri in _ways(path):
            try:
                with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as source:
                    if uri.endswith(_ALONE):
                        source.execute("PRAGMA locking_mode = EXCLUSIVE")  # keeps the index of the log in memory
                    source.backup(copy, pages=_WHOLE, progress=_impatience(), sleep=_PAUSE)
            except sqlite3.OperationalError as failure:
                error = failure
                continue
            if _state(path) == before or "immutable" not in uri:
                return
            break  # a daemon has begun to write meanwhile
    if error is not None and getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_WRITABLE and _journal(path).exists():
        raise Unusable(_HALF.format(folder=path.parent)) from error
    if error is not None:
        raise error
    raise Unusable("the ledger changes faster than it can be read; try again")


def _impatience() -> Callable[[int, int, int], None]:
    """A callback that ends a copy after too many waits for a lock. SQLite's own loop would try for ever."""
    waits = 0

    def count(status: int, _remaining: int, _total: int) -> None:
        nonlocal waits
        waits += status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        if waits > _WAITS:
            raise Unusable("the ledger cannot be read: another program has locked it")

    return count


def _ways(path: Path) -> Iterator[str]:
    """URIs to open the database with, the least demanding first.

    Without a log, the file has everything that was committed. With a write-ahead log, SQLite needs the log's index: an
    existing index, or an index in memory. For an index in memory, no other process may have the database open. With a
    rollback journal, the file may hold half of what a killed process changed, which SQLite takes back.
    """
    uri = path.absolute().as_uri()
    if not (_log(path).exists() or _journal(path).exists()):
        yield f"{uri}?immutable=1"
    yield f"{uri}?mode=ro"
    yield uri + _ALONE


def _state(path: Path) -> tuple[int, ...]:
    found = path.stat()
    log = _log(path)
    return found.st_ino, found.st_size, found.st_mtime_ns, log.stat().st_size if log.exists() else 0


def _journal(path: Path) -> Path:
    return path.with_name(f"{path.name}-journal")


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")
