"""The files by which a daemon and other processes talk, in the state directory: its lease, status, metrics and
requests.

daemon.lock    held by the running daemon, free after its end; holds its process number
status.json    the status after the last pass; replaced as a whole
metrics.prom   the metrics of its passes, for Prometheus, if configured; replaced as a whole
requests/      an empty file for each waiting `feedd sync`; deleted when its changes are published

The modification time of daemon.lock is the time of the last sign of life.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import msgspec
from msgspec import Struct

from feedd.items.printable import visible_json
from feedd.model import Problem
from feedd.store.errors import Unusable
from feedd.store.lock import Lock
from feedd.store.mounts import file_identity
from feedd.store.private_files import make_directory, open_folder, read_private, replace_private

LOCK_NAME, STATUS_NAME, REQUESTS_NAME = "daemon.lock", "status.json", "requests"
METRICS_NAME = "metrics.prom"
MAX_PROBLEMS = 20  # problems in a status
READ_AGAIN = "Have it read its configuration again (SIGHUP, `systemctl reload feedd`)"
_PATIENCE = 1.0  # seconds: another process may be testing the lease for a moment


class LastPass(Struct, frozen=True):
    """The last pass. `why`: its reasons in words. `seconds`: how long it took; `lag`: seconds from its first reason to
    its end.
    """

    at: datetime
    why: str
    outcome: Literal["done", "refused", "failed"]
    words: str
    read: int
    removed: int
    written: int
    deleted: int
    seconds: float
    lag: float
    withdrawn: int = 0  # entries


class ConfigurationFile(Struct, frozen=True):
    """The file of a configuration as it was read: its absolute path, and the SHA-256 of its bytes in hex."""

    path: str
    digest: str

    @classmethod
    def of(cls, path: Path) -> ConfigurationFile | None:
        """The file as it is now; None if it cannot be read."""
        try:
            return cls(str(path.absolute()), hashlib.sha256(path.read_bytes()).hexdigest())
        except OSError:
            return None

    def has_changed(self) -> bool:
        """Whether the file says something else now, or is gone."""
        return self.of(Path(self.path)) != self


class Status(Struct, frozen=True):
    """The status of a daemon. Times are UTC. `problems`: the first MAX_PROBLEMS of `problem_count`."""

    pid: int
    state: Literal["starting", "running", "stopped"]
    since: datetime
    seeds: str
    feeds_directory: str
    watching: str  # "inotify", or "every N s, because ..."
    serving: str = ""  # where documents are served
    workers: str = ""  # where large work is done, if not here, and why it was not done there lately
    files: int = 0
    entries: int = 0
    withheld: int = 0  # items in no public feed
    feeds: int = 0  # public ones
    private_feeds: int = 0
    passes: int = 0
    last: LastPass | None = None
    next_reconcile: datetime | None = None
    next_due: datetime | None = None
    problem_count: int = 0
    problems: tuple[Problem, ...] = ()
    troubles: tuple[str, ...] = ()  # parts of the daemon that do not work
    feeds_identity: tuple[int, int] | None = None  # device and inode of the feeds' directory
    configuration: tuple[str, ...] = ()  # mistakes in the new configuration; the one before stays in force
    base_url: str = ""  # for which it publishes; empty if an older feedd wrote the status
    configuration_file: ConfigurationFile | None = None  # as it was read; None also of an older feedd

    @property
    def healthy(self) -> bool:
        """Whether the published feeds are up to date, and all parts work."""
        well = self.last is not None and self.last.outcome == "done"
        return self.state == "running" and well and not self.troubles


class Control:
    """The lease, status, metrics and requests of a daemon, in a state directory."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._lock = _lease(state)
        self.requests = state / REQUESTS_NAME

    # For the daemon

    def __enter__(self) -> Self:
        """Takes the lease. Raises Busy, which names the daemon with the lease, or Unusable."""
        self._lock.take(_PATIENCE)
        try:
            self._make_requests()
        except OSError as error:
            self._lock.release()
            raise Unusable(f"the state directory {self._state} cannot be used: {error.strerror}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def _make_requests(self) -> None:
        if self.requests.is_symlink():
            raise NotADirectoryError(errno.ENOTDIR, f"{REQUESTS_NAME} is a link; move it away", str(self.requests))
        make_directory(self.requests)

    @contextmanager
    def _open_requests(self) -> Iterator[int]:
        """The folder of requests, opened without following links: no other folder is emptied. Raises OSError."""
        folder = open_folder(self.requests)
        try:
            yield folder
        finally:
            os.close(folder)

    def renew(self) -> bool:
        """Takes the lease again if the state directory was deleted or replaced. Returns whether it was. Raises Busy."""
        held = os.fstat(self._lock.file)
        ours = file_identity(self._state / LOCK_NAME) == (held.st_dev, held.st_ino)
        if ours and self.requests.is_dir():
            return False
        try:
            if not ours:
                self._lock.take_again(_PATIENCE)
            self._make_requests()
        except (OSError, Unusable):
            return False  # the next pass reports it
        return True

    def tell(self, status: Status) -> None:
        """Replaces the status. Only for the holder of the lease.

        On a full disk there may be no status afterwards: a wrong status would be worse.
        """
        import json  # late: of a daemon alone

        path = self._state / STATUS_NAME
        words = json.dumps(msgspec.to_builtins(status), ensure_ascii=False, indent=1)
        data = visible_json(words, unicode_only=True).encode() + b"\n"
        try:
            replace_private(path, data)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                with contextlib.suppress(OSError):
                    path.unlink()  # the old status is wrong, and takes the space of the new status
                    replace_private(path, data)

    def tell_metrics(self, text: bytes) -> None:
        """Replaces the metrics, in Prometheus' text format."""
        with contextlib.suppress(OSError):
            replace_private(self._state / METRICS_NAME, text)

    def show_life(self) -> None:
        """The loop is at work. To be called often."""
        with contextlib.suppress(OSError):
            os.utime(self._lock.file)

    @property
    def is_held(self) -> bool:
        """Whether the lease is this daemon's."""
        return self._lock.file >= 0

    def asked(self) -> list[str]:
        """The requests that wait."""
        try:
            with self._open_requests() as folder:
                return sorted(os.listdir(folder))  # noqa: PTH208 - of a descriptor
        except OSError:
            return []

    def answer(self, requests: Iterable[str]) -> None:
        """Answers requests: everything that was written before them is published."""
        with contextlib.suppress(OSError), self._open_requests() as folder:
            for request in requests:
                with contextlib.suppress(OSError):
                    os.unlink(request, dir_fd=folder)

    # For others

    def holder(self) -> int | None:
        """The process of the daemon on this state directory; None if no daemon runs. Raises Unusable."""
        return self._lock.holder()

    def status(self) -> Status | None:
        """The last status of the daemon; None if no status can be read."""
        try:
            return msgspec.json.decode(read_private(self._state / STATUS_NAME), type=Status)
        except (OSError, ValueError, msgspec.DecodeError):
            return None

    def metrics(self) -> bytes:
        """The metrics of the daemon's passes, in Prometheus' text format; empty if there are none."""
        try:
            return read_private(self._state / METRICS_NAME)
        except OSError:
            return b""

    def last_sign(self) -> float | None:
        """When the daemon last showed life, in seconds since 1970; None if never."""
        try:
            return (self._state / LOCK_NAME).stat().st_mtime
        except OSError:
            return None

    def ask(self) -> str:
        """Leaves a request; returns its name. Raises Unusable."""
        request = os.urandom(8).hex()
        try:
            with self._open_requests() as folder:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
                os.close(os.open(request, flags, 0o600, dir_fd=folder))
        except OSError as error:
            raise Unusable(f"no request can be left in {self.requests}: {error.strerror}") from None
        return request

    def waits(self, request: str) -> bool:
        """Whether a request has not been answered yet."""
        return (self.requests / request).exists()


def _lease(state: Path) -> Lock:
    return Lock(state, LOCK_NAME, "runs on")
