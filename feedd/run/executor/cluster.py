"""A cluster: jobs in; outcomes in the jobs' order out. What the cluster cannot do is done by local processes.

    large work --> is there a cluster? -- yes --> ClusterMap --> outcomes
                          |                          |
    small work --> local processes <-- it is lost ---+

A cluster that is lost is left alone until the next pass.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from feedd.run.executor.cluster_map import ClusterMap
from feedd.run.executor.cluster_settings import ClusterSettings
from feedd.run.executor.executor_protocol import FailedItems, Outcome, Task
from feedd.run.executor.remote_work import installed
from feedd.run.executor.worker_connection import stand_by
from feedd.run.executor.workers import Workers

if TYPE_CHECKING:
    from feedd.run.executor.dask_link import DaskLink

H = TypeVar("H")
J = TypeVar("J")
R = TypeVar("R")

PATIENCE = 30.0  # seconds without any answer, if none took long so far
ALONE = 10.0  # seconds without any worker


class Cluster:
    """Workers of a cluster for large work, and local processes for small work and whatever else. See Executor.

    `patience`: seconds without any answer, after which a worker that does not answer is set aside. `alone`: seconds
    that the cluster may be without workers, which may be started again.
    """

    def __init__(
        self,
        settings: ClusterSettings,
        count: int,
        while_waiting: Callable[[], None],
        patience: float = PATIENCE,
        alone: float = ALONE,
    ) -> None:
        installed()  # now, while the code on the disk is the code of this process
        self.settings = settings
        self.local = Workers(count, while_waiting)
        self.count = self.local.count
        self.failed = FailedItems()
        self.while_waiting = while_waiting
        self.patience = patience
        self.alone = alone
        self.failures = 0
        self._link: DaskLink | None = None
        self._process = os.getpid()
        self._is_gone = False
        self._remarks: dict[str, None] = {}
        self._trouble = ""  # why the cluster was left when it was used last

    @property
    def place(self) -> str:
        """The cluster, and why it could not be used when it was tried last."""
        trouble = f"; the last of them went on here: the cluster {self._trouble}" if self._trouble else ""
        return f"{self.settings.address}, for large passes{trouble}"

    def sees_files(self, *, many: bool) -> bool:
        """Whether the work will be done here: it is small, or the cluster cannot be used."""
        return not (many and self._reached())

    def stand_by(self) -> None:
        """Gets ready for the work that local processes do."""
        self.local.stand_by()

    def map(self, task: Task[H, J, R], jobs: Iterable[tuple[H, Sequence[J]]], *, many: bool) -> Iterator[Outcome[J, R]]:
        """The outcome of each job, in order, as Executor has it."""
        link = self._reached() if many else None
        if link is None:
            return self.local.map(task, jobs, many=many)
        return ClusterMap(self, link, task, jobs).outcomes()

    def remarks(self) -> tuple[str, ...]:
        """What the cluster could not do in this pass, and why."""
        return tuple(self._remarks)

    def rest(self) -> None:
        """Ends a pass, and the connection. The next large pass tries the cluster again."""
        self.local.rest()
        self._disconnect()
        self._begin()

    def end(self) -> None:
        """Takes all work back from the cluster, and ends the local processes."""
        self._disconnect()
        self._begin()
        self.local.end()

    def remark(self, words: str) -> None:
        """Adds a sentence about the cluster to the report of the pass, once."""
        self._remarks[f"the cluster {self.settings.address} {words}"] = None

    def leave(self, why: str) -> None:
        """Uses the cluster no more in this pass, and says why."""
        self._is_gone = True
        self._trouble = why
        self.remark(f"{why}; the work goes on with processes of this machine")
        self._disconnect()

    def _begin(self) -> None:
        self._is_gone = False
        self._remarks = {}
        self.failed.clear()
        self.failures = 0

    def _disconnect(self) -> None:
        link, self._link = self._link, None
        if link is not None and self._process == os.getpid():  # a forked process has no thread for it
            link.close()

    def _reached(self) -> DaskLink | None:
        """The link to the cluster. None if the cluster cannot be used."""
        if self._process != os.getpid():
            self._process, self._link = os.getpid(), None
        if self._link is not None and (why := self._link.why_lost()):
            self.leave(why)
        if self._link is None and not self._is_gone:
            self._connect()
        return self._link

    def _connect(self) -> None:
        stand_by()  # before there are threads
        try:
            from feedd.run.executor.dask_link import ClusterLost, DaskLink, in_words
        except ImportError as error:
            self.leave(f"cannot be used: {error}")
            return
        try:
            link = DaskLink(self.settings, self.alone, self.while_waiting)
        except ClusterLost as lost:
            self.leave(str(lost))
            return
        self._link, self._trouble = link, ""
        if link.refused:
            self.remark(f"has workers that are not used: {in_words(link.refused)}")
