"""A cluster of Dask on this machine: a scheduler, and workers in processes of their own, that tests may end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from http_support import own_host
from support import edit_file, end, wait_until
from test_seams import SETTINGS

from feedd.run.executor.cluster import Cluster
from feedd.run.executor.cluster_settings import ClusterSettings, TlsFiles
from feedd.run.executor.executor_protocol import StartExecutor
from feedd.run.progress import Progress
from feedd.run.publisher import Publisher
from feedd.run.read import refuse_portion
from feedd.store.documents import FeedsDirectory
from feedd.store.items import ItemsDirectory
from feedd.store.state_directory import StateDirectory

HOST = own_host()
TESTS = Path(__file__).parent
_START = 60.0  # seconds


class LocalCluster:
    """A scheduler and its workers. `environment` is that of all processes that are started."""

    def __init__(self, folder: Path, tls: TlsFiles | None = None, **environment: str) -> None:
        pytest.importorskip("distributed")
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.tls = folder, tls
        self._environment = {**os.environ, "PYTHONPATH": f"{TESTS}", **environment}
        self.workers: list[subprocess.Popen[bytes]] = []
        self._address_file = folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler",
            "--scheduler-file",
            str(self._address_file),
            "--protocol",
            "tls" if tls else "tcp",
            "--port",
            "0",
        )
        self.address = wait_until(self._address, _START, self.log)

    @property
    def settings(self) -> ClusterSettings:
        return ClusterSettings(self.address, self.tls)

    def add_worker(self, *options: str, threads: int = 1, **environment: str) -> subprocess.Popen[bytes]:
        """A worker that is being started."""
        number = str(len(self.workers))
        scratch = ("--local-directory", str(self.folder / number), "--memory-limit", "0", "--no-nanny")
        worker = self._start("worker", self.address, "--nthreads", str(threads), *scratch, *options, **environment)
        self.workers.append(worker)
        return worker

    def need_workers(self, count: int) -> list[subprocess.Popen[bytes]]:
        """So many workers, all of those that live. New workers are started as needed."""
        while len(self.alive()) < count:
            self.add_worker()
        self.wait_for_workers()
        return self.alive()

    def alive(self) -> list[subprocess.Popen[bytes]]:
        return [worker for worker in self.workers if worker.poll() is None]

    def wait_for_workers(self) -> None:
        """Waits until the scheduler knows all workers that were started."""
        wait_until(lambda: self.log().count("Register worker") >= len(self.workers), _START, self.log)

    def log(self) -> str:
        """What all processes have said."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.send_signal(signal.SIGCONT)
            end(process)

    def _address(self) -> str | None:
        assert self.scheduler.poll() is None, self.log()
        try:
            found: str = json.loads(self._address_file.read_text())["address"]
        except (FileNotFoundError, ValueError):
            return None
        return found

    def _start(self, what: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        log = self.folder / f"{what} {len(self.workers)}.log"
        tls = {f"DASK_DISTRIBUTED__COMM__TLS__{key}": str(path) for key, path in self._named_tls().items()}
        with log.open("wb") as stream:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments, "--host", HOST, "--no-dashboard"],
                stdout=stream,
                stderr=stream,
                env={**self._environment, **tls, **environment},
                start_new_session=True,
            )

    def _named_tls(self) -> dict[str, Path]:
        if self.tls is None:
            return {}
        roles = ("SCHEDULER", "WORKER", "CLIENT")
        found = {f"{role}__CERT": self.tls.cert for role in roles} | {f"{role}__KEY": self.tls.key for role in roles}
        return {"CA_FILE": self.tls.ca, **found}


@contextmanager
def local_cluster(
    folder: Path, workers: int = 1, tls: TlsFiles | None = None, **environment: str
) -> Iterator[LocalCluster]:
    """A cluster with so many workers, which is ended afterwards."""
    cluster = LocalCluster(folder, tls, **environment)
    try:
        cluster.need_workers(workers)
        yield cluster
    finally:
        cluster.end()


@contextmanager
def executor(settings: ClusterSettings, while_waiting: Callable[[], None] = lambda: None) -> Iterator[Cluster]:
    """An executor that is ended on leaving."""
    started = Cluster(settings, 1, while_waiting)
    try:
        yield started
    finally:
        started.end()


class Folders:
    """A site in local folders, whose work is done by an executor."""

    def __init__(self, root: Path, start: StartExecutor, progress: Progress | None = None) -> None:
        self.root = root
        (root / "seeds").mkdir(parents=True)
        items = ItemsDirectory(root / "seeds", (".md",), (".*",), 4096)
        places = FeedsDirectory(root / "feeds"), StateDirectory(root / "state")
        self.publisher = Publisher(items, *places, SETTINGS, progress, executor=start)

    def edit(self, path: str, text: str | None) -> None:
        edit_file(self.root / "seeds" / path, text)


class Everything(Cluster):
    """A cluster to which all work counts as large, but for work that needs files of this machine."""

    def sees_files(self, *, many: bool) -> bool:
        return super().sees_files(many=True)

    def map(self, task: Any, jobs: Any, *, many: bool) -> Iterator[Any]:
        return super().map(task, jobs, many=getattr(task.act, "func", None) is not refuse_portion)


def everything(cluster: LocalCluster) -> StartExecutor:
    return partial(Everything, cluster.settings)


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@contextmanager
def slow_link(address: str, rate: int) -> Iterator[str]:
    """The address of a link to `address`, which lets `rate` bytes a second pass each way."""
    host, port = address.rpartition("/")[2].split(":")
    listening = socket.create_server((HOST, 0))
    ends: list[socket.socket] = []

    def carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                time.sleep(len(data) / rate)
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                here, _ = listening.accept()
                there = socket.create_connection((host, int(port)))
                ends.extend((here, there))
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=carry, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    with closing(listening):
        yield f"tcp://{HOST}:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
    for each in ends:
        each.close()
