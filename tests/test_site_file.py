"""The key that a ledger and its documents share, and the lock of the one who publishes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from support import FEEDD, Running, Site, end, item, looks, tree, wait_until

from feedd.store.site_file import FILE

MISMATCH = "belongs to another site than the documents in feeds"


def other_site(site: Site) -> None:
    """The ledger of another site, in another/."""
    site.render("--state", "another", "--feeds", "other feeds")


def ledger_without_key(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM meta WHERE name = 'site key'")


def replace_ledger(site: Site) -> None:
    for name in site.state.iterdir():
        name.unlink()
    shutil.copy(site.root / "another/ledger.sqlite3", site.ledger)


def replace_state_directory(site: Site) -> None:
    site.state.rename(site.root / "away")
    (site.root / "another").rename(site.state)


def replace_by_one_of_before(site: Site) -> None:
    replace_ledger(site)
    ledger_without_key(site.ledger)


@pytest.mark.parametrize("replace", [replace_ledger, replace_state_directory, replace_by_one_of_before])
def test_a_ledger_of_another_site_is_refused_with_the_way_on(site: Site, replace: Callable[[Site], None]) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.render()
    other_site(site)
    before = looks(site.feeds)
    replace(site)
    result = site.run("render")
    assert result.status == 3
    assert MISMATCH in result.err
    assert f"delete feeds/{FILE}" in result.err
    assert looks(site.feeds) == before
    (site.feeds / FILE).unlink()
    assert site.render().entries == 1
    assert site.render().written == ()


def test_a_ledger_of_before_gets_a_key_and_so_do_the_documents(site: Site) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.render()
    ids = site.ids()
    ledger_without_key(site.ledger)
    (site.feeds / FILE).unlink()
    assert site.render().written == ()
    assert len((site.feeds / FILE).read_text().strip()) == 32
    before = looks(site.feeds)
    assert site.render().written == ()
    assert looks(site.feeds) == before
    assert site.ids() == ids


def test_a_new_ledger_after_a_loss_takes_the_key_of_the_documents(site: Site) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.render()
    key = (site.feeds / FILE).read_bytes()
    shutil.rmtree(site.state)
    site.render()
    assert (site.feeds / FILE).read_bytes() == key


@pytest.mark.parametrize(
    "damaged", [b"", b"\n", bytes(33), b"0123456789abcdef", b"\xff\xfe" * 16, b"0123456789ABCDEF" * 2, b"z" * 32]
)
def test_a_damaged_key_in_the_feeds_is_made_good_from_the_ledger(site: Site, damaged: bytes) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.render()
    key = (site.feeds / FILE).read_bytes()
    (site.feeds / FILE).write_bytes(damaged)
    assert site.render().written == ()
    assert (site.feeds / FILE).read_bytes() == key


def test_a_damaged_key_is_not_taken_for_a_new_ledger(site: Site) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.render()
    shutil.rmtree(site.state)
    (site.feeds / FILE).write_bytes(bytes(33))
    site.render()
    assert re.fullmatch(rb"[0-9a-f]{32}\n", (site.feeds / FILE).read_bytes())


def test_no_document_holds_the_key(site: Site) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.render()
    key = (site.feeds / FILE).read_bytes().strip()
    assert not any(key in data for data in site.documents().values())
    site.render("--state", "another", "--feeds", "again")
    assert tree(site.root / "again") == site.documents()


def test_a_second_daemon_on_the_same_feeds_is_refused_and_so_is_a_render(site: Site) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    running = Running(site).wait_until_ready()
    try:
        before = looks(site.feeds)
        for command in ("run", "render"):
            result = site.run(command, "--state", "another", *(["--listen", "off"] if command == "run" else []))
            assert result.status == 3, result
            assert "another feedd publishes into feeds with a state directory of its own" in result.err
        assert looks(site.feeds) == before
        assert site.run("render").status == 0, "the same state directory may publish beside its daemon"
        running.process.send_signal(signal.SIGHUP)
        running.wait_for_log("the configuration was read again")
        running.sync()
        assert site.run("render", "--state", "another").status == 3, "it holds the feeds after a reload, too"
    finally:
        assert running.stop() == 0
    assert site.run("render", "--state", "another").status == 0


def test_a_daemon_that_publishes_elsewhere_does_not_stand_for_the_lock_of_another(site: Site) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.render("--feeds", "others")
    own = Running(site).wait_until_ready()
    try:
        state = site.root / "another"
        other = subprocess.Popen(
            [*FEEDD, "run", "--listen", "off", "--state", str(state), "--feeds", "others"],
            cwd=site.root,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until((state / "status.json").exists, 60, lambda: "the other daemon has not begun")
            result = site.run("render", "--feeds", "others")
            assert result.status == 3, result
            assert "another feedd publishes into others with a state directory of its own" in result.err
        finally:
            end(other)
        assert site.run("render", "--feeds", "others").status == 0
        site.feeds.rename(site.root / "away")
        site.feeds.mkdir()
        own.sync()
        assert site.run("render").status == 0, "the daemon has the lock of the new directory"
    finally:
        assert own.stop() == 0


def test_a_killed_daemon_leaves_no_lock(site: Site) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    running = Running(site).wait_until_ready()
    running.process.kill()
    running.process.wait()
    assert site.run("render", "--state", "another").status == 0


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("elsewhere")])
def test_something_else_in_place_of_the_file_is_said(site: Site, make: Callable[[Path], None]) -> None:
    site.write("a.md", item("A", "https://example.org/a"))
    site.feeds.mkdir()
    make(site.feeds / FILE)
    result = site.run("render")
    assert result.status == 3
    assert "is not a regular file; move it away" in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("folder", ["topics", "topics/ai", "hot"])
def test_nothing_is_written_or_deleted_through_a_link_in_place_of_a_folder(site: Site, folder: str) -> None:
    site.write("a.md", item("A", "https://example.org/a", topics=["AI"]))
    site.render()
    outside = site.root / "outside"
    (site.feeds / folder).rename(outside)
    (site.feeds / folder).symlink_to(outside)
    before = looks(outside)
    site.write("a.md", item("B", "https://example.org/a", topics=["AI"]))
    report = site.render(status=3)
    assert {problem.reason for problem in report.failed} == {
        "cannot be written: a link stands in place of its folder; move it away"
    }
    assert all(problem.path.startswith(f"{folder}/") for problem in report.failed)
    assert looks(outside) == before
    (site.feeds / folder).unlink()
    site.render()
    site.render("--state", "another", "--feeds", "again")
    assert tree(site.root / "again").keys() == site.documents().keys()
