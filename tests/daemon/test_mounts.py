"""What the kernel says: which file system a path lies on, whether it can be watched, and inotify's limits."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from feedd.store.mounts import file_system, inotify_limit, is_remote

# As in proc_pid_mountinfo(5); the points are places that lead nowhere else on any machine.
MOUNTS = r"""
21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro
22 21 0:20 / /xx rw,nosuid shared:2 - tmpfs tmpfs rw
23 21 8:17 / /xx/deep rw,relatime - xfs /dev/sdb1 rw
24 23 0:41 / /xx/deep/share rw,relatime shared:9 master:3 - nfs4 server:/export rw,vers=4.2
25 21 0:42 / /xx/with\040blank rw - cifs //server/share rw
26 21 0:43 / /xx/with\011tab\134and\040more rw - fuse.sshfs user@host: rw
27 21 0:44 / /xx/twice rw - ext4 /dev/sdc1 rw
28 27 0:45 / /xx/twice rw - overlay overlay rw,lowerdir=/a,upperdir=/b
29 21 0:46 / /xx/covered rw - nfs server:/export rw
30 29 0:47 / /xx/covered rw - tmpfs tmpfs rw
31 21 8:33 /sub/folder /xx/bound rw - btrfs /dev/sdd1 rw,subvol=/sub
32 21 0:48 / /xx/ümlaut rw - 9p drvfs rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/yy/seeds", "ext4"),
        ("/xx", "tmpfs"),
        ("/xx/seeds", "tmpfs"),
        ("/xxseeds", "ext4"),
        ("/xx/deep", "xfs"),
        ("/xx/deeper", "tmpfs"),
        ("/xx/deep/seeds/news", "xfs"),
        ("/xx/deep/share", "nfs4"),
        ("/xx/deep/share/a/b/c", "nfs4"),
        ("/xx/deep/shared", "xfs"),
        ("/xx/deep/share/../seeds", "xfs"),
        ("/xx/with blank/seeds", "cifs"),
        ("/xx/with", "tmpfs"),
        ("/xx/with\ttab\\and more", "fuse.sshfs"),
        ("/xx/twice/seeds", "overlay"),
        ("/xx/covered/seeds", "tmpfs"),
        ("/xx/bound/seeds", "btrfs"),
        ("/xx/ümlaut/seeds", "9p"),
    ],
)
def test_a_path_lies_on_the_mount_that_is_nearest_above_it(path: str, kind: str) -> None:
    assert file_system(Path(path), MOUNTS) == kind


def test_the_order_of_the_mounts_matters_only_where_two_have_one_point() -> None:
    backwards = "\n".join(reversed(MOUNTS.splitlines()))
    assert file_system(Path("/xx/deep/share/a"), backwards) == "nfs4"
    assert file_system(Path("/xx/covered/a"), backwards) == "nfs"


def test_a_link_is_followed_to_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/xx/deep/share")
    assert file_system(tmp_path / "link/seeds", MOUNTS) == "nfs4"


def test_a_relative_path_begins_where_the_process_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    here = f"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:1 / {tmp_path.resolve()} rw - nfs server:/ rw\n"
    assert file_system(Path("seeds"), here) == "nfs"
    assert file_system(Path("../seeds"), here) == "ext4"


@pytest.mark.parametrize(
    "mounts",
    ["", "\n", "nonsense\n", "21 1 8:1 / / rw\n", "21 1 8:1 -\n", "21 1 8:1 / /elsewhere rw - ext4 /dev/sda1 rw\n"],
)
def test_where_no_mount_is_known_neither_is_the_file_system(mounts: str) -> None:
    assert file_system(Path("/xx"), mounts) is None
    assert not is_remote(None)


@pytest.mark.parametrize(
    "kind",
    ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "lustre", "virtiofs", "vboxsf", "fuse", "fuse.sshfs"],
)
def test_files_that_others_may_change_elsewhere_cannot_be_watched(kind: str) -> None:
    assert is_remote(kind)


@pytest.mark.parametrize(
    "kind", ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "vfat", "exfat", "fusectl", "nfsd", "", "nfs4 ext4"]
)
def test_files_that_only_this_machine_changes_can_be_watched(kind: str) -> None:
    assert not is_remote(kind)


@pytest.mark.parametrize("place", ["/", "/proc", "/proc/self", "/dev", "/sys", "."])
def test_what_this_system_says_of_itself_is_understood(place: str, tmp_path: Path) -> None:
    path = tmp_path if place == "." else Path(place)
    if not path.exists():
        pytest.skip(f"there is no {path} here")
    asked = subprocess.run(["findmnt", "--noheadings", "--output", "FSTYPE", "--target", path], capture_output=True)
    kinds = asked.stdout.decode().split()
    if not kinds:
        pytest.skip("findmnt is not installed, or does not know either")
    assert file_system(path) == kinds[-1]


@pytest.mark.parametrize("name", ["max_user_watches", "max_user_instances", "max_queued_events"])
def test_a_limit_of_inotify_is_a_number(name: str) -> None:
    assert inotify_limit(name) == Path(f"/proc/sys/fs/inotify/{name}").read_text().strip()
    assert int(inotify_limit(name)) > 0


def test_a_limit_that_cannot_be_read_is_not_named() -> None:
    assert inotify_limit("max_of_nothing") == ""
