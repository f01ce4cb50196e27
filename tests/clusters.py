"""A cluster of Dask on this machine: a scheduler, and workers in processes of their own, that tests may end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from http_support import own_host
from support import end, wait_until

from feedd.run.executor.cluster_settings import ClusterSettings, TlsFiles

HOST = own_host()
TESTS = Path(__file__).parent
_START = 60.0  # seconds


class LocalCluster:
    """A scheduler and its workers. `environment` is that of all processes that are started."""

    def __init__(self, folder: Path, tls: Mapping[str, Path] | None = None, **environment: str) -> None:
        pytest.importorskip("distributed")
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._tls = folder, tls or {}
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
        return ClusterSettings(self.address, TlsFiles(**self._tls) if self._tls else None)

    def add_worker(self, *options: str, threads: int = 1, **environment: str) -> subprocess.Popen[bytes]:
        """A worker that is being started."""
        number = str(len(self.workers))
        scratch = ("--local-directory", str(self.folder / number), "--memory-limit", "0", "--no-nanny")
        worker = self._start("worker", self.address, "--nthreads", str(threads), *scratch, *options, **environment)
        self.workers.append(worker)
        return worker

    def wait_for_workers(self, count: int) -> None:
        """Waits until the scheduler knows so many workers."""
        wait_until(lambda: self.log().count("Register worker") >= count, _START, self.log)

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
        if not self._tls:
            return {}
        found = {"CA_FILE": self._tls["ca"]}
        for role in ("SCHEDULER", "WORKER", "CLIENT"):
            found |= {f"{role}__CERT": self._tls["cert"], f"{role}__KEY": self._tls["key"]}
        return found


@contextmanager
def local_cluster(folder: Path, workers: int = 1, threads: int = 1, **environment: str) -> Iterator[LocalCluster]:
    """A cluster with so many workers, which is ended afterwards."""
    cluster = LocalCluster(folder, **environment)
    try:
        for _ in range(workers):
            cluster.add_worker(threads=threads)
        cluster.wait_for_workers(workers)
        yield cluster
    finally:
        cluster.end()
