"""What the kernel says: the file system that a path lies on, whether it can be watched, and inotify's limits."""

from __future__ import annotations

import os
import re
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
        point = re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
        if (real == point or real.startswith(point.rstrip("/") + "/")) and len(point) >= longest:
            found, longest = after.split()[0], len(point)  # of two at one point, the later one covers the other
    return found


def is_remote(kind: str | None) -> bool:
    """Whether files on a file system of this kind may change without this machine's kernel noticing."""
    return kind is not None and _REMOTE.fullmatch(kind) is not None


def inotify_limit(name: str) -> str:
    """One of inotify's limits (inotify(7)), such as max_user_watches; "unknown" where that cannot be read."""
    try:
        return (_INOTIFY / name).read_text().strip()
    except OSError:
        return "unknown"
