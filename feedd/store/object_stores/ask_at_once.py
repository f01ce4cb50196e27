"""Requests to a store, many at once, in threads of their own: what to ask in; answers, in order, out.

The caller's thread only waits. So it can show that it is alive, and give up, while a store takes its time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_AT_ONCE = 16
_LOOK = 0.1  # seconds between two calls of `while_waiting`


def ask_at_once(ask: Callable[[T, Event], R], what: Iterable[T], while_waiting: Callable[[], None]) -> Iterator[R]:
    """The answers, in order. What `ask` raises ends them, and so does what `while_waiting` raises: then requests that
    are under way are not waited for, not even at the end of the process, and no others are begun. The event that `ask`
    is given is set from then on: `ask` is to end soon, and to change nothing any more.
    """
    over = Event()
    asked: list[tuple[T, Future[R]]] = [(each, Future()) for each in what]
    waiting = deque(asked)
    try:
        for _ in range(min(_AT_ONCE, len(asked))):
            Thread(target=_ask_all, args=(ask, waiting, over), name="feedd-fetch", daemon=True).start()
        for _, future in asked:
            while not wait([future], _LOOK).done:
                while_waiting()
            yield future.result()
    finally:
        over.set()
        waiting.clear()


def _ask_all(ask: Callable[[T, Event], R], waiting: deque[tuple[T, Future[R]]], over: Event) -> None:
    while waiting:
        try:
            each, future = waiting.popleft()
        except IndexError:  # another thread took the last
            return
        try:
            future.set_result(ask(each, over))
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            future.set_exception(error)
