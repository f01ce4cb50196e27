"""The schedule: periods and dates in; reasons for the inbox, at their time, out. APScheduler's only place.

A job only puts a reason into the inbox. Jobs run on the wall clock. After the clock was set, call `rearm`: otherwise
periodic jobs might wait for a distant time.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.debug import DebugExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from feedd.daemon.inbox import Due, Reason, Reconcile

PERIODIC, POLLING, RETRYING, DUE = "reconcile", "poll", "retry", "due"
_FIRST_RETRY, _LAST_RETRY = 1.0, 60.0  # seconds to the pass after a failed pass, doubled after each further failure


class Schedule:
    """Puts reasons into the inbox at their time. Periods are in seconds; the period of reconciling varies by a
    tenth.
    """

    def __init__(self, put: Callable[[Reason], None], reconcile: float) -> None:
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._put = put
        self._reconcile = reconcile
        self._poll: float | None = None
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": DebugExecutor()},  # in the scheduler's own thread: a job takes no time
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Begins to keep time."""
        self._scheduler.start()
        self.rearm()

    def stop(self) -> None:
        """Ends; no reason is put after this."""
        if self._scheduler.running:
            self._scheduler.shutdown()

    def rearm(self) -> None:
        """Counts the periods from now."""
        self._every(PERIODIC, self._reconcile, self._reconcile / 10)
        self.poll_every(self._poll)

    def reconcile_every(self, seconds: float) -> None:
        """Changes the period of reconciling."""
        self._reconcile = seconds
        self._every(PERIODIC, seconds, seconds / 10)

    def poll_every(self, seconds: float | None) -> None:
        """Has everything looked at in this period as well, for files that cannot be watched. None ends the polling."""
        self._poll = seconds
        if seconds is None:
            self._remove(POLLING)
        else:
            self._every(POLLING, seconds, None)

    def retry_in(self, seconds: float | None) -> None:
        """Has everything looked at once, after so many seconds. None cancels the retry."""
        if seconds is None:
            self._remove(RETRYING)
        else:
            self._at(RETRYING, datetime.now(UTC) + timedelta(seconds=seconds), Reconcile(RETRYING))

    def due_at(self, when: datetime | None) -> None:
        """Puts a Due into the inbox at this time, the date of the next waiting item. None cancels it."""
        if when is None:
            self._remove(DUE)
        else:
            self._at(DUE, when, Due())

    def next_reconcile(self) -> datetime | None:
        """When everything is looked at next; None if no such pass is planned."""
        jobs = (self._scheduler.get_job(name) for name in (PERIODIC, POLLING, RETRYING))
        times = [job.next_run_time for job in jobs if job is not None and job.next_run_time is not None]
        return min(times, default=None)

    def _every(self, name: str, seconds: float, jitter: float | None) -> None:
        self._scheduler.add_job(
            self._put, "interval", (Reconcile(name),), id=name, replace_existing=True, seconds=seconds, jitter=jitter
        )

    def _at(self, name: str, when: datetime, reason: Reason) -> None:
        self._scheduler.add_job(self._put, "date", (reason,), id=name, replace_existing=True, run_date=when)

    def _remove(self, name: str) -> None:
        with contextlib.suppress(JobLookupError):
            self._scheduler.remove_job(name)


class Retries:
    """Sees to it that a pass comes after a failed pass. `retry_in` is that of a Schedule."""

    def __init__(self, retry_in: Callable[[float | None], None]) -> None:
        self._retry_in = retry_in
        self._seconds = 0.0  # after a pass that succeeded

    @property
    def are_planned(self) -> bool:
        """Whether the last pass failed."""
        return self._seconds > 0

    def plan(self, done: bool, *, again: bool) -> None:
        """Plans the next pass after a pass. `done`: it succeeded. `again`: it was made because the last had failed."""
        if done:
            self._seconds = 0.0
            self._retry_in(None)
        elif again or not self._seconds:  # else a retry is planned already, however often files change meanwhile
            self._seconds = min(max(_FIRST_RETRY, 2 * self._seconds), _LAST_RETRY)
            self._retry_in(self._seconds)
