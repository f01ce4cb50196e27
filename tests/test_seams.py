"""The seams of a pass: whatever stands behind them, the same documents, and the same words to others."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from feedd.run.cancellation import Cancellation, Cancelled
from feedd.run.executor.in_process import InProcess
from feedd.run.executor.jobs import Begin, Executor, StartExecutor, Task
from feedd.run.executor.workers import Workers

# Executors


def halved(job: bytes, begin: Begin) -> list[int]:
    """Half of each number of a job. Odd numbers are more than this code can deal with, and so is an empty job."""
    assert job, "there is nothing to do"
    found = []
    for number, value in enumerate(job):
        begin(number)
        if value % 2:
            raise ValueError(value)
        found.append(value // 2)
    return found


def encoded(_head: None, items: Sequence[int]) -> bytes:
    return bytes(items)


HALVE: Task[None, int, list[int]] = Task(halved, encoded, int)


@pytest.fixture(params=[Workers, InProcess])
def start(request: pytest.FixtureRequest) -> StartExecutor:
    started: StartExecutor = request.param
    return started


@contextmanager
def running(start: StartExecutor, while_waiting: Callable[[], None] = lambda: None) -> Iterator[Executor]:
    """An executor that is ended on leaving."""
    executor = start(1, while_waiting)
    try:
        yield executor
    finally:
        executor.end()


@pytest.mark.parametrize("many", [False, True])
def test_outcomes_come_in_the_order_of_jobs_without_the_items_that_fail(start: StartExecutor, many: bool) -> None:
    with running(start) as executor:
        outcomes = list(executor.map(HALVE, [(None, [2, 3, 4]), (None, [6]), (None, [3, 8])], many=many))
    assert [each.result for each in outcomes] == [[1, 2], [3], [4]]
    assert [[item for item, _ in each.failed] for each in outcomes] == [[3], [], [3]]
    (reason,) = {why for each in outcomes for _, why in each.failed}
    assert reason.startswith("a mistake in feedd (ValueError in line ")


def test_a_mistake_at_no_item_is_raised(start: StartExecutor) -> None:
    with running(start) as executor, pytest.raises(Exception, match="there is nothing to do"):
        list(executor.map(HALVE, [(None, [])], many=False))


def test_an_executor_that_was_ended_begins_anew(start: StartExecutor) -> None:
    with running(start) as executor:
        for _ in range(2):
            assert [each.result for each in executor.map(HALVE, [(None, [2])], many=True)] == [[1]]
            executor.end()


def stuck(job: bytes, begin: Begin) -> None:
    begin(0)
    signal.pause()


def test_a_cancelled_pass_waits_for_no_result(start: StartExecutor) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with running(start, cancellation.check) as executor, pytest.raises(Cancelled):
        list(executor.map(Task(stuck, encoded, int), [(None, [1])], many=False))
