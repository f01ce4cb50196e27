"""The announcer beside the passes of a daemon: hubs in; announcements made, and lines for the log, out."""

from __future__ import annotations

import threading

from feedd.deliver.announcer import GRACE_SECONDS, LONGEST_WAIT, Announcer
from feedd.deliver.events import Event, EventLog, event_line, together
from feedd.threads import Worker


class AnnouncerThread:
    """An announcer in a thread of its own. The thread starts when there are hubs, and runs until `end`."""

    def __init__(self, announcer: Announcer, log: EventLog) -> None:
        self._announcer = announcer
        self._log = log
        self._stopping = threading.Event()
        self._worker: Worker | None = None

    @property
    def trouble(self) -> str:
        """Why no hub can be told now; empty if all is well."""
        return self._worker.trouble if self._worker else ""

    def announce_to(self, hubs: tuple[str, ...]) -> None:
        """Announces to these hubs, and no others, from now on."""
        self._announcer.hubs = hubs
        if hubs and self._worker is None:
            self._worker = Worker("announcing", self._work, self._log, self._stopping, last=LONGEST_WAIT)
        self._announcer.wake()

    def wake(self) -> None:
        """To be called after a pass, which may have queued announcements."""
        if self._worker is not None:
            self._announcer.wake()

    def end(self) -> None:
        """Ends within two seconds. Announcements that were not made stay in the ledger."""
        self._stopping.set()
        if self._worker is not None:
            self._announcer.wake()
            self._worker.join(2 * GRACE_SECONDS)

    def _work(self) -> None:
        self._announcer.work(self._stopping.is_set, self._account)

    def _account(self, events: list[Event]) -> None:
        for event in together(events):
            words, people, values = event_line(event)
            say = self._log.info if event.kind == "announced" else self._log.warning
            say(words, people, **values)
