"""A worker without a fork server: for a small pass of a process with one thread, which needs a worker or two."""

from __future__ import annotations

import gc
import os
import signal
import socket
from contextlib import suppress
from typing import NoReturn

from feedd.run.executor.budget import Budget
from feedd.run.executor.preloading import get_ready, load
from feedd.run.executor.worker_start import End, Work, begin_work, end_of, keep_only, let_signals_end, wait_for_end


class DirectFork:
    """Forks workers off this process. It must have one thread whenever it forks."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._budgets: dict[int, Budget] = {}

    def fork(self) -> tuple[int, socket.socket]:
        """A new worker: its process, and the connection to it. Raises OSError if no process can be started."""
        load(lasting=False)
        budget = Budget()
        ours, theirs = socket.socketpair()
        with theirs:
            gc.freeze()  # or the search for garbage would write to all that both share, and close files twice
            try:
                pid = os.fork()
            except OSError:
                ours.close()
                budget.close()
                raise
            if pid == 0:
                _begin(theirs.detach(), budget, self._work)
        self._budgets[pid] = budget
        return pid, ours

    def ended(self, pid: int) -> End:
        """How a worker ended that has closed its connection. Raises OSError if `kill` has ended it."""
        if (budget := self._budgets.pop(pid, None)) is None:
            raise ProcessLookupError(pid)
        return end_of(pid, budget)

    def kill(self, pid: int) -> None:
        """Ends a worker that has not ended."""
        if (budget := self._budgets.pop(pid, None)) is not None:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                wait_for_end([pid])
            budget.close()


def _begin(connection: int, budget: Budget, work: Work) -> NoReturn:
    """The life of a worker in a process that was just forked off feedd. No other code of feedd may run in it."""
    try:
        keep_only(connection)
        let_signals_end()
        get_ready(lasting=False)
        begin_work(connection, budget, work)
    finally:
        os._exit(1)
