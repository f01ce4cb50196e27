"""A worker, seen from outside: jobs in; results, or why there are none, out. The other end is worker_process.py."""

from __future__ import annotations

import pickle
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from feedd.run.executor.budget import NOTHING, Verdict, verdict
from feedd.run.executor.direct_fork import DirectFork
from feedd.run.executor.executor_protocol import SIGN_OF_LIFE, GaveUp
from feedd.run.executor.fork_server import UNKNOWN, ForkServer, end_fork_server, fork_server, has_fork_server
from feedd.run.executor.worker_process import FINISHED, MISTAKE, UNFINISHED, receive, send, work
from feedd.store.mounts import has_one_thread


class Unfinished(Exception):
    """A worker has ended, or will have to, in the middle of a job. `number`: of its current item."""

    def __init__(self, number: int, why: Verdict) -> None:
        super().__init__(why.reason)
        self.number = number
        self.why = why


class WorkerProcess:
    """A worker process. `server`: what forks it."""

    def __init__(self, server: ForkServer | DirectFork) -> None:
        self._server = server
        self._pid, self._connection = server.fork()
        self._act = b""
        self.is_sound = False  # True between jobs

    def ask(self, act: bytes, job: bytes, while_waiting: Callable[[], None] | None = None) -> Any:
        """The result of the pickled `act` for a job. Raises as `ask_pickled` does."""
        return pickle.loads(self.ask_pickled(act, job, while_waiting))  # noqa: S301  of a process of ours

    def ask_pickled(self, act: bytes, job: bytes, while_waiting: Callable[[], None] | None = None) -> bytes:
        """The pickled result of the pickled `act` for a job. Raises Unfinished, and RuntimeError with the traceback of
        `act`. `while_waiting` is called four times a second; what it raises ends the wait.
        """
        self.is_sound = False
        known, self._act = self._act == act, act
        try:
            send(self._connection, b"" if known else act, job)
        except OSError:
            raise Unfinished(*self._end()) from None
        if while_waiting is not None:
            self._wait(while_waiting)
        try:
            finished, answer = receive(self._connection)
        except OSError:
            raise Unfinished(*self._end()) from None
        self.is_sound = finished != UNFINISHED
        if finished == FINISHED:
            return answer
        if finished == MISTAKE:
            raise RuntimeError(answer.decode())
        raise Unfinished(*pickle.loads(answer))  # noqa: S301

    def _wait(self, while_waiting: Callable[[], None]) -> None:
        """Waits until there is an answer, or the end of the worker."""
        answers = select.poll()
        answers.register(self._connection, select.POLLIN)
        while not answers.poll(SIGN_OF_LIFE * 1000):
            while_waiting()

    def end(self) -> None:
        """Ends the process."""
        self._server.kill(self._pid)
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for it
        self._connection.close()

    def _end(self) -> tuple[int, Verdict]:
        try:
            status, number = self._server.ended(self._pid)
        except OSError:
            status, number = UNKNOWN, NOTHING
        return number, verdict(status)


def stand_by(*, lasting: bool = True) -> None:
    """Gets ready for workers, if it can. To be called before this process starts threads. `lasting`: for many files, or
    passes.
    """
    with suppress(OSError):  # who needs a worker says that no process can be started
        fork_server(work, lasting=lasting)


def start_worker(*, lasting: bool) -> WorkerProcess:
    """A new worker. A small pass without threads and without a fork server does without. Raises GaveUp if no process
    can be started.
    """
    try:
        if not lasting and not has_fork_server() and has_one_thread():
            return WorkerProcess(DirectFork(work))
        server = fork_server(work, lasting=lasting)
        try:
            return WorkerProcess(server)
        except ConnectionError:  # the fork server was killed: start another
            end_fork_server(server)
            return WorkerProcess(fork_server(work, lasting=lasting))
    except OSError as error:
        raise GaveUp(f"no process can be started: {error.strerror or error}") from None
