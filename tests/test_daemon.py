"""`feedd run`: what a curator does while it runs, and what subscribers then have."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import FEEDD, Running, Site, item, looks

from feedd.store.control import Control

Daemon = Callable[..., Running]


@pytest.fixture
def running(site: Site, daemon: Daemon) -> Running:
    """A daemon on a site with two items."""
    site.write("one.md", item("One", "https://news.example/1", topics=["Boats"]))
    site.write("news/two.md", item("Two", "https://news.example/2"))
    return daemon().wait_until_ready()


# What a curator does


def saves_in_place(site: Site) -> None:
    site.write("one.md", item("Changed", "https://news.example/1"))


def saves_by_renaming(site: Site) -> None:
    beside = site.root / "beside.md"
    beside.write_text(item("Changed", "https://news.example/1"))
    beside.replace(site.seeds / "one.md")


def saves_as_vim_does(site: Site) -> None:
    (site.seeds / "4913").touch()
    (site.seeds / "4913").unlink()
    (site.seeds / "one.md").rename(site.seeds / "one.md~")
    site.write("one.md", item("Changed", "https://news.example/1"))
    (site.seeds / "one.md~").unlink()


def saves_with_sed(site: Site) -> None:
    subprocess.run(["sed", "-i", 's/^title: .*/title: "Changed"/', "seeds/one.md"], cwd=site.root, check=True)


def saves_as_rsync_does(site: Site) -> None:
    beside = site.write(".one.md.Xk2Lq9", item("Changed", "https://news.example/1"))
    os.utime(beside, (0, 0))
    beside.replace(site.seeds / "one.md")


def replaces_with_a_hard_link(site: Site) -> None:
    other = site.root / "other.md"
    other.write_text(item("Changed", "https://news.example/1"))
    (site.seeds / "one.md").unlink()
    os.link(other, site.seeds / "one.md")


def replaces_with_a_symbolic_link(site: Site) -> None:
    site.write("_real.md", item("Changed", "https://news.example/1"))
    (site.seeds / "one.md").unlink()
    (site.seeds / "one.md").symlink_to("_real.md")


@pytest.mark.parametrize(
    "saves",
    [
        saves_in_place,
        saves_by_renaming,
        saves_as_vim_does,
        saves_with_sed,
        saves_as_rsync_does,
        replaces_with_a_hard_link,
        replaces_with_a_symbolic_link,
    ],
)
def test_a_saved_change_is_published(site: Site, running: Running, saves: Callable[[Site], None]) -> None:
    before = site.ids()
    saves(site)
    running.sync()
    assert site.ids() == {"Changed": before["One"], "Two": before["Two"]}


def test_what_emacs_and_others_leave_beside_is_no_item(site: Site, running: Running) -> None:
    for name in ("#one.md#", ".#one.md", ".one.md.swp", "one.md~", "_draft.md", "x.tmp"):
        site.write(name, item("Beside"))
    passes = running.wait_for(lambda status: status.passes >= 1).passes
    running.sync()
    assert site.titles() == {"One", "Two"}
    assert running.wait_for(lambda status: status.passes > passes).last.why == "sync"


def test_new_moved_and_deleted_files_are_followed(site: Site, running: Running) -> None:
    ids = site.ids()
    site.write("three.md", item("Three"))
    running.sync()
    assert site.titles() == {"One", "Two", "Three"}
    (site.seeds / "one.md").rename(site.seeds / "news/renamed.md")
    running.sync()
    assert site.ids()["One"] == ids["One"]
    (site.seeds / "news/renamed.md").unlink()
    running.sync()
    assert site.titles() == {"Two", "Three"}


def test_new_moved_and_deleted_folders_are_followed(site: Site, running: Running) -> None:
    ids = site.ids()
    site.write("a/b/c/deep.md", item("Deep"))
    running.sync()
    assert site.titles() == {"One", "Two", "Deep"}
    (site.seeds / "a").rename(site.seeds / "z")
    site.write("z/b/c/later.md", item("Later"))
    running.sync()
    assert site.titles() == {"One", "Two", "Deep", "Later"}
    shutil.rmtree(site.seeds / "z")
    (site.seeds / "news").rename(site.root / "elsewhere")
    running.sync()
    assert site.titles() == {"One"}
    (site.root / "elsewhere").rename(site.seeds / "back")
    running.sync()
    assert site.ids() == {"One": ids["One"], "Two": ids["Two"]}
    site.write("back/two.md", item("Two again", "https://news.example/2"))
    running.sync()
    assert site.ids()["Two again"] == ids["Two"]


def test_a_folder_that_is_ignored_is_not_watched(site: Site, running: Running) -> None:
    site.write(".git/objects/x.md", item("Hidden"))
    running.sync()
    site.write(".git/objects/y.md", item("Hidden"))
    running.sync()
    assert site.titles() == {"One", "Two"}
    assert ".git" not in running.log


def test_a_linked_folder_is_reported_and_not_followed(site: Site, running: Running) -> None:
    outside = site.root / "outside"
    outside.mkdir()
    (outside / "out.md").write_text(item("Out"))
    (site.seeds / "linked").symlink_to(outside)
    running.process.send_signal(signal.SIGHUP)
    running.wait_for_log("a symbolic link to a folder is not followed")
    (outside / "more.md").write_text(item("More"))
    running.sync()
    assert site.titles() == {"One", "Two"}


# Problems


def test_a_problem_is_told_when_it_appears_and_when_it_is_mended(site: Site, running: Running) -> None:
    site.write("one.md", "---\ntitle: [\n---\n")
    running.sync()
    assert site.titles() == {"One", "Two"}  # the last good version
    assert running.log.count("problem: seeds/one.md:") == 1
    status = running.wait_for(lambda status: status.problem_count == 1)
    assert status.problems[0].path == "one.md"
    assert "  problem    seeds/one.md:" in site.run("status").out
    site.write("two-more.md", item("More"))
    running.sync()
    assert running.log.count("problem: seeds/one.md:") == 1
    site.write("one.md", item("Mended", "https://news.example/1"))
    running.sync()
    assert "no problem any more: seeds/one.md" in running.log
    assert running.wait_for(lambda status: status.problem_count == 0).healthy


# Its own life


def test_a_pass_is_one_line_that_says_what_changed(site: Site, running: Running) -> None:
    site.write("three.md", item("Three"))
    running.sync()
    (line,) = [line for line in running.log.splitlines() if "1 change" in line]
    assert 'published why="1 change' in line
    assert "read=1 written=" in line
    assert "seconds=0." in line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_told_to(site: Site, running: Running, number: int) -> None:
    assert running.stop(number) == 0
    assert running.log.splitlines()[-1].endswith("stopped")
    assert running.status.state == "stopped"
    assert Control(site.state).holder() is None


def test_a_second_daemon_is_refused_and_the_first_named(site: Site, running: Running) -> None:
    second = site.process("run")
    assert second.returncode == 3
    assert second.stderr == (f"feedd: another feedd (process {running.process.pid}) runs on .feedd\n")
    running.sync()


def test_render_while_it_runs_is_safe(site: Site, running: Running) -> None:
    renders = [subprocess.Popen([*FEEDD, "render", "--quiet"], cwd=site.root, stderr=subprocess.PIPE) for _ in range(3)]
    for number in range(20):
        site.write("one.md", item(f"Edition {number}", "https://news.example/1"))
    for render in renders:
        _, said = render.communicate(timeout=60)
        assert (render.returncode, said) == (0, b"")
    running.sync()
    assert site.titles() == {"Edition 19", "Two"}
    assert site.render().written == ()


def test_a_daemon_that_is_started_again_writes_nothing(site: Site, running: Running, daemon: Daemon) -> None:
    site.settle()
    running.process.send_signal(signal.SIGHUP)
    running.sync()
    before = looks(site.feeds)
    running.stop()
    again = daemon().wait_until_ready()
    again.sync()
    assert looks(site.feeds) == before


def test_a_folder_that_comes_back_while_nobody_looks_is_published_again(
    site: Site, running: Running, daemon: Daemon
) -> None:
    site.settle()
    running.process.send_signal(signal.SIGHUP)
    running.sync()
    before = site.ids()
    (site.seeds / "news").rename(site.root / "elsewhere")
    running.sync()
    assert site.titles() == {"One"}
    running.stop()
    (site.root / "elsewhere").rename(site.seeds / "news")
    daemon().wait_until_ready()
    assert site.ids() == before


def test_a_folder_for_requests_that_is_deleted_is_made_again(site: Site, running: Running) -> None:
    shutil.rmtree(site.state / "requests")
    running.wait_for(lambda status: (site.state / "requests").is_dir() and "state directory" in status.last.why)
    site.write("three.md", item("Three"))
    running.sync()
    assert site.titles() == {"One", "Two", "Three"}


def test_a_configuration_that_is_gone_changes_nothing(site: Site, running: Running) -> None:
    site.configure(title="Harbour")
    running.process.send_signal(signal.SIGHUP)
    running.sync()
    before = site.documents()
    (site.root / "config/feedd.yaml").unlink()
    running.process.send_signal(signal.SIGHUP)
    running.wait_for(lambda status: bool(status.configuration))
    running.sync()
    assert running.status.configuration == ("config/feedd.yaml: cannot be read: No such file or directory",)
    assert site.documents() == before
    site.configure(title="Harbour")
    running.process.send_signal(signal.SIGHUP)
    running.wait_for(lambda status: not status.configuration)


def test_the_state_directory_stays_while_it_runs(site: Site, running: Running) -> None:
    site.configure(directories={"state": "other"})
    running.process.send_signal(signal.SIGHUP)
    running.wait_for_log("directories.state cannot change while the daemon runs")


def test_two_hundred_edits_in_a_row_leave_the_last(site: Site, running: Running) -> None:
    for number in range(200):
        site.write("one.md", item(f"Edition {number}", "https://news.example/1"))
    running.sync()
    assert site.titles() == {"Edition 199", "Two"}
    assert running.status.passes < 150


def test_a_file_is_read_when_it_is_closed_and_not_before(site: Site, running: Running) -> None:
    text = item("Half", "https://news.example/3", body="Beginning.\n\nEnd.")
    with (site.seeds / "half.md").open("w") as file:
        file.write(text[: text.index("End")])
        file.flush()
        site.write("other.md", item("Other"))
        running.sync()
        assert site.titles() == {"One", "Two", "Other"}
        file.write("End.\n")
    running.sync()
    assert "End." in site.entries()["Half"].content[0].value


def test_a_change_is_counted_once_in_the_log(site: Site, running: Running) -> None:
    saves_in_place(site)
    (site.seeds / "news/two.md").unlink()
    running.sync()
    running.process.send_signal(signal.SIGHUP)  # everything is looked at
    running.wait_for_log("the configuration was read again")
    running.sync()
    assert len([line for line in running.log.splitlines() if " gone=1" in line]) == 1
    assert " why=reload " in running.log


# The configuration


def test_sighup_has_the_configuration_read_again(site: Site, running: Running) -> None:
    site.configure(title="Another title")
    running.process.send_signal(signal.SIGHUP)
    running.wait_for_log("the configuration was read again")
    running.sync()
    assert site.feed().feed.title == "Another title"


def test_a_configuration_with_mistakes_changes_nothing_and_says_so(site: Site, running: Running) -> None:
    before = site.documents()
    (site.root / "config/feedd.yaml").write_text("titel: Wrong\nlimit: many\n")
    running.process.send_signal(signal.SIGHUP)
    status = running.wait_for(lambda status: status.configuration)
    assert len(status.configuration) == 2
    assert "did you mean `title`?" in running.log
    site.write("three.md", item("Three"))
    site.configure()  # only so that the commands of this test find it in order; it is not read by the daemon
    running.sync()
    assert site.titles() == {"One", "Two", "Three"}
    assert site.documents().keys() >= before.keys()
    result = site.run("status")
    assert result.status == 1
    assert "unknown key; did you mean `title`?" in result.out
    running.process.send_signal(signal.SIGHUP)
    running.wait_for(lambda status: not status.configuration)


def test_other_items_can_be_configured_while_it_runs(site: Site, running: Running) -> None:
    other = site.root / "other"
    other.mkdir()
    (other / "three.md").write_text(item("Three"))
    site.configure(directories={"seeds": "other"})
    running.process.send_signal(signal.SIGHUP)
    running.wait_for(lambda status: status.seeds == "other" and status.files == 1)
    assert site.titles() == {"Three"}
    (other / "four.md").write_text(item("Four"))
    running.sync()
    assert site.titles() == {"Three", "Four"}


def test_polling_finds_what_is_not_watched(site: Site, daemon: Daemon) -> None:
    site.configure(daemon={"watch": "poll", "poll": "1s"})
    site.write("one.md", item("One"))
    running = daemon().wait_until_ready()
    assert "the configuration says `watch: poll`" in running.status.watching
    site.write("two.md", item("Two"))
    running.sync()
    assert site.titles() == {"One", "Two"}


# The commands about it


def test_sync_without_a_daemon_says_so(site: Site) -> None:
    result = site.run("sync")
    assert result.status == 3
    assert "no daemon runs here" in result.err


def test_sync_says_why_it_takes_too_long(site: Site, running: Running) -> None:
    os.kill(running.process.pid, signal.SIGSTOP)
    try:
        result = site.run("sync", "--timeout", "0.2")
    finally:
        os.kill(running.process.pid, signal.SIGCONT)
    assert (result.status, result.err) == (1, "feedd: not everything was published within 0.2 s\n")
    assert list((site.state / "requests").iterdir()) == []


def test_status_says_whether_it_runs(site: Site, daemon: Daemon) -> None:
    assert site.run("status").status == 3
    assert site.run("status").out == "feedd does not run here, and has not before\n"
    site.write("one.md", item("One"))
    running = daemon().wait_until_ready()
    result = site.run("status")
    assert result.status == 0
    assert f"running (process {running.process.pid})" in result.out
    assert "1 entry in 1 feed" in result.out
    said = json.loads(site.run("status", "--format", "json").out)
    assert said["running"] is True
    assert said["status"]["entries"] == 1
    running.stop()
    result = site.run("status")
    assert result.status == 3
    assert "not running" in result.out


def test_status_tells_a_daemon_that_was_killed_from_one_that_was_stopped(site: Site, running: Running) -> None:
    running.stop(signal.SIGKILL)
    result = site.run("status")
    assert result.status == 1
    assert "ended without having been told to" in result.out


def test_a_damaged_status_is_no_status(site: Site) -> None:
    site.state.mkdir()
    Path(site.state / "status.json").write_text("{")
    assert site.run("status").status == 3


def test_a_daemon_can_be_looked_at_while_the_configuration_has_mistakes(site: Site, running: Running) -> None:
    site.configure(titel="x")
    result = site.run("status")
    assert result.status == 1
    assert "titel: unknown key" in result.err
    assert f"feedd        running (process {running.process.pid})" in result.out
    site.write("another.md", item("Another, meanwhile"))
    assert site.run("sync").status == 0
    assert b"Another, meanwhile" in site.documents()["atom.xml"]
