"""Workers: a pure function and its jobs in; the results in the jobs' order out, from this process or several.

    jobs --> one process, for few; several, for many; this one again, if those are ended from outside

Whichever it is, the results are the same.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import TypeVar

J = TypeVar("J")
R = TypeVar("R")

_AHEAD = 3  # jobs under way for each process, so that none waits and few results are held


class Workers:
    """Processes that are started when they are first worth it, and ended by `end`.

    `count` 0 means as many as this process may use cores.
    """

    def __init__(self, count: int = 0) -> None:
        self.count = count or len(os.sched_getaffinity(0))
        self._pool: ProcessPoolExecutor | None = None

    def end(self) -> None:
        """Ends the processes; they are started again when they are next worth it."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def map(self, act: Callable[[J], R], jobs: Iterable[J], *, many: bool) -> Iterator[R]:
        """The result of `act` for each job, in order. `many`: enough work to be worth several processes.

        `act` is a pure function that can be pickled, as can jobs and results.
        """
        if not many or self.count < 2:
            yield from map(act, jobs)
            return
        if self._pool is None:
            context = multiprocessing.get_context("spawn")  # safe beside threads, unlike fork
            self._pool = ProcessPoolExecutor(self.count, context, initializer=_end_with_parent)
        under_way: deque[tuple[J, Future[R]]] = deque()
        waiting = iter(jobs)
        for job in waiting:
            under_way.append((job, _submitted(self._pool, act, job)))
            if len(under_way) >= self.count * _AHEAD:
                yield _result(act, *under_way.popleft())
        while under_way:
            yield _result(act, *under_way.popleft())


def _submitted(pool: ProcessPoolExecutor, act: Callable[[J], R], job: J) -> Future[R]:
    """The job's future. Where the pool is breaking down, one that says so.

    A pool that breaks while it starts a process raises whatever that start ran into: a closed pipe is an OSError, a
    ValueError or a TypeError, by the moment. Nothing of `act` runs here, so none of these is the job's own.
    """
    try:
        return pool.submit(act, job)
    except Exception as error:  # noqa: BLE001  see above
        failed: Future[R] = Future()
        failed.set_exception(BrokenProcessPool(str(error)))
        return failed


def _result(act: Callable[[J], R], job: J, future: Future[R]) -> R:
    try:
        return future.result()
    except BrokenProcessPool:  # a process was ended from outside, say for lack of memory: go on without
        for child in multiprocessing.active_children():
            child.kill()  # the pool would wait for ever for one that was just being started
        return act(job)


def _end_with_parent() -> None:
    """Has this process end when its parent does, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_exit, args=(parent.sentinel,), daemon=True).start()


def _wait_and_exit(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
