"""The file `.feedd-site` in a feeds' directory: the key of the site, and a lock for the publishing process.

The ledger has the same key. So if somebody puts a ledger of another site in its place, this is noticed before wrong ids
are published. The key is random: paths, addresses and the authority of ids may change. The publishing process locks the
file, so that two state directories never publish into the same feeds' directory at the same time.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from pathlib import Path

from feedd.patterns import late_pattern
from feedd.store.errors import Busy, Unusable
from feedd.store.mounts import file_identity

FILE = ".feedd-site"
_KEY = 32  # hexadecimal digits
_IS_KEY = late_pattern(f"[0-9a-f]{{{_KEY}}}").fullmatch
_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class SiteFile:
    """The site file in `feeds`, for publishing from the state directory `state`."""

    def __init__(self, feeds: Path, state: Path, *, is_private: bool = False) -> None:
        self._feeds = feeds
        self._modes = (0o700, 0o600) if is_private else (0o777, 0o644)  # of folder and file
        self._path = feeds / FILE
        self._state = state
        self._file = -1

    def hold(self) -> None:
        """Takes the lock, to keep it until `release`. Raises Busy if a process with another state directory has it.

        If the daemon on this state directory has it and publishes into the same directory, the lock of the state
        directory is enough. If the file cannot be made, nothing is locked: nothing else can be written there either.
        """
        if self._file >= 0 and _identity(self._file) == file_identity(self._path):
            return
        self.release()
        try:
            self._feeds.mkdir(self._modes[0], parents=True, exist_ok=True)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | _FLAGS, self._modes[1])
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
                raise Unusable(self._strange()) from None
            return
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise Unusable(self._strange())
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            is_locked = error.errno in (errno.EWOULDBLOCK, errno.EAGAIN)  # else there are no locks here
            if is_locked and not self._is_held_by_our_daemon():
                raise Busy(
                    f"another feedd publishes into {self._feeds} with a state directory of its own; end it (`fuser "
                    f"{self._path}` names it), or publish into another directory"
                ) from None
            return
        self._file = file

    def _is_held_by_our_daemon(self) -> bool:
        """Whether the daemon on this state directory is another process, and publishes here as far as it says."""
        from feedd.store.control import Control  # late: seldom needed

        control = Control(self._state)
        if control.holder() in (None, os.getpid()):
            return False
        status = control.status()
        there = status.feeds_identity if status else None
        return there is None or there == file_identity(self._feeds)

    def _strange(self) -> str:
        return f"{self._path} is not a regular file; move it away"

    def release(self) -> None:
        """Frees the lock, if it is held."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def key(self) -> str | None:
        """The key of the site whose documents are there; None if the key is unknown.

        A file that was cut or overwritten, as by a power failure, has no key.
        """
        try:
            file = os.open(self._path, os.O_RDONLY | _FLAGS)
        except OSError:
            return None
        try:
            key = os.pread(file, _KEY, 0).decode("ascii", "replace")
        except OSError:
            return None
        finally:
            os.close(file)
        return key if _IS_KEY(key) else None

    def keep_key(self, key: str) -> None:
        """Writes the key of the site, if the file can be written."""
        with contextlib.suppress(OSError):
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | _FLAGS, self._modes[1])
            try:
                os.pwrite(file, f"{key}\n".encode(), 0)
            finally:
                os.close(file)

    def mismatch(self) -> str:
        """What to do if the ledger has another key, in words."""
        return (
            f"the ledger in {self._state} belongs to another site than the documents in {self._feeds}: with it, "
            f"entries would get its ids. Put back the ledger of this site; or, if the ledger is the right one, delete "
            f"{self._path}"
        )


def new_key() -> str:
    """A key for a site that has none yet."""
    return os.urandom(_KEY // 2).hex()


def _identity(file: int) -> tuple[int, int]:
    found = os.fstat(file)
    return found.st_dev, found.st_ino
