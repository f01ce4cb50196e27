"""The announcer: what passes have queued, in; hubs told, and an account of it, out.

    ledger: announcements -- due, a few at a time --> a thread each: tell the hub --> answer
                 ^                                                                      |
                 +---- deleted, put off or given up <--- in one short transaction <-----+

An announcement is deleted when the hub has taken it, and not before: one that was under way when feedd was killed is
made once more. It has its own connection to the ledger, and holds it for moments only, so that no pass waits for a hub.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from feedd.deliver.events import Event, event_line, together
from feedd.deliver.websub import HubAnswer, Hubs
from feedd.store.errors import Busy, Damaged, Unusable
from feedd.store.ledger.delivery_rows import Announcement, DeliveryRows, open_announcements
from feedd.store.lock import Lock
from feedd.threads import Worker

LOCK_NAME = "announce.lock"
AT_ONCE = 4  # requests to one hub
_LONGEST_WAIT = 60.0  # seconds: clocks are set, and machines are suspended
_WATCHFUL = 2.0  # seconds until other hubs are seen to, while one lets us wait for its answer
_IN_ALL = 60.0  # seconds after which an answer that never comes to its end is not waited for any longer
_LONGEST_SILENCE = timedelta(seconds=10)  # until what happened is told, though more is under way
_BUSY = 1.0  # seconds until what could not be read or kept is tried again
_GRACE = 1.0  # seconds for what is under way at the end


class Retry(Struct, frozen=True):
    """When to try again, in seconds: each time twice as long, from `first` to `longest`; what the hub asks for, up to
    `asked`. What could not be said for `give_up` is given up.
    """

    first: int = 10
    longest: int = 3600
    asked: int = 43200
    give_up: int = 86400

    def wait(self, failures: int, answer: HubAnswer) -> int:
        """How long to wait after one more failure than `failures`."""
        own: int = min(self.first << min(failures, 30), self.longest)
        return max(own, min(answer.after or 0, self.asked))


class EventLog(Protocol):
    """Where it says what it did."""

    def info(self, message: str, people: str = "", **values: object) -> None:
        """What happened."""

    def warning(self, message: str, people: str = "", **values: object) -> None:
        """What somebody should see to."""

    def fault(self, message: str) -> None:
        """An exception that nobody expected."""


class Announcer:
    """Tells hubs what is queued in the ledger of a state directory. One process does so at a time."""

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
        self._connect = connect
        self._tell: Hubs | None = None
        self._now = now
        self._patience = _BUSY  # seconds, with the passes of others
        self._retry = retry
        self._lock = Lock(state, LOCK_NAME, "announces what has changed, from")
        self._inbox: queue.SimpleQueue[tuple[Announcement, HubAnswer] | None] = queue.SimpleQueue()
        self._under_way: dict[tuple[str, str], float] = {}  # since when
        self._answers: list[tuple[Announcement, HubAnswer]] = []  # not kept yet
        self._left_alone: dict[str, float] = {}  # hubs, since when

    def announce_all(self, patience: float) -> list[Event]:
        """Announces all that waits, put off or not, and returns when nothing is due any more; what happened.

        Waits up to `patience` seconds for another feedd that announces, or makes a pass. Raises Busy, Unusable or
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
            until = time.monotonic() + _IN_ALL
            while self._under_way and time.monotonic() < until:
                before = len(self._answers)
                self._receive(_WATCHFUL)
                if len(self._answers) > before:
                    until = time.monotonic() + _IN_ALL
                self._turn()
        finally:
            self._end()
        return self.events

    def wake(self) -> None:
        """There may be something to announce. May be called from any thread."""
        self._inbox.put(None)

    def work(self, stopping: Callable[[], bool], account: Callable[[list[Event]], None]) -> None:
        """Announces what is due, whenever it is, until `stopping`. `account` is told what happened."""
        since = self._now()
        while not stopping():
            if not self.events:
                since = self._now()
            wait = self._guarded_turn()
            if not self._under_way:
                self._lock.release()
            if self.events and (not self._under_way or abs(self._now() - since) > _LONGEST_SILENCE):
                account(self.events)
                self.events = []
            self._receive(wait)
        deadline = time.monotonic() + _GRACE
        while self._under_way and time.monotonic() < deadline:
            self._receive(max(0.0, deadline - time.monotonic()))
            self._guarded_turn(begin=False)
        self._end()
        if self.events:
            account(self.events)

    def _end(self) -> None:
        self._lock.release()
        if self._tell is not None and not self._under_way:  # closing waits for what is
            self._tell.close()
            self._tell = None

    def _receive(self, patience: float | None) -> None:
        """Waits for the first answer or call, and takes all that are there."""
        try:
            said = self._inbox.get(timeout=patience)
            while True:
                if said is not None:
                    self._answers.append(said)
                said = self._inbox.get_nowait()
        except queue.Empty:
            pass

    def _guarded_turn(self, *, begin: bool = True) -> float | None:
        """A turn; how long to wait for the next one, in seconds, None if nothing is to be waited for."""
        try:
            soon = self._turn(begin=begin)
        except (Busy, Unusable, Damaged):  # a long pass, a full disk; the next pass says what is wrong with the ledger
            return _BUSY
        if self._under_way:
            return _WATCHFUL
        return None if soon is None else min(max(soon, 0.0), _LONGEST_WAIT) or _BUSY

    def _turn(self, *, begin: bool = True) -> float | None:
        """Keeps what was answered and begins what is due.

        Returns in how many seconds something is due of what is not under way; None if nothing is left.
        Raises Busy, Unusable or Damaged; what could not be kept is kept the next time.
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
        """There is no ledger any more: what was under way is nobody's."""
        for told, _ in self._answers:
            self._under_way.pop((told.hub, told.url), None)
        self._answers.clear()

    # Answers

    def _keep(self, waiting: DeliveryRows, now: int) -> None:
        """Keeps what came of announcements."""
        if not self._answers:
            return
        with waiting.together():
            events = [event for told, answer in self._answers for event in self._settle(waiting, told, answer, now)]
        self.events += events
        self._forget()

    def _settle(self, waiting: DeliveryRows, told: Announcement, answer: HubAnswer, now: int) -> Iterable[Event]:
        hub, url = told.hub, told.url
        if answer.outcome == "away":
            return self._leave_alone(waiting, told, answer, now)
        waiting.is_well(hub)
        if answer.outcome == "taken":
            waiting.settle(told)
            return [Event("announced", hub, url=url)]
        if answer.outcome == "refused":
            waiting.refuse(told, now, answer.words)
            return [Event("refused", hub, answer.words, url)]
        if told.queued <= now - self._retry.give_up:
            waiting.refuse(told, now, answer.words)
            return [Event("given up", hub, answer.words, url)]
        wait = self._retry.wait(told.failures, answer)
        waiting.put_off(told, now + wait, answer.words)
        return [Event("put off", hub, answer.words, url, wait=wait)]

    def _leave_alone(self, waiting: DeliveryRows, told: Announcement, answer: HubAnswer, now: int) -> Iterable[Event]:
        """Leaves a hub alone for a while; of several requests that failed at once, one counts."""
        hub = told.hub
        if self._under_way.get((hub, told.url), 0.0) < self._left_alone.get(hub, 0.0):
            return []
        self._left_alone[hub] = time.monotonic()
        given_up = waiting.give_up(hub, now - self._retry.give_up, now, answer.words)
        wait = self._retry.wait(waiting.failures(hub), answer)
        waiting.rest(hub, now + wait, answer.words, asked=answer.after is not None)
        left = sum(each.number for each in waiting.waiting([hub]))
        events = [Event("given up", hub, answer.words, told.url, given_up)] if given_up else []
        return [*events, Event("put off", hub, answer.words, told.url, left, wait)] if left else events

    # What is due

    def _begin(self, waiting: DeliveryRows, now: int) -> None:
        """Begins to announce what is due, as far as the hubs may be asked at once. Raises Busy."""
        if not any(waiting.due(hub, now, 1) for hub in self.hubs):
            return
        if self._lock.file < 0:
            self._lock.take(0.0)  # from now on nobody else announces what is due
        for hub in self.hubs:
            free = AT_ONCE - sum(other == hub for other, _ in self._under_way)
            due = waiting.due(hub, now, 2 * AT_ONCE) if free > 0 else []
            for each in [each for each in due if (each.hub, each.url) not in self._under_way][:free]:
                threading.Thread(target=self._announce, args=(self._teller(), each), daemon=True).start()
                self._under_way[each.hub, each.url] = time.monotonic()

    def _teller(self) -> Hubs:
        if self._tell is None:
            self._tell = self._connect()
        return self._tell

    def _announce(self, tell: Hubs, what: Announcement) -> None:
        answer = HubAnswer("failed", "it could not be asked")
        try:
            answer = tell(what.hub, what.url)
        finally:  # else it would be under way for ever
            self._inbox.put((what, answer))


class AnnouncerThread:
    """An announcer in a thread of its own, from the first time that there are hubs until `end`."""

    def __init__(self, announcer: Announcer, log: EventLog) -> None:
        self._announcer = announcer
        self._log = log
        self._stopping = threading.Event()
        self._worker: Worker | None = None

    @property
    def trouble(self) -> str:
        """What keeps hubs from being told; empty if nothing does."""
        return self._worker.trouble if self._worker else ""

    def announce_to(self, hubs: tuple[str, ...]) -> None:
        """From now on tells these hubs, and no others."""
        self._announcer.hubs = hubs
        if hubs and self._worker is None:
            self._worker = Worker("announcing", self._work, self._log, self._stopping, last=_LONGEST_WAIT)
        self._announcer.wake()

    def wake(self) -> None:
        """A pass may have queued something."""
        if self._worker is not None:
            self._announcer.wake()

    def end(self) -> None:
        """Ends within two seconds, whatever is under way; the ledger has what was not announced."""
        self._stopping.set()
        if self._worker is not None:
            self._announcer.wake()
            self._worker.join(2 * _GRACE)

    def _work(self) -> None:
        self._announcer.work(self._stopping.is_set, self._account)

    def _account(self, events: list[Event]) -> None:
        for event in together(events):
            words, people, values = event_line(event)
            say = self._log.info if event.kind == "announced" else self._log.warning
            say(words, people, **values)
