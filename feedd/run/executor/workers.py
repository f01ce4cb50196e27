"""Workers: a pure function and its jobs in; the results in the jobs' order out, from processes that can be ended.

    jobs -- many: a thread for each worker --> worker: act -- result --> in order
                 ^                                |
                 +-------- without the item ------+ ended, at this item

Code whose course depends on the contents of items runs in workers, even for a single file. An item that takes more than
its budget ends its worker. The job is then done again by another worker, without this item, and the item is a problem.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain, islice
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from feedd.run.executor.executor_protocol import SIGN_OF_LIFE, FailedItems, GaveUp, OnThisMachine, Outcome, Task

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    from feedd.run.executor.worker_connection import WorkerProcess

H = TypeVar("H")
J = TypeVar("J")
R = TypeVar("R")

_FEW_JOBS = 8  # fewer are not worth a rehearsal
_AHEAD = 3  # jobs under way for each process, so that none waits and few results are held
_TRIES = 2  # workers that may end at an item before it is blamed for an uncertain reason


class _Ended(Exception):
    """The workers were ended while one of them was at work."""


class Workers(OnThisMachine):
    """Processes that are started when they are first needed, and ended by `end`.

    `count` 0 means as many as this process may use cores. `while_waiting` is called four times a second while a result
    is waited for; it may raise.
    """

    def __init__(self, count: int = 0, while_waiting: Callable[[], None] | None = None) -> None:
        self.count = count or len(os.sched_getaffinity(0))
        self._while_waiting = while_waiting or _nothing
        self._begin()

    def _begin(self) -> None:
        """Begins without threads and workers, as none are known to this process."""
        self._process = os.getpid()
        self._threads: ThreadPoolExecutor | None = None
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._failed = FailedItems()
        self._lock = threading.Lock()
        self._ended = self._many = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def rest(self) -> None:
        """Ends the processes after a large pass. After a small pass, a process stays for the next pass: starting
        another would double the time to publish an edit. Failed items may be tried again.
        """
        if self._many:
            self.end()
        self._failed.clear()

    def end(self) -> None:
        """Ends the processes, also those at work; they are started again when they are next needed."""
        with self._lock:
            self._ended = True
            workers = [*self._idle, *self._busy]
            self._idle.clear()
        for worker in workers:
            worker.end()
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
            self._threads = None
        self._failed.clear()
        self._ended = self._many = False

    def stand_by(self) -> None:
        """Starts the fork server, if it is not there yet."""
        from feedd.run.executor.worker_connection import stand_by

        stand_by(lasting=False)

    def map(self, task: Task[H, J, R], jobs: Iterable[tuple[H, Sequence[J]]], *, many: bool) -> Iterator[Outcome[J, R]]:
        """The outcome of each job, in order. `many`: enough work to be worth several processes.

        Raises GaveUp, and what `act` raises while it is at no item.
        """
        import pickle  # late: a pass that finds nothing to do has no jobs

        if self._process != os.getpid():  # this process was forked; threads and workers stay with its parent
            self._begin()
        act = pickle.dumps(task.act)
        if many and self.count > 1:
            self._many = True
            yield from self._in_threads(task, act, jobs)
            return
        for head, items in jobs:
            yield self._done(task, act, head, items, self._while_waiting)

    def _in_threads(
        self, task: Task[H, J, R], act: bytes, jobs: Iterable[tuple[H, Sequence[J]]]
    ) -> Iterator[Outcome[J, R]]:
        from concurrent.futures import ThreadPoolExecutor  # late: a small pass does without

        from feedd.run.executor.worker_connection import stand_by

        under_way: deque[Future[Outcome[J, R]]] = deque()
        if self._threads is None:
            first = list(islice(jobs := iter(jobs), _FEW_JOBS))
            stand_by(lasting=len(first) == _FEW_JOBS)
            self._threads = ThreadPoolExecutor(self.count, "feedd-worker")
            jobs = chain(first, jobs)
        for head, items in jobs:
            under_way.append(self._threads.submit(self._done, task, act, head, items))
            if len(under_way) >= self.count * _AHEAD:
                yield self._waited_for(under_way.popleft())
        while under_way:
            yield self._waited_for(under_way.popleft())

    def _waited_for(self, future: Future[Outcome[J, R]]) -> Outcome[J, R]:
        from concurrent.futures import wait

        while not wait([future], SIGN_OF_LIFE).done:
            self._while_waiting()
        return future.result()

    def _done(
        self,
        task: Task[H, J, R],
        act: bytes,
        head: H,
        items: Sequence[J],
        while_waiting: Callable[[], None] | None = None,
    ) -> Outcome[J, R]:
        """The outcome of a job. Runs in a thread of its worker's own if there are many."""
        from feedd.run.executor.worker_connection import Unfinished

        doubts: deque[Hashable] = deque()
        while True:
            left, failed = self._failed.divide(act, items, task.key)
            worker = self._take()
            try:
                return Outcome(worker.ask(act, task.encode(head, left), while_waiting), failed)
            except Unfinished as unfinished:
                number, why = unfinished.number, unfinished.why
            finally:
                self._put_back(worker)
            key = task.key(left[number]) if 0 <= number < len(left) else None
            doubts.append(key)
            if key is not None and (why.certain or doubts.count(key) >= _TRIES):
                self._failed.add(act, key, why.reason)
            elif key is None and len(doubts) > _TRIES + self.count:  # all idle workers may have been killed
                raise GaveUp(why.reason)

    def _take(self) -> WorkerProcess:
        """An idle worker."""
        from feedd.run.executor.worker_connection import start_worker

        with self._lock:
            worker = self._idle.pop() if self._idle else None
        worker = worker or start_worker(lasting=self._many)
        with self._lock:
            if not self._ended:
                self._busy.add(worker)
                return worker
        worker.end()
        raise _Ended

    def _put_back(self, worker: WorkerProcess) -> None:
        with self._lock:
            self._busy.discard(worker)
            if worker.is_sound and not self._ended:
                self._idle.append(worker)
                return
        worker.end()


def _nothing() -> None:
    pass
