"""What the kernel says of a path: its file system, whether that can be watched, which file it is; inotify's limits."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import signal
from contextlib import suppress
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_INOTIFY = Path("/proc/sys/fs/inotify")
# Others may change files there, of which this machine's kernel is told nothing.
_REMOTE = re.compile(
    r"nfs4?|cifs|smb3?|smbfs|9p|afs|ceph|glusterfs|lustre|gfs2|ocfs2|vboxsf|prl_fs|virtiofs|fuse(?!ctl).*"
)


def file_system(path: Path, mounts: str | None = None) -> str | None:
    """The type of the file system that `path` lies on, such as ext4; None where that cannot be known.

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
            found, longest = after.split()[0], len(point)  # of two at one point, the later one covers the other
    return found


def mounted_below(path: Path) -> frozenset[str]:
    """What is mounted in a folder or in those below it."""
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
    """One of inotify's limits (inotify(7)), such as max_user_watches; empty where that cannot be read."""
    try:
        return (_INOTIFY / name).read_text().strip()
    except OSError:
        return ""


def is_being_written(path: str) -> bool | None:
    """Whether somebody has a file open for writing; None if that may not be known, or the file is gone.

    The kernel grants a lease for reading only where nobody has (fcntl(2), F_SETLEASE).
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)  # for whoever opens it meanwhile: one that is ignored
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return True if error.errno == errno.EAGAIN else None
    finally:
        os.close(file)
    return False


def has_one_thread() -> bool:
    """Whether this process has no thread but the one that asks. False where that cannot be known."""
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False


def be_first_to_go() -> None:
    """Has the kernel end this process before others when memory runs out: proc_pid_oom_score_adj(5)."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def file_identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another in its place; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
