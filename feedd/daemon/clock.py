"""The clock: by the monotonic clock it notices that the wall clock was set, or stood still with the machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

STEP = 5.0  # seconds by which a clock may be put right without anybody noticing


class Clock:
    """Two clocks: `now` is aware, `monotonic` in seconds and never set."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self.now = now
        self.monotonic = monotonic
        self._offset = self._between()

    def was_set(self) -> bool:
        """Whether one clock has moved against the other by more than STEP since the last call."""
        before, self._offset = self._offset, self._between()
        return abs(self._offset - before) > STEP

    def _between(self) -> float:
        return self.now().timestamp() - self.monotonic()
