"""A model of a cold pass: its measured costs in; the seconds that it takes with any number of workers out. Pure.

    coordinator: draw and send requests, until enough are under way --> wait for the first --> take in its outcomes
    workers:     the next request in the queue, one at a time

The coordinator and the workers share the cores of a machine: with more of them at work than there are cores, all are
slower alike. On machines of their own, each has a core.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from typing import NamedTuple

AHEAD = 3  # requests under way for each worker
SHORTEST = 0.2  # seconds of work of a request, if a trip is short
WORTH = 25  # times as long as a trip, the work of a request takes


class Job(NamedTuple):
    """The seconds of a job: to draw it, to work on it, and to take in its outcome; and the megabytes of both ways."""

    draw: float
    work: float
    take: float
    megabytes: float


class Stage(NamedTuple):
    """Jobs of a kind, and the seconds of the coordinator alone before and after."""

    name: str
    jobs: tuple[Job, ...]
    after: float


class Overhead(NamedTuple):
    """The seconds that a request costs beyond its jobs: where it is sent, and where it is worked on. Each has a part
    that is the same for all requests, and a part for each megabyte. `trip`: of an empty request. `start`: before the
    first stage.
    """

    here: float
    here_megabyte: float
    there: float
    there_megabyte: float
    trip: float
    start: float


class Prediction(NamedTuple):
    """The seconds of a pass, those for which the coordinator was at work, and those that it works alone."""

    seconds: float
    coordinator: float
    alone: float


class _Request(NamedTuple):
    jobs: tuple[Job, ...]
    here: float
    there: float


def predicted(stages: Sequence[Stage], overhead: Overhead, workers: int, cores: float = math.inf) -> Prediction:
    """What a pass takes with so many workers, on a machine with so many cores."""
    seconds = busy = alone = overhead.start
    for stage in stages:
        took, worked = _stage(stage.jobs, overhead, workers, cores)
        seconds += took + stage.after
        busy += worked + stage.after
        alone += stage.after
    return Prediction(seconds, busy, alone)


def scaled(stage: Stage, times: float) -> Stage:
    """A stage with so many times as many jobs like these. The first job also loads what all later jobs use: there is
    only one like it.
    """
    count = round(times * len(stage.jobs))
    later = stage.jobs[1:] or stage.jobs
    jobs = (*stage.jobs[:1], *islice(cycle(later), max(count - 1, 0)))[:count]
    return Stage(stage.name, jobs, stage.after * times)


def grown(stages: Sequence[Stage], times: float) -> list[Stage]:
    """The stages of a pass over so many times as many items: looking, reading, and making. A pass over more items makes
    no more feeds.
    """
    looking, reading, *making = stages
    return [scaled(looking, times), scaled(reading, times), *making]


def _requests(jobs: Sequence[Job], overhead: Overhead) -> Iterator[_Request]:
    """Jobs together, so that their work is worth the trip."""
    least = max(SHORTEST, WORTH * overhead.trip)
    together: list[Job] = []
    for number, job in enumerate(jobs, start=1):
        together.append(job)
        if sum(each.work for each in together) >= least or number == len(jobs):
            size = sum(each.megabytes for each in together)
            here = overhead.here + overhead.here_megabyte * size
            there = overhead.there + overhead.there_megabyte * size
            yield _Request(tuple(together), here, there + sum(each.work for each in together))
            together = []


class _Workers:
    """Workers and the coordinator beside them, on so many cores."""

    def __init__(self, count: int, cores: float) -> None:
        self.now = 0.0
        self._cores = cores
        self._idle = count
        self._waiting: deque[tuple[int, float]] = deque()
        self._running: dict[int, float] = {}  # seconds of work that are left of each request
        self.done: set[int] = set()

    def send(self, number: int, work: float) -> None:
        """A request that is to be worked on."""
        self._waiting.append((number, work))
        self._begin()

    def coordinate(self, seconds: float) -> None:
        """The coordinator is at work meanwhile."""
        while seconds > 1e-12:
            seconds -= self._advance(seconds)

    def wait(self, number: int) -> None:
        """The coordinator waits for a request."""
        while number not in self.done:
            self._advance(None)

    def _begin(self) -> None:
        while self._idle and self._waiting:
            number, work = self._waiting.popleft()
            self._running[number] = work
            self._idle -= 1

    def _advance(self, own: float | None) -> float:
        """Lets time pass until something is finished. Returns how much work each that is at work has done."""
        rate = min(1.0, self._cores / (len(self._running) + (own is not None)))
        step = min([*self._running.values(), *([] if own is None else [own])])
        self.now += step / rate
        for number in list(self._running):
            self._running[number] -= step
            if self._running[number] <= 1e-12:
                del self._running[number]
                self.done.add(number)
                self._idle += 1
        self._begin()
        return step


def _stage(jobs: Sequence[Job], overhead: Overhead, workers: int, cores: float) -> tuple[float, float]:
    """The seconds that a stage takes, and those for which the coordinator is at work."""
    machine = _Workers(workers, cores)
    requests = list(_requests(jobs, overhead))
    sent, busy = 0, 0.0
    for number, request in enumerate(requests):
        while sent < len(requests) and sent - number < AHEAD * workers:
            seconds = sum(job.draw for job in requests[sent].jobs) + requests[sent].here
            machine.coordinate(seconds)
            machine.send(sent, requests[sent].there)
            busy += seconds
            sent += 1
        machine.wait(number)
        seconds = sum(job.take for job in request.jobs)
        machine.coordinate(seconds)
        busy += seconds
    return machine.now, busy


def echo(job: bytes, begin: Callable[[int], None]) -> bytes:
    """The work of a job that costs nothing but the trip."""
    begin(0)
    return job
