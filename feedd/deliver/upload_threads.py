"""Threads that upload beside the passes of a daemon, one for each object store: settings in; uploads, and lines for the
log, out.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from feedd.deliver.events import EventLog
from feedd.deliver.upload_outcomes import UploadCount, Uploaded
from feedd.deliver.upload_target import PublishTarget
from feedd.deliver.uploader import Uploader, forget_other_targets
from feedd.store.documents import FeedsDirectory
from feedd.store.errors import Busy, Damaged, Unusable
from feedd.threads import Worker

_LONGEST_WAIT = 60.0  # seconds: clocks are set, and machines are suspended
_RETRY_SECONDS = 1.0  # until the next turn after a turn that failed
_LOG_SECONDS = 10.0  # after which uploads are logged, though there are more
_END_SECONDS = 2.0


class UploadThreads:
    """The uploads of a daemon. `told` is called, in any thread, when something was uploaded."""

    def __init__(self, state: Path, log: EventLog, told: Callable[[], None]) -> None:
        self._state = state
        self._log = log
        self._told = told
        self._threads: list[_UploadThread] = []

    @property
    def troubles(self) -> tuple[str, ...]:
        """Why stores are not up to date, for each of which that is so."""
        return tuple(each.trouble for each in self._threads if each.trouble)

    @property
    def counts(self) -> list[UploadCount]:
        """What was uploaded to each store."""
        return [each.count for each in self._threads]

    def upload_to(self, targets: Sequence[PublishTarget], feeds: Path) -> None:
        """Uploads to these stores, and no others, from now on: the documents in `feeds`."""
        kept = [each for each in self._threads if each.target in targets and each.feeds == feeds]
        for thread in self._threads:
            if thread not in kept:
                thread.end()
        new = [target for target in targets if target not in [each.target for each in kept]]
        started = [_UploadThread(self._state, target, feeds, self._log, self._told) for target in new]
        self._threads = kept + started
        with suppress(Unusable, Damaged):  # then the next pass that writes does it
            for words in forget_other_targets(self._state, targets):
                self._log.warning(words)

    def wake(self) -> None:
        """To be called after a pass, which may have queued uploads."""
        for each in self._threads:
            each.wake()

    def end(self) -> None:
        """Ends within two seconds. What was not uploaded stays in the ledger."""
        _end_all(self._threads)
        self._threads = []


def _end_all(threads: Iterable[_UploadThread]) -> None:
    for each in threads:
        each.begin_to_end()
    for each in threads:
        each.end()


class _UploadThread:
    """The uploads to one store, in a thread of its own."""

    def __init__(
        self, state: Path, target: PublishTarget, feeds: Path, log: EventLog, told: Callable[[], None]
    ) -> None:
        self.target = target
        self.feeds = feeds
        self._log = log
        self._told = told
        self._uploader = Uploader(state, target, FeedsDirectory(feeds))
        self._logged = Uploaded()
        self._logged_at = time.monotonic()
        self._stopping = threading.Event()
        self._called = threading.Event()
        self._is_new = True
        self._worker = Worker("uploading", self._work, log, self._stopping, last=_LONGEST_WAIT)

    @property
    def done(self) -> Uploaded:
        """What was done so far."""
        return self._uploader.done

    @property
    def count(self) -> UploadCount:
        """What was done so far, and what waits."""
        done = self.done
        return UploadCount(self.target.name, done.put, done.deleted, done.waiting, done.withdrawals)

    @property
    def trouble(self) -> str:
        """Why the store is not up to date; empty if all is well."""
        return self._worker.trouble or self.done.words

    def wake(self) -> None:
        """Something may be due."""
        self._called.set()

    def begin_to_end(self) -> None:
        """Has the thread end, and does not wait."""
        self._stopping.set()
        self._called.set()

    def end(self) -> None:
        """Ends the thread, or leaves requests alone that take longer than two seconds."""
        self.begin_to_end()
        self._worker.join(_END_SECONDS)

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._called.clear()
            wait = self._turn()
            idle = wait is None or wait > 0
            self._account(idle=idle)
            if idle:
                self._uploader.rest()
                self._called.wait(_LONGEST_WAIT if wait is None else min(wait, _LONGEST_WAIT))
        self._account(idle=True)
        self._uploader.rest()

    def _turn(self) -> float | None:
        try:
            if self._is_new:
                self._uploader.survey()
                self._is_new = False
            return self._uploader.turn(self._stopping.is_set)
        except (Busy, Unusable, Damaged):  # a long pass, a full disk; the next pass reports damage of the ledger
            return _RETRY_SECONDS

    def _account(self, *, idle: bool) -> None:
        """Logs what has been done since the last line."""
        before, done, now = self._logged, self.done, time.monotonic()
        if done.words and done.words != before.words:
            self._log.warning(done.words)
            before.words = done.words
        put, deleted = done.put - before.put, done.deleted - before.deleted
        if (put or deleted or done.kept != before.kept) and (idle or now - self._logged_at > _LOG_SECONDS):
            if put or deleted:
                people = f"uploaded {put:,} and deleted {deleted:,} documents at {self.target.name}"
                self._log.info("uploaded", people, target=self.target.name, put=put or None, deleted=deleted or None)
            self._logged, self._logged_at = replace(done), now
            self._told()
