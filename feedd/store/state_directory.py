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

    def move_aside(self) -> Path:
        """Renames a damaged database and its log files. Returns the new name. Raises Unusable."""
        number = 1
        while (aside := self.path / f"{LEDGER_NAME}.damaged-{number}").exists():
            number += 1
        for suffix in ("-wal", "-shm", "-journal"):
            with contextlib.suppress(FileNotFoundError):
                (self.path / f"{LEDGER_NAME}{suffix}").rename(f"{aside}{suffix}")
        try:
            (self.path / LEDGER_NAME).rename(aside)
        except OSError as error:
            raise Unusable(f"the ledger is damaged and cannot be moved aside: {error.strerror}") from None
        return aside
