"""A cold pass by local processes beside the same on a cluster of 1, 2 and 4 workers on this machine; and the model.

    corpus of N / 10 files -- profile: passes in this process --> seconds of each job --> model --> predictions
    corpus of N files -- for each run: cold pass, local and on the cluster, in turns --> medians beside predictions

All processes of the cluster share the cores of this machine with feedd. The documents of each pass are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import measure, news
from benchmarks.cluster_model import AHEAD, SHORTEST, Job, Overhead, Stage, echo, grown, predicted
from benchmarks.common import RESULTS, ROOT, Target, positive, print_targets, save, sizes, workdir
from feedd.cli.setup import items_directory
from feedd.config.load import Config
from feedd.config.resolve import pass_settings
from feedd.config.section_values import Directories
from feedd.run.executor.cluster_settings import ClusterSettings
from feedd.run.executor.executor_protocol import Outcome, Task
from feedd.run.executor.in_process import InProcess
from feedd.run.executor.remote_work import WorkRequest, decode_answers, encode_request, installed
from feedd.run.publish import make_entries
from feedd.run.publisher import Publisher
from feedd.store.documents import FeedsDirectory
from feedd.store.state_directory import StateDirectory

WORKERS = (1, 2, 4)
MOST_OVERHEAD = 1.15  # times the seconds of as many local processes
MOST_ERROR = 0.15  # of a prediction
MANY_WORKERS = (1, 2, 4, 8, 16, 32, 64)
MANY_ITEMS = 10_000_000
_BASE_URL = "https://feeds.example/"
_REQUESTS = 60  # that are timed without work
_FEW = 3000  # items of a pass that only compares processors
_PASS = """
import pathlib, sys, time
from benchmarks.cluster import profile
from feedd.run.executor.preloading import load
load()
began = time.perf_counter()
profile(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), 1)
print(time.perf_counter() - began)
"""
_CONNECT = """
from feedd.run.executor.cluster_settings import ClusterSettings
from feedd.run.executor.dask_link import DaskLink
import feedd.cli.rendering
DaskLink(ClusterSettings("{address}"), 1.0, lambda: None).close()
"""
_START = 60.0  # seconds


class Measured(NamedTuple):
    """A cold pass: wall seconds, and the seconds of computing of feedd and of the cluster."""

    wall: float
    cpu: float


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.cluster", description=__doc__.partition("\n")[0])
    parser.add_argument("--items", type=positive, default=100_000)
    parser.add_argument("--profiled", type=positive, help="items whose pass the model knows (default: a tenth)")
    parser.add_argument("--runs", type=positive, default=3)
    parser.add_argument("--workers", type=sizes, default=WORKERS, help="such as 1,2,4")
    parser.add_argument("--workdir", type=Path, help="keep the corpus here")
    options = parser.parse_args(argv)
    try:
        with workdir(options.workdir) as folder:
            profiled = options.profiled or max(options.items // 10, 1)
            record = _measured(folder, options.items, profiled, options.runs, options.workers)
    except (measure.BenchmarkError, OSError) as error:
        print(f"The benchmark broke: {error}", file=sys.stderr)
        return 1
    targets = _targets(record)
    _print(record)
    print_targets(f"at {options.items:,} items", targets)
    save("cluster", options.runs, record, targets)
    return 0


def _measured(folder: Path, items: int, profiled: int, runs: int, chosen: Sequence[int]) -> dict[str, Any]:
    seeds, few = folder / f"seeds-{items}", folder / f"seeds-{profiled}"
    folder.mkdir(parents=True, exist_ok=True)
    news.write(seeds, items)
    news.write(few, profiled)
    record: dict[str, Any] = {"items": items, "profiled": profiled, "passes": {}}
    for workers in chosen:
        stages, cores = fastest(few, folder, workers, runs), effective_cores(folder)
        with dask(folder, workers) as (address, processes):
            _cold(seeds, folder / "warm", ("--workers", address), processes)
            overhead = overheads(address, processes)
            local, there = [], []
            for _ in range(runs):
                local.append(_cold(seeds, folder / "local", ("--workers", str(workers)), []))
                there.append(_cold(seeds, folder / "cluster", ("--workers", address), processes))
            _compare(folder / "local", folder / "cluster")
        record["passes"][str(workers)] = {
            "local": _median(local),
            "cluster": _median(there),
            "overhead": overhead,
            "cores": cores,
            "stages": stages,
            "ratio": statistics.median(b.wall / a.wall for a, b in zip(local, there, strict=True)),
            "predicted": predicted(grown(stages, items / profiled), overhead, workers, cores).seconds,
        }
    many = grown(stages, MANY_ITEMS / profiled)
    record["many"] = [{"workers": workers, **predicted(many, overhead, workers)._asdict()} for workers in MANY_WORKERS]
    return record


def _median(passes: Sequence[Measured]) -> Measured:
    return Measured(statistics.median(each.wall for each in passes), statistics.median(each.cpu for each in passes))


# Measured passes


def _cold(seeds: Path, into: Path, options: Sequence[str], cluster: Sequence[int]) -> Measured:
    """A pass without state, by the command."""
    shutil.rmtree(into, ignore_errors=True)
    before = sum(map(_cpu, cluster))
    places = ("--seeds", seeds, "--feeds", into / "feeds", "--state", into / "state", "--base-url", _BASE_URL)
    feedd = Path(sys.executable).with_name("feedd")
    cost = measure.run([feedd, "render", "--quiet", *places, *options], cwd=ROOT)
    return Measured(cost.wall, cost.cpu + sum(map(_cpu, cluster)) - before)


def _compare(one: Path, other: Path) -> None:
    """The documents are the same, but for the key of the site."""
    found = [
        {path.relative_to(each): path.read_bytes() for path in sorted(each.rglob("*")) if path.is_file()}
        for each in (one / "feeds", other / "feeds")
    ]
    for each in found:
        each.pop(Path(".feedd-site"))
    if found[0] != found[1]:
        raise measure.BenchmarkError("local processes and the cluster made different documents")


def _cpu(pid: int) -> float:
    """The seconds of computing of a process and of all its descendants, ended or not."""
    found = 0.0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == pid:  # its session
                found += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return found


@contextmanager
def dask(folder: Path, workers: int) -> Iterator[tuple[str, list[int]]]:
    """The address of a scheduler with so many workers on this machine, and the processes."""
    where = folder / "scheduler.json"
    where.unlink(missing_ok=True)
    common = ("--no-dashboard", "--host", "127.0.0.1")
    processes = [_start("scheduler", "--port", "0", "--scheduler-file", str(where), *common)]
    try:
        address = _until(lambda: where.exists() and json.loads(where.read_text() or "{}").get("address"))
        for number in range(workers):
            scratch = ("--local-directory", str(folder / f"dask-{number}"), "--memory-limit", "0", "--no-nanny")
            processes.append(_start("worker", address, "--nthreads", "1", *scratch, *common))
        _until(lambda: _slots(address) == workers)
        yield address, [process.pid for process in processes]
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


def _start(what: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments]
    silent = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, stdin=silent, stdout=silent, stderr=silent, start_new_session=True)


def _slots(address: str) -> int:
    from feedd.run.executor.dask_link import ClusterLost, DaskLink

    try:
        link = DaskLink(ClusterSettings(address), 1.0, lambda: None)
    except ClusterLost:
        return 0
    slots = link.slots
    link.close()
    return slots


def _until(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + _START
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise measure.BenchmarkError("the cluster did not start")
        time.sleep(0.05)
    return found


# The profile


class _Profiling(InProcess):
    """Does each job here, as for a cluster with so many workers, and notes its seconds of computing. Workers take
    turns: each makes entries that the others have made, too.
    """

    def __init__(self, workers: int, count: int, while_waiting: Callable[[], None]) -> None:
        super().__init__(count, while_waiting)
        self.stages: list[tuple[str, list[Job], float]] = []
        self._entries: list[list[make_entries.Entries]] = [[] for _ in range(workers)]
        self._worked = 0.0  # by the worker whose turn it is

    def _take_turns(self, seconds: float) -> None:
        self._worked += seconds
        if self._worked >= SHORTEST:
            lately, self._worked = make_entries._lately, 0.0  # noqa: SLF001
            self._entries.append([*lately])
            lately[:] = self._entries.pop(0)

    def sees_files(self, *, many: bool) -> bool:
        return not many

    def map(self, task: Task[Any, Any, Any], jobs: Iterable[Any], *, many: bool) -> Iterator[Outcome[Any, Any]]:
        if not many:
            yield from super().map(task, jobs, many=False)
            return
        noted: list[Job] = []
        left = iter(jobs)
        while True:
            began = time.process_time()
            job = next(left, None)
            if job is None:
                break
            encoded = task.encode(*job)
            drawn = time.process_time()
            result = task.act(encoded, _begin)
            worked = time.process_time()
            size = (len(encoded) + len(pickle.dumps(result))) / 1e6
            sized = time.process_time()
            yield Outcome(result, [])
            self._take_turns(worked - drawn)
            noted.append(Job(drawn - began, worked - drawn, time.process_time() - sized, size))
        self.stages.append((getattr(task.act, "func", task.act).__name__, noted, time.process_time()))


def _begin(_number: int) -> None:
    pass


def profile(seeds: Path, folder: Path, workers: int) -> list[Stage]:
    """The stages of a cold pass in this process, as if by so many workers, in seconds of computing."""
    into = folder / "profile"
    shutil.rmtree(into, ignore_errors=True)
    config = Config(base_url=_BASE_URL, directories=Directories(seeds, into / "feeds", into / "state"))
    executors: list[_Profiling] = []

    def start(count: int, while_waiting: Callable[[], None]) -> _Profiling:
        executors.append(_Profiling(workers, count, while_waiting))
        return executors[-1]

    places = FeedsDirectory(into / "feeds"), StateDirectory(into / "state")
    began = time.process_time()
    with Publisher(items_directory(config), *places, pass_settings(config), executor=start) as publisher:
        publisher.publish(datetime.now(UTC))
    ended = time.process_time()
    found = executors[0].stages
    # What lies between the end of a stage and the jobs of the next is serial; and so is what lies before the first.
    totals = [sum(job.draw + job.work + job.take for job in jobs) for _, jobs, _ in found]
    starts = [at - total for (_, _, at), total in zip(found, totals, strict=True)]
    ends = [*starts[1:], ended]
    stages = [Stage(name, tuple(jobs), max(end - at, 0.0)) for (name, jobs, at), end in zip(found, ends, strict=True)]
    return [Stage("looking", (), starts[0] - began), *stages]


def fastest(seeds: Path, folder: Path, workers: int, runs: int) -> list[Stage]:
    """The stages of a cold pass, as `profile` has them: of several passes, the one that took the least."""
    found = [profile(seeds, folder, workers) for _ in range(runs)]
    return min(found, key=lambda stages: sum(each.after + sum(map(_seconds, each.jobs)) for each in stages))


def _seconds(job: Job) -> float:
    return job.draw + job.work + job.take


def effective_cores(folder: Path) -> float:
    """How many times as much of this work all processors do together as one of them alone does."""
    news.write(folder / f"seeds-{_FEW}", _FEW)
    (alone,), together = _side_by_side(folder, 1), _side_by_side(folder, os.cpu_count() or 1)
    return min(len(together) * alone / statistics.mean(together), float(len(together)))


def _side_by_side(folder: Path, count: int) -> list[float]:
    """The seconds that a pass takes in each of so many processes at the same time."""
    command = [sys.executable, "-c", _PASS, str(folder / f"seeds-{_FEW}")]
    processes = [
        subprocess.Popen([*command, str(folder / f"beside-{number}")], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for number in range(count)
    ]
    return [float(process.communicate()[0]) for process in processes]


def overheads(address: str, processes: Sequence[int]) -> Overhead:
    """What requests without work cost on this cluster. An answer is as large as its request."""
    from feedd.run.executor.dask_link import DaskLink

    start = measure.run([sys.executable, "-c", _CONNECT.format(address=address)], cwd=ROOT).wall
    link = DaskLink(ClusterSettings(address), 1.0, lambda: None)
    costs = []
    for size in (1_000, 1_000_000):
        request = encode_request(WorkRequest(installed(), pickle.dumps(echo), [os.urandom(size)]))
        here, there = time.process_time(), sum(map(_cpu, processes))
        for _ in range(0, _REQUESTS, AHEAD):
            for answer in [link.submit(request) for _ in range(AHEAD)]:
                decode_answers(answer.result())
        costs.append(((time.process_time() - here) / _REQUESTS, (sum(map(_cpu, processes)) - there) / _REQUESTS))
    trip = link.trip
    link.close()
    (here, there), (here_large, there_large) = costs
    return Overhead(here, (here_large - here) / 2, there, (there_large - there) / 2, trip, start)


# What is said


def _targets(record: dict[str, Any]) -> list[Target]:
    found = []
    for workers, each in record["passes"].items():
        what = f"cluster of {workers} / {workers} local"
        found.append(Target(what, each["ratio"], "times", f"<= {MOST_OVERHEAD}", each["ratio"] <= MOST_OVERHEAD))
        error = abs(each["predicted"] / each["cluster"].wall - 1)
        found.append(Target(f"prediction, {workers}", error, "off", f"<= {MOST_ERROR}", error <= MOST_ERROR))
    return found


def _print(record: dict[str, Any]) -> None:
    print(f"{'workers':>8} {'local s':>9} {'cluster s':>9} {'predicted':>9} {'local CPU':>9} {'cluster CPU':>11}")
    for workers, each in record["passes"].items():
        local, there = each["local"], each["cluster"]
        print(
            f"{workers:>8} {local.wall:9.2f} {there.wall:9.2f} {each['predicted']:9.2f} {local.cpu:9.2f} "
            f"{there.cpu:11.2f}"
        )
    print(f"\n{MANY_ITEMS:,} items, each worker on a core of its own")
    for each in record["many"]:
        print(
            f"{each['workers']:>8} {each['seconds']:9.0f} s, of which the coordinator works {each['coordinator']:.0f} s"
        )
    print(f"\nKept in {RESULTS / 'cluster.json'}")


if __name__ == "__main__":
    sys.exit(main())
