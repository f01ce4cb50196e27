"""feedd's server beside nginx, over the same document: requests a second, connections, and edits while it is loaded.

    one feed of 60 KB --> nginx (files, gzip_static) | feedd serve --> wrk, 32 connections: 200 with gzip, 304
    feedd serve       --> 1,000 connections that are kept open     --> memory
    feedd run         --> edits, at rest and while wrk asks         --> how soon they show

Needs nginx and wrk, as Debian has them. Everything is on the loopback interface.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import daemon, measure, news
from benchmarks.common import Target, free_port, positive, print_targets, save, workdir

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CONNECTIONS, KEPT_OPEN = 32, 1_000
DOCUMENT_BYTES = 60_000
ITEMS = 10_000  # of the corpus in which edits are made under load
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{
  access_log {folder}/access.log; sendfile on; tcp_nopush on;
  types {{ application/atom+xml xml; }}
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {feeds}; gzip_static on; }}
}}
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit status."""
    options = _parser().parse_args(argv)
    missing = [name for name in ("nginx", "wrk") if shutil.which(name, path=_path()) is None]
    if missing:
        print(f"Needs {' and '.join(missing)}, which are not installed.", file=sys.stderr)
        return 1
    try:
        with workdir(options.workdir) as folder:
            figures = _beside_nginx(options.rounds, options.seconds)
            figures |= _connections() | _under_load(folder, options.samples)
    except (measure.BenchmarkError, OSError, subprocess.SubprocessError) as error:
        print(f"The benchmark broke: {error}", file=sys.stderr)
        return 1
    targets = _targets(figures)
    for name, value in figures.items():
        print(f"{name:38} {value:12,.1f}")
    print_targets("of serving", targets)
    save("serving", options.rounds, figures, targets)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.serving",
        description="Measure feedd's server beside nginx.",
        epilog="Exit status: 0 whether targets are reached or missed; 1 when something broke.",
    )
    add = parser.add_argument
    add("--rounds", type=positive, default=5, help="runs of which the median counts (default: 5)")
    add("--seconds", type=positive, default=4, help="how long each takes (default: 4)")
    add("--samples", type=positive, default=20, help="edits of which the median counts (default: 20)")
    add("--workdir", type=Path, help="keep the corpus here for the next time (default: a temporary folder)")
    return parser


def _beside_nginx(rounds: int, seconds: int) -> dict[str, float]:
    """Medians of requests a second, and of the ratios of runs that followed each other."""
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        folder = Path(made)
        folder.chmod(0o755)
        feeds = folder / "feeds"
        feeds.mkdir(mode=0o755)
        _write_feed(feeds / "atom.xml")
        theirs = stack.enter_context(_nginx(folder, feeds))
        ours = stack.enter_context(serving_feedd(feeds))
        found: dict[str, list[float]] = {}
        for _ in range(rounds):
            for what, headers in (("200, gzip", {"Accept-Encoding": "gzip"}), ("304", None)):
                rates = {}
                for name, url in (("nginx", theirs), ("feedd", ours)):
                    asked = headers or {"If-None-Match": _tag(url)}
                    rates[name] = _wrk(url, asked, seconds)
                    found.setdefault(f"{what}: {name}, requests/s", []).append(rates[name])
                found.setdefault(f"{what}: feedd/nginx", []).append(rates["feedd"] / rates["nginx"])
    return {name: statistics.median(values) for name, values in found.items()}


def _write_feed(path: Path) -> None:
    """A document of the size that feeds have, out of words that compress as text does."""
    text = "".join(news.text(index, 1000) for index in range(200))[:DOCUMENT_BYTES]
    path.write_text(f"<feed>{text.replace('<', ' ').replace('&', ' ')}</feed>")
    path.with_name("atom.xml.gz").write_bytes(gzip.compress(path.read_bytes(), 6, mtime=0))
    for each in (path, path.with_name("atom.xml.gz")):
        os.utime(each, (1.7e9, 1.7e9))
        each.chmod(0o644)


@contextmanager
def _nginx(folder: Path, feeds: Path) -> Iterator[str]:
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port, feeds=feeds))
    program = shutil.which("nginx", path=_path()) or "nginx"
    with _process([program, "-p", os.fspath(folder), "-c", os.fspath(config)]):
        yield _answering(port)


@contextmanager
def serving_feedd(feeds: Path) -> Iterator[str]:
    """The address of the feed of all, while feedd serves these feeds."""
    port = free_port()
    command = [sys.executable, "-m", "feedd", "serve", "--listen", f"127.0.0.1:{port}", "--feeds", os.fspath(feeds)]
    with _process(command) as process:
        yield _answering(port)
        if process.poll() is not None:
            raise measure.BenchmarkError("feedd serve has ended")


@contextmanager
def _process(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _answering(port: int) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return f"http://127.0.0.1:{port}/atom.xml"
        time.sleep(0.02)
    raise measure.BenchmarkError(f"nothing listens on port {port}")


def _tag(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return str(answer.headers["ETag"])


def _wrk(url: str, headers: dict[str, str], seconds: int) -> float:
    """Requests a second, all of which have to be answered as they should be."""
    given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *given, url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = _RATE.search(said)
    if found is None or "Socket errors" in said or "Non-2xx or 3xx" in said:
        raise measure.BenchmarkError(f"wrk says: {said}")
    return float(found[1])


def _connections() -> dict[str, float]:
    """Megabytes of resident memory that so many idle connections take."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, KEPT_OPEN + 200), hard), hard))
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        feeds = Path(made)
        _write_feed(feeds / "atom.xml")
        port = free_port()
        command = [sys.executable, "-m", "feedd", "serve", "--listen", f"127.0.0.1:{port}", "--feeds", made]
        process = stack.enter_context(_process(command))
        _tag(_answering(port))
        before = daemon.memory_of(process.pid)
        for _ in range(KEPT_OPEN):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            client.sendall(b"HEAD /atom.xml HTTP/1.1\r\nHost: x\r\n\r\n")
            if not client.recv(4096).startswith(b"HTTP/1.1 200"):
                raise measure.BenchmarkError("a connection was not answered")
        grown = daemon.memory_of(process.pid) - before
    return {f"{KEPT_OPEN:,} open connections, MB": grown / 1e6, "the server itself, MB": before / 1e6}


def _under_load(folder: Path, samples: int) -> dict[str, float]:
    """Medians of milliseconds until an edit shows, at rest and while the server answers as fast as it can."""
    folder.mkdir(parents=True, exist_ok=True)
    seeds = folder / f"corpus-{ITEMS}"
    news.write(seeds, ITEMS)
    port = free_port()
    with tempfile.TemporaryDirectory(dir=folder, prefix="serving-") as made:
        watcher = daemon.feedd_watcher(Path(made), seeds, f"127.0.0.1:{port}")
        edited = news.newest_news(ITEMS, samples)
        with daemon.running(watcher):
            daemon.wait_until_all_is_there(watcher, ITEMS)
            url = _answering(port)
            rest = statistics.median(daemon.latencies(watcher, seeds, ITEMS, edited))
            with _process(["wrk", "-t1", f"-c{CONNECTIONS}", "-d600s", "-H", "Accept-Encoding: gzip", url]):
                loaded = statistics.median(daemon.latencies(watcher, seeds, ITEMS, edited))
    return {"an edit shows, ms": rest, "an edit shows under load, ms": loaded}


def _targets(figures: dict[str, float]) -> list[Target]:
    whole, unchanged = figures["200, gzip: feedd/nginx"], figures["304: feedd/nginx"]
    slower = figures["an edit shows under load, ms"] / figures["an edit shows, ms"]
    return [
        Target("200 with gzip, as a share of nginx", whole, "times", ">= 0.4", whole >= 0.4),
        Target("304, as a share of nginx", unchanged, "times", ">= 0.55", unchanged >= 0.55),
        Target("an edit under load, as long as at rest", slower, "times", "<= 2", slower <= 2),
    ]


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin"


if __name__ == "__main__":
    sys.exit(main())
