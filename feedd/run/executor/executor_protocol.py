"""Jobs: the requests of a stage to an executor, and the answers. Where the work is done is the executor's choice.

    jobs, each with a head and items --> executor: act(encode(head, items), begin) --> an Outcome for each job, in order

An executor sees no ledger and no directory of its own: `act` is a pure function that can be pickled, and so can its
result. So a job can be done in this process, in another, or on another machine.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

H = TypeVar("H")
J = TypeVar("J")
R = TypeVar("R")

MANY_FILES, MANY_ENTRIES = 500, 500  # below that, starting processes takes longer than they save
SIGN_OF_LIFE = 0.25  # seconds between two looks around while a result is waited for
Begin = Callable[[int], None]  # called with the number of an item, from 0, before each step of the work on it


def _in_numbers(_head: object, items: Sequence[object]) -> str:
    return "1 item" if len(items) == 1 else f"{len(items):,} items"


class Task(Struct, Generic[H, J, R], frozen=True):
    """The work of an executor: it calls `act` with the encoded form of each job. A job has a head and items. `act` can
    be pickled, and so can its results. Two items with one `key` are the same. `name` says what a job is about.
    """

    act: Callable[[bytes, Begin], R]
    encode: Callable[[H, Sequence[J]], bytes]
    key: Callable[[J], Hashable]
    name: Callable[[H, Sequence[J]], str] = _in_numbers


class Outcome(Struct, Generic[J, R], frozen=True):
    """The result of a job without the items that `failed`, and why each of these did."""

    result: R
    failed: list[tuple[J, str]]


class GaveUp(Exception):
    """A job could not be done, and no item is to blame; the text says why."""


class Executor(Protocol):
    """Does jobs, pass after pass."""

    @property
    def count(self) -> int:
        """How many jobs it may do at the same time."""

    def stand_by(self) -> None:
        """Gets ready for work that is sure to come. To be called early: local processes share the memory that this
        process has then.
        """

    def map(self, task: Task[H, J, R], jobs: Iterable[tuple[H, Sequence[J]]], *, many: bool) -> Iterator[Outcome[J, R]]:
        """The outcome of each job, in order. `many`: enough work to be worth several processes.

        An item that fails is left out of its job, and of later ones until `rest`. Raises GaveUp, and an exception for
        what `act` raises while it is at no item.
        """

    @property
    def place(self) -> str:
        """Where large work is done, in words, and why it was not done there lately. Empty for this machine."""

    def sees_files(self, *, many: bool) -> bool:
        """Whether `act` can read the files of this machine, in a `map` with `many` that begins now. Else jobs have to
        carry the bytes of files.
        """

    def remarks(self) -> tuple[str, ...]:
        """Sentences for the report of the pass, about work that was done elsewhere than it should have been."""

    def rest(self) -> None:
        """Ends a pass: gives back what is not worth keeping until the next. What failed may be tried again."""

    def end(self) -> None:
        """Ends the work under way, and releases all resources. `map` begins anew."""


class OnThisMachine:
    """What is said of an executor whose work is done on this machine. See Executor."""

    @property
    def place(self) -> str:
        """Empty: it is this machine."""
        return ""

    def sees_files(self, *, many: bool) -> bool:
        """Always: the work is done in processes of this machine."""
        del many
        return True

    def remarks(self) -> tuple[str, ...]:
        """Nothing is to be said of them."""
        return ()


class StartExecutor(Protocol):
    """Makes an executor. `count` 0 means as many jobs at once as this process may use cores. `while_waiting` is called
    while a result is waited for, at least between two jobs; what it raises ends `map`.
    """

    def __call__(self, count: int, while_waiting: Callable[[], None], /) -> Executor:
        """The executor."""


class FailedItems:
    """Failed items and the reasons, by task."""

    def __init__(self) -> None:
        self._reasons: dict[bytes, dict[Hashable, str]] = {}

    def add(self, act: bytes, key: Hashable, reason: str) -> None:
        """Keeps that an item failed. `act` is pickled."""
        self._reasons.setdefault(act, {})[key] = reason

    def divide(
        self, act: bytes, items: Sequence[J], key: Callable[[J], Hashable]
    ) -> tuple[Sequence[J], list[tuple[J, str]]]:
        """The items to work on, and the items that failed before."""
        known = self._reasons.get(act)
        if not known:
            return items, []
        failed = [(item, known[key(item)]) for item in items if key(item) in known]
        return [item for item in items if key(item) not in known] if failed else items, failed

    def clear(self) -> None:
        """Forgets all."""
        self._reasons.clear()
