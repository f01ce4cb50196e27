"""The inbox: reasons for a pass, from any thread or signal handler, in; batches of reasons, for the loop, out.

    watcher --+
    scheduler +--> put --> [queue] --> take: until it is quiet, but not for ever --> Batch
    signals --+

A reason that arrives while the loop makes a pass waits in the queue for the next pass. So a change is never lost
between two passes, whatever the clock says.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

FLOOD = 20_000  # reasons that may wait; then it is cheaper to look everywhere


class FilesTouched(NamedTuple):
    """Something happened to these files or folders; paths relative to the items' directory."""

    paths: tuple[str, ...]


class Asked(NamedTuple):
    """Somebody asked to be told when all earlier changes are published; the name of the request."""

    request: str


class Reconcile(NamedTuple):
    """Everything has to be looked at; why, in words."""

    why: str


class Lost(NamedTuple):
    """The watch on the files may have missed something and has to be set up anew; why, and what can be done."""

    why: str


class Due(NamedTuple):
    """Something that waited is due: the date of an item has come, or servers have said the sizes of files."""


class Reload(NamedTuple):
    """The configuration may have changed."""


class Stop(NamedTuple):
    """The daemon is to end."""


Reason = FilesTouched | Asked | Reconcile | Lost | Due | Reload | Stop


class Batch(Struct, frozen=True):
    """Reasons taken together, for one pass. `whole`: why everything is looked at; `lost`: why the watch is set up anew;
    both in words, without repetition.
    """

    touched: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    whole: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    due: bool = False
    reload: bool = False
    stop: bool = False
    since: float | None = None  # when the first reason came, on the inbox's clock

    def __bool__(self) -> bool:
        return self != Batch()


def merge(batch: Batch, reason: Reason) -> Batch:
    """`batch` with one more reason."""
    match reason:
        case FilesTouched(paths):
            return replace(batch, touched=batch.touched.union(paths))
        case Asked(request):
            return replace(batch, asked=batch.asked | {request})
        case Reconcile(why):
            return replace(batch, whole=tuple(dict.fromkeys((*batch.whole, why))))
        case Lost(why):
            return replace(batch, lost=tuple(dict.fromkeys((*batch.lost, why))))
        case Due():
            return replace(batch, due=True)
        case Reload():
            return replace(batch, reload=True)
        case Stop():
            return replace(batch, stop=True)


class Inbox:
    """A queue of reasons. `put` may be called from every thread and every signal handler, `take` from one thread.

    `monotonic` is a clock in seconds that is never set.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._queue: queue.SimpleQueue[tuple[float, Reason]] = queue.SimpleQueue()  # its `put` may interrupt itself
        self._monotonic = monotonic
        self._flooded = False

    def put(self, reason: Reason) -> None:
        """Adds a reason."""
        if isinstance(reason, FilesTouched) and self._queue.qsize() >= FLOOD:
            # This reason may be dropped: the Reconcile that stands for it is taken later, and finds the change.
            if not self._flooded:
                self._flooded = True
                self._queue.put((self._monotonic(), Reconcile(f"more than {FLOOD:,} changes at once")))
            return
        self._queue.put((self._monotonic(), reason))

    def take(self, quiet: float, at_most: float, patience: float) -> Batch:
        """All waiting reasons, once no reason has come for `quiet` seconds, or `at_most` seconds after the first
        reason.

        An empty batch if no reason comes within `patience` seconds. A Stop is returned at once.
        """
        reasons: list[Reason] = []
        since = last_call = 0.0
        deadline = self._monotonic() + patience
        while True:
            try:
                came, reason = self._queue.get(timeout=max(0.0, deadline - self._monotonic()))
            except queue.Empty:
                break
            now = self._monotonic()
            if not reasons:
                since, last_call = came, now + at_most
            reasons.append(reason)
            if isinstance(reason, Reconcile):
                self._flooded = False
            if isinstance(reason, Stop) or now >= last_call:
                break
            deadline = min(now + quiet, last_call)
        return replace(_merged(reasons), since=since) if reasons else Batch()


def _merged(reasons: list[Reason]) -> Batch:
    touched: set[str] = set()
    batch = Batch()
    for reason in reasons:
        if isinstance(reason, FilesTouched):
            touched.update(reason.paths)  # many small unions would copy the set each time
        else:
            batch = merge(batch, reason)
    return replace(batch, touched=frozenset(touched))
