"""Signals: handlers that only queue a reason, for as long as a daemon runs."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

from feedd.daemon.inbox import Reason, Reload, Stop


@contextmanager
def queued_signals(put: Callable[[Reason], None], cancel: Callable[[], None]) -> Iterator[None]:
    """Has SIGHUP ask for a Reload, and SIGTERM and SIGINT for a Stop, after `cancel`. A second signal to stop ends the
    process at once. At the end the handlers from before are restored.
    """
    on_terminal = os.isatty(2)

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP and (not on_terminal or os.isatty(2)):  # else the terminal was closed: end
            put(Reload())
            return
        cancel()  # ends a long pass too
        put(Stop())
        signal.signal(number, signal.SIG_DFL)

    with ExitStack() as stack:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            before = signal.signal(number, on_signal)
            stack.callback(signal.signal, number, before)
        yield
