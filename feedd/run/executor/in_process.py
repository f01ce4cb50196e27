"""An executor without other processes: for tests, for tools that trace or measure, and for a single process."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from feedd.run.executor.budget import NOTHING, mistake, out_of_memory
from feedd.run.executor.executor_protocol import FailedItems, GaveUp, OnThisMachine, Outcome, Task

H = TypeVar("H")
J = TypeVar("J")
R = TypeVar("R")


class InProcess(OnThisMachine):
    """Does each job in this process when its outcome is asked for. An item has no budget: nothing ends an item that
    takes too long.
    """

    count = 1

    def __init__(self, _count: int, while_waiting: Callable[[], None]) -> None:
        self._while_waiting = while_waiting
        self._failed = FailedItems()
        self._number = NOTHING  # of the item at which the work is

    def stand_by(self) -> None:
        """Is always ready."""

    def map(self, task: Task[H, J, R], jobs: Iterable[tuple[H, Sequence[J]]], *, many: bool) -> Iterator[Outcome[J, R]]:
        """The outcome of each job, in order, as Executor has it."""
        del many
        act = pickle.dumps(task.act)
        for head, items in jobs:
            self._while_waiting()
            yield self._done(task, act, head, items)

    def rest(self) -> None:
        """What failed may be tried again."""
        self._failed.clear()

    def end(self) -> None:
        """Holds nothing but what failed."""
        self._failed.clear()

    def _done(self, task: Task[H, J, R], act: bytes, head: H, items: Sequence[J]) -> Outcome[J, R]:
        while True:
            left, failed = self._failed.divide(act, items, task.key)
            self._number = NOTHING
            try:
                return Outcome(task.act(task.encode(head, left), self._begin), failed)
            except MemoryError:
                why = out_of_memory()
            except Exception as error:
                if self._number == NOTHING:
                    raise
                why = mistake(error)
            if not 0 <= self._number < len(left):
                raise GaveUp(why.reason)
            self._failed.add(act, task.key(left[self._number]), why.reason)

    def _begin(self, number: int) -> None:
        self._number = number
