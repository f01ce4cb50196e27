"""Bad days of the disks below `feedd run`: folders that go, come back, cannot be read or have no space left."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Callable

import pytest
from support import (
    Running,
    Site,
    assert_in_step,
    assert_well_formed,
    item,
    leave,
    let_permissions_count,
    looks,
    make_room,
    small_disk,
    standing_still,
    wait_until,
)

Daemon = Callable[..., Running]


@pytest.fixture
def running(site: Site, daemon: Daemon) -> Running:
    """A daemon for which permissions count, on a site with a few items."""
    fill(site)
    return daemon(preexec_fn=let_permissions_count).wait_until_ready()


def fill(site: Site) -> None:
    for number in range(6):
        text = item(f"Title {number}", f"https://news.example/{number}", topics=[f"T {number % 2}"])
        site.write(f"{number % 3}/{number}.md", text)


def change(site: Site, number: int, edition: str) -> None:
    text = item(f"{edition} {number}", f"https://news.example/{number}", topics=[f"T {number % 2}"])
    site.write(f"{number % 3}/{number}.md", text)


def assert_goes_on(site: Site, running: Running, edition: str = "Afterwards") -> None:
    """Items that are there, and new ones, are published; ids are those of the links."""
    ids = site.ids()
    change(site, 5, edition)
    site.write("new/folder/new.md", item(f"{edition} new", "https://news.example/new"))
    running.sync()
    assert site.ids()[f"{edition} 5"] in ids.values()
    assert f"{edition} new" in site.titles()
    site.write("new/folder/newer.md", item(f"{edition} newer", "https://news.example/newer"))
    running.sync()
    assert f"{edition} newer" in site.titles()
    assert running.wait_for(lambda status: status.healthy).watching == "inotify"
    assert_in_step(site)
    assert "mistake in feedd" not in running.log
    assert "Warning:" not in running.log, "Python warned of something"


# The items' directory goes, and comes back


def is_refused(running: Running, words: str) -> None:
    status = running.wait_for(lambda status: status.last.outcome == "refused")
    assert words in status.last.words
    running.wait_for_log(f"refused: {status.last.words}")


def test_items_that_are_moved_away_empty_no_feed_and_are_followed_when_they_are_back(
    site: Site, running: Running
) -> None:
    before = looks(site.feeds)
    site.seeds.rename(site.root / "aside")
    is_refused(running, "the items' directory seeds")
    assert "the items' directory seeds was moved, " in running.log
    assert site.run("sync", "--timeout", "0.5").status == 1
    tried = running.wait_for(lambda status: status.last.outcome == "refused").passes
    running.wait_for(lambda status: status.passes >= tried + 2)
    assert running.log.count("refused: ") == 1  # a line of the log for all that fail alike
    (site.root / "aside/1/1.md").write_text(item("Changed", "https://news.example/1"))
    assert looks(site.feeds) == before
    (site.root / "aside").rename(site.seeds)
    running.wait_for(lambda status: status.healthy)
    assert "Changed" in site.titles()
    assert_goes_on(site, running)


def test_items_that_are_deleted_empty_no_feed(site: Site, running: Running) -> None:
    before, ids = looks(site.feeds), site.ids()
    with standing_still(running):  # a file that is deleted while its folder is there is withdrawn
        shutil.rmtree(site.seeds)
    is_refused(running, "the items' directory seeds")
    site.seeds.mkdir()
    running.wait_for_log("there is no item left where items were before")
    assert looks(site.feeds) == before
    fill(site)
    running.sync()
    assert site.ids() == ids
    assert_goes_on(site, running)


def test_another_directory_in_the_place_of_the_items_is_published_and_the_first_no_more(
    site: Site, running: Running
) -> None:
    ids = site.ids()
    other = site.root / "other"
    shutil.copytree(site.seeds, other)
    (other / "0/0.md").unlink()
    (other / "0/3.md").write_text(item("Of the other", "https://news.example/3"))
    site.seeds.rename(site.root / "aside")
    other.rename(site.seeds)
    (site.root / "aside/1/1.md").write_text(item("Of the first", "https://news.example/1"))
    running.sync()
    assert site.ids().items() - ids.items() == {("Of the other", ids["Title 3"])}
    assert ids.keys() - site.ids().keys() == {"Title 0", "Title 3"}
    assert_goes_on(site, running)
    (site.root / "aside/1/2.md").write_text(item("Of the first"))
    running.sync()
    assert "Of the first" not in site.titles()


def test_a_link_in_the_place_of_the_items_is_followed_where_it_leads(site: Site, daemon: Daemon) -> None:
    fill(site)
    shutil.copytree(site.seeds, site.root / "second")
    site.seeds.rename(site.root / "first")
    site.seeds.symlink_to("first")
    running = daemon().wait_until_ready()
    assert_goes_on(site, running, "First")
    beside = site.root / "beside"
    beside.symlink_to("second")
    beside.replace(site.seeds)
    running.sync()
    assert site.titles() == {f"Title {number}" for number in range(6)}
    assert_goes_on(site, running, "Second")


@pytest.mark.usefixtures("may_mount")
def test_items_on_a_disk_that_is_unmounted_empty_no_feed_and_are_followed_when_it_is_mounted_again(
    site: Site, daemon: Daemon
) -> None:
    with small_disk(site.seeds, "size=1m"):
        fill(site)
        running = daemon().wait_until_ready()
        before, ids = looks(site.feeds), site.ids()
    is_refused(running, "there is no item left where items were before. Is a disk not mounted?")
    assert "the items' directory seeds was moved, " in running.log
    assert looks(site.feeds) == before
    with small_disk(site.seeds, "size=1m"):
        fill(site)
        running.sync()
        assert site.ids() == ids
        assert_goes_on(site, running)


@pytest.mark.usefixtures("may_mount")
def test_a_disk_that_is_mounted_on_the_items_while_it_runs_is_seen(site: Site, running: Running) -> None:
    ids = site.ids()
    with small_disk(site.seeds, "size=1m"):
        fill(site)
        change(site, 0, "On the disk")
        running.sync()
        assert site.ids()["On the disk 0"] == ids["Title 0"]
        assert_goes_on(site, running)
    running.sync()
    assert site.ids() == ids
    assert_goes_on(site, running)


@pytest.mark.usefixtures("may_mount")
def test_a_disk_that_is_mounted_on_a_folder_of_items_while_it_runs_is_followed(site: Site, daemon: Daemon) -> None:
    fill(site)
    site.configure(daemon={"reconcile": "1s"})
    running = daemon().wait_until_ready()
    ids = site.ids()
    with small_disk(site.seeds / "1", "size=1m"):
        site.write("1/1.md", item("On the disk", "https://news.example/1"))
        wait_until(lambda: "On the disk" in site.titles(), 60, lambda: running.log)
        assert site.ids()["On the disk"] == ids["Title 1"]
        change(site, 4, "On the disk")
        running.sync()
        assert "On the disk 4" in site.titles()
    running.sync()
    assert site.ids() == ids
    assert_goes_on(site, running)


@pytest.mark.usefixtures("may_mount")
def test_a_folder_of_items_that_is_unmounted_is_looked_at(site: Site, daemon: Daemon) -> None:
    with small_disk(site.seeds / "1", "size=1m"):
        fill(site)
        running = daemon().wait_until_ready()
    running.sync()
    assert site.titles() == {f"Title {number}" for number in (0, 2, 3, 5)}
    assert_goes_on(site, running)


def test_items_may_come_after_it_has_started(site: Site, daemon: Daemon) -> None:
    site.seeds.rmdir()
    running = daemon().wait_until_ready()
    is_refused(running, "the items' directory seeds")
    fill(site)
    running.sync()
    assert len(site.titles()) == 6
    assert_goes_on(site, running)


def test_items_of_a_site_that_is_moved_while_it_runs_stay_published(site: Site, running: Running) -> None:
    ids = site.ids()
    moved = site.root.rename(site.root.with_name("moved"))
    site.root.symlink_to(moved)
    change(site, 1, "Changed")
    running.sync()
    assert site.ids() == {title.replace("Title 1", "Changed 1"): found for title, found in ids.items()}
    assert_goes_on(site, running)


def test_items_that_may_not_be_read_stay_published_and_are_followed_when_they_may(site: Site, running: Running) -> None:
    before = looks(site.feeds)
    site.seeds.chmod(0)
    is_refused(running, "Permission denied")
    assert looks(site.feeds) == before
    change(site, 2, "Unseen")
    site.seeds.chmod(0o755)
    running.wait_for(lambda status: status.healthy)
    running.sync()
    assert "Unseen 2" in site.titles()
    assert_goes_on(site, running)


def test_folders_and_files_that_may_not_be_read_stay_published_and_are_reported(site: Site, running: Running) -> None:
    titles = site.titles()
    for path in ("0", "1", "2/2.md"):
        (site.seeds / path).chmod(0)
    running.sync()
    change(site, 1, "Unseen")
    site.write("2/5.md", item("Seen 5", "https://news.example/5"))
    running.sync()
    assert site.titles() == titles - {"Title 5"} | {"Seen 5"}
    running.wait_for(lambda status: {problem.path for problem in status.problems} >= {"0", "1", "2/2.md"})
    for path in ("0", "1", "2/2.md"):
        (site.seeds / path).chmod(0o755)
    running.sync()
    assert "Unseen 1" in site.titles()
    assert running.wait_for(lambda status: status.problem_count == 0).healthy
    assert_goes_on(site, running)


def test_a_folder_that_may_not_be_read_from_the_start_is_followed_when_it_may(site: Site, daemon: Daemon) -> None:
    fill(site)
    for name in ("0", "1"):
        (site.seeds / name).chmod(0)
    running = daemon(preexec_fn=let_permissions_count).wait_until_ready()
    assert site.titles() == {"Title 2", "Title 5"}
    for name in ("0", "1"):
        (site.seeds / name).chmod(0o755)
    running.sync()
    assert site.titles() == {f"Title {number}" for number in range(6)}
    assert_goes_on(site, running)


# There is no space left


@pytest.mark.usefixtures("may_mount")
def test_feeds_on_a_full_disk_are_reported_and_all_is_published_when_there_is_space(site: Site, daemon: Daemon) -> None:
    fill(site)
    with small_disk(site.feeds, "size=1m"):
        running = daemon().wait_until_ready()
        before = site.documents()
        leave(site.feeds, 0)
        change(site, 1, "Changed")
        site.write("new.md", item("New", topics=["Another"]))
        status = running.wait_for(lambda status: status.last.outcome == "failed")
        assert "No space left on device" in status.last.words
        assert site.run("status").status == 1
        result = site.run("sync", "--timeout", "0.5")
        assert result.status == 1
        assert "the last pass was failed: " in result.err
        assert "No space left on device" in result.err
        left = site.documents()
        assert {path: left[path] for path in before} == before
        make_room(site.feeds)
        running.wait_for(lambda status: status.healthy)
        assert {"Changed 1", "New"} <= site.titles()
        assert_goes_on(site, running)
        running.stop()


@pytest.mark.usefixtures("may_mount")
@pytest.mark.parametrize("pages", [0, 8])
def test_a_state_on_a_full_disk_is_reported_and_all_is_published_when_there_is_space(
    site: Site, daemon: Daemon, pages: int
) -> None:
    fill(site)
    with small_disk(site.state, "size=4m"):
        running = daemon().wait_until_ready()
        before = site.documents()
        leave(site.state, pages)
        change(site, 1, "Changed")
        running.wait_for_log("refused: the ledger cannot be used: ")
        assert site.run("sync", "--timeout", "0.5").status == 1
        running.wait_for(lambda status: status.last.outcome == "refused")
        assert site.run("status").status == 1
        make_room(site.state)
        running.wait_for(lambda status: status.healthy)
        assert "Changed 1" in site.titles()
        assert site.documents().keys() == before.keys()
        assert_goes_on(site, running)
        running.stop()
        assert_well_formed(site.documents())


@pytest.mark.usefixtures("may_mount")
def test_what_could_not_be_said_on_a_full_disk_is_said_when_there_is_space(site: Site, daemon: Daemon) -> None:
    fill(site)
    with small_disk(site.state, "size=4m"):
        running = daemon().wait_until_ready()
        leave(site.state, 0)
        running.process.send_signal(signal.SIGHUP)
        change(site, 1, "Changed")
        running.wait_for_log("refused: the ledger cannot be used: ")
        subprocess.run(["mount", "-o", "remount,size=8m", site.state], check=True)
        running.wait_for(lambda status: status.healthy and status.passes > 1)
        assert "Changed 1" in site.titles()
        make_room(site.state)
        assert_goes_on(site, running)
        running.stop()
