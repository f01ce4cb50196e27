"""Threads that nobody loses: work in; a thread that does it, and that says so when it fails, out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol


class FaultLog(Protocol):
    """Where it is said that a thread has failed."""

    def fault(self, message: str) -> None:
        """An exception that nobody expected, while it is handled."""


class Worker:
    """Does `work` in a thread of its own until that returns.

    Work that raises is logged and begun again, after a pause of `first` seconds, then twice as long each time, up to
    `last`. `trouble` says so meanwhile. Nothing is begun again once `over` is set.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], None],
        log: FaultLog,
        over: threading.Event,
        first: float = 1.0,
        last: float = 60.0,
    ) -> None:
        self.trouble = ""
        self._name = name
        self._work = work
        self._log = log
        self._over = over
        self._pause, self._last = first, last
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def join(self, seconds: float | None = None) -> bool:
        """Waits until the thread has ended, up to so many seconds; whether it has."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._over.is_set():
            self.trouble = ""
            try:
                self._work()
            except Exception as error:  # noqa: BLE001 - whatever it is, the thread has to go on
                self.trouble = f"{self._name} failed ({type(error).__name__}: {error}) and is tried again"
                self._log.fault(f"{self._name} failed because of a mistake in feedd; please report it")
                self._over.wait(self._pause)
                self._pause = min(2 * self._pause, self._last)
            else:
                return


@contextmanager
def watched_over(died: Callable[[threading.Thread | None, str], None]) -> Iterator[None]:
    """Has `died` told of each thread of this process, a library's too, that ends by an exception: the thread, and what
    it failed with. It is called in that thread, while the exception is handled.
    """

    def on_exception(found: threading.ExceptHookArgs) -> None:
        died(found.thread, f"{found.exc_type.__name__}: {found.exc_value}")

    before, threading.excepthook = threading.excepthook, on_exception
    try:
        yield
    finally:
        threading.excepthook = before
