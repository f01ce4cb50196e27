"""Restoring: a backup, or another copy of a ledger, in; the ledger of a state directory out. The one before is kept."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from feedd.store.copies.backup import BACKED_UP, CopiedLedger, check_soundness, describe, take_files
from feedd.store.copies.snapshot import copy_database
from feedd.store.copies.state_files import SUBSCRIBER_LIST_NAME, put_back
from feedd.store.errors import Damaged, Unusable, Unwritable, why_unwritable
from feedd.store.ledger.database import translated
from feedd.store.ledger.state_rows import RESTORED
from feedd.store.mounts import file_identity, real_path
from feedd.store.private_files import check_regular, make_private, sync_folder
from feedd.store.state_directory import LEDGER_NAME, StateDirectory

BEFORE_RESTORE = "before-restore"  # in the name of a ledger of before
_BESIDE = "restored.sqlite3"
_SITE_KEY = "SELECT value FROM meta WHERE name = 'site key'"


class Restored(Struct, frozen=True):
    """What was put back. `aside`: where the ledger before is kept; None if there was none. `subscribers`: whether the
    subscribers of private feeds are those of the backup.
    """

    ledger: CopiedLedger
    aside: Path | None
    subscribers: bool = False


def check_is_file(backup: Path) -> None:
    """Raises Unusable if there is no file at a path, or if that cannot be seen."""
    try:
        if not backup.exists():
            raise Unusable(f"there is no file {backup}")
        if not real_path(backup).is_file():
            kind = "a folder" if backup.is_dir() else "no regular file"
            raise Unusable(f"{backup} is {kind}; name the file of the backup")
    except OSError as error:
        raise Unusable(f"{backup} cannot be read: {error.strerror}") from None


def restore_ledger(
    backup: Path, state: StateDirectory, key_of_site: str | None, mismatch: Callable[[], str]
) -> Restored:
    """Puts a backup in the place of the ledger, in a state directory that is held. The backup is a file
    (`check_is_file`). `key_of_site`: of the documents; `mismatch`: what to say of a backup of another site. Raises
    Unusable; then the ledger is as before.
    """
    ledger = state.path / LEDGER_NAME
    if ledger.exists() and file_identity(backup) == file_identity(ledger):
        raise Unusable(f"{backup} is the ledger itself")
    beside = state.path / _BESIDE
    _delete(beside)
    try:
        with closing(_copied(backup, beside)) as copy, _usable(backup, state.path):
            check_soundness(copy)
            _check_key(copy, {key_of_site, _key_in(ledger)} - {None}, mismatch)
            found, files = describe(copy, backup), take_files(copy)
            _adapt(copy)
        aside = _put(beside, state)
    finally:
        _delete(beside)
    put = put_back(state.path, files, _adapt)
    return Restored(found, aside, any(name == SUBSCRIBER_LIST_NAME for name in put))


def _adapt(copy: sqlite3.Connection) -> None:
    """Has the next pass read and decide all again, and go on with what was published since."""
    copy.execute("INSERT OR REPLACE INTO meta VALUES (?, 'yes')", (RESTORED,))
    copy.execute("DELETE FROM meta WHERE name IN ('reading', 'catalog', ?)", (BACKED_UP,))


def _copied(backup: Path, beside: Path) -> sqlite3.Connection:
    """A copy of the backup in a private file of the state directory: what is checked is what is used."""
    make_private(beside)
    copy = sqlite3.connect(beside, isolation_level=None)
    try:
        with _usable(backup, beside.parent):
            copy_database(backup, copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            copy.execute("PRAGMA synchronous = FULL")
    except BaseException:
        copy.close()
        raise
    return copy


@contextlib.contextmanager
def _usable(backup: Path, state: Path) -> Iterator[None]:
    """Turns what is wrong with a backup into Unusable, and its words."""
    try:
        with translated(state):
            yield
    except Unwritable as error:
        if why := why_unwritable(state):
            raise Unusable(f"the backup cannot be put back: {why}") from error
        raise Unusable(f"{backup} cannot be read: {error.__cause__}") from error
    except (Damaged, sqlite3.Error) as error:
        raise Unusable(f"{backup} cannot be put back: it is damaged, or no backup of feedd ({error})") from error


def _check_key(copy: sqlite3.Connection, keys: set[str | None], mismatch: Callable[[], str]) -> None:
    """Raises Unusable if the copy is of another site than the documents, or the ledger before."""
    row = copy.execute(_SITE_KEY).fetchone()
    if keys and keys != {row[0] if row else None}:
        raise Unusable(mismatch())


def _key_in(ledger: Path) -> str | None:
    """The key of the site in the ledger before; None if it has none, or cannot be read."""
    if ledger.is_symlink() or not ledger.exists():
        return None
    with (
        contextlib.suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{ledger.absolute().as_uri()}?mode=ro", uri=True)) as db,
    ):
        row = db.execute(_SITE_KEY).fetchone()
        return row[0] if row else None
    return None


def _put(beside: Path, state: StateDirectory) -> Path | None:
    """Gives the new ledger its name. Returns where the ledger before is; None if there was none."""
    ledger = state.path / LEDGER_NAME
    aside = None
    if ledger.exists():
        _write_out(ledger)
        aside = state.copy_aside(BEFORE_RESTORE)
    try:
        beside.replace(ledger)
        sync_folder(state.path)
    except OSError as error:
        raise Unusable(f"the backup cannot be put back: {error.strerror}") from None
    return aside


def _write_out(ledger: Path) -> None:
    """Brings what stands in the log of the ledger before into its file, if it can be read."""
    check_regular(ledger)
    with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(ledger)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _delete(beside: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            beside.with_name(beside.name + suffix).unlink(missing_ok=True)
