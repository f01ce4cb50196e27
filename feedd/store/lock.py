"""Locks: files for one process at a time, with its number. When the process ends, by whatever cause, its locks are
free.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path

from feedd.store.errors import Busy, Unusable, Unwritable
from feedd.store.private_files import make_directory, open_private

_DIGITS = 20
_RETRY = 0.02  # seconds: flock has no time-out of its own


class Lock:
    """A lock in a state directory. `doing`: what its holder does there, in words."""

    def __init__(self, directory: Path, name: str, doing: str) -> None:
        self._directory = directory
        self._path = directory / name
        self._doing = doing
        self.file = -1  # the open file, while the lock is held

    def take(self, patience: float) -> None:
        """Takes the lock. Waits up to `patience` seconds for another holder. Raises Busy or Unusable."""
        try:
            make_directory(self._directory)
            file = open_private(self._path, os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise Unwritable(f"the state directory {self._directory} cannot be used: {error.strerror}") from None
        try:
            self._wait(file, patience)
            _sign(file)
        except OSError as error:
            os.close(file)
            raise Unusable(f"the state directory {self._directory} cannot be locked: {error.strerror}") from None
        except BaseException:
            os.close(file)
            raise
        self.file = file

    def take_again(self, patience: float) -> None:
        """Takes the lock at the path after the held lock file was deleted. If it raises Busy, the old lock is released;
        if Unusable, it is kept.
        """
        before = self.file
        try:
            self.take(patience)
        except Busy:
            self.release()
            raise
        os.close(before)

    def release(self) -> None:
        """Frees the lock, if it is held."""
        if self.file >= 0:
            os.close(self.file)
            self.file = -1

    def holder(self) -> int | None:
        """The process that holds the lock; 0 if it has not written its number yet; None if the lock is free. Raises
        Unusable.
        """
        try:
            file = open_private(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unusable(f"the state directory {self._directory} cannot be used: {error.strerror}") from None
        try:
            return None if _is_free(file, fcntl.LOCK_SH) else _number(file)
        finally:
            os.close(file)

    def _wait(self, file: int, patience: float) -> None:
        deadline = time.monotonic() + patience
        while not _is_free(file, fcntl.LOCK_EX):
            if time.monotonic() >= deadline:
                holder = _number(file) or "unknown"
                raise Busy(f"another feedd (process {holder}) {self._doing} {self._directory}")
            time.sleep(_RETRY)


def _sign(file: int) -> None:
    """Writes the number of this process into a held lock. It overwrites the old number, so that it works on a full
    disk. Without room for a first number, the lock is held without number.
    """
    with contextlib.suppress(OSError):
        os.ftruncate(file, os.pwrite(file, f"{os.getpid()}\n".encode(), 0))


def _is_free(file: int, how: int) -> bool:
    """Takes a lock on an open file, if it is free. Returns whether it did."""
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _number(file: int) -> int:
    digits = os.pread(file, _DIGITS, 0).split(b"\n")[0].strip()
    return int(digits) if digits.isdigit() else 0
