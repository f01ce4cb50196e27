"""Memory that a large pass used: given back to the system. The C library would keep it."""

from __future__ import annotations

import ctypes
from contextlib import suppress


def give_back() -> None:
    """Has the C library return to the system what is not used; Python's own part is returned already."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
