"""Private files: names in the state directory in; files that only their owner may read out. Links are not followed.

The ledger holds withheld items, and the other files are private too. Files have mode 0600. In a directory that its
owner has opened to a group only (0750), they have mode 0640.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from feedd.store.errors import Unusable, Unwritable

_ALWAYS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # follows no link, and waits for no pipe


def make_directory(path: Path) -> None:
    """Makes a directory with mode 0700, if there is none. Raises OSError."""
    with contextlib.suppress(FileExistsError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(0o700)
    if not path.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))


def is_surely_absent(path: Path) -> bool:
    """Whether there is nothing at a path, not even a link. What cannot be looked at may be there."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def check_directory(path: Path) -> None:
    """Raises Unusable if there is something at the path that is no directory."""
    if os.path.lexists(path) and not path.is_dir():
        raise Unusable(f"the state directory {path} cannot be used: {os.strerror(errno.ENOTDIR)}")


def open_private(path: Path, flags: int) -> int:
    """Opens a file of the state directory. Returns its descriptor. Takes rights of other users away. Raises Unusable if
    the file is not regular, and OSError.
    """
    try:
        file = os.open(path, flags | _ALWAYS, _mode_in(path.parent))
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise Unusable(_strange(path)) from None
        raise
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode):
        os.close(file)
        raise Unusable(_strange(path))
    mode = _mode_in(path.parent)
    if found.st_mode & 0o777 & ~mode:
        with contextlib.suppress(OSError):  # it is somebody else's
            os.fchmod(file, mode)
    return file


def make_private(path: Path) -> None:
    """Makes a private file, or makes an existing file private. Raises Unusable.

    An existing file is not opened: closing it would drop SQLite's locks on it in this process (fcntl(2)).
    """
    check_regular(path)
    try:
        mode = _mode_in(path.parent)
        if not path.exists():
            os.close(open_private(path, os.O_RDWR | os.O_CREAT))
        elif path.stat().st_mode & 0o777 & ~mode:
            with contextlib.suppress(OSError):  # it is somebody else's
                path.chmod(mode)
    except OSError as error:
        if not path.exists():
            raise Unwritable(f"{path} cannot be made: {error.strerror}") from None


def check_regular(path: Path) -> None:
    """Raises Unusable if the path is a link, a pipe, a folder or anything else that is not a regular file."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        if not stat.S_ISREG(path.lstat().st_mode):
            raise Unusable(_strange(path))


def read_private(path: Path) -> bytes:
    """The bytes of a file of the state directory. Raises OSError, also if the file is not regular."""
    file = os.open(path, os.O_RDONLY | _ALWAYS)
    with os.fdopen(file, "rb") as stream:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        return stream.read()


def why_unreadable(path: Path) -> str:
    """Why a file that somebody else keeps cannot be read, in words; empty if it can be read."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
            stream.read(1)
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    return ""


def replace_private(path: Path, data: bytes, beside_it: str = "", *, outlives_power: bool = False) -> None:
    """Replaces a file as a whole, through a file beside it, which is named `beside_it` where several replace files at
    the same time. If it raises OSError, nothing is left beside. `outlives_power`: a loss of power afterwards does not
    bring the file before back.
    """
    beside = path.with_name(beside_it or f".{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        beside.unlink()
    file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _ALWAYS, _mode_in(path.parent))
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            if outlives_power:
                stream.flush()
                os.fsync(stream.fileno())
        beside.replace(path)
        if outlives_power:
            with contextlib.suppress(OSError):  # not every file system can
                sync_folder(path.parent)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def link_or_rename(path: Path, target: Path) -> None:
    """Renames a file, but not onto another. Raises OSError, FileExistsError if there is a file at `target`."""
    try:
        os.link(path, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:  # there are no links on this file system
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _ALWAYS, 0o600))
        path.replace(target)
    else:
        path.unlink()


def sync_folder(path: Path) -> None:
    """Has the names in a folder, or in the folder that a link leads to, outlive a loss of power, where the file system
    can do so. Raises OSError.
    """
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
            raise
    finally:
        os.close(folder)


def open_folder(path: Path) -> int:
    """Opens a folder, but no link to a folder. Returns its descriptor. Raises OSError."""
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | _ALWAYS)


def _mode_in(directory: Path) -> int:
    shared = stat.S_IMODE(directory.stat().st_mode) & 0o057 == 0o050
    return 0o640 if shared else 0o600


def _strange(path: Path) -> str:
    kind = "a link" if path.is_symlink() else "a folder" if path.is_dir() else "not a regular file"
    return f"{path} is {kind}, where feedd keeps a file of its own; move it away"
