"""Reporting: events of the daemon's life in; log, status file, systemd's status and metrics out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from feedd.daemon.log import Log
from feedd.daemon.pass_log import in_a_line, is_worth_a_line, pass_line, status_after
from feedd.daemon.schedule import Schedule
from feedd.daemon.systemd import Systemd
from feedd.model import Problem, Report
from feedd.store.control import Control, LastPass, Status

if TYPE_CHECKING:
    from feedd.deliver.metrics import PassMetrics
    from feedd.deliver.upload_outcomes import UploadCount

_START_SECONDS = 60  # seconds that a start may still take after each sign of life


class Reporter:
    """Reports what happens: to the log, the status file, systemd and the metrics. `status` is the daemon's last
    status.
    """

    status: Status

    def __init__(self, log: Log, control: Control, systemd: Systemd) -> None:
        self._log = log
        self._control = control
        self._systemd = systemd
        self._metrics: PassMetrics | None = None
        self._is_ready = False
        self._trouble: LastPass | None = None  # the pass that was logged last, if it did not succeed
        self._known_problems: frozenset[Problem] = frozenset()

    def begin(self, status: Status) -> None:
        """The daemon starts."""
        self.status = status
        self._control.tell(status)
        people = f"publishing {status.seeds} into {status.feeds_directory}; Ctrl-C ends it"
        self._log.info("started", people, pid=status.pid, seeds=status.seeds, feeds=status.feeds_directory)
        if status.serving:
            self._log.info("serving", f"serving on {status.serving}", url=status.serving)

    def change(self, **values: Any) -> None:
        """Changes fields of the status; they show when the status is written next."""
        self.status = replace(self.status, **values)

    def show_troubles(self, troubles: tuple[str, ...]) -> None:
        """Reports which parts of the daemon do not work now. To be called often."""
        if troubles != self.status.troubles:
            self.change(troubles=troubles)
            self._control.tell(self.status)

    def show_uploads(self, counts: Sequence[UploadCount]) -> None:
        """Reports what was uploaded so far. To be called often."""
        if self._metrics is not None and self._metrics.uploaded(counts):
            self._control.tell_metrics(self._metrics.text())

    def reloading(self) -> None:
        """The configuration is being read again."""
        self._systemd.reloading()
        self._is_ready = False

    def refuse(self, mistakes: tuple[str, ...]) -> None:
        """A new configuration is wrong, and not in force."""
        self._log.error("the configuration has mistakes; the one before stays in force")
        for mistake in mistakes:
            self._log.error(f"  {mistake}")
        self.change(configuration=mistakes)

    def forget_problems(self) -> None:
        """Forgets which problems were logged, since other items are published from now on."""
        self._known_problems = frozenset()

    def measure(self, *, wanted: bool) -> None:
        """Begins or ends keeping metrics of passes."""
        if not wanted:
            self._metrics = None
        elif self._metrics is None:
            from feedd.deliver.metrics import PassMetrics

            self._metrics = PassMetrics()

    def passed(self, finished: LastPass, report: Report, schedule: Schedule) -> None:
        """A pass was made."""
        if not report.refused:
            self._tell_problems(report, self.status.seeds)
        words, people, values = pass_line(finished, report)
        if is_worth_a_line(finished, self._trouble) or not self._is_ready:
            (self._log.error if finished.outcome != "done" else self._log.info)(words, people, **values)
            self._trouble = finished if finished.outcome != "done" else None
        else:
            self._log.debug(words, people, **values)
        for remark in report.remarks:
            self._log.warning(remark)
        self.status = status_after(self.status, finished, report, schedule.next_reconcile())
        if self._metrics is not None:
            self._metrics.observe(finished, report)
            self._control.tell_metrics(self._metrics.text())
        self._control.tell(self.status)  # last: who sees the pass in the status finds it in the metrics
        tell = self._systemd.status if self._is_ready else self._systemd.ready
        tell(in_a_line(self.status))
        self._is_ready = True
        self.show_life()

    def show_life(self) -> None:
        """The loop is at work. To be called often."""
        self._systemd.alive()
        self._control.show_life()

    def show_progress(self) -> None:
        """A pass is at work; the first pass may take long."""
        self.show_life()
        if not self._is_ready:
            self._systemd.starting(_START_SECONDS)

    def end(self) -> None:
        """The daemon has ended."""
        self.change(state="stopped", next_reconcile=None)
        if self._control.is_held:  # else another daemon has taken the state directory
            self._control.tell(self.status)
        self._log.info("stopped")

    def _tell_problems(self, report: Report, seeds: str) -> None:
        """Logs each problem once when it appears and once when it is gone."""
        problems = frozenset(report.problems)
        for problem in sorted(problems - self._known_problems, key=str):
            self._log.warning(f"problem: {seeds}/{problem}")
        fine = {problem.path for problem in self._known_problems} - {problem.path for problem in problems}
        for path in sorted(fine):
            self._log.info(f"no problem any more: {seeds}/{path}")
        self._known_problems = problems
