"""Memory that a large pass used: given back to the system. The C library and Python would keep it."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from importlib import import_module

_LATE = (
    "concurrent.futures.process",
    "feedd.core.render.atom",
    "feedd.core.render.jsonfeed",
    "feedd.core.render.pages",
    "feedd.core.render.rss",
    "multiprocessing.popen_spawn_posix",
    "multiprocessing.resource_tracker",
    "multiprocessing.synchronize",
    "nh3",
    "pyromark",
    "rapidfuzz.fuzz",
)


def load() -> None:
    """Loads what commands load only when a pass needs it. A module that is loaded in the middle of a large pass
    lies between what that pass needs, and keeps the memory around it from being given back: a third of all, here.
    """
    for name in _LATE:
        import_module(name)


def give_back() -> None:
    """Has the C library return to the system what is not used; Python returns its own part where nothing is left."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
