"""The prober: files of unknown size in the ledger in; requests to their servers, and what they say for the ledger, out.

    ledger: enclosures -- due, one after the other --> ask the server --> size and type, or why not --> ledger: probes
                                                                                                          |
    documents with the size <-- the next pass <-- `arrived` ----------------------------------------------+

A pass never waits for a server. What a server has said is kept, and the server is not asked again. A server that could
not be asked is asked later. The prober has its own connection to the ledger and holds it for moments only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, TypeVar

from feedd.deliver.events import EventLog
from feedd.deliver.file_servers import FileAnswer, FileServers
from feedd.store.errors import Busy, Damaged, Unusable
from feedd.store.ledger.probe_rows import FURTHEST, Probe, ProbeRows, open_probes
from feedd.threads import Worker

FIRST_WAIT = 600  # seconds until a server that could not be asked is asked again, doubled each time
_TOGETHER = 20  # files after which the ledger is looked at again
_LONGEST_WAIT = 60.0  # seconds: clocks are set, and machines are suspended
_RETRY_SECONDS = 1.0  # seconds until the next turn after a turn that failed
_TOLD_AFTER = 30.0  # seconds after which sizes are told, though there are more files to ask for
_GRACE_SECONDS = 1.0  # seconds for a request under way at the end
A = TypeVar("A")  # the outcome of one question


class Probed(NamedTuple):
    """The outcome of one question. `wait`: seconds until a failed one is asked again."""

    url: str
    answer: FileAnswer
    wait: int = 0


class Prober:
    """Asks servers for the sizes of files in the ledger of a state directory."""

    name = "asking for sizes"

    def __init__(
        self,
        state: Path,
        connect: Callable[[], FileServers] = FileServers,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._state = state
        self._connect = connect
        self._servers: FileServers | None = None
        self._now = now
        self._unkept: list[tuple[Probe, FileAnswer]] = []  # answers that are not in the ledger yet

    def ask_all(self, seconds: float) -> list[Probed]:
        """Asks for all files that are due, for about so many seconds. Raises Busy, Unusable or Damaged."""
        until, found = time.monotonic() + seconds, list[Probed]()
        try:
            while (asked := self.turn(lambda: time.monotonic() >= until)) or self._unkept:
                found += asked
                if time.monotonic() >= until:
                    break
            return found
        finally:
            self.close()

    def turn(self, stopping: Callable[[], bool]) -> list[Probed]:
        """Asks for some files that are due, until `stopping`. Returns what was kept; nothing if nothing is due. Raises
        Busy, Unusable or Damaged; answers that could not be kept are kept in the next turn.
        """
        with open_probes(self._state) as probes:
            if probes is None:
                self._unkept.clear()
                return []
            kept = self._keep(probes)
            due = probes.due(self._seconds(), _TOGETHER)
        for probe in due:
            if stopping():
                break
            if self._servers is None:
                self._servers = self._connect()
            self._unkept.append((probe, self._servers(probe.url)))
            with open_probes(self._state) as probes:
                kept += self._keep(probes) if probes is not None else []
        return kept

    def until_due(self) -> float | None:
        """The seconds until a file is due; None if no file ever is. Raises Busy, Unusable or Damaged."""
        with open_probes(self._state) as probes:
            due = probes.next_due() if probes is not None else None
        return None if due is None else min(max(0.0, due - self._seconds()), _LONGEST_WAIT)

    def close(self) -> None:
        """Closes the connections."""
        if self._servers is not None:
            self._servers.close()
            self._servers = None

    def known(self, asked: Iterable[Probed]) -> int:
        """How many sizes a pass can take."""
        return sum(each.answer.size is not None for each in asked)

    def say(self, events: EventLog, asked: Iterable[Probed]) -> None:
        """Tells the log which sizes are not known."""
        for each in asked:
            if each.answer.size is None:
                events.warning(
                    f"the size of {each.url} is not known: {each.answer.words}; asking again in {each.wait} s"
                )

    def say_known(self, events: EventLog, known: int) -> None:
        """Tells the log how many sizes a pass takes next."""
        events.info("sizes known", f"servers said the sizes of {known:,} file{'' if known == 1 else 's'}", files=known)

    def _keep(self, probes: ProbeRows) -> list[Probed]:
        kept: list[Probed] = []
        while self._unkept:
            probe, answer = self._unkept[0]
            wait = 0
            if answer.size is not None:
                probes.answered(probe.url, answer.size, answer.media_type)
            else:
                wait = min(max(FIRST_WAIT << min(probe.failures, 30), answer.after or 0), FURTHEST)
                probes.failed(probe.url, self._seconds() + wait, answer.words)
            kept.append(Probed(probe.url, answer, wait))
            self._unkept.pop(0)
        return kept

    def _seconds(self) -> int:
        return int(self._now().timestamp())


class Asker(Protocol[A]):
    """Asks servers beside passes."""

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
