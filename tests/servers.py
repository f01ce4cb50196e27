"""Web servers, each as its shipped sample sets it up, on a folder of documents; a client that sends what it is told.

A server is a function that runs one on a folder for the time of a `with` and gives a Server. SERVERS has them all.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from http_support import Answer, free_addresses, own_host, request
from support import FEEDD, end, wait_until

ROOT = Path(__file__).parent.parent
HOST = own_host()
FEEDS = "/srv/feedd/feeds"  # in the samples


class Server(NamedTuple):
    """A server that runs, and in what it differs from others."""

    port: int
    codings: tuple[str, ...] = ("identity", "gzip", "br")  # that it offers
    exact_dates: bool = True  # a later If-Modified-Since than the document's is no proof of having it
    etag_wins: bool = True  # who has the ETag and sends another date has the document
    compresses: bool = False  # documents that have no encoding beside them
    follows_links: bool = False  # symbolic links in the folder of documents

    def ask(self, path: str, method: str = "GET", coding: str = "identity", **headers: str) -> Answer:
        """Asks for a path as it stands. `headers` are named with `_` for `-`."""
        if coding != "identity":
            headers["Accept_Encoding"] = coding
        return request(f"http://{HOST}:{self.port}/", path, method, **headers)


def free_port() -> int:
    """A port of this machine where nobody listens."""
    return int(free_addresses(1)[0].rpartition(":")[2])


@contextmanager
def program(work: Path, port: int, *command: str | Path, **environment: str) -> Iterator[None]:
    """A program that listens at a port; it is ended afterwards."""
    log = work / "server.log"
    with log.open("ab") as stream:
        process = subprocess.Popen(command, cwd=work, stdout=stream, stderr=stream, env={**os.environ, **environment})

    def listens() -> bool:
        assert process.poll() is None, log.read_text()
        with socket.socket() as client:
            return client.connect_ex((HOST, port)) == 0

    try:
        wait_until(listens, 30.0, log.read_text)
        yield
    finally:
        process.terminate()  # nginx's own process ends those that it started
        try:
            process.wait(10)
        finally:
            end(process)


def _sample(name: str, feeds: Path, shipped: str, address: str) -> str:
    """The shipped sample, for this folder and address."""
    text = (ROOT / "config" / name).read_text()
    used = [line.strip() for line in text.splitlines() if not line.lstrip().startswith("#")]
    assert used.count(shipped) == sum(FEEDS in line for line in used) == 1
    return text.replace(shipped, address, 1).replace(FEEDS, str(feeds))


def _installed(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@contextmanager
def nginx(feeds: Path, work: Path) -> Iterator[Server]:
    """Nginx with config/nginx.conf."""
    binary, port = _installed("nginx"), free_port()
    (work / "site.conf").write_text(_sample("nginx.conf", feeds, "listen 80;", f"listen {HOST}:{port};"))
    places = "".join(
        f"{name}_temp_path {work}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (work / "main.conf").write_text(
        f"daemon off; pid {work}/nginx.pid; error_log stderr; {'user root;' if os.geteuid() == 0 else ''}\n"
        f"events {{}}\nhttp {{ access_log off; {places} include {work}/site.conf; }}\n"
    )
    with program(work, port, binary, "-e", "stderr", "-c", work / "main.conf"):
        yield Server(port, codings=("identity", "gzip"), etag_wins=False)


@contextmanager
def caddy(feeds: Path, work: Path) -> Iterator[Server]:
    """Caddy with config/Caddyfile."""
    binary, port = _installed("caddy"), free_port()
    (work / "site").write_text(_sample("Caddyfile", feeds, "feeds.example.org {", f"http://{HOST}:{port} {{"))
    (work / "Caddyfile").write_text(f"{{\n\tadmin off\n\tdefault_bind {HOST}\n}}\nimport {work}/site\n")
    home = {"XDG_DATA_HOME": str(work), "XDG_CONFIG_HOME": str(work)}
    with program(work, port, binary, "run", "--config", work / "Caddyfile", "--adapter", "caddyfile", **home):
        yield Server(port, exact_dates=False, follows_links=True)


@contextmanager
def feedd(feeds: Path, work: Path) -> Iterator[Server]:
    """The server of feedd itself."""
    work.mkdir(exist_ok=True)
    port = free_port()
    command = (*FEEDD, "serve", "--listen", f"{HOST}:{port}", "--feeds", feeds, "--base-url", "https://feeds.example/")
    with program(work, port, *command):
        yield Server(port, compresses=True)


SERVERS: dict[str, Callable[[Path, Path], AbstractContextManager[Server]]] = {
    "nginx": nginx,
    "caddy": caddy,
    "feedd": feedd,
}
