"""Requests to a store, many at once, in threads of their own: what to ask in; answers, in order, out.

The caller's thread only waits. So it can show that it is alive, and give up, while a store takes its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_AT_ONCE = 16
_LOOK = 0.1  # seconds between two calls of `while_waiting`


def ask_at_once(ask: Callable[[T], R], what: Iterable[T], while_waiting: Callable[[], None]) -> Iterator[R]:
    """The answers, in order. What `ask` raises ends them, and so does what `while_waiting` raises: then requests that
    are under way are not waited for, and no others are begun.
    """
    pool = ThreadPoolExecutor(_AT_ONCE, "feedd-fetch")
    try:
        for future in [pool.submit(ask, each) for each in what]:
            while not wait([future], _LOOK).done:
                while_waiting()
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
