"""Memory that a large pass used: given back to the system. The C library and Python would keep it."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress


def give_back() -> None:
    """Has the C library return unused memory to the system. Python returns each of its arenas when the arena is
    empty, so garbage goes first.
    """
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
