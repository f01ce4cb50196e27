"""Requests of uploads: jobs in; their outcomes, as many as there are when it is to stop, out."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from feedd.deliver.put_object import UploadJob, UploadOutcome, carry_out
from feedd.store.object_stores.object_store import ObjectStore

AT_ONCE = 16  # requests
_LOOK_SECONDS = 0.2  # between two looks whether it is to stop
_GRACE_SECONDS = 1.0  # for requests under way then


class UploadRequests:
    """The requests of a portion of jobs, many at once, from now on."""

    def __init__(
        self, store: ObjectStore, jobs: Sequence[UploadJob], stopping: Callable[[], bool], *, unconditional: bool
    ) -> None:
        self._stopping = stopping
        self._waiting: queue.SimpleQueue[UploadJob] = queue.SimpleQueue()
        self._outcomes: queue.SimpleQueue[UploadOutcome | None] = queue.SimpleQueue()
        for each in jobs:
            self._waiting.put(each)

        def work() -> None:
            try:
                while not stopping():
                    job = self._waiting.get_nowait()
                    self._outcomes.put(carry_out(store, job, stopping, unconditional=unconditional))
            except queue.Empty:
                pass
            finally:
                self._outcomes.put(None)

        self._working = min(AT_ONCE, len(jobs))
        self._threads = [threading.Thread(target=work, name="feedd-upload", daemon=True) for _ in range(self._working)]
        for thread in self._threads:
            thread.start()

    def outcomes(self) -> list[UploadOutcome]:
        """The outcomes of all jobs. When it is to stop, it waits for a moment only: what has no outcome then was noted,
        and is recognised later.
        """
        found: list[UploadOutcome] = []
        grace = _GRACE_SECONDS
        while self._working and grace > 0:
            try:
                outcome = self._outcomes.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                grace -= _LOOK_SECONDS if self._stopping() else 0
                continue
            if outcome is None:
                self._working -= 1
            else:
                found.append(outcome)
        for thread in self._threads if not self._working else ():
            thread.join()  # it has ended but for a moment
        if self._stopping():
            found += self._never_sent()
        return found

    @property
    def are_over(self) -> bool:
        """Whether no request is under way."""
        return not any(each.is_alive() for each in self._threads)

    def last_outcomes(self) -> list[UploadOutcome]:
        """Waits until no request is under way. Returns the outcomes that came since the others."""
        for thread in self._threads:
            thread.join()
        found = []
        with suppress(queue.Empty):
            while True:
                outcome = self._outcomes.get_nowait()
                found += [] if outcome is None else [outcome]
        return found

    def _never_sent(self) -> list[UploadOutcome]:
        found = []
        with suppress(queue.Empty):
            while True:
                found.append(UploadOutcome(self._waiting.get_nowait(), "unsent"))
        return found
