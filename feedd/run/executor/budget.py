"""The budget of an item: how much time and memory the work on one item may take, whatever the item says.

    worker: begin(0) .. begin(1) .. end()      each `begin` sets two clocks; a clock that runs out ends the process

A clock ends the process by a signal without a handler. Native code that never returns runs no handler, but it cannot
keep the kernel from ending its process. The number of the item stands in memory that outlives the worker.
"""

from __future__ import annotations

import mmap
import resource
import signal
from contextlib import suppress
from time import monotonic

from msgspec import Struct

SECONDS = 10.0  # of computing for an item; a busy machine does not shorten this
WAITING = 20.0  # seconds that may pass for an item, also while its work waits and does not compute
MEMORY = 1 << 30  # bytes of a worker, mostly for the item
_MOMENT = 0.25  # seconds between two settings of the clocks
_NEVER = float("-inf")
NOTHING = -1  # the number that stands for no item


class Budget:
    """The limits of a worker for its current item. Each worker has a budget."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 8)  # seen by the process that forks the worker, too
        self._number = memoryview(self._shared).cast("q")
        self._number[0] = NOTHING
        self._set = _NEVER  # when the clocks were set last: time.monotonic

    def limit_memory(self) -> None:
        """Limits the memory of this process to the budget, if the system allows it."""
        for kind, limit in ((resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_CORE, 0)):
            soft, hard = resource.getrlimit(kind)
            allowed = [each for each in (soft, hard, limit) if each != resource.RLIM_INFINITY]
            with suppress(OSError, ValueError):
                resource.setrlimit(kind, (min(allowed), hard))

    def begin(self, number: int) -> None:
        """Sets the clocks for an item on which work begins, or for its next step. `number` counts the items of a job
        from 0.

        Clocks that were set a moment ago stay: to set them takes as long as to write an entry. They run for a moment
        longer than the budget.
        """
        self._number[0] = number
        now = monotonic()
        if now - self._set > _MOMENT:
            self._set = now
            signal.setitimer(signal.ITIMER_PROF, SECONDS + _MOMENT)
            signal.setitimer(signal.ITIMER_REAL, WAITING + _MOMENT)

    def end(self) -> None:
        """Stops the clocks: the work on items is over."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        self._set = _NEVER
        self._number[0] = NOTHING

    def number(self) -> int:
        """The number of the worker's current item, or of its last item when it ended; NOTHING for none."""
        return self._number[0]

    def close(self) -> None:
        """Releases the shared memory, after the worker has ended."""
        self._number.release()
        self._shared.close()


class Verdict(Struct, frozen=True):
    """Why a worker did not finish, in words. `certain`: its current item is to blame, and nothing else."""

    reason: str
    certain: bool


def verdict(status: int) -> Verdict:
    """The meaning of a worker's exit status. The status is negative for a signal (subprocess.Popen.returncode)."""
    if status == -signal.SIGPROF:
        return Verdict(f"the work on this file takes more than {SECONDS:g} seconds of computing", certain=True)
    if status == -signal.SIGALRM:  # also if the process was stopped for so long
        return Verdict(f"the work on this file does not end within {WAITING:g} seconds", certain=False)
    if status == -signal.SIGKILL:
        return Verdict("the process that read this file was killed, perhaps for want of memory", certain=False)
    names = {each.value: each.name for each in signal.Signals}
    return Verdict(f"the work on this file ends its process ({names.get(-status, status)})", certain=False)


def out_of_memory() -> Verdict:
    """The verdict on an item for which a worker has not enough memory."""
    return Verdict(f"the work on this file takes more than {MEMORY >> 20:,} MiB of memory", certain=True)


def mistake(error: Exception) -> Verdict:
    """The verdict on an item that raised an exception. It names the line of code, and no words of the item."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    file, line = (trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace is not None else ("", 0)
    where = f"{type(error).__name__} in line {line} of {file.rpartition('/')[2]}"
    return Verdict(f"a mistake in feedd ({where}); please report it", certain=True)
