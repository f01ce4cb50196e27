"""Space: a folder in which something could not be written, in; the reason in words, and what to do about it, out."""

from __future__ import annotations

import errno
import os
import resource
import tempfile
from pathlib import Path

_PROBE = bytes(1 << 16)  # SQLite extends the index of its log by 32 KiB at once


def is_full(folder: Path) -> str:
    """What to say of the disk of a folder."""
    return f"the disk of {folder} is full; make room there, and the next pass makes up for it"


def why_unwritable(folder: Path) -> str:
    """Why a file in this folder cannot be written, found by writing one that is gone at once; "" if one can be.

    SQLite calls a full disk an I/O error where it writes the index of its log.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(_PROBE)
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return is_full(folder)
        if error.errno != errno.EFBIG:
            return f"{error.strerror or error}: {folder}"
    return ""


def largest_file(folder: Path) -> str:
    """What to say of a limit to the size of files, which SQLite calls an I/O error too; "" if there is none."""
    limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    if limit == resource.RLIM_INFINITY:
        return ""
    return f"no file in {folder} may be larger than {limit:,} bytes; raise the limit (ulimit -f, LimitFSIZE=)"
