"""A server and its clients: requests in, answers out, over real connections."""

from __future__ import annotations

import http.client
import http.server
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from support import FEEDD, decoded, end

SUFFIXES = {"identity": "", "gzip": ".gz", "br": ".br"}


class Answer(NamedTuple):
    """What a server answered. Names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def coding(self) -> str:
        """The content coding of the body."""
        return self.headers.get("content-encoding", "identity")

    @property
    def document(self) -> bytes:
        """The body without its coding."""
        return decoded(SUFFIXES[self.coding], self.body)

    @property
    def validators(self) -> tuple[str, str]:
        """ETag and Last-Modified."""
        return self.headers["etag"], self.headers["last-modified"]


def request(url: str, path: str, method: str = "GET", **headers: str) -> Answer:
    """One request, on a connection of its own. `_` in names of headers stands for `-`."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        body = response.read()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)
    finally:
        connection.close()


def own_host() -> str:
    """An address of this machine's loopback that only this process uses: a port that is free there stays free."""
    process = os.getpid()
    return f"127.{1 + (process >> 16) % 254}.{process >> 8 & 255}.{process & 255}"


def free_addresses(count: int) -> list[str]:
    """Addresses on which nobody listens, or begins to."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server((own_host(), 0))) for _ in range(count)]
        return [f"{own_host()}:{each.getsockname()[1]}" for each in sockets]


class QuietHandler(http.server.BaseHTTPRequestHandler):
    """A handler that keeps connections open and logs nothing."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass


class QuietServer(http.server.ThreadingHTTPServer):
    """A server that waits for no client when it ends, and does not complain of clients that were killed."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


def metric(metrics: Answer, name: str) -> float:
    """The value of a metric, in an answer of /metrics."""
    (line,) = (line for line in metrics.body.decode().splitlines() if line.startswith(f"{name} "))
    return float(line.split()[-1])


def connected(url: str) -> socket.socket:
    """A connection to a server."""
    place = urlsplit(url)
    return socket.create_connection((place.hostname or "", place.port or 0), timeout=60)


def said(url: str, data: bytes) -> bytes:
    """All that a server says to these bytes until it ends the connection or the answer."""
    with connected(url) as client:
        try:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has had enough already
        heard = b""
        try:
            while part := client.recv(65536):
                heard += part
        except ConnectionResetError:
            pass
        return heard


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[str]:
    """`feedd serve`, started in a folder, on a free port; its URL."""
    process = subprocess.Popen(
        [*FEEDD, "serve", "--listen", "127.0.0.1:0", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+/", process.stdout.readline())
        assert found is not None
        yield found[0]
    finally:
        end(process)
