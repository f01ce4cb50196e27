"""A command in, what it cost out: wall seconds, CPU seconds, and the peak memory of its whole process tree.

CPU time is user and system time of the process and of every descendant it waited for (`wait4`).

Memory is taken in two ways, and the peak is the larger:
- A thread adds up the proportional set size (PSS in /proc/PID/smaps_rollup) of all processes of the command's
  session, so that pages shared between processes count once. It looks every 20 ms, and less often where
  looking takes long (a process of several GiB): it takes at most 5 % of one core from what it measures.
- `ru_maxrss`, the kernel's own mark of the largest single process: exact where there is only one, however
  short its peak. Linux hands this mark down through fork and exec, so it is never below what the measuring
  process itself once had; a benchmark must stay small.

Linux only.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

PERIOD = 0.02  # seconds between two looks at memory
SHARE = 0.05  # of one core, at most, for looking


class BenchmarkError(Exception):
    """A measured command, or the check of what it made, did not go well."""


class Cost(NamedTuple):
    """What one run of a command took: seconds, and bytes."""

    wall: float
    cpu: float
    peak: int  # the larger of the next two
    tree_pss: int
    largest_rss: int


def run(command: Sequence[str | Path], cwd: Path | None = None) -> Cost:
    """Run a command to its end; BenchmarkError, with what it said, if its exit status is not 0."""
    os.sync()  # what earlier runs left to be written is not this one's to pay
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            [os.fspath(part) for part in command],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        sampler = _Sampler(process.pid)
        sampler.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        finally:
            wall = time.perf_counter() - began
            sampler.finish()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            words = said.read().decode(errors="replace")[-4000:]
            shown = " ".join(map(str, command))
            raise BenchmarkError(f"exit status {process.returncode} from: {shown}\n{words}")
    largest = usage.ru_maxrss * 1024
    return Cost(wall, usage.ru_utime + usage.ru_stime, max(sampler.peak, largest), sampler.peak, largest)


class _Sampler(threading.Thread):
    """Watches the memory of one session until told to finish; `peak` is in bytes."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._session = session
        self._done = threading.Event()

    def run(self) -> None:
        """Look, and rest in proportion."""
        pause = 0.0
        while not self._done.wait(pause):
            began = time.thread_time()
            self.peak = max(self.peak, sum(map(_pss, _members(self._session))))
            pause = max(PERIOD, (time.thread_time() - began) / SHARE)

    def finish(self) -> None:
        """Stop looking; `peak` is final when this returns."""
        self._done.set()
        self.join()


def _members(session: int) -> list[Path]:
    """The /proc folders of a session's processes."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                stat = Path(entry.path, "stat").read_text(errors="replace")
            except OSError:
                continue  # ended meanwhile
            if int(stat.rpartition(")")[2].split()[3]) == session:
                found.append(Path(entry.path))
    return found


def memory_of_tree(pid: int) -> int:
    """The proportional set sizes of a process and of all processes below it, in bytes."""
    process = Path(f"/proc/{pid}")
    children = [int(child) for path in process.glob("task/*/children") for child in path.read_text().split()]
    return _pss(process) + sum(map(memory_of_tree, children))


def _pss(process: Path) -> int:
    """Bytes; 0 for a process that has ended."""
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
