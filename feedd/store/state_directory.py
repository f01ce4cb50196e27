"""The state directory: held by one process at a time; a damaged ledger in it is moved aside."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from feedd.store.errors import Unusable
from feedd.store.lock import Lock

LEDGER_NAME = "ledger.sqlite3"
_LOCK_NAME = "lock"
_LOGS = ("-wal", "-shm", "-journal")  # of the database


class StateDirectory:
    """A state directory, held by this process alone from `__enter__` to `__exit__`.

    Entering waits up to `patience` seconds for another process to leave. Raises Busy or Unusable.
    """

    def __init__(self, path: Path, patience: float = 30.0) -> None:
        self.path = path
        self._patience = patience
        self._lock = Lock(path, _LOCK_NAME, "is at work on")

    def __enter__(self) -> Self:
        self._lock.take(self._patience)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def clock_ns(self) -> int:
        """The time of the lock's file system, in ns: the mtime that a file changed now would get."""
        os.utime(self._lock.file)
        return os.fstat(self._lock.file).st_mtime_ns

    def move_aside(self, why: str = "damaged") -> Path:
        """Renames the database and its log files. Returns the new name, with `why` in it. Raises Unusable."""
        aside = self._unused(why)
        self._move_logs(LEDGER_NAME, aside.name)
        try:
            (self.path / LEDGER_NAME).rename(aside)
        except OSError as error:
            raise Unusable(f"the ledger cannot be moved aside ({why}): {error.strerror}") from None
        return aside

    def copy_aside(self, why: str) -> Path:
        """Gives the database a second name, with `why` in it, and moves its log files there: another database may then
        be renamed onto the first. Returns the new name. Raises Unusable.
        """
        aside = self._unused(why)
        try:
            os.link(self.path / LEDGER_NAME, aside, follow_symlinks=False)
        except OSError:  # there are no links on this file system
            return self.move_aside(why)
        self._move_logs(LEDGER_NAME, aside.name)
        return aside

    def _unused(self, why: str) -> Path:
        number = 1
        while (aside := self.path / f"{LEDGER_NAME}.{why}-{number}").exists():
            number += 1
        return aside

    def put_back(self, aside: Path) -> None:
        """Puts a database back that was moved aside, in place of the database that is there. Raises OSError."""
        for suffix in _LOGS:
            (self.path / f"{LEDGER_NAME}{suffix}").unlink(missing_ok=True)
        aside.replace(self.path / LEDGER_NAME)
        self._move_logs(aside.name, LEDGER_NAME)

    def _move_logs(self, before: str, after: str) -> None:
        for suffix in _LOGS:
            with contextlib.suppress(FileNotFoundError):
                (self.path / f"{before}{suffix}").rename(self.path / f"{after}{suffix}")
