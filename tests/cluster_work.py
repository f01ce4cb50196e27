"""Work for a cluster: acts that its workers import, with the tasks and jobs that they are for."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from feedd.run.executor.executor_protocol import Begin, Task

Placed = list[tuple[int, int]]  # numbers, each with the process below which it was worked on
_GATE = 60.0  # seconds


def encoded(_head: None, items: Sequence[int]) -> bytes:
    return bytes(items)


def names(_head: None, items: Sequence[int]) -> str:
    return "numbers " + ", ".join(map(str, items))


def places(job: bytes, begin: Begin) -> Placed:
    """Each number of a job, with its place."""
    begin(0)
    return [(number, os.getppid()) for number in job]


def gated(folder: Path, last: int, job: bytes, begin: Begin) -> Placed:
    """The same, after a sign that the work has begun; numbers from `last` on wait for the gate."""
    begin(0)
    (folder / f"begun {job[0]}").touch()
    deadline = time.monotonic() + _GATE
    while job[0] >= last and not (folder / "open").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
        begin(0)
    return places(job, begin)


def killing(number: int, spared: int, job: bytes, begin: Begin) -> Placed:
    """The same; but for one number, the worker of the cluster is killed. The process `spared` is none."""
    begin(0)
    worker = _parent(os.getppid())
    if number in job and worker != spared:
        os.kill(worker, signal.SIGKILL)
        signal.pause()
    return places(job, begin)


def failing(job: bytes, begin: Begin) -> Placed:
    """The same, for even numbers. An odd number is more than this code can deal with."""
    for at, number in enumerate(job):
        begin(at)
        if number % 2:
            raise ValueError(number)
    return places(job, begin)


def large(job: bytes, begin: Begin) -> int:
    """How large a job is."""
    begin(0)
    return len(job)


def zeros(_head: None, items: Sequence[int]) -> bytes:
    return bytes(sum(items))


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def task(act: Any, *first: Any) -> Task[None, int, Placed]:
    return Task(partial(act, *first), encoded, int, names)


PLACES = task(places)
FAILING = task(failing)
LARGE: Task[None, int, int] = Task(large, zeros, int)
