"""The server: sockets and what to give out, in; a process that answers until it is told to end.

Orders (standard input, or the command line) --> sockets --> uvicorn --> app
                                                    +--------> uvicorn --> monitor, on an address of its own

One thread does it all but for compressing, which waits for nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import uvicorn
import uvloop

from feedd.disk.served import ServedDirectory
from feedd.serve.app import Application, Documents
from feedd.serve.monitor import Monitor
from feedd.serve.orders import Orders
from feedd.serve.protocol import IDLE_SECONDS, BoundedProtocol, sweep
from feedd.serve.shelf import Shelf
from feedd.serve.tally import Tally

_SPARE = 64  # file descriptors that are not for connections
_GRACE = 10  # seconds that answers under way have when the server ends
_FREEDOM = 65536  # connections at most, if the system grants as many


def serve(orders: Orders) -> None:
    """Serves until SIGTERM or, unless it is supervised, SIGINT."""
    _take_files()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(orders))


async def _serve(orders: Orders) -> None:
    tally = Tally()
    shelf = Shelf(ServedDirectory(Path(orders.feeds)), orders.manner)
    monitor = Monitor(Path(orders.state), tally)
    shared = orders.monitor == orders.listen
    documents = Documents(shelf, orders.manner.base_url, tally, monitor.paths() if shared else {})
    servers = [_Server(documents, orders.listen)]
    if orders.monitor is not None and not shared:
        servers.append(_Server(monitor, orders.monitor))
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    # A Ctrl-C reaches all processes of a terminal; a supervisor decides for its own.
    loop.add_signal_handler(signal.SIGINT, (lambda: None) if orders.supervised else ended.set)
    if orders.supervised:
        loop.add_reader(sys.stdin.fileno(), lambda: None if os.read(sys.stdin.fileno(), 1) else ended.set())
    running = [asyncio.create_task(server.serve([server.socket])) for server in servers]
    waiting = asyncio.create_task(ended.wait())
    await asyncio.wait([*running, waiting], return_when=asyncio.FIRST_COMPLETED)
    for server in servers:
        server.end()
    await asyncio.gather(*running)


class _Server(uvicorn.Server):
    """uvicorn on one socket. It wakes once a second: for the date, and for those whose time is over."""

    def __init__(self, app: Application, file: int) -> None:
        self.socket = socket.socket(fileno=file)
        super().__init__(
            uvicorn.Config(
                app,
                http=BoundedProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=IDLE_SECONDS,
                timeout_graceful_shutdown=_GRACE,
                limit_concurrency=_connections(),
                backlog=1024,
            )
        )
        self._end = asyncio.Event()

    def end(self) -> None:
        """Has the server end, once the answers under way are sent."""
        self.should_exit = True
        self._end.set()

    async def main_loop(self) -> None:
        """Until it is told to end."""
        while not await self.on_tick(0):
            sweep(self.server_state.connections)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._end.wait(), 1.0)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are seen to above, for all servers."""
        yield


def _take_files() -> None:
    """Has as many open files as the system grants: each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FREEDOM if hard == resource.RLIM_INFINITY else min(hard, _FREEDOM)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # a service manager may not want that
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # a malformed request is its sender's affair


def _connections() -> int:
    """How many connections there may be; those beyond get a 503."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return _FREEDOM if soft == resource.RLIM_INFINITY else max(soft - _SPARE, 16)
