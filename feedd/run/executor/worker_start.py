"""What a process does that was just forked to be a worker, or to fork workers; and how workers are ended.

fork -- in the new process --> keep_only(connection), let_signals_end --> begin_work: limits, work(connection, budget)
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple, NoReturn

from feedd.run.executor.budget import Budget
from feedd.store.mounts import be_first_to_go

Work = Callable[[socket.socket, Budget], None]

_MANY_FILES = 65536  # if there is no limit
_PATIENCE = 1.0  # seconds to wait for the end of killed workers
_FIRST_INHERITED = 3  # after standard input, output and error


class End(NamedTuple):
    """The end of a worker: its exit status, negative for a signal, and the item at which it was (or NOTHING)."""

    status: int
    number: int


def keep_only(connection: int) -> None:
    """Closes all files that were inherited, without the standard streams and a connection."""
    os.closerange(_FIRST_INHERITED, connection)
    os.closerange(connection + 1, max(os.sysconf("SC_OPEN_MAX"), _MANY_FILES))


def let_signals_end() -> None:
    """Has signals end this process, as budgets need it. What a terminal sends to all processes is ignored: feedd
    decides its meaning.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)


def begin_work(connection: int, budget: Budget, work: Work) -> NoReturn:
    """The life of a worker, from its beginning on."""
    try:
        be_first_to_go()
        budget.limit_memory()
        work(socket.socket(fileno=connection), budget)
    finally:
        os._exit(1)


def end_of(pid: int, budget: Budget) -> End:
    """How a worker ended that has closed its connection. Releases its budget."""
    _, status = os.waitpid(pid, 0)
    number = budget.number()
    budget.close()
    return End(os.waitstatus_to_exitcode(status), number)


def still_there(killed: Iterable[int]) -> list[int]:
    """The processes that have not ended yet. A disk that does not answer may hold them up."""
    return [pid for pid in killed if os.waitpid(pid, os.WNOHANG) == (0, 0)]


def wait_for_end(killed: Iterable[int]) -> None:
    """Waits until killed workers have ended, but not long."""
    left = still_there(killed)
    deadline = time.monotonic() + _PATIENCE
    while left and time.monotonic() < deadline:
        time.sleep(_PATIENCE / 1000)
        left = still_there(left)
