"""Serving: a Service in; a server process that lives as long as the daemon, out.

    Service --> sockets, opened here --> process `feedd.serve` -- ended? --> again, with the same sockets

The sockets outlive the process. A client that connects while the process is started again waits, and is not refused.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from socket import socket
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from feedd.daemon.log import Log
from feedd.serve.listen_address import Address
from feedd.serve.server_options import CacheOptions, PrivateOptions, ServerOptions
from feedd.serve.sockets import CHOOSE_LISTEN, CHOOSE_MONITOR, CannotListen, forget, listen, socket_url
from feedd.threads import Worker

_FIRST_PAUSE, _LAST_PAUSE = 0.1, 30.0  # seconds before a server that ended is started again
_STABLE_SECONDS = 60.0  # seconds of life after which the next restart is quick again
_FAILING_SECONDS = 1.0  # seconds in which a failing server ends
_GRACE_SECONDS = 5.0  # seconds that the server may take to end
_VARIABLES_OF_DAEMON = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES")


class Service(Struct, frozen=True):
    """What to serve, and where. Without `listen`, nothing is served. Without `monitor` there are no /healthz and
    /metrics, unless `shared` puts them on the address of the documents.
    """

    feeds: str
    state: str
    cache_options: CacheOptions
    listen: Address | None
    monitor: Address | None
    shared: bool = False
    private: PrivateOptions | None = None


def base_url_mismatch(base_url: str, served: str) -> str:
    """A warning if the base URL names another port of this machine than the server's; else ""."""
    wanted, found = urlsplit(base_url), urlsplit(served)
    if wanted.hostname not in ("localhost", "127.0.0.1", "::1") or found.scheme != "http":
        return ""
    if (wanted.port or 80) == found.port:
        return ""
    return f"the feeds say that they are at {base_url}, and are served on {served}; set base_url"


class Serving:
    """Keeps a server process at work. `passed`: listening sockets from a service manager. The first replaces the
    configured address, the second the monitor's.
    """

    def __init__(self, log: Log, passed: Iterable[socket] = ()) -> None:
        self._log = log
        self._passed = list(passed)
        self._sockets: dict[Address, socket] = {}
        self._keeper: _Keeper | None = None
        self._service: Service | None = None

    @property
    def url(self) -> str:
        """Where documents are served; empty if nowhere."""
        service = self._service
        if service is None or service.listen is None:
            return ""
        return socket_url(self._socket(service.listen, 0))

    @property
    def trouble(self) -> str:
        """What keeps documents from being served; empty if nothing does."""
        return self._keeper.trouble if self._keeper else ""

    def use(self, service: Service) -> None:
        """Serves `service` from now on. Raises CannotListen, and then goes on as before."""
        if service.monitor == service.listen:
            service = replace(service, monitor=None, shared=service.monitor is not None)
        if service == self._service:
            return
        opened: dict[Address, socket] = {}
        try:
            wanted = ((service.listen, CHOOSE_LISTEN), (service.monitor, CHOOSE_MONITOR))
            for address, remedy in wanted[len(self._passed) :]:
                if address is not None and address not in self._sockets | opened:
                    opened[address] = listen(address, remedy)
        except CannotListen:
            for each in opened.values():
                each.close()
            raise
        self._sockets |= opened
        self._end_keeper()
        self._service = service
        for address in self._sockets.keys() - {service.listen, service.monitor}:
            self._sockets.pop(address).close()
            forget(address)
        if service.listen is not None:
            self._keeper = _Keeper(self._options(service), self._log)

    def stop(self) -> None:
        """Ends the server, and listens no more."""
        self._end_keeper()
        for address, each in self._sockets.items():
            each.close()
            forget(address)

    def _options(self, service: Service) -> ServerOptions:
        assert service.listen is not None  # noqa: S101 - else nothing is served
        listens = self._socket(service.listen, 0).fileno()
        monitor = listens if service.shared else None
        if service.monitor is not None:
            monitor = self._socket(service.monitor, 1).fileno()
        feeds, state = os.fsencode(service.feeds), os.fsencode(service.state)
        return ServerOptions(
            feeds, state, service.cache_options, listens, monitor, supervised=True, private=service.private
        )

    def _socket(self, address: Address, position: int) -> socket:
        return self._passed[position] if position < len(self._passed) else self._sockets[address]

    def _end_keeper(self) -> None:
        if self._keeper is not None:
            self._keeper.end()
            self._keeper = None


class _Keeper:
    """A thread that starts a server, and starts it again whenever it ends."""

    def __init__(self, options: ServerOptions, log: Log) -> None:
        self._options = options
        self._log = log
        self._over = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = ""  # how the last server ended
        self._began = 0.0
        self._worker = Worker("serving", self._keep, log, self._over, last=_LAST_PAUSE)

    @property
    def trouble(self) -> str:
        """What keeps documents from being served; empty if nothing does."""
        if self._worker.trouble:
            return self._worker.trouble
        process, young = self._process, time.monotonic() - self._began < _FAILING_SECONDS
        is_there = process is not None and process.poll() is None and not young
        return "" if is_there or not self._ended else f"the server {self._ended}; it is started again"

    def end(self) -> None:
        """Ends the server; it may send what it has begun to send."""
        self._over.set()
        self._tell_to_end()
        if not self._worker.join(_GRACE_SECONDS) and self._process is not None:
            self._process.kill()
            self._worker.join()

    def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while not self._over.is_set():
            began = self._began = time.monotonic()
            what = self._serve()
            lived = time.monotonic() - began
            self._ended = what
            if self._over.is_set():
                return
            pause = _FIRST_PAUSE if lived >= _STABLE_SECONDS else min(2 * pause, _LAST_PAUSE)
            self._log.error(f"the server {what}; it is started again", lived=lived)
            self._over.wait(pause)

    def _serve(self) -> str:
        """Runs a server to its end, and says how it ended."""
        try:
            process = self._process = self._start()
        except OSError as error:
            return f"cannot be started: {error.strerror}"
        if self._over.is_set():  # `end` came before there was a process to end
            self._tell_to_end()
        return f"ended with status {process.wait()}"

    def _start(self) -> subprocess.Popen[bytes]:
        """Starts a server and sends it its options. When the daemon ends, this input ends, and so the server."""
        files = [each for each in (self._options.listen, self._options.monitor) if each is not None]
        environment = {name: value for name, value in os.environ.items() if name not in _VARIABLES_OF_DAEMON}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))  # for the same packages
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "feedd.serve"], stdin=subprocess.PIPE, pass_fds=files, env=environment
        )
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        with suppress(BrokenPipeError):  # it ended at once
            process.stdin.write(msgspec.json.encode(self._options) + b"\n")
            process.stdin.flush()
        return process

    def _tell_to_end(self) -> None:
        process = self._process
        if process is not None and process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
