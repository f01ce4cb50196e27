"""Exceptions of the state directory and the ledger; why a folder cannot be written in, in words."""

from __future__ import annotations

import errno
import os
import resource
from pathlib import Path

_PROBE = bytes(1 << 16)  # SQLite extends the index of its log by 32 KiB at once


class Busy(Exception):
    """Another feedd has the lock; the text names it."""


class Unusable(Exception):
    """The state directory or a file in it cannot be used now; the text says why."""


class Unwritable(Unusable):
    """The state directory cannot be written: the disk is full, fails or may only be read."""


class Damaged(Exception):
    """The database cannot be read; the text says why."""


def full_disk(folder: Path) -> str:
    """The words for a full disk."""
    return f"the disk of {folder} is full; make room there, and the next pass makes up for it"


def why_unwritable(folder: Path) -> str:
    """Why no file in this folder can be written, found by writing a temporary file; "" if it can be written.

    SQLite calls a full disk an I/O error where it writes the index of its log.
    """
    import tempfile  # late: seldom needed

    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(_PROBE)
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return full_disk(folder)
        if error.errno != errno.EFBIG:
            return f"{error.strerror or error}: {folder}"
    return ""


def file_size_limit(folder: Path) -> str:
    """The words for a limit to the size of files; "" if there is no limit. SQLite calls this an I/O error, too."""
    limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    if limit == resource.RLIM_INFINITY:
        return ""
    return f"no file in {folder} may be larger than {limit:,} bytes; raise the limit (ulimit -f, LimitFSIZE=)"
