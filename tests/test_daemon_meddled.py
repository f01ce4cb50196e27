"""Meddling with what belongs to `feedd run`: items half written, documents, the ledger, the configuration."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Running, Site, assert_in_step, item, wait_until

Daemon = Callable[..., Running]


@pytest.fixture
def running(site: Site, daemon: Daemon) -> Running:
    """A daemon on a site with a few items, which looks at everything every second."""
    site.configure(daemon={"reconcile": "1s"})
    for number in range(8):
        text = item(f"Title {number}", f"https://news.example/{number}", topics=[f"T {number % 2}"])
        site.write(f"{number}.md", text)
    return daemon().wait_until_ready()


# Somebody is still writing


def test_a_file_that_stays_half_written_is_not_published_until_it_is_closed(site: Site, daemon: Daemon) -> None:
    site.write("old.md", item("Old", "https://news.example/old", body="Before."))
    running = daemon().wait_until_ready()
    before = site.entries()["Old"].content[0].value
    old = item("Old", "https://news.example/old", body="A beginning.\n\nAn end.")
    new = item("New", "https://news.example/new", body="A beginning.\n\nAn end.")
    half = len(new) - len("An end.\n")
    with (site.seeds / "old.md").open("w") as over, (site.seeds / "new.md").open("w") as beside:
        over.write(old[:half])
        beside.write(new[:half])
        for number in range(5):
            over.flush()
            beside.flush()
            site.write(f"{number}.md", item(f"Other {number}"))
            running.sync()
            assert site.titles() == {"Old", *(f"Other {n}" for n in range(number + 1))}
            assert site.entries()["Old"].content[0].value == before
        over.write(old[half:])
        beside.write(new[half:])
    running.sync()
    assert "An end." in site.entries()["Old"].content[0].value
    assert "An end." in site.entries()["New"].content[0].value
    assert_in_step(site)


def test_a_half_that_a_look_at_everything_has_found_is_made_whole_when_it_is_closed(
    site: Site, running: Running
) -> None:
    ids = site.ids()
    text = item("Title 3", "https://news.example/3", body="A beginning.\n\nAn end.")
    with (site.seeds / "3.md").open("w") as file:
        file.write(text[:10])
        file.flush()
        running.wait_for(lambda status: status.problem_count)
        assert site.ids() == ids
        file.write(text[10:])
    running.sync()
    assert site.ids() == ids
    assert running.wait_for(lambda status: not status.problem_count).healthy
    assert "An end." in site.entries()["Title 3"].content[0].value
    assert_in_step(site)


# Somebody meddles with the feeds


def deleted(feeds: Path) -> None:
    gone = feeds.with_name("gone")
    feeds.rename(gone)  # at once: the daemon may be at work in it
    shutil.rmtree(gone)


def edited_by_hand(feeds: Path) -> None:
    path = feeds / "topics/t-1/feed.json"
    path.write_text(path.read_text().replace("Title", "Titel"))


def cut_short(feeds: Path) -> None:
    os.truncate(feeds / "atom.xml", 100)


def replaced_by_an_empty_folder(feeds: Path) -> None:
    (feeds / "rss.xml").unlink()
    (feeds / "rss.xml").mkdir()


@pytest.mark.parametrize(
    ("meddle", "how"),
    [
        (deleted, "periodically"),
        (edited_by_hand, "periodically"),
        (deleted, "when it is told to"),
        (cut_short, "when it is told to"),
        (replaced_by_an_empty_folder, "when it is told to"),
    ],
)
def test_feeds_that_were_meddled_with_are_made_good(
    site: Site, daemon: Daemon, meddle: Callable[[Path], None], how: str
) -> None:
    site.configure(daemon={"reconcile": "1s" if how == "periodically" else "1h"})
    for number in range(4):
        site.write(f"{number}.md", item(f"Title {number}", topics=[f"T {number % 2}"]))
    running = daemon().wait_until_ready()
    before = site.documents()
    meddle(site.feeds)
    if how == "when it is told to":
        running.process.send_signal(signal.SIGHUP)
    running.wait_for(lambda _: site.feeds.exists() and site.documents() == before)
    site.write("0.md", item("Changed", topics=["T 0"]))
    running.sync()
    assert "Changed" in site.titles("topics/t-0/rss.xml")
    assert_in_step(site)


def test_a_folder_with_contents_in_a_documents_place_is_reported_until_it_is_moved_away(
    site: Site, running: Running
) -> None:
    place = site.feeds / "topics/t-1/atom.xml"
    place.unlink()
    place.mkdir()
    (place / "precious").write_text("somebody's")
    site.write("1.md", item("Changed", "https://news.example/1", topics=["T 1"]))
    status = running.wait_for(lambda status: status.last.outcome == "failed")
    assert "topics/t-1/atom.xml: cannot be written: a folder with contents stands in this" in status.last.words
    assert "not all could be written: topics/t-1/atom.xml" in running.log
    wait_until(lambda: "Changed" in site.titles("topics/t-1/rss.xml"), 60, lambda: running.log)
    assert site.run("sync", "--timeout", "0.5").status == 1
    assert (place / "precious").read_text() == "somebody's"
    place.rename(site.root / "aside")
    running.wait_for(lambda status: status.healthy)
    running.sync()
    assert "Changed" in site.titles("topics/t-1/atom.xml")
    assert (site.root / "aside/precious").exists()
    assert_in_step(site)


# Somebody meddles with the state


def ledger_deleted(site: Site) -> None:
    for path in site.state.glob("ledger.*"):
        path.unlink()


def ledger_overwritten(site: Site) -> None:
    size = site.ledger.stat().st_size
    with site.ledger.open("r+b") as file:
        file.write(random.Random(1).randbytes(4096))
        file.seek(size // 3)
        file.write(random.Random(2).randbytes(size // 3))


def ledger_cut_short(site: Site) -> None:
    os.truncate(site.ledger, site.ledger.stat().st_size // 2)


def ledger_emptied(site: Site) -> None:
    os.truncate(site.ledger, 0)


def ledger_replaced(site: Site) -> None:
    beside = site.state / "beside"
    beside.write_bytes(b"This is no database.\n" * 1000)
    beside.replace(site.ledger)


ANEW = re.compile("identities were made anew from the items|taken over from the feeds' directory")


@pytest.mark.parametrize(
    "meddle", [ledger_deleted, ledger_overwritten, ledger_cut_short, ledger_emptied, ledger_replaced]
)
@pytest.mark.parametrize("passes", [1, 4])
def test_edits_are_published_without_a_ledger_and_no_id_changes(
    site: Site, daemon: Daemon, meddle: Callable[[Site], None], passes: int
) -> None:
    for number in range(8):
        site.write(f"{number}.md", item(f"Title {number}", f"https://news.example/{number}", topics=["T"]))
    running = daemon().wait_until_ready()
    while running.status.passes < passes:
        site.write("1.md", item("Title 1", "https://news.example/1", body=f"Edition {running.status.passes}."))
        running.sync()
    ids = site.ids()
    meddle(site)
    site.write("0.md", item("Title 0", "https://news.example/0", body="Changed."))
    site.write("8.md", item("Title 8", "https://news.example/8", topics=["T"]))
    (site.seeds / "7.md").unlink()
    running.sync()
    assert "Changed." in site.entries()["Title 0"].content[0].value
    assert site.ids().items() ^ ids.items() == {("Title 7", ids["Title 7"]), ("Title 8", site.ids()["Title 8"])}
    # After several passes SQLite needs nothing of the file, and what is wrong inside is found by the next start.
    if passes == 1 or meddle in (ledger_deleted, ledger_emptied, ledger_replaced):
        wait_until(lambda: ANEW.search(running.log), 60, lambda: running.log)
        assert_in_step(site)
    ids = site.ids()
    running.stop()
    again = daemon().wait_until_ready()
    assert len(ANEW.findall(again.log)) == 1
    assert "mistake in feedd" not in again.log
    assert site.ids() == ids
    assert_in_step(site)


def test_a_daemon_whose_state_directory_is_deleted_goes_on_and_can_be_reached(site: Site, running: Running) -> None:
    ids = site.ids()
    shutil.rmtree(site.state)
    site.write("8.md", item("New", "https://news.example/new"))
    wait_until(lambda: "New" in site.titles(), 60, lambda: running.log)
    running.wait_for(lambda status: status.healthy)
    running.sync()
    assert site.ids().items() >= ids.items()
    assert site.process("run").returncode == 3
    assert_in_step(site)


def test_a_topics_file_that_is_deleted_changes_nothing_and_is_said(site: Site, daemon: Daemon) -> None:
    topics = site.root / "config/topics.yaml"
    topics.write_text("topics:\n- name: Boats\n  aliases: [Ships]\n")
    site.configure(topics="config/topics.yaml")
    site.write("1.md", item("One", topics=["Ships"]))
    running = daemon().wait_until_ready()
    assert site.titles("topics/boats/atom.xml") == {"One"}
    topics.rename(site.root / "aside")
    running.process.send_signal(signal.SIGHUP)
    status = running.wait_for(lambda status: status.configuration)
    assert len(status.configuration) == 1
    assert "config/topics.yaml" in status.configuration[0]
    site.write("2.md", item("Two", topics=["Ships"]))
    wait_until(lambda: site.titles("topics/boats/atom.xml") == {"One", "Two"}, 60, lambda: running.log)
    (site.root / "aside").rename(topics)
    running.process.send_signal(signal.SIGHUP)
    running.wait_for(lambda status: not status.configuration)
    running.sync()
    assert site.titles("topics/boats/atom.xml") == {"One", "Two"}
    assert_in_step(site)


def test_a_log_on_a_full_disk_stops_nothing(site: Site, daemon: Daemon) -> None:
    site.write("1.md", item("One"))
    running = daemon(log="/dev/full").wait_until_ready()
    site.write("2.md", item("Two"))
    running.sync()
    site.write("3.md", "---\ntitle: [\n---\n")
    running.sync()
    assert site.titles() == {"One", "Two"}
    assert running.stop() == 0
    assert_in_step(site)


# Another base URL


def test_a_render_for_another_address_than_that_of_the_daemon_is_refused(site: Site, daemon: Daemon) -> None:
    first, second = "https://first.example/", "https://second.example/"
    site.configure(base_url=first)
    site.write("a.md", item("A", "https://news.example/a"))
    running = daemon().wait_until_ready()
    before = site.documents()
    for arguments in (("--base-url", second), ()):
        if not arguments:
            site.configure(base_url=second)  # and the daemon has not read it yet
        result = site.run("render", *arguments)
        assert (result.status, result.out) == (3, "")
        assert f"publishes here for {first}, and would undo what is made for {second}. " in result.err
        assert f", say `--base-url {first}` here, too, or end it first" in result.err
        assert site.documents() == before
    running.process.send_signal(signal.SIGHUP)
    running.wait_for(lambda status: status.base_url == second)
    assert site.run("render").status == 0
    assert site.run("render", "--base-url", first).status == 3
    assert site.run("render", "--base-url", first, "--preview", "preview").status == 0
    assert running.stop() == 0
    assert site.run("render", "--base-url", first).status == 0


# A configuration that the daemon has not read


def test_a_changed_configuration_is_not_in_force_until_the_daemon_reads_it(site: Site, daemon: Daemon) -> None:
    site.configure(title="Before")
    site.write("a.md", item("A", "https://news.example/a"))
    running = daemon().wait_until_ready()
    assert "not in force" not in site.run("status").out
    site.configure(title="After")
    assert "config/feedd.yaml has changed, and is not in force. Have it read" in site.run("status").out
    refused = site.run("render")
    assert (refused.status, refused.out) == (3, "")
    assert "config/feedd.yaml as it was before it changed, and would undo what is made now. Have it read" in refused.err
    assert b"Before" in site.documents()["index.html"]
    running.process.send_signal(signal.SIGHUP)
    running.wait_for_log("the configuration was read again")
    running.sync()
    assert "not in force" not in site.run("status").out
    assert site.run("render").status == 0
    assert b"After" in site.documents()["index.html"]
    assert running.stop() == 0
