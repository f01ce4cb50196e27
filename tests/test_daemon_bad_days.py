"""Bad days of `feedd run`: it is killed, held up, overrun or ended; the feeds are in step afterwards."""

from __future__ import annotations

import ctypes
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from support import (
    Running,
    Site,
    assert_in_step,
    assert_no_orphan,
    assert_well_formed,
    inodes,
    item,
    let_permissions_count,
    of_session,
    standing_still,
    wait_until,
)

from feedd.store import site_file

Daemon = Callable[..., Running]

KILLS = 50
ITEMS = 24
ALWAYS = ITEMS
MANY = int(os.environ.get("FEEDD_MANY", "6000"))
LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWUSER = 0x10000000
QUEUE = Path("/proc/sys/fs/inotify/max_queued_events")


@pytest.fixture
def running(site: Site, daemon: Daemon) -> Running:
    """A daemon on a site with a few items, which looks at everything every second."""
    site.configure(daemon={"reconcile": "1s"})
    for number in range(8):
        site.write(f"{number}.md", item(f"Title {number}", f"https://news.example/{number}"))
    return daemon().wait_until_ready()


def titles_in_all_feeds(site: Site) -> set[str]:
    found = set()
    for path in site.feeds.rglob("feed.json"):
        found.update(entry["title"] for entry in json.loads(path.read_bytes())["items"])
    return found


# It is killed


class Curator:
    """Edits items at random. Every other one has no link. Between two passes an item changes its text, its place or its
    link, but not two of these, so that its id stays. Its title never changes.
    """

    def __init__(self, site: Site) -> None:
        self.random = random.Random(50)
        self._seeds = site.seeds
        self._places = {number: site.seeds / f"{number % 3}/{number}.md" for number in range(ITEMS)}
        self._places[ALWAYS] = site.seeds / "always.md"
        self._links = {number: f"https://news.example/{number}" for number in range(0, ITEMS, 2)}
        self._edition = 0
        self._since_pass: dict[int, Callable[[int], None]] = {}
        for number in self._places:
            self._change_text(number)

    def all_is_published(self) -> None:
        """There was a pass."""
        self._since_pass.clear()

    def edit(self, items: int) -> None:
        """Edits so many items, sometimes all in a folder, and always one, so that there is something to publish."""
        if self.random.random() < 0.3:
            self._move_a_folder()
        for number in self.random.sample(range(ITEMS), items):
            self._edition += 1
            kind = self.random.choice((self._change_text, self._move, self._change_link, self._delete))
            self._since_pass.setdefault(number, kind)(number)
        self._change_text(ALWAYS)

    def _move_a_folder(self) -> None:
        self._edition += 1
        folder = self._places[self.random.randrange(ITEMS)].parent
        moved = [number for number, place in self._places.items() if place.parent == folder and place.exists()]
        if all(self._since_pass.setdefault(number, self._move) == self._move for number in moved) and moved:
            aside = folder.rename(self._seeds / f"folder-{self._edition}")
            self._places.update((number, aside / self._places[number].name) for number in moved)

    def _change_text(self, number: int) -> None:
        body, topics = f"Edition {self._edition}.", [f"T {number % 4}", f"U {number % 9}"]
        place = self._places[number]
        place.parent.mkdir(exist_ok=True)
        place.write_text(item(f"Title {number}", self._links.get(number), topics=topics, body=body))

    def _move(self, number: int) -> None:
        before = self._places[number]
        if before.exists():
            self._places[number] = before.rename(before.with_name(f"{number}-{self._edition}.md"))

    def _change_link(self, number: int) -> None:
        if number in self._links:
            self._links[number] = f"https://news.example/{number}?edition={self._edition}"
        self._change_text(number)

    def _delete(self, number: int) -> None:
        self._places[number].unlink(missing_ok=True)


def has_begun(running: Running) -> bool:
    return running.status is not None and running.status.pid == running.process.pid


def spin(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


def test_a_daemon_that_is_killed_at_any_moment_leaves_nothing_half_and_no_id_changes(
    site: Site, daemon: Daemon
) -> None:
    site.configure(daemon={"quiet": "0ms"})
    curator, known = Curator(site), dict[str, str]()

    def check() -> None:
        assert_in_step(site)
        for title, found in site.ids().items():
            assert known.setdefault(title, found) == found, title
        curator.all_is_published()

    def kill(moment: str) -> None:
        if moment == "as it starts":
            curator.edit(5)
            running = daemon()
            wait_until(lambda: has_begun(running), 60, lambda: running.log)
        else:
            running = daemon().wait_until_ready()
            check()
            passes, files = running.status.passes, inodes(site.feeds)
            curator.edit(curator.random.randrange(1, 12))
            if moment == "after a pass":
                running.wait_for(lambda status: status.passes > passes)
            elif moment == "at a document":
                wait_until(lambda: inodes(site.feeds) - files, 60, lambda: running.log)
        spin(curator.random.random() * 0.03)
        running.stop(signal.SIGKILL)
        if left := {path: data for path, data in site.documents().items() if not path.endswith(".new")}:
            assert_well_formed(left)
        assert "mistake in feedd" not in running.log

    for _ in range(KILLS):
        kill(curator.random.choice(("as it starts", "at once", "after a pass", "at a document")))
    daemon().wait_until_ready()
    check()
    assert len(known) == ITEMS + 1


# It stands still


def test_nothing_of_twenty_thousand_changes_is_lost_on_a_daemon_that_stood_still(site: Site, daemon: Daemon) -> None:
    many, feeds = 1000, 20  # so that every item is in a feed

    def write(number: int, edition: int) -> None:
        topic = f"T {number % feeds}"
        site.write(f"{number % 7}/{number}.md", item(f"Title {number}", topics=[topic], body=f"Edition {edition}."))

    for number in range(many):
        write(number, 0)
    running = daemon().wait_until_ready()
    with standing_still(running):
        for edition in range(1, 20):
            for number in range(many):
                write(number, edition)
        for number in range(0, many, 4):
            (site.seeds / f"{number % 7}/{number}.md").unlink()
            (site.seeds / f"{(number + 1) % 7}/{number + 1}.md").rename(site.seeds / f"{number + 1}.md")
        for number in range(many, many + 1000, 4):
            write(number, 20)
        for number in range(2, many, 4):
            write(number, 21)
        (site.seeds / "6").rename(site.seeds / "six")
    running.sync()
    numbers = {*range(many)} - {*range(0, many, 4)} | {*range(many, many + 1000, 4)}
    there = {f"Title {number}" for number in numbers}
    running.wait_for(lambda status: status.entries == len(there))
    assert titles_in_all_feeds(site) == there
    assert_in_step(site)


@pytest.mark.skipif(not QUEUE.exists() or int(QUEUE.read_text()) > 200_000, reason="the kernel's queue is very long")
def test_more_changes_than_the_kernel_queues_are_all_found_and_the_log_says_what_to_raise(
    site: Site, running: Running
) -> None:
    ids = site.ids()
    with standing_still(running):
        places = [site.seeds / f"{number}.md" for number in range(4)]
        for edition in range(int(QUEUE.read_text()) // 8 + 100):  # each tells of two events
            places = [place.rename(place.with_name(f"{number}-{edition}.md")) for number, place in enumerate(places)]
        site.write("5.md", item("Changed", "https://news.example/5"))
        site.write("new/folder/new.md", item("New", "https://news.example/new"))
        (site.seeds / "6.md").unlink()
    running.wait_for_log(f"raise fs.inotify.max_queued_events (now {QUEUE.read_text().strip()})")
    running.sync()
    after = site.ids()
    assert after.pop("Changed") == ids.pop("Title 5")
    assert after.items() - ids.items() == {("New", after["New"])}
    assert_in_step(site)
    site.write("new/folder/later.md", item("Later", "https://news.example/later"))
    running.sync()
    assert {"Changed", "New", "Later"} <= site.titles()
    assert "Title 6" not in site.titles()
    assert_in_step(site)


def test_whatever_is_done_to_folders_in_a_hurry_is_all_found(site: Site, daemon: Daemon) -> None:
    chance = random.Random(7)
    site.write("first.md", item("First"))
    running = daemon().wait_until_ready()
    names = ("a", "b", "c")

    def somewhere() -> Path:
        return site.seeds.joinpath(*chance.choices(names, k=chance.randrange(1, 4)))

    def write(number: int) -> None:
        folder = somewhere()
        with suppress(FileExistsError):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{number % 9}.md").write_text(item(f"Title {number}"))

    def move(_: int) -> None:
        with suppress(OSError):  # it is not there, or the other is, or lies in it
            somewhere().rename(somewhere())

    def move_out_and_in(_: int) -> None:
        aside = site.root / "aside"
        with suppress(OSError):
            (aside if aside.exists() else somewhere()).rename(somewhere() if aside.exists() else aside)

    def delete(_: int) -> None:
        shutil.rmtree(somewhere(), ignore_errors=True)

    for number in range(2000):
        chance.choice((write, write, write, move, move, move_out_and_in, delete))(number)
        if number % 100 == 99:
            running.sync()
            assert_in_step(site)
    assert running.status.files > 1
    assert "looking at everything" not in running.log


# It may watch little or nothing


def within_limits(watches: int, instances: int) -> Callable[[], None]:
    """Has what this process becomes live in a user namespace with these limits of inotify; to be called before exec."""

    def limit() -> None:
        user, group = os.geteuid(), os.getegid()
        if LIBC.unshare(CLONE_NEWUSER) != 0:
            raise OSError(ctypes.get_errno(), "no user namespace")
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
            Path(f"/proc/self/{name}").write_text(text)
        Path("/proc/sys/user/max_inotify_watches").write_text(str(watches))
        Path("/proc/sys/user/max_inotify_instances").write_text(str(instances))

    return limit


@pytest.fixture(scope="module")
def may_limit() -> None:
    """Skips where limits cannot be set for one process alone."""
    try:
        subprocess.run(["true"], preexec_fn=within_limits(1, 1), check=True)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"no user namespace with limits of its own: {error}")


@pytest.mark.usefixtures("may_limit")
@pytest.mark.parametrize(
    ("watches", "instances", "words"),
    [
        (1, 1, "the files cannot be watched: No space left on device; raise fs.inotify.max_user_watches (now "),
        (3, 1, "not all folders can be watched: No space left on device; raise fs.inotify.max_user_watches (now "),
        (9, 0, "the files cannot be watched: Too many open files; raise fs.inotify.max_user_instances (now "),
    ],
)
def test_what_cannot_be_watched_is_looked_at_periodically_and_the_log_says_what_to_raise(
    site: Site, daemon: Daemon, watches: int, instances: int, words: str
) -> None:
    site.configure(daemon={"poll": "1s"})
    for name in ("a", "b", "c"):
        site.write(f"{name}/{name}.md", item(name))
    running = daemon(preexec_fn=within_limits(watches, instances)).wait_until_ready()
    assert running.log.count(words) == 1
    assert words in running.status.watching
    for name in ("a", "b", "c"):
        site.write(f"{name}/{name}.md", item(f"{name} changed"))
    site.write("new/new.md", item("new"))
    wait_until(lambda: site.titles() == {"a changed", "b changed", "c changed", "new"}, 60, lambda: running.log)
    for name in ("a", "b", "c", "new"):
        site.write(f"{name}/later.md", item(f"{name} later"))
    running.sync()
    assert {"a later", "b later", "c later", "new later"} <= site.titles()
    assert_in_step(site)


@pytest.mark.usefixtures("may_limit")
def test_a_new_folder_beyond_what_may_be_watched_is_said_and_looked_at_periodically(site: Site, daemon: Daemon) -> None:
    site.configure(daemon={"poll": "1s"})
    site.write("a/a.md", item("a"))
    running = daemon(preexec_fn=within_limits(3, 1)).wait_until_ready()
    assert running.status.watching == "inotify"
    site.write("b/b.md", item("b"))
    running.wait_for(lambda status: "not all folders can be watched" in status.watching)
    site.write("b/c.md", item("c"))
    wait_until(lambda: site.titles() == {"a", "b", "c"}, 60, lambda: running.log)
    shutil.rmtree(site.seeds / "a")
    running.process.send_signal(signal.SIGHUP)
    running.wait_for(lambda status: status.watching == "inotify")
    assert_in_step(site)


# It is told to end in the middle of things


def test_a_first_pass_over_many_items_ends_when_it_is_told_to_and_the_next_is_complete(
    site: Site, daemon: Daemon
) -> None:
    site.configure(workers=2)
    for number in range(MANY):
        text = item(f"Title {number}", f"https://news.example/{number}", topics=[f"T {number % 60}"])
        site.write(f"{number % 50}/{number}.md", text)

    def stopped(number: int, reached: Callable[[Running], object]) -> int:
        running = daemon(start_new_session=True)
        wait_until(lambda: reached(running), 60, lambda: running.log)
        status = running.stop(number)
        assert "published" not in running.log, "it was too fast for this test"
        assert_no_orphan(running.process.pid)
        return status

    def reads(running: Running) -> bool:
        return len(of_session(running.process.pid)) > 2

    def writes(_: Running) -> bool:
        """The file of the site does not count: daemons before this one have left it."""
        return any(path.name != site_file.FILE for path in site.feeds.iterdir())

    assert stopped(signal.SIGTERM, has_begun) == 0
    assert stopped(signal.SIGTERM, reads) == 0
    assert stopped(signal.SIGKILL, reads) == -signal.SIGKILL
    assert stopped(signal.SIGTERM, writes) == 0
    again = daemon(start_new_session=True, log="again.log")
    status = again.wait_for(lambda status: status.pid == again.process.pid and status.passes, 600)
    assert (status.healthy, status.files, status.entries, status.feeds) == (True, MANY, MANY, 61)
    assert "warning" not in again.log
    assert "error" not in again.log
    assert_in_step(site)
    assert again.stop() == 0
    assert_no_orphan(again.process.pid)


def test_items_of_a_folder_that_came_since_the_last_look_at_everything_stay_while_it_cannot_be_read(site: Site) -> None:
    site.write("one.md", item("One", "https://news.example/1"))
    running = Running(site, preexec_fn=let_permissions_count).wait_until_ready()
    try:
        site.write("new/two.md", item("Two", "https://news.example/2"))
        site.write("new/gone.md", item("Gone", "https://news.example/3"))
        running.sync()
        assert site.titles() == {"One", "Two", "Gone"}
        (site.seeds / "new").chmod(0)
        running.wait_for(lambda status: any(problem.path == "new" for problem in status.problems))
        running.sync()
        assert site.titles() == {"One", "Two", "Gone"}
        (site.seeds / "new/gone.md").unlink()
        (site.seeds / "new").chmod(0o755)
        running.wait_for(lambda status: not status.problems)
        running.sync()
        assert site.titles() == {"One", "Two"}
    finally:
        assert running.stop() == 0


def put_version(site: Site, number: int) -> None:
    """A folder of one version, as a mounted ConfigMap has it."""
    site.write(f"..v{number}/a.md", item("Opening hours", "https://town.example/hours", body=f"Version {number}."))


def points_to(site: Site, name: str, target: str) -> None:
    """Has a link lead elsewhere, in one step."""
    (site.seeds / "..beside").symlink_to(target)
    (site.seeds / "..beside").rename(site.seeds / name)


def test_sync_waits_for_an_item_that_is_read_through_a_folder_which_was_swapped(site: Site) -> None:
    put_version(site, 1)
    points_to(site, "..data", "..v1")
    points_to(site, "a.md", "..data/a.md")
    running = Running(site).wait_until_ready()

    def shown() -> str:
        return re.findall("Version .", site.entries("atom.xml")["Opening hours"].content[0].value)[0]

    try:
        assert shown() == "Version 1"
        put_version(site, 2)
        points_to(site, "..data", "..v2")
        shutil.rmtree(site.seeds / "..v1")
        running.sync()
        assert shown() == "Version 2"
        put_version(site, 3)  # twice: the links are followed anew after each change
        points_to(site, "..data", "..v3")
        running.sync()
        assert shown() == "Version 3"
        site.write("..v3/a.md", item("Opening hours", "https://town.example/hours", body="Version 4."))
        running.sync()
        assert shown() == "Version 4"
        put_version(site, 5)
        (site.seeds / "..v3").rename(site.seeds / "..old")  # folders themselves, not links to them
        (site.seeds / "..v5").rename(site.seeds / "..v3")
        running.sync()
        assert shown() == "Version 5"
    finally:
        assert running.stop() == 0


def chain_of_links(site: Site, number: int) -> None:
    """A file that is a link to a link, which leads through a folder that is one."""
    put_version(site, number)
    points_to(site, "..current", f"..v{number}")
    if number == 1:
        points_to(site, "..a.md", "..current/a.md")
        points_to(site, "a.md", "..a.md")


def absolute_links(site: Site, number: int) -> None:
    """A link that is removed, and made anew with an absolute target."""
    put_version(site, number)
    (site.seeds / "..data").unlink(missing_ok=True)
    (site.seeds / "..data").symlink_to(site.seeds / f"..v{number}")
    if number == 1:
        points_to(site, "a.md", "..data/a.md")
    else:
        shutil.rmtree(site.seeds / f"..v{number - 1}")


def releases(site: Site, number: int) -> None:
    """An items' directory that is itself a link to one of several."""
    release = site.root / f"releases/{number}"
    release.mkdir(parents=True)
    (release / "a.md").write_text(item("Opening hours", "https://town.example/hours", body=f"Version {number}."))
    if not site.seeds.is_symlink():
        site.seeds.rmdir()
    beside = site.root / "beside"
    beside.symlink_to(release)
    beside.rename(site.seeds)


@pytest.mark.parametrize("put", [chain_of_links, absolute_links, releases])
def test_sync_waits_for_what_links_lead_to_in_each_layout(site: Site, put: Callable[[Site, int], None]) -> None:
    put(site, 1)
    running = Running(site).wait_until_ready()
    try:
        for number in (2, 3):
            put(site, number)
            running.sync()
            assert f"Version {number}" in site.entries()["Opening hours"].content[0].value
    finally:
        assert running.stop() == 0
