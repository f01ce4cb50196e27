"""Asking servers beside passes: an asker in; turns of it, in a thread of its own, and calls for passes, out.

    AskingThread -- turn --> Asker --> outcomes, kept in the ledger
         ^                     |
         +----- until_due -----+
         |
         +--> `arrived`, when there are outcomes that a pass can take

No pass waits for a server.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Generic, Protocol, TypeVar

from feedd.deliver.events import EventLog
from feedd.store.errors import Busy, Damaged, Unusable
from feedd.threads import Worker

_LONGEST_WAIT = 60.0  # seconds: clocks are set, and machines are suspended
_RETRY_SECONDS = 1.0  # seconds until the next turn after a turn that failed
_TOLD_AFTER = 30.0  # seconds after which a pass is called for, though there is more to ask for
_GRACE_SECONDS = 1.0  # seconds for a request under way at the end
A = TypeVar("A")  # the outcome of one question


class Asker(Protocol[A]):
    """Asks servers beside passes: for the sizes of files (Prober), or for pictures (AllMirrors)."""

    name: str

    def turn(self, stopping: Callable[[], bool]) -> list[A]:
        """Asks for some of what is due, until `stopping`. Returns outcomes; none if nothing is due. Raises Busy,
        Unusable or Damaged.
        """

    def until_due(self) -> float | None:
        """The seconds until something is due; None if nothing ever is. Raises Busy, Unusable or Damaged."""

    def close(self) -> None:
        """Closes the connections."""

    def known(self, asked: Iterable[A]) -> int:
        """How many of these outcomes a pass can take."""

    def say(self, events: EventLog, asked: Iterable[A]) -> None:
        """Tells the log of the other outcomes."""

    def say_known(self, events: EventLog, known: int) -> None:
        """Tells the log of as many outcomes, which a pass takes next."""


class AskingThread(Generic[A]):
    """An asker in a thread of its own, which starts when it is wanted, and runs until `end`. `arrived` is called in it
    when there is something for a pass to take.
    """

    def __init__(self, asker: Asker[A], log: EventLog, arrived: Callable[[], None]) -> None:
        self._asker = asker
        self._log = log
        self._arrived = arrived
        self._wanted = False
        self._stopping = threading.Event()
        self._called = threading.Event()
        self._worker: Worker | None = None

    @property
    def trouble(self) -> str:
        """Why no server can be asked now; empty if all is well."""
        return self._worker.trouble if self._worker else ""

    def ask(self, *, wanted: bool) -> None:
        """Asks servers from now on, or no longer."""
        self._wanted = wanted
        if wanted and self._worker is None:
            self._worker = Worker(self._asker.name, self._work, self._log, self._stopping, last=_LONGEST_WAIT)
        self.wake()

    def wake(self) -> None:
        """To be called after a pass, which may have found something to ask for."""
        self._called.set()

    def end(self) -> None:
        """Ends within two seconds, or leaves a request alone that takes longer."""
        self._stopping.set()
        self._called.set()
        if self._worker is not None:
            self._worker.join(2 * _GRACE_SECONDS)

    def _work(self) -> None:
        known, since = 0, 0.0
        while not self._is_over():
            self._called.clear()
            if not self._wanted:
                self._called.wait()
                continue
            try:
                asked, wait = self._asker.turn(self._is_unwanted), self._asker.until_due()
            except (Busy, Unusable, Damaged):  # a long pass, a full disk; the next pass reports damage of the ledger
                asked, wait = [], _RETRY_SECONDS
            self._asker.say(self._log, asked)
            since = since if known else time.monotonic()
            known += self._asker.known(asked)
            if known and (not asked or wait is None or wait > 0 or time.monotonic() - since > _TOLD_AFTER):
                self._asker.say_known(self._log, known)
                known = 0
                self._arrived()
            if not (asked and wait == 0):
                self._asker.close()
                self._called.wait(wait if wait is None else max(wait, _RETRY_SECONDS))
        self._asker.close()

    def _is_over(self) -> bool:
        return self._stopping.is_set()

    def _is_unwanted(self) -> bool:
        return self._stopping.is_set() or not self._wanted
