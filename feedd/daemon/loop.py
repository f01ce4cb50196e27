"""The daemon: reasons in; passes, and their traces in log, status and metrics, out. One thread owns all state.

    watch, schedule, signals --> inbox --> take a batch --> reload? --> one pass --> log, status, systemd, requests
                                              ^                            |
                                              +---- due, retry: schedule --+

Its whole life is `run`. A pass that fails leaves the feeds as they are. A little later a pass over everything is made.
Changes during a pass wait in the inbox for the next pass.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from typing import Any

from feedd.config.config_file import ConfigError
from feedd.daemon import malloc
from feedd.daemon.beside_passes import BesidePasses
from feedd.daemon.clock import Clock
from feedd.daemon.daemon_setup import Setup, make_publishers
from feedd.daemon.inbox import Batch, Due, Inbox, Lost, Reconcile, Stop, merge
from feedd.daemon.log import Log
from feedd.daemon.pass_log import last_pass
from feedd.daemon.reporting import Reporter
from feedd.daemon.schedule import RETRYING, Retries, Schedule
from feedd.daemon.serving import Service, Serving, base_url_mismatch
from feedd.daemon.signals import queued_signals
from feedd.daemon.systemd import Systemd
from feedd.daemon.watch import Watch
from feedd.deliver.mirror.public_addresses import Addresses
from feedd.model import Report
from feedd.run.all_publishers import AllPublishers
from feedd.run.cancellation import Cancellation, Cancelled
from feedd.run.executor.fork_server import end_fork_server
from feedd.run.executor.worker_connection import stand_by
from feedd.serve.sockets import CannotListen
from feedd.store.control import Control, Status
from feedd.store.errors import Busy, Unusable
from feedd.store.mounts import file_identity
from feedd.store.state_directory import StateDirectory
from feedd.threads import watched_over

TICK = 10.0  # seconds between two looks at things that cause no event
PATIENCE = 10.0  # seconds to wait for another feedd to end its pass
MANY = 1000  # files read in a pass; after so many there is memory to give back
_NOT_IN_FORCE = (
    "the configuration names private feeds, but is not in force; what names an audience is withheld meanwhile"
)
IDLE = 30.0  # seconds without a pass, after which what is kept for the next is given back


class Broken(Exception):
    """A part of the daemon failed for good; the text says which."""


class Daemon:
    """Keeps feeds in step with items, from `run` to a Stop in its inbox.

    `load` reads the configuration; it raises ConfigError. `now` is aware, `monotonic` in seconds. `addresses`: where to
    fetch pictures from, if not from all public addresses.
    """

    def __init__(
        self,
        load: Callable[[], Setup],
        control: Control,
        state: StateDirectory,
        inbox: Inbox,
        log: Log,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        addresses: Addresses | None = None,
    ) -> None:
        self._load = load
        self._control = control
        self._state = state
        self._inbox = inbox
        self._log = log
        self._clock = Clock(now, monotonic)
        self._beside = BesidePasses(state.path, log, lambda: inbox.put(Due()), addresses)
        self._systemd = Systemd()
        self._serving = Serving(log, self._systemd.sockets())
        self._reporter = Reporter(log, control, self._systemd)
        self._cancellation = Cancellation()  # of every pass: the daemon is to end
        self._broken = ""  # which part failed for good
        self._idle_at: float | None = None  # on the monotonic clock; None while there is nothing to give back

    def run(self) -> None:
        """Works until it is stopped. Raises ConfigError, Busy, Unusable or CannotListen if it cannot begin, and Broken
        if it cannot go on.
        """
        setup = self._load()
        stand_by()
        with ExitStack() as stack:
            stack.enter_context(watched_over(self._on_death))
            stack.enter_context(queued_signals(self._inbox.put, self._cancellation.cancel))
            stack.enter_context(self._control)
            stack.callback(self._serving.stop)
            self._serve(setup.service)
            self._begin(setup)
            stack.callback(self._end)
            with suppress(Cancelled):
                batch = Batch(whole=("start",))
                while not batch.stop:
                    if batch.reload:
                        batch = self._reload(batch)
                    self._work(batch)
                    batch = self._next()
        if self._broken:
            raise Broken(self._broken)

    def _begin(self, setup: Setup) -> None:
        self._setup = setup
        self._publisher = self._new_publisher()
        self._publisher.hold()
        self._watch = Watch(setup.items, self._control.requests, setup.timing.watch, self._inbox.put)
        self._schedule = Schedule(self._inbox.put, setup.timing.reconcile)
        self._retries = Retries(self._schedule.retry_in)
        status = Status(
            pid=os.getpid(),
            state="starting",
            since=self._clock.now().replace(microsecond=0),
            watching="",
            workers=self._publisher.place_of_work,
            **self._said_of(setup),
        )
        self._reporter.begin(status)
        self._warn_of_base_url(setup)
        self._schedule.start()
        self._start_watching()
        self._beside.use(setup.settings, setup.targets, setup.feeds.root)

    def _end(self) -> None:
        self._systemd.stopping()
        self._beside.end()
        self._watch.stop()
        self._schedule.stop()
        self._publisher.close()
        self._reporter.end()

    def _next(self) -> Batch:
        """Waits for a batch that is not empty, and returns it."""
        timing = self._setup.timing
        while True:
            batch = self._inbox.take(timing.quiet, timing.at_most, min(TICK, self._systemd.period or TICK))
            self._reporter.show_life()
            self._reporter.show_troubles((*filter(None, (self._serving.trouble,)), *self._beside.troubles))
            self._reporter.show_uploads(self._beside.uploads)
            if lost := self._watch.trouble():
                batch = merge(batch, lost)
            if self._control.renew():
                batch = merge(batch, Lost("the state directory was deleted or replaced"))
            if self._clock.was_set():
                self._schedule.rearm()
                batch = merge(batch, Reconcile("the clock was set"))
            if batch:
                return batch
            if self._idle_at is not None and self._clock.monotonic() >= self._idle_at:
                self._idle_at = None
                self._give_back(end_fork_server)

    def _give_back(self, also: Callable[[], None] = lambda: None) -> None:
        """Ends the workers and closes the ledger, until the next pass, and does what is given."""
        self._publisher.unload()
        also()
        malloc.give_back()

    def _work(self, batch: Batch) -> None:
        """Makes the pass that a batch asks for, and reports it."""
        began = self._clock.monotonic()
        if batch.touched:
            stand_by(lasting=False)  # it takes a while if the fork server has ended
        if setup := self._setup.stricter():
            self._log.warning(_NOT_IN_FORCE)
            self._use(setup)
            batch = merge(batch, Reconcile("withholding"))
        if batch.lost or (batch.whole and self._watch.why_not and self._setup.timing.watch != "poll"):
            self._renew_watch(batch.lost)  # folders that could not be watched may be watchable now
        unsure = bool(batch.asked) and self._watch.why_not is not None  # some changes may have caused no event
        everything = bool(batch.whole or batch.lost or self._retries.are_planned or unsure)
        asked = [*batch.asked, *(self._control.asked() if everything else ())]  # also those without an event
        report = self._pass(None if everything else batch.touched)
        ended = self._clock.monotonic()
        done = not (report.refused or report.failed)
        self._retries.plan(done, again=RETRYING in batch.whole)
        if not report.refused:
            self._schedule.due_at(report.next_due)
        finished = last_pass(batch, report, self._clock.now(), ended - began, ended - (batch.since or began))
        self._reporter.change(
            feeds_identity=file_identity(self._setup.feeds.root), workers=self._publisher.place_of_work
        )
        self._reporter.passed(finished, report, self._schedule)
        if done:
            self._control.answer(asked)
        self._beside.wake()
        if report.read >= MANY:
            self._give_back()
        self._idle_at = ended + IDLE

    def _pass(self, touched: frozenset[str] | None) -> Report:
        """Makes one pass. An error that prevents the pass becomes a Report with `refused`."""
        try:
            return self._publisher.publish(self._clock.now(), touched=touched)
        except (Busy, Unusable) as error:
            return Report(refused=str(error))
        except Exception as error:  # noqa: BLE001 - a failed pass must not be the last pass
            self._log.fault("a pass failed because of a mistake in feedd; please report it")
            return Report(refused=f"{type(error).__name__}: {error}")

    # The configuration

    def _reload(self, batch: Batch) -> Batch:
        """Reads the configuration again. A configuration with mistakes changes nothing."""
        self._reporter.reloading()
        try:
            setup = self._load()
            self._serve(setup.service)
        except (ConfigError, CannotListen) as error:
            self._reporter.refuse(tuple(map(str, error.problems if isinstance(error, ConfigError) else (error,))))
            return merge(batch, Reconcile("reload"))
        if setup.items.path != self._setup.items.path:
            self._reporter.forget_problems()
        self._use(setup)
        self._schedule.reconcile_every(setup.timing.reconcile)
        self._beside.use(setup.settings, setup.targets, setup.feeds.root)
        self._reporter.change(configuration=(), **self._said_of(setup))
        self._log.info("the configuration was read again")
        self._warn_of_base_url(setup)
        return merge(batch, Reconcile("reload"))

    def _use(self, setup: Setup) -> None:
        """Publishes and watches by these settings from now on."""
        self._setup = setup
        self._publisher.close()
        self._publisher = self._new_publisher()
        with suppress(Busy, Unusable):  # else the pass says so, and holds them when it can
            self._publisher.hold()
        self._watch.stop()
        self._watch = Watch(setup.items, self._control.requests, setup.timing.watch, self._inbox.put)
        self._start_watching()

    def _new_publisher(self) -> AllPublishers:
        return make_publishers(self._setup, self._state, self._on_progress, self._cancellation)

    def _serve(self, service: Service) -> None:
        """Serves according to `service` from now on. Raises CannotListen, and then goes on as before."""
        self._serving.use(service)
        self._reporter.measure(wanted=service.monitor is not None)

    def _said_of(self, setup: Setup) -> dict[str, Any]:
        """What the status says of a configuration, by field."""
        return setup.status_fields() | {"serving": self._serving.url}

    def _warn_of_base_url(self, setup: Setup) -> None:
        if hint := base_url_mismatch(setup.settings.site.base_url, self._serving.url):
            self._log.warning(hint)

    # The watch

    def _start_watching(self) -> None:
        self._watch.start()
        self._say_watching()

    def _renew_watch(self, why: tuple[str, ...]) -> None:
        for each in why:
            self._log.warning(f"{each}; looking at everything")
        self._watch.renew()
        self._say_watching()

    def _say_watching(self) -> None:
        why_not = self._watch.why_not
        self._schedule.poll_every(self._setup.timing.poll if why_not else None)
        watching = f"every {self._setup.timing.poll:g} s, because {why_not}" if why_not else "inotify"
        if why_not and watching != self._reporter.status.watching:
            self._log.warning(f"{why_not}; looking at everything every {self._setup.timing.poll:g} s")
        self._reporter.change(watching=watching)

    def _on_death(self, thread: threading.Thread | None, error: str) -> None:
        """A thread has failed. The watch's thread is missed by `trouble` and started again. Without any other thread
        the daemon ends.
        """
        name = thread.name if thread else "a thread"
        self._log.fault(f"{name} failed because of a mistake in feedd; please report it")
        if not self._watch.is_read_by(thread):
            self._broken = f"{name} failed: {error}"
            self._inbox.put(Stop())

    def _on_progress(self, _stage: str, _done: int, _of: int) -> None:
        self._reporter.show_progress()
