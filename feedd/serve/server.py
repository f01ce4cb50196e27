"""The server: options with sockets and a directory, in; a process that answers until it is told to end.

    ServerOptions (standard input or command line) --> sockets --> connections --> Documents
                                                          +--------> connections --> Monitor, on an address of its own

One thread does everything except compressing large documents.
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
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from feedd.items.printable import fault_lines, no_command, visible
from feedd.serve.app import Documents
from feedd.serve.cache import DocumentCache
from feedd.serve.counters import Counters
from feedd.serve.messages import Application
from feedd.serve.protocol import Connection, Connections
from feedd.serve.readers import ReaderNotes
from feedd.serve.server_options import ServerOptions
from feedd.store.gone_pages import GonePages
from feedd.store.served import ServedDirectory
from feedd.store.subscribers import Subscribers

_SPARE_FILES = 64  # file descriptors that are not for connections
_GRACE_SECONDS = 4.0  # seconds that answers under way have when the server ends
_MAX_CONNECTIONS = 65536  # connections at most, if the system grants as many
_BACKLOG = 1024


def serve(options: ServerOptions) -> None:
    """Serves until SIGTERM or, unless it is supervised, SIGINT."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)  # does nothing if there is a log already
    _take_files()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(options))


class _Formatter(logging.Formatter):
    """A message in a line, and each line of a fault in a line of its own: the requested paths come from strangers. A
    line begins with its time and its level, or with its priority for the journal (sd-daemon(3)).
    """

    def format(self, record: logging.LogRecord) -> str:
        """The text of a record."""
        lines = [no_command(visible(record.getMessage()))]
        lines += fault_lines(*record.exc_info) if record.exc_info else ()
        if "JOURNAL_STREAM" in os.environ:
            return "\n".join(f"<{3 if record.levelno >= logging.ERROR else 4}>{line}" for line in lines)
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return "\n".join([f"{moment} {record.levelname.lower():<7} {lines[0]}", *lines[1:]])


async def _serve(options: ServerOptions) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    # A Ctrl-C reaches all processes of a terminal; a supervisor decides for its own.
    loop.add_signal_handler(signal.SIGINT, (lambda: None) if options.supervised else ended.set)
    if options.supervised:
        loop.add_reader(sys.stdin.fileno(), lambda: None if os.read(sys.stdin.fileno(), 1) else ended.set())
    counters = Counters()
    cache = DocumentCache(ServedDirectory(Path(os.fsdecode(options.feeds))), options.cache_options)
    state = Path(os.fsdecode(options.state))
    documents = Documents(cache, options.cache_options.base_url, GonePages(state).has)
    application: Application = ReaderNotes(documents, Subscribers(state).note)
    if options.private is not None:
        from feedd.serve.private_documents import PrivateDocuments  # few sites have any

        application = PrivateDocuments(application, options.private, options.cache_options.base_url)
    servers = [await _listening(options.listen, application, counters)]
    if options.monitor is not None:
        from feedd.serve.monitor import Monitor  # a library that few want

        monitor = Monitor(state, counters)
        if options.monitor == options.listen:
            documents.give_over(monitor.paths())
        else:
            servers.append(await _listening(options.monitor, monitor, Counters()))
    await ended.wait()
    for server, _ in servers:
        server.close()
    await asyncio.gather(*(connections.close(_GRACE_SECONDS) for _, connections in servers))


async def _listening(file: int, application: Application, counters: Counters) -> tuple[asyncio.Server, Connections]:
    """A server on a socket that is open already."""
    connections = Connections(application, counters, _most_connections())
    loop = asyncio.get_running_loop()
    sock = socket.socket(fileno=file)
    return await loop.create_server(lambda: Connection(connections), sock=sock, backlog=_BACKLOG), connections


def _take_files() -> None:
    """Has as many open files as the system grants: each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, _MAX_CONNECTIONS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # a service manager may not want that
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _most_connections() -> int:
    """How many connections there may be; further connections are answered 503."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return _MAX_CONNECTIONS if soft == resource.RLIM_INFINITY else max(soft - _SPARE_FILES, 16)
