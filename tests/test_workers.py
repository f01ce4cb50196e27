"""Workers by themselves: jobs in, outcomes in the jobs' order out."""

from __future__ import annotations

import os
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support import unprivileged

from feedd.run.executor.direct_fork import DirectFork
from feedd.run.executor.executor_protocol import Begin, GaveUp, Outcome, Task
from feedd.run.executor.fork_server import end_fork_server, fork_server
from feedd.run.executor.worker_connection import WorkerProcess, start_worker
from feedd.run.executor.worker_process import work
from feedd.run.executor.workers import Workers


def doubled(job: bytes, begin: Begin) -> bytes:
    begin(0)
    return job * 2


def encoded(head: None, items: Sequence[bytes]) -> bytes:
    return b"".join(items)


DOUBLE = Task(doubled, encoded, bytes)
JOBS = [(None, [b"a", b"b"]), (None, [b"c"])]
OUTCOMES = [Outcome(b"abab", []), Outcome(b"cc", [])]


# Later Pythons warn of a fork beside threads, which is what this test is about.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_process_that_was_forked_has_workers_of_its_own_and_leaves_those_of_its_parent_alone() -> None:
    with Workers(1) as workers:
        assert list(workers.map(DOUBLE, JOBS, many=False)) == OUTCOMES
        (of_the_parent,) = workers._idle

        def in_the_child() -> None:
            signal.alarm(60)  # ends it where it would wait for a thread of its parent's
            assert list(workers.map(DOUBLE, JOBS, many=False)) == OUTCOMES
            assert of_the_parent not in workers._idle
            workers.end()

        unprivileged(in_the_child)
        assert list(workers.map(DOUBLE, JOBS, many=False)) == OUTCOMES
        assert workers._idle == [of_the_parent]


def test_a_fork_server_that_two_threads_find_gone_is_replaced_once() -> None:
    gone = fork_server(work, lasting=False)
    os.kill(gone._process if isinstance(gone._process, int) else gone._process.pid, signal.SIGKILL)
    with pytest.raises(OSError, match="fork server"):
        WorkerProcess(gone)
    end_fork_server(gone)
    worker = WorkerProcess(fork_server(work, lasting=False))
    try:
        end_fork_server(gone)  # as the second thread does that was refused by it
        assert worker.ask(pickle.dumps(doubled), b"a") == b"aa"
    finally:
        worker.end()


def test_each_of_several_threads_that_find_the_fork_server_gone_gets_a_worker() -> None:
    gone = fork_server(work, lasting=False)
    os.kill(gone._process if isinstance(gone._process, int) else gone._process.pid, signal.SIGKILL)
    with ThreadPoolExecutor(4) as threads:
        workers = list(threads.map(lambda _: start_worker(lasting=True), range(4)))
        try:
            answers = threads.map(lambda worker: worker.ask(pickle.dumps(doubled), b"a"), workers)
            assert list(answers) == [b"aa"] * 4
            assert {worker._server for worker in workers} == {fork_server(work, lasting=False)}
        finally:
            for worker in workers:
                worker.end()


def test_a_fork_server_stays_where_only_its_next_worker_cannot_be_started() -> None:
    worker = start_worker(lasting=True)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
        with pytest.raises(GaveUp, match="no process can be started"):
            start_worker(lasting=True)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert worker._server is fork_server(work, lasting=False)
        assert worker.ask(pickle.dumps(doubled), b"a") == b"aa"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        worker.end()


# Later Pythons warn of a fork beside threads; the worker that is forked here does nothing.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_the_end_of_a_worker_that_was_ended_meanwhile_is_an_error_of_the_system() -> None:
    server = DirectFork(work)
    pid, connection = server.fork()
    connection.close()
    server.kill(pid)  # as another thread does
    with pytest.raises(ProcessLookupError):
        server.ended(pid)


def rehearsed(job: bytes, begin: Begin) -> bytes:
    begin(0)
    return b"rehearsed" if "feedd.run.publish.rehearse" in sys.modules else b"not rehearsed"


BY_ITSELF = """
import os
from test_workers import JOBS, encoded, parent
from feedd.run.executor.executor_protocol import Task
from feedd.run.executor.workers import Workers

with Workers(2) as workers:
    for many in (False, True, False):
        (outcome,) = workers.map(Task(parent, encoded, bytes), JOBS[:1], many=many)
        print("feedd" if outcome.result == b"%d" % os.getpid() else "a fork server")
        workers.rest()
print("no process" if os.waitpid(-1, os.WNOHANG)[0] == 0 else "left over")
"""


def parent(job: bytes, begin: Begin) -> bytes:
    begin(0)
    return b"%d" % os.getppid()


def test_small_work_without_a_fork_server_takes_a_worker_of_this_process_itself() -> None:
    command = [sys.executable, "-c", BY_ITSELF]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["feedd", "feedd", "a fork server", "no process"], done.stderr


EARLY = """
import sys
from test_workers import JOBS, encoded, rehearsed
from feedd.run.executor.executor_protocol import Task
from feedd.run.executor.workers import Workers

workers = Workers(2)
workers.stand_by()
for size in sys.argv[1:]:
    (outcome,) = workers.map(Task(rehearsed, encoded, bytes), JOBS[:1], many=size == "large")
    print(outcome.result.decode())
    workers.end()
"""


@pytest.mark.parametrize(
    ("sizes", "found"),
    [(["large", "small"], ["rehearsed", "rehearsed"]), (["small", "large"], ["not rehearsed", "not rehearsed"])],
)
def test_a_fork_server_that_stood_by_early_rehearses_if_its_first_work_is_large(
    sizes: list[str], found: list[str]
) -> None:
    command = [sys.executable, "-c", EARLY, *sizes]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == found, done.stderr


WITHOUT_PROCESSES = """
import os, resource
from feedd.run.executor import preloading, worker_connection
from feedd.run.executor.executor_protocol import GaveUp, Task
from feedd.run.executor.workers import Workers

preloading.load(lasting=False)
if os.geteuid() == 0:  # whom no limit concerns
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
with Workers(1) as workers:
    workers.stand_by()
    try:
        print(list(workers.map(Task(bytes, bytes, bytes), [(None, [b"a"])], many=False)))
    except GaveUp as error:
        print(error)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux counts the processes of a user so")
def test_where_no_process_can_be_started_the_reason_is_said() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_PROCESSES], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("no process can be started: Resource temporarily unavailable\n", "")


AMONG_THREADS = """
import sys, threading
from feedd.run.executor import fork_server
from feedd.run.executor.executor_protocol import GaveUp, Task
from feedd.run.executor.workers import Workers
from test_workers import JOBS, encoded, rehearsed

fork_server.__version__ = sys.argv[1] or fork_server.__version__
done = threading.Event()
threading.Thread(target=done.wait).start()
with Workers(1) as workers:
    try:
        print(next(workers.map(Task(rehearsed, encoded, bytes), JOBS[:1], many=False)).result.decode())
    except GaveUp as error:
        print(error)
done.set()
"""


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("", "not rehearsed\n"),
        (
            "0.0.1",
            "no process can be started: another version of feedd was installed while this one ran; restart it\n",
        ),
    ],
)
def test_a_fork_server_that_starts_among_threads_is_of_the_same_version(version: str, said: str) -> None:
    command = [sys.executable, "-c", AMONG_THREADS, version]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == (said, "")
