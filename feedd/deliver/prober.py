"""The prober: files of unknown size in the ledger in; requests to their servers, and what they say for the ledger, out.

    ledger: enclosures -- due, one after the other --> ask the server --> size and type, or why not --> ledger: probes
                                                                                                          |
    documents with the size <-- the next pass <-- `arrived` ----------------------------------------------+

A pass never waits for a server. What a server has said is kept, and the server is not asked again. A server that could
not be asked is asked later. The prober has its own connection to the ledger and holds it for moments only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from feedd.deliver.events import EventLog
from feedd.deliver.file_servers import FileAnswer, FileServers
from feedd.store.ledger.probe_rows import FURTHEST, Probe, ProbeRows, open_probes

FIRST_WAIT = 600  # seconds until a server that could not be asked is asked again, doubled each time
_TOGETHER = 20  # files after which the ledger is looked at again
_LONGEST_WAIT = 60.0  # seconds: clocks are set, and machines are suspended


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
