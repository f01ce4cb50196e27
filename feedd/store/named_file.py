"""Named files: the path of a file that a person names in; its bytes out."""

from __future__ import annotations

import errno
import os
import select
import stat
from pathlib import Path


def read_named_file(path: Path, most: int) -> bytes:
    """The bytes of a file of up to `most` bytes. Raises OSError; also if it is larger, or no regular file, on which
    reading could wait for ever.
    """
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(file, "rb") as opened:
        status = os.fstat(file)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        data = opened.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"larger than {most // 1024**2} MiB", str(path))
    return data


def read_named_text(path: Path, most: int, seconds: float) -> bytes:
    """The bytes of a file of up to `most` bytes, also of a pipe (`<(...)` of a shell) or a device. Raises OSError, also
    if it is larger, or if a pipe gives nothing within `seconds`.
    """
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if stat.S_ISREG(os.fstat(file).st_mode):
            return read_named_file(path, most)
        waiting = select.poll()
        waiting.register(file, select.POLLIN)
        data = b""
        while len(data) <= most:
            if not waiting.poll(seconds * 1000):
                raise OSError(errno.ETIMEDOUT, "nobody writes to this pipe", str(path))
            part = os.read(file, 65536)
            if not part:
                return data
            data += part
    finally:
        os.close(file)
    raise OSError(errno.EFBIG, f"larger than {most // 1024**2} MiB", str(path))
