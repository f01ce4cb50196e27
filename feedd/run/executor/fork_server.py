"""The fork server: requests for workers in; processes that can be ended at any moment out.

    feedd -- fork, before it has threads --> fork server -- fork, for each worker --> worker: work(connection, budget)
          <-- exit status, number of item --             <-- its end --

A process with threads must not fork, and starting an interpreter takes a fifth of a second. The fork server has a
single thread, and its code never sees an item. It shares its loaded modules with the workers, so that a worker starts
in two milliseconds. A daemon that is idle ends it. Its next fork server is an interpreter of its own. When feedd ends,
by whatever cause, the fork server kills its workers and ends as well.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import socket
import struct
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from feedd import __version__
from feedd.run.executor.budget import NOTHING, Budget
from feedd.run.executor.preloading import get_ready, load
from feedd.run.executor.worker_start import (
    End,
    Work,
    begin_work,
    end_of,
    keep_only,
    let_signals_end,
    still_there,
    wait_for_end,
)
from feedd.store.mounts import has_one_thread

if TYPE_CHECKING:
    import subprocess

_FORK, _ENDED, _KILL, _REHEARSE = b"f", b"e", b"k", b"r"
_REQUEST = struct.Struct("!ci")  # kind of request, process
_ANSWER = struct.Struct("!iq")  # a process or its exit status; the number of an item
UNKNOWN = 0x7FFF  # an exit status that no process has
_OTHER_VERSION = 3  # the exit status of a fork server that finds another feedd than the asking one


class ForkServer:
    """The fork server of this process, as this process sees it. It can be asked from any thread."""

    def __init__(self, work: Work, *, lasting: bool) -> None:
        self.owner = os.getpid()
        self._is_ready = lasting
        self._asking = threading.Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            if has_one_thread():
                gc.freeze()  # or the search for garbage would write to all that both share, and close files twice
                self._process: int | subprocess.Popen[bytes] = os.fork()
                if self._process == 0:
                    _serve(theirs.detach(), work, lasting=lasting)
            else:
                self._process = _in_a_fresh_interpreter(theirs.fileno(), work, lasting=lasting)

    def fork(self) -> tuple[int, socket.socket]:
        """A new worker: its process, and the connection to it. Raises ConnectionError if the fork server is gone, and
        OSError if no process can be started.
        """
        self._is_ready = True
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                pid, _ = self._ask(_FORK, 0, theirs.fileno())
            except OSError:
                ours.close()
                raise
        if pid < 0:
            ours.close()
            raise OSError(-pid, os.strerror(-pid))
        return pid, ours

    def rehearse(self) -> None:
        """Has the work rehearsed, if no worker was started yet. Raises OSError if the fork server is gone."""
        if not self._is_ready:
            self._is_ready = True
            load()
            self._ask(_REHEARSE, 0)

    def ended(self, pid: int) -> End:
        """How a worker ended that has closed its connection. Raises OSError if the fork server is gone."""
        return End(*self._ask(_ENDED, pid))

    def kill(self, pid: int) -> None:
        """Ends a worker, without waiting for it."""
        with suppress(OSError):
            self._ask(_KILL, pid)

    def end(self) -> None:
        """Ends the fork server, and with it all workers."""
        self._control.close()
        if isinstance(self._process, int):
            with suppress(ChildProcessError):
                os.waitpid(self._process, 0)
        else:
            self._process.wait()

    def _ask(self, what: bytes, pid: int, file: int | None = None) -> tuple[int, int]:
        with self._asking:
            try:
                socket.send_fds(self._control, [_REQUEST.pack(what, pid)], [] if file is None else [file])
                answer = self._control.recv(_ANSWER.size, socket.MSG_WAITALL)
            except ConnectionError:
                answer = b""
            except OSError:
                if self._control.fileno() >= 0:
                    raise
                answer = b""  # it was ended by another thread
        if len(answer) < _ANSWER.size:
            raise ConnectionResetError(self._why_ended())
        value, number = _ANSWER.unpack(answer)
        return value, number

    def _why_ended(self) -> str:
        if not isinstance(self._process, int) and self._process.wait() == _OTHER_VERSION:
            return "another version of feedd was installed while this one ran; restart it"
        return "the fork server has ended"


def _in_a_fresh_interpreter(control: int, work: Work, *, lasting: bool) -> subprocess.Popen[bytes]:
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGHUP, signal.SIG_IGN); "
        f"import sys; sys.path[:] = {sys.path!r}; import feedd; "
        f"feedd.__version__ == {__version__!r} or sys.exit({_OTHER_VERSION}); "
        "from feedd.without_typing_extensions import load_msgspec; load_msgspec(); "
        "from feedd.run.executor.fork_server import serve; from feedd.run.executor.preloading import load; "
        f"from {work.__module__} import {work.__qualname__} as work; "
        f"load(lasting={lasting}); serve({control}, work, lasting={lasting})"
    )
    from subprocess import DEVNULL, Popen  # late: of daemons alone

    command = [sys.executable, "-c", program]
    return Popen(command, pass_fds=[control], stdin=DEVNULL)  # noqa: S603  all of it is ours


def serve(control: int, work: Work, *, lasting: bool = True) -> NoReturn:
    """The life of a fork server. `control` is a socket's file, on which it is asked."""
    let_signals_end()
    get_ready(lasting=lasting)
    workers: dict[int, Budget] = {}
    killed: list[int] = []
    with socket.socket(fileno=control) as asked:
        while True:
            data, files, _, _ = socket.recv_fds(asked, _REQUEST.size, 1)
            if len(data) < _REQUEST.size:
                _end([*workers], killed)
            what, pid = _REQUEST.unpack(data)
            answer = 0, NOTHING
            if what == _FORK:
                answer = _fork(asked, files[0], workers, work)
            elif what == _REHEARSE:
                load()
                get_ready(lasting=True)
            elif pid not in workers:
                answer = UNKNOWN, NOTHING
            elif what == _ENDED:
                answer = end_of(pid, workers.pop(pid))
            else:
                os.kill(pid, signal.SIGKILL)
                workers.pop(pid).close()
                killed.append(pid)
            killed = still_there(killed)
            asked.sendall(_ANSWER.pack(*answer))


def _serve(control: int, work: Work, *, lasting: bool) -> NoReturn:
    """Like `serve`, in a process that was just forked off feedd. No other code of feedd may run in it."""
    try:
        keep_only(control)
        serve(control, work, lasting=lasting)
    finally:
        os._exit(1)


def _end(workers: list[int], killed: list[int]) -> NoReturn:
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    wait_for_end([*workers, *killed])
    os._exit(0)


def _fork(asked: socket.socket, connection: int, workers: dict[int, Budget], work: Work) -> tuple[int, int]:
    budget = Budget()
    try:
        pid = os.fork()
    except OSError as error:
        os.close(connection)
        return -(error.errno or 1), NOTHING
    if pid == 0:
        try:
            asked.close()
        finally:
            begin_work(connection, budget, work)
    os.close(connection)
    workers[pid] = budget
    return pid, NOTHING


_starting = threading.Lock()  # two threads that find no fork server start one
_servers: list[ForkServer] = []
_of_others: list[ForkServer] = []  # of other processes: not ended here


def fork_server(work: Work, *, lasting: bool) -> ForkServer:
    """The fork server of this process. It is started if there is none. A process has a single fork server, for one kind
    of work. `lasting`: it is worth a rehearsal, since it will start many workers, or serve many passes.

    To be called first while the process has one thread. Later, another interpreter has to be started.
    """
    with _starting:
        if _servers and _servers[0].owner != os.getpid():  # this process was forked, and may have other rights
            _of_others.append(_servers.pop())
        if not _servers:
            load(lasting=lasting)
            _servers.append(ForkServer(work, lasting=lasting))
        server = _servers[0]
    if lasting:
        with suppress(OSError):  # it is gone: the next worker finds that out
            server.rehearse()
    return server


def has_fork_server() -> bool:
    """Whether this process has a fork server."""
    return any(server.owner == os.getpid() for server in _servers[:1])


def end_fork_server(gone: ForkServer | None = None) -> None:
    """Ends the fork server of this process, if there is one. `gone`: only this one, which does not answer any more. The
    fork server that another thread has started meanwhile stays, and so do its workers.
    """
    with _starting:
        if has_fork_server() and gone in (None, _servers[0]):
            _servers.pop().end()


atexit.register(end_fork_server)
