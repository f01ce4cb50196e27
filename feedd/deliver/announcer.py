"""The announcer: the queue of announcements in; requests to hubs, and events for the log, out.

    ledger: announcements -- due, a few at a time --> a thread each: tell the hub --> answer
                 ^                                                                      |
                 +---- deleted, put off or given up <--- in one short transaction <-----+

An announcement is deleted only when the hub has taken it. If feedd is killed during a request, the request is made once
more. The announcer has its own connection to the ledger and holds it for moments only, so that no pass waits for a hub.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from feedd.deliver.events import Event
from feedd.deliver.websub import HubAnswer, Hubs
from feedd.store.errors import Busy, Damaged, Unusable
from feedd.store.ledger.delivery_rows import Announcement, DeliveryRows, open_announcements
from feedd.store.lock import Lock
from feedd.store.subscribers import Subscribers

LOCK_NAME = "announce.lock"
MAX_REQUESTS = 4  # requests to one hub
LONGEST_WAIT = 60.0  # seconds: clocks are set, and machines are suspended
_TURN_SECONDS = 2.0  # seconds between two turns while a request is under way
_SILENT_SECONDS = 60.0  # seconds without any answer after which the requests under way are given up
_LOG_AFTER = timedelta(seconds=10)  # after which events are logged, though requests are under way
_RETRY_SECONDS = 1.0  # seconds until the next turn after a turn that failed
GRACE_SECONDS = 1.0  # seconds for requests under way at the end


class Retry(Struct, frozen=True):
    """When to try again, in seconds: from `first`, doubled each time, to `longest`; as long as the hub asks, up to
    `asked`. After `give_up` an announcement is given up.
    """

    first: int = 10
    longest: int = 3600
    asked: int = 43200
    give_up: int = 86400

    def pause(self, failures: int, answer: HubAnswer) -> int:
        """Seconds until the next try after one more failure than `failures`."""
        own: int = min(self.first << min(failures, 30), self.longest)
        return max(own, min(answer.after or 0, self.asked))


class Announcer:
    """Makes the announcements in the ledger of a state directory. One process at a time does this."""

    def __init__(
        self,
        state: Path,
        hubs: tuple[str, ...] = (),
        connect: Callable[[], Hubs] = Hubs,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        retry: Retry = Retry(),  # noqa: B008 - it is immutable
    ) -> None:
        self.hubs = hubs
        self.events: list[Event] = []
        self._state = state
        self._knows_subscribers = False
        self._connect = connect
        self._hubs: Hubs | None = None
        self._now = now
        self._patience = _RETRY_SECONDS  # seconds to wait for the ledger while a pass of another process holds it
        self._retry = retry
        self._lock = Lock(state, LOCK_NAME, "announces what has changed, from")
        self._inbox: queue.SimpleQueue[tuple[Announcement, HubAnswer] | None] = queue.SimpleQueue()
        self._under_way: dict[tuple[str, str], float] = {}  # since when
        self._answers: list[tuple[Announcement, HubAnswer]] = []  # not kept yet
        self._left_alone: dict[str, float] = {}  # hubs, since when

    def announce_all(self, patience: float) -> list[Event]:
        """Makes all waiting announcements, put off or not. Returns the events when nothing is due any more.

        Waits up to `patience` seconds for another feedd that announces or makes a pass. Raises Busy, Unusable or
        Damaged.
        """
        with open_announcements(self._state) as waiting:
            if waiting is None or not waiting.count():
                return []
        self._lock.take(patience)
        try:
            with open_announcements(self._state, patience) as waiting:
                if waiting is not None:
                    with waiting.together():
                        waiting.keep_only(self.hubs)
                        waiting.hurry()
            self._patience = patience
            self._turn()
            until = time.monotonic() + _SILENT_SECONDS
            while self._under_way and time.monotonic() < until:
                before = len(self._answers)
                self._receive(_TURN_SECONDS)
                if len(self._answers) > before:
                    until = time.monotonic() + _SILENT_SECONDS
                self._turn()
        finally:
            self._end()
        return self.events

    def wake(self) -> None:
        """To be called when announcements may be due. May be called from any thread."""
        self._inbox.put(None)

    def work(self, stopping: Callable[[], bool], account: Callable[[list[Event]], None]) -> None:
        """Makes announcements when they are due, until `stopping`. `account` gets the events."""
        since = self._now()
        while not stopping():
            if not self.events:
                since = self._now()
            wait = self._guarded_turn()
            if not self._under_way:
                self._lock.release()
            if self.events and (not self._under_way or abs(self._now() - since) > _LOG_AFTER):
                account(self.events)
                self.events = []
            self._receive(wait)
        deadline = time.monotonic() + GRACE_SECONDS
        while self._under_way and time.monotonic() < deadline:
            self._receive(max(0.0, deadline - time.monotonic()))
            self._guarded_turn(begin=False)
        self._end()
        if self.events:
            account(self.events)

    def _end(self) -> None:
        self._lock.release()
        if self._hubs is not None and not self._under_way:  # closing would wait for requests under way
            self._hubs.close()
            self._hubs = None

    def _receive(self, patience: float | None) -> None:
        """Waits for the first answer or call, and takes all answers that are there."""
        try:
            message = self._inbox.get(timeout=patience)
            while True:
                if message is not None:
                    self._answers.append(message)
                message = self._inbox.get_nowait()
        except queue.Empty:
            pass

    def _guarded_turn(self, *, begin: bool = True) -> float | None:
        """Makes a turn. Returns the seconds to the next turn; None if nothing waits."""
        try:
            soon = self._turn(begin=begin)
        except (Busy, Unusable, Damaged):  # a long pass, a full disk; the next pass reports damage of the ledger
            return _RETRY_SECONDS
        if self._under_way:
            return _TURN_SECONDS
        return None if soon is None else min(max(soon, 0.0), LONGEST_WAIT) or _RETRY_SECONDS

    def _turn(self, *, begin: bool = True) -> float | None:
        """Stores the answers and begins the requests that are due.

        Returns the seconds until the next announcement is due; None if requests are under way or nothing is left.
        Raises Busy, Unusable or Damaged; answers that could not be stored are stored in the next turn.
        """
        with open_announcements(self._state, self._patience) as waiting:
            if waiting is None:
                self._forget()
                return None
            now = int(self._now().timestamp())
            self._keep(waiting, now)
            if begin:
                self._begin(waiting, now)
            if self._under_way:
                return None
            times = [due for hub in self.hubs if (due := waiting.next_due(hub)) is not None]
            return max(0.0, float(min(times) - now)) if times else None

    def _forget(self) -> None:
        """Forgets the answers: the ledger has them, or there is no ledger any more. Their requests are over."""
        for announcement, _ in self._answers:
            self._under_way.pop((announcement.hub, announcement.url), None)
        self._answers.clear()

    # Answers

    def _keep(self, waiting: DeliveryRows, now: int) -> None:
        """Stores the answers to announcements, and notes their events."""
        if not self._answers:
            return
        with waiting.together():
            events = [
                event
                for announcement, answer in self._answers
                for event in self._settle(waiting, announcement, answer, now)
            ]
        self.events += events
        self._forget()

    def _settle(
        self, waiting: DeliveryRows, announcement: Announcement, answer: HubAnswer, now: int
    ) -> Iterable[Event]:
        hub, url = announcement.hub, announcement.url
        if answer.outcome == "away":
            return self._leave_alone(waiting, announcement, answer, now)
        waiting.end_rest(hub)
        if answer.outcome == "taken":
            waiting.settle(announcement)
            if not self._knows_subscribers:
                self._knows_subscribers = Subscribers(self._state).note(f"the hub {hub} was told of {url}")
            return [Event("announced", hub, url=url)]
        if answer.outcome == "refused":
            waiting.refuse(announcement, now, answer.words)
            return [Event("refused", hub, answer.words, url)]
        if announcement.queued <= now - self._retry.give_up:
            waiting.refuse(announcement, now, answer.words)
            return [Event("given up", hub, answer.words, url)]
        wait = self._retry.pause(announcement.failures, answer)
        waiting.put_off(announcement, now + wait, answer.words)
        return [Event("put off", hub, answer.words, url, wait=wait)]

    def _leave_alone(
        self, waiting: DeliveryRows, announcement: Announcement, answer: HubAnswer, now: int
    ) -> Iterable[Event]:
        """Leaves a hub alone for a while. Of several requests that failed at once, only the first counts."""
        hub = announcement.hub
        if self._under_way.get((hub, announcement.url), 0.0) < self._left_alone.get(hub, 0.0):
            return []
        self._left_alone[hub] = time.monotonic()
        given_up = waiting.give_up(hub, now - self._retry.give_up, now, answer.words)
        wait = self._retry.pause(waiting.failures(hub), answer)
        waiting.rest(hub, now + wait, answer.words, asked=answer.after is not None)
        left = sum(each.number for each in waiting.waiting([hub]))
        events = [Event("given up", hub, answer.words, announcement.url, given_up)] if given_up else []
        return [*events, Event("put off", hub, answer.words, announcement.url, left, wait)] if left else events

    # What is due

    def _begin(self, waiting: DeliveryRows, now: int) -> None:
        """Begins the announcements that are due, up to MAX_REQUESTS for each hub. Raises Busy."""
        if not any(waiting.due(hub, now, 1) for hub in self.hubs):
            return
        if self._lock.file < 0:
            self._lock.take(0.0)  # from now on no other process announces
        for hub in self.hubs:
            free = MAX_REQUESTS - sum(other == hub for other, _ in self._under_way)
            due = waiting.due(hub, now, 2 * MAX_REQUESTS) if free > 0 else []
            for each in [each for each in due if (each.hub, each.url) not in self._under_way][:free]:
                threading.Thread(target=self._announce, args=(self._connected(), each), daemon=True).start()
                self._under_way[each.hub, each.url] = time.monotonic()

    def _connected(self) -> Hubs:
        if self._hubs is None:
            self._hubs = self._connect()
        return self._hubs

    def _announce(self, hubs: Hubs, announcement: Announcement) -> None:
        answer = HubAnswer("failed", "it could not be asked")
        try:
            answer = hubs(announcement.hub, announcement.url)
        finally:  # else the request would be under way for ever
            self._inbox.put((announcement, answer))
