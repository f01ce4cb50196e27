"""Progress of a pass, for a callback; repeated as a sign of life while the pass waits."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]  # stage, number of things done, number of all things


class RepeatedProgress:
    """Progress that can be told again, as a sign of life."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._last = "reading", 0, 0

    def __call__(self, stage: str, done: int, of: int) -> None:
        """Passes the progress on."""
        self._last = stage, done, of
        self._progress(stage, done, of)

    def again(self) -> None:
        """Tells the last progress once more."""
        self._progress(*self._last)


def silent(_stage: str, _done: int, _of: int) -> None:
    """Progress that goes nowhere."""
