"""The kernel's knowledge: file systems and identities of paths, open files, inotify's limits, and this process."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import signal
from contextlib import suppress
from pathlib import Path

from feedd.patterns import late_pattern

_MOUNTS = Path("/proc/self/mountinfo")
_INOTIFY = Path("/proc/sys/fs/inotify")
# On these file systems other machines may change files without telling this kernel.
_REMOTE = late_pattern(
    r"nfs4?|cifs|smb3?|smbfs|9p|afs|ceph|glusterfs|lustre|gfs2|ocfs2|vboxsf|prl_fs|virtiofs|fuse(?!ctl).*"
)


def real_path(path: Path) -> Path:
    """The absolute path without links. A link that leads nowhere, or in a circle, stays as it is."""
    return Path(os.path.realpath(path))


def file_system(path: Path, mounts: str | None = None) -> str | None:
    """The type of the file system of `path`, such as ext4; None if it cannot be known.

    `mounts` is the text of a mountinfo file (proc_pid_mountinfo(5)); by default, that of this process.
    """
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text(errors="surrogateescape")
        except OSError:
            return None
    real = os.path.realpath(path)
    found, longest = None, -1
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        point = _plain(fields[4])
        if (real == point or real.startswith(point.rstrip("/") + "/")) and len(point) >= longest:
            found, longest = (
                after.split()[0],
                len(point),
            )  # a later mount at the same point covers an earlier one
    return found


def mounted_below(path: Path) -> frozenset[str]:
    """The mounts in a folder or below it."""
    try:
        mounts = _MOUNTS.read_text(errors="surrogateescape")
    except OSError:
        return frozenset()
    real = os.path.realpath(path).rstrip("/") + "/"
    found = (line.split()[0] + " " + _plain(line.split()[4]) for line in mounts.splitlines())
    return frozenset(each for each in found if each.partition(" ")[2].startswith(real))


def _plain(point: str) -> str:
    return re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), point)


def is_remote(kind: str | None) -> bool:
    """Whether files on a file system of this kind may change without this machine's kernel noticing."""
    return kind is not None and _REMOTE.fullmatch(kind) is not None


def inotify_limit(name: str) -> str:
    """A limit of inotify (inotify(7)), such as max_user_watches; empty if it cannot be read."""
    try:
        return (_INOTIFY / name).read_text().strip()
    except OSError:
        return ""


def is_being_written(path: str) -> bool | None:
    """Whether a process has a file open for writing; None if this is unknown, or the file is gone.

    The kernel grants a read lease only if no process has the file open for writing (fcntl(2), F_SETLEASE).
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)  # if the file is opened meanwhile: an ignored signal
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return True if error.errno == errno.EAGAIN else None
    finally:
        os.close(file)
    return False


def has_one_thread() -> bool:
    """Whether the calling thread is the only thread of this process. False if it cannot be known."""
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False


def be_first_to_go() -> None:
    """Has the kernel end this process before others when memory runs out: proc_pid_oom_score_adj(5)."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def file_identity(path: Path) -> tuple[int, int] | None:
    """Device and inode of a file, which change when another file takes its place; None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
