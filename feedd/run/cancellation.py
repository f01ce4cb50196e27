"""Cancellation: whoever wants no more of a pass says so; the pass ends where it looks next."""

from __future__ import annotations


class Cancelled(BaseException):
    """The pass was given up because no more of it is wanted. Like KeyboardInterrupt, it is no error to recover from."""


class Cancellation:
    """Whether a pass is to be given up. Passes look many times a second, also while they wait for a result."""

    def __init__(self) -> None:
        self._is_wanted = False

    def cancel(self) -> None:
        """Has the pass end, and each later one. To be called from any thread, or from a signal handler."""
        self._is_wanted = True

    def check(self) -> None:
        """Raises Cancelled if the pass is to be given up."""
        if self._is_wanted:
            raise Cancelled
