"""Backups: of a ledger at work, put back, and refused; what is put back is a moment that there was."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sqlite3
import stat
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from support import Running, Site, assert_in_step, item, looks, small_disk, tree, unprivileged
from test_recovery_in_ci import pages_host

from feedd import __version__
from feedd.render.recovery.index_parts import MARK
from feedd.store.copies.snapshot import snapshot
from feedd.store.lock import Lock

EDITS_PER_SECOND = 50


def fill(site: Site, count: int = 3, word: str = "Title") -> None:
    for number in range(count):
        site.write(f"{number}.md", item(f"{word} {number}", f"https://example.org/{number}", topics=["T"]))


def rows(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """All that a ledger holds, but for what backups add, and for what has the next pass read all items."""
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    held = {name: sorted(db.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in tables}
    held.pop("state_files", None)
    held["meta"] = [row for row in held["meta"] if row[0] not in ("backed up", "restored", "reading", "catalog")]
    return held


def rows_in(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(snapshot(path)) as db:
        return rows(db)


# Under a daemon at work


@contextmanager
def edited(site: Site, count: int) -> Iterator[None]:
    """Edits go on meanwhile, in an even pace."""
    over = threading.Event()

    def edit() -> None:
        number = 0
        while not over.wait(1 / EDITS_PER_SECOND):
            number += 1
            of = number % count
            site.write(f"{of}.md", item(f"Edit {number} of {of}", f"https://example.org/{of}", topics=["T"]))

    thread = threading.Thread(target=edit)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def moments(base: Path, log: bytes, folder: Path) -> Iterator[dict[str, list[tuple[object, ...]]]]:
    """What the ledger held after each of its transactions: the file as it was before, with the first so many frames of
    its write-ahead log (https://sqlite.org/fileformat2.html#walformat).
    """
    (page,) = struct.unpack(">I", log[8:12])
    path = folder / "moment.sqlite3"
    for end in range(32 + 24 + page, len(log) + 1, 24 + page):
        (pages_after_commit,) = struct.unpack(">I", log[end - page - 20 : end - page - 16])
        if pages_after_commit:
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            shutil.copy(base, path)
            path.with_name(f"{path.name}-wal").write_bytes(log[:end])
            with closing(sqlite3.connect(path)) as db:
                yield rows(db)


def test_a_backup_under_fifty_edits_a_second_is_a_moment_of_that_time_also_when_it_was_put_back(
    site: Site, daemon: Callable[..., Running], tmp_path: Path
) -> None:
    count, backups = 12, 4
    fill(site, count)
    running = daemon().wait_until_ready()
    work = tmp_path / "work"
    work.mkdir()
    with closing(sqlite3.connect(site.ledger, isolation_level=None)) as db:
        assert db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        db.execute("BEGIN")
        db.execute("SELECT count(*) FROM files").fetchone()  # as long as this lasts, all that is written is in the log
        shutil.copy(site.ledger, work / "base.sqlite3")
        with edited(site, count):
            for number in range(backups):
                passes = running.wait_for(lambda status: status.passes > 2).passes
                assert site.run("backup", f"{number}.bak").status == 0
                running.wait_for(lambda status, seen=passes + 2: status.passes > seen)
        running.sync()
        log = site.ledger.with_name("ledger.sqlite3-wal").read_bytes()
    assert running.stop() == 0

    taken = [rows_in(site.root / f"{number}.bak") for number in range(backups)]
    every = list(moments(work / "base.sqlite3", log, work))
    places = [[at for at, held in enumerate(every) if held == found] for found in taken]
    assert all(places), "a backup holds what the ledger never held"
    assert [place[0] for place in places] == sorted({place[0] for place in places}), "edits went on in between"
    assert places[-1][-1] < len(every) - 1

    before = site.ids()
    assert site.run("restore", "1.bak").status == 0
    assert rows_in(site.ledger) == taken[1]
    site.render()
    assert site.ids() == before


def test_the_right_of_others_to_write_is_not_held_up_by_a_backup(site: Site) -> None:
    """As long as a pass holds its locks, and writes: the backup is of before."""
    fill(site)
    site.render()
    before = rows_in(site.ledger)
    with closing(sqlite3.connect(site.ledger, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        db.execute("DELETE FROM files")
        assert site.run("backup", "a.bak").status == 0
        db.execute("ROLLBACK")
    assert rows_in(site.root / "a.bak") == before


# The file


def test_a_backup_is_one_private_file_and_leaves_the_ledger_alone(site: Site) -> None:
    fill(site)
    site.render()
    (site.root / "backups").mkdir(0o750)
    before = looks(site.state)
    result = site.run("backup", "backups/a.bak")
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith("saved     3 entries, ")
    assert [path.name for path in (site.root / "backups").iterdir()] == ["a.bak"]
    assert stat.S_IMODE((site.root / "backups/a.bak").stat().st_mode) == 0o600
    assert {path: look for path, look in looks(site.state).items() if "-" not in path} == before
    assert rows_in(site.root / "backups/a.bak") == rows_in(site.ledger)


def test_a_backup_replaces_no_file_without_being_told(site: Site) -> None:
    fill(site)
    site.render()
    path = site.root / "a.bak"
    path.write_text("something else")
    result = site.run("backup", "a.bak")
    assert (result.status, path.read_text()) == (3, "something else")
    assert "a.bak is there already; name another file, or say --replace" in result.err
    assert site.run("backup", "a.bak", "--replace").status == 0
    assert rows_in(path) == rows_in(site.ledger)


def test_what_is_no_file_is_said_of_a_backup_as_what_it_is(site: Site) -> None:
    fill(site, 1)
    site.render()
    (site.root / "folder").mkdir()
    (site.root / "link").symlink_to("a.bak")
    for name, words in (
        ("folder", "folder is a folder; name a file in it"),
        ("link", "link is a link; name the file itself"),
        ("/dev/null", "/dev/null is no regular file; name another file"),
    ):
        result = site.run("backup", "--replace", name)
        assert (result.status, result.err) == (3, f"feedd: the backup cannot be written: {words}\n")
    result = site.run("restore", "folder")
    assert (result.status, result.err) == (3, "feedd: folder is a folder; name the file of the backup\n")


def test_a_folder_that_may_not_be_entered_is_said_of_a_backup(site: Site) -> None:
    fill(site, 1)
    site.render()
    folder = site.root / "closed"
    folder.mkdir()
    folder.chmod(0)

    def act() -> None:
        for command, words in (
            ("backup", "the backup cannot be written: Permission denied: closed/a.bak"),
            ("restore", "closed/a.bak cannot be read: Permission denied"),
        ):
            result = site.run(command, "closed/a.bak")
            assert (result.status, result.err) == (3, f"feedd: {words}\n")

    try:
        unprivileged(act)
    finally:
        folder.chmod(0o700)


def test_backups_are_made_and_put_back_where_links_lead_to_the_folders(site: Site) -> None:
    site.configure(feeds={"team": {"title": "Team", "topics": ["A"]}}, private={"feeds": ["team"]})
    fill(site, 1)
    for name in ("state", "backups"):
        (site.root / f"kept-{name}").mkdir()
        (site.root / name).symlink_to(f"kept-{name}")
    site.render("--state", "state")
    assert site.run("subscribers", "add", "ada", "--state", "state").status == 0
    assert site.run("backup", "backups/a.bak", "--state", "state").status == 0
    (site.root / "kept-state/private/subscribers.json").unlink()
    restored = site.run("restore", "backups/a.bak", "--state", "state")
    assert (restored.status, restored.err) == (0, "")
    assert "ada" in site.run("subscribers", "list", "--state", "state").out


def test_a_copy_of_a_ledger_that_was_put_back_is_not_as_old_as_the_backup(site: Site) -> None:
    fill(site, 1)
    site.render()
    assert site.run("backup", "a.bak").status == 0
    assert "as of 20" in site.run("restore", "a.bak").out
    site.render()
    shutil.copy(site.ledger, site.root / "copy.sqlite3")
    assert "as of" not in site.run("restore", "copy.sqlite3").out


def test_a_backup_is_not_written_where_it_would_be_published(site: Site) -> None:
    fill(site)
    site.render()
    (site.root / "link").symlink_to("feeds")
    for place in ("feeds/a.bak", "feeds/../feeds/topics/a.bak", "link/a.bak"):
        result = site.run("backup", place)
        assert result.status == 2
        assert "would publish what is withheld" in result.err
    assert not list(site.feeds.rglob("*.bak"))


def test_a_backup_does_not_take_the_place_of_the_ledger(site: Site) -> None:
    fill(site)
    site.render()
    before = site.ledger.read_bytes()
    (site.root / "link").symlink_to(site.state)
    for place in (site.ledger, site.root / "link/ledger.sqlite3", f"{site.ledger}-wal"):
        result = site.run("backup", str(place), "--replace")
        assert result.status == 2
        assert "is of the ledger itself; name another file" in result.err
    assert site.ledger.read_bytes() == before


def test_what_a_killed_backup_left_is_in_nobodys_way(site: Site) -> None:
    fill(site)
    site.render()
    left = site.root / ".a.bak.new"
    left.write_bytes(b"half a backup" * 1000)
    left.chmod(0o644)
    assert site.run("backup", "a.bak").status == 0
    assert not left.exists()
    assert rows_in(site.root / "a.bak") == rows_in(site.ledger)


def test_two_backups_into_one_file_do_not_mix(site: Site) -> None:
    fill(site)
    site.render()
    other = Lock(site.root, ".a.bak.new", "writes")
    other.take(0)
    result = site.run("backup", "a.bak")
    assert (result.status, "another backup is being written" in result.err) == (3, True)
    other.release()
    assert site.run("backup", "a.bak").status == 0


@pytest.mark.usefixtures("may_mount")
def test_a_full_disk_leaves_the_backup_of_before(site: Site) -> None:
    fill(site, 40)
    site.render()
    with small_disk(site.root / "small", "size=800k") as why:
        assert not why
        assert site.run("backup", "small/a.bak").status == 0
        before = (site.root / "small/a.bak").read_bytes()
        result = site.run("backup", "small/a.bak", "--replace")
        assert result.status == 3
        assert "no backup of .feedd/ledger.sqlite3 can be made in small: database or disk is full" in result.err
        assert tree(site.root / "small") == {"a.bak": before}


def test_there_is_no_backup_of_no_ledger_or_of_a_damaged_one(site: Site) -> None:
    fill(site, 40)
    assert "there is no ledger in .feedd" in site.run("backup", "a.bak").err
    site.render()
    data = site.ledger.read_bytes()
    site.ledger.write_bytes(data[:16384] + os.urandom(65536) + data[81920:])
    result = site.run("backup", "a.bak")
    assert result.status == 3
    assert "the ledger is damaged" in result.err
    assert not (site.root / "a.bak").exists()


def test_a_file_of_the_state_directory_that_cannot_be_read_is_named(site: Site) -> None:
    fill(site, 2)
    site.render()
    (site.state / "gone-pages").unlink(missing_ok=True)
    (site.state / "gone-pages").mkdir()
    result = site.run("backup", "a.bak")
    assert (result.status, ".feedd/gone-pages cannot be read: Is a directory" in result.err) == (3, True)
    assert not (site.root / "a.bak").exists()


# Putting back


def test_a_ledger_that_is_put_back_goes_on_and_the_ledger_of_before_is_kept(site: Site) -> None:
    fill(site)
    site.render()
    site.run("backup", "a.bak")
    site.write("later.md", item("Later", "https://example.org/later"))
    site.render()
    entries, held = shown(site), rows_in(site.ledger)
    result = site.run("restore", "a.bak")
    assert result.status == 0, result
    assert "the ledger before it is kept: .feedd/ledger.sqlite3.before-restore-1" in result.out
    assert rows_in(site.ledger) == rows_in(site.root / "a.bak")
    assert rows_in(site.state / "ledger.sqlite3.before-restore-1") == held
    assert "state_files" not in tables(site.ledger)
    site.render()
    assert shown(site) == entries


def shown(site: Site) -> set[tuple[str, str, str]]:
    return {(entry.id, entry.published, entry.updated) for entry in site.feed().entries}


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as db:
        return {name for (name,) in db.execute("SELECT name FROM sqlite_schema")}


def test_a_backup_serves_where_nothing_is_left(site: Site) -> None:
    fill(site)
    site.render()
    documents = site.documents()
    (site.state / "subscribers").write_text("a reader asked")
    site.run("backup", "a.bak")
    shutil.rmtree(site.state)
    shutil.rmtree(site.feeds)
    assert site.run("restore", "a.bak").status == 0
    refused = site.run("render")
    assert (refused.status, "there are no feeds. The ledger is from a backup" in refused.err) == (3, True)
    assert "`feedd render --recover FOLDER|URL`" in refused.err
    assert site.run("plan").status == 3
    assert not site.documents()
    (remark,) = site.render("--first").remarks  # nothing was published since
    assert "what was published since is not known" in remark
    assert site.documents() == documents
    assert (site.state / "subscribers").read_text() == "a reader asked"
    assert site.run("render", "--start-over", "--nobody-subscribed").status == 3


def test_a_backup_knows_the_subscribers_of_private_feeds_and_what_they_have(site: Site) -> None:
    site.configure(feeds={"boats": {"title": "Boats", "topics": ["T"]}}, private={"feeds": ["boats"]})
    site.now = datetime(2026, 1, 1, tzinfo=UTC)
    fill(site)
    site.write("inside.md", item("Inside", None, None, audience="boats", topics=["T"]))
    site.run("subscribers", "add", "ada")
    site.render()
    (site.seeds / "inside.md").rename(site.seeds / "moved.md")  # its id follows from nothing that is there now
    site.render()
    subscribers, place = site.state / "private/subscribers.json", site.state / "private/.token-place"
    kept, documents = (subscribers.read_bytes(), place.read_bytes()), tree(site.state / "private/boats/feeds")
    site.run("backup", "a.bak")
    shutil.rmtree(site.state)
    result = site.run("restore", "a.bak")
    assert "whoever was revoked since may read private feeds again" in result.out
    assert (subscribers.read_bytes(), place.read_bytes()) == kept
    assert subscribers.stat().st_mode & 0o077 == 0
    site.now += timedelta(days=1)
    site.render()
    assert tree(site.state / "private/boats/feeds") == documents


def test_a_backup_puts_nothing_but_known_files_into_the_state_directory(site: Site) -> None:
    fill(site)
    site.render()
    site.run("backup", "a.bak")
    with closing(sqlite3.connect(site.root / "a.bak")) as db, db:
        for name in ("../outside", "private/../../outside", "private/./ledger.sqlite3", "config", "private/x/feeds"):
            db.execute("INSERT INTO state_files VALUES (?, 'x')", (name,))
    shutil.rmtree(site.state)
    assert site.run("restore", "a.bak").status == 0
    assert not (site.root / "outside").exists()
    assert not (site.state / "private").exists()
    assert not (site.state / "config").exists()


def test_nothing_is_put_back_while_a_daemon_runs_or_makes_a_pass(site: Site, daemon: Callable[..., Running]) -> None:
    fill(site)
    running = daemon().wait_until_ready()
    assert site.run("backup", "a.bak").status == 0
    before = rows_in(site.ledger)
    result = site.run("restore", "a.bak")
    assert result.status == 3
    assert f"another feedd (process {running.process.pid}) runs on .feedd: stop it first (`systemctl stop" in result.err
    assert rows_in(site.ledger) == before


def refused(site: Site, file: str) -> str:
    """What is said of a file that is not put back; nothing has changed."""
    before = rows_in(site.ledger)
    result = site.run("restore", file)
    assert (result.status, result.out) == (3, "")
    assert rows_in(site.ledger) == before
    assert sorted(path.name for path in site.state.glob("*.sqlite3*") if "-" not in path.name) == ["ledger.sqlite3"]
    return result.err


def test_what_is_no_backup_is_not_put_back(site: Site) -> None:
    fill(site, 40)
    site.render()
    site.run("backup", "a.bak")
    whole = (site.root / "a.bak").read_bytes()
    other = sqlite3.connect(":memory:")
    other.execute("CREATE TABLE entries (a)")
    for name, data in {
        "text": b"no database\n" * 1000,
        "empty": b"",
        "cut": whole[: len(whole) // 2],
        "overwritten": whole[:16384] + os.urandom(65536) + whole[81920:],
        "of another program": other.serialize(),
    }.items():
        (site.root / name).write_bytes(data)
        assert f"{name} cannot be put back: it is damaged, or no backup of feedd" in refused(site, name)
    other.close()
    assert "there is no file missing" in refused(site, "missing")
    assert "is the ledger itself" in refused(site, ".feedd/ledger.sqlite3")


def test_nothing_is_made_for_a_backup_that_is_not_there(site: Site) -> None:
    result = site.run("restore", "missing")
    assert (result.status, result.out) == (3, "")
    assert not (site.root / ".feedd").exists()


def test_a_backup_of_another_site_is_not_put_back(site: Site, tmp_path: Path) -> None:
    fill(site)
    site.render()
    assert site.run("render", "--feeds", "other/feeds", "--state", "other/state").status == 0
    assert site.run("backup", "other.bak", "--state", "other/state").status == 0
    assert "other.bak belongs to another site" in refused(site, "other.bak")
    (site.feeds / ".feedd-site").unlink()  # the ledger has the key, too
    assert "other.bak belongs to another site" in refused(site, "other.bak")


def test_a_backup_of_a_newer_feedd_is_not_put_back_and_says_which_it_needs(site: Site) -> None:
    fill(site)
    site.render()
    site.run("backup", "a.bak")
    with closing(sqlite3.connect(site.root / "a.bak")) as db, db:
        db.execute("PRAGMA user_version = 99")
        db.execute("UPDATE meta SET value = '12.3.4' WHERE name = 'feedd'")
    words = refused(site, "a.bak")
    assert "the ledger needs feedd 12.3.4 or newer: its format is 99, and feedd " + __version__ in words


def test_a_backup_is_put_back_from_what_a_kill_left_of_its_log(site: Site) -> None:
    """A copy of ledger and log, as `cp` makes it of one that nobody uses."""
    fill(site)
    site.render()
    with closing(sqlite3.connect(site.ledger, isolation_level=None)) as db:
        db.execute("INSERT INTO meta VALUES ('said', 'in the log')")
        for suffix in ("", "-wal"):
            shutil.copy(f"{site.ledger}{suffix}", site.root / f"copy{suffix}")
    site.render()
    assert site.run("restore", "copy").status == 0
    assert ("said", "in the log") in rows_in(site.ledger)["meta"]


# The example of a timer

CONFIG = Path(__file__).parent.parent / "config"


def test_the_service_of_the_example_makes_a_backup_for_the_day_of_the_week(site: Site) -> None:
    fill(site)
    site.render()
    (line,) = re.findall(r"^ExecStart=(.*)$", (CONFIG / "feedd-backup.service").read_text(), re.MULTILINE)
    for name, meaning in {
        "$$": "$",
        "%%": "%",
        "/opt/feedd/bin/feedd": f"{sys.executable} -P -m feedd",
        "/var/lib/feedd-backups": str(site.root / "backups"),
        "/var/lib/feedd": str(site.state),
    }.items():
        assert name in line
        line = line.replace(name, meaning)
    (site.root / "backups").mkdir()
    for _ in range(2):
        done = subprocess.run(shlex.split(line), cwd=site.root, capture_output=True, timeout=60)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    (made,) = (site.root / "backups").iterdir()
    assert re.fullmatch(r"\w+\.sqlite3", made.name)
    assert rows_in(made) == rows_in(site.ledger)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze")
@pytest.mark.parametrize("name", ["feedd-backup.service", "feedd-backup.timer"])
def test_systemd_finds_nothing_wrong_with_the_example(name: str, tmp_path: Path) -> None:
    for path in CONFIG.glob("feedd-backup.*"):
        shutil.copy(path, tmp_path)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", tmp_path / name], capture_output=True, text=True)
    assert "feedd-backup" not in done.stderr, done.stderr


# An old backup

MONDAY, TUESDAY, WEDNESDAY = (datetime(2026, 1, day, 12, tzinfo=UTC) for day in (5, 6, 7))


def subscriptions(site: Site) -> dict[str, tuple[str, str, list[tuple[str, ...]]]]:
    """What subscribers of each feed have: its id and date, and its entries in their order."""
    found = {}
    for path in site.feeds.rglob("*atom.xml"):
        feed = site.feed(str(path.relative_to(site.feeds)))
        entries = [(each.id, each.published, each.updated, each.title) for each in feed.entries]
        found[str(path.relative_to(site.feeds))] = (feed.feed.id, feed.feed.updated, entries)
    return found


def after_an_old_backup(site: Site, **keys: object) -> dict[str, tuple[str, str, list[tuple[str, ...]]]]:
    """A site with a backup of Monday that was put back after a pass on Tuesday: what subscribers had then."""
    site.configure(base_url="https://feeds.example/", **keys)
    for name in ("stays", "edited", "withdrawn", "withdrawn-and-broken", "deleted", "moved", "broken"):
        site.write(f"{name}.md", item(name, f"https://example.org/{name}", None, topics=["T"]))
    site.write("waiting.md", item("waiting", "https://example.org/waiting", None, published=False))
    site.settle()
    site.publish(MONDAY)
    assert site.run("backup", "monday.bak").status == 0
    site.write("edited.md", item("edited", "https://example.org/edited", None, "Another text.", topics=["T"]))
    site.write("withdrawn.md", item("withdrawn", "https://example.org/withdrawn", None, published=False))
    site.write("withdrawn-and-broken.md", item("x", "https://example.org/withdrawn-and-broken", published=False))
    site.write("waiting.md", item("waiting", "https://example.org/waiting", None))
    site.write("new.md", item("new", "https://example.org/new", None, topics=["U"]))
    site.write("neither.md", item("neither", None, None, topics=["T"]))
    (site.seeds / "deleted.md").unlink()
    (site.seeds / "moved.md").rename(site.seeds / "elsewhere.md")
    site.settle()
    site.publish(TUESDAY)
    before = subscriptions(site)
    for name in ("broken", "withdrawn-and-broken"):
        site.write(f"{name}.md", "---\ntitle: [\n---\n")
    site.settle()
    assert site.run("restore", "monday.bak").status == 0
    return before


@pytest.mark.parametrize("has_index", [True, False])
@pytest.mark.parametrize("keys", [{}, {"limit": 4, "archives": {"feeds": ["all"], "size": 2}}], ids=["all", "archives"])
def test_an_old_backup_shows_nothing_to_anybody_again(site: Site, has_index: bool, keys: dict[str, object]) -> None:
    before = after_an_old_backup(site, recover_index=has_index, **keys)
    planned = site.run("plan")
    assert planned.status == 0, planned.out
    report = site.publish(WEDNESDAY)
    assert "the ledger is from a backup: " in report.remarks[0]
    after = subscriptions(site)
    if not has_index:  # of an entry that no feed shows, it is not known when it was edited since: it is not moved again
        moved = {path for path in before if path.startswith("archive/")}
        assert {path: [each[:2] for each in after.pop(path)[2]] for path in moved} == {
            path: [each[:2] for each in before.pop(path)[2]] for path in moved
        }
    assert {path: feed[2] for path, feed in after.items()} == {path: feed[2] for path, feed in before.items()}
    assert after == before or keys or not has_index  # when something left a feed is nowhere but in the lost ledger
    assert not [path for path, data in site.documents().items() if b"withdrawn" in data and path.endswith(".xml")]
    assert site.publish(WEDNESDAY + timedelta(minutes=1)).written == ()
    assert_in_step(site)


@pytest.mark.parametrize("how", ["option", "recover"])
def test_an_old_backup_goes_on_from_a_copy_where_no_feeds_are_left(site: Site, how: str) -> None:
    before = after_an_old_backup(site)
    site.feeds.rename(site.root / "copy")
    with pages_host(site.root / "copy") as url:
        site.configure(base_url=url if how == "recover" else "https://feeds.example/", recover=how == "recover")
        place = ("--recover", "copy") if how == "option" else ()
        site.now = WEDNESDAY
        planned = site.run("plan", *place)
        assert (planned.status, "a render would say: the ledger is from a backup: " in planned.out) == (0, True)
        assert "everything counts as new" not in planned.out
        assert "the ledger is from a backup: " in site.render(*place).remarks[0]
    after = subscriptions(site)
    assert {path: feed[2] for path, feed in after.items()} == {path: feed[2] for path, feed in before.items()}


@pytest.mark.parametrize("is_new", [True, False], ids=["a new entry", "none"])
def test_what_was_moved_and_edited_since_an_old_backup_keeps_its_id(site: Site, is_new: bool) -> None:
    """Each in a pass of its own, also where a file has taken the place of another."""
    site.configure(base_url="https://feeds.example/")
    for name in ("edited", "swapped", "again"):
        site.write(f"{name}.md", item(name, None, None, f"The text of {name}."))
    site.settle()
    site.publish(MONDAY)
    assert site.run("backup", "monday.bak").status == 0
    for name in ("edited", "again"):
        site.write(f"{name}.md", item(name, None, None, "Another text."))
    site.settle()
    site.publish(TUESDAY)
    (site.seeds / "edited.md").rename(site.seeds / "moved.md")
    (site.seeds / "swapped.md").rename(site.seeds / "elsewhere.md")
    site.publish(TUESDAY + timedelta(hours=1))
    site.write("swapped.md", item("new", None, None, "In the place of another."))
    site.settle()
    site.publish(TUESDAY + timedelta(hours=2))
    before = subscriptions(site)
    if not is_new:
        (site.seeds / "swapped.md").unlink()
        site.publish(TUESDAY + timedelta(hours=3))
        before = subscriptions(site)
    assert site.run("restore", "monday.bak").status == 0
    (site.seeds / "again.md").rename(site.seeds / "moved-after-the-restore.md")
    assert site.run("plan").status == 0
    site.publish(WEDNESDAY)
    assert subscriptions(site) == before


@pytest.mark.parametrize("damage", [b"feedd recovery index 1\nx", None], ids=["damaged", "missing"])
@pytest.mark.parametrize("parts", [["entries"], ["feeds"], ["entries", "feeds"]], ids="+".join)
def test_an_old_backup_shows_nothing_again_where_the_index_is_damaged(
    site: Site, parts: list[str], damage: bytes | None
) -> None:
    """Not an item without a date either that came since, and has left its feed: nothing knows its date any more."""
    site.configure(limit=2)
    for number in range(5):
        site.now = MONDAY + timedelta(days=number)
        site.write(
            f"{number}.md", item(f"Item {number}", f"https://news.example/{number}" if number % 2 else None, None)
        )
        site.render()
        if number == 0:
            assert site.run("backup", "monday.bak").status == 0
    before = {path: feed[2] for path, feed in subscriptions(site).items()}
    paths = [f"recovery/{part}-00.bin" for part in parts]
    for path in paths:
        (site.feeds / path).unlink() if damage is None else (site.feeds / path).write_bytes(damage)
    assert site.run("restore", "monday.bak").status == 0
    assert "Subscribers would see nothing new." in site.run("plan").out
    site.now += timedelta(hours=1)
    remarks = " ".join(site.render().remarks)
    assert {path: feed[2] for path, feed in subscriptions(site).items()} == before
    is_said = f"Damaged or missing: {', '.join(paths)}; what the feeds show was taken over instead." in remarks
    assert is_said or (len(parts) == 2 and damage is None)  # then it is no index
    site.write("new.md", item("New", "https://news.example/new", None))
    site.render()
    assert site.titles() == {"Item 4", "New"}


def without_leads(part: Path) -> None:
    """Makes a part of the recovery index as a version of feedd wrote it that did not keep the leads of stories."""
    data = part.read_bytes()
    authority, parts, entries = msgspec.msgpack.decode(zlib.decompress(data.removeprefix(MARK)))
    packed = msgspec.msgpack.encode((authority, parts, [each[:9] for each in entries]))
    part.write_bytes(MARK + zlib.compress(packed))


@pytest.mark.parametrize("index", ["whole", "without leads", "none"])
def test_leads_of_stories_go_on_leading_them_after_a_restore(site: Site, index: str) -> None:
    """Also where an index of an earlier version, or the feeds alone, tell nothing of them."""
    site.configure(views={"hot": 45, "feeds": ["all"]}, recover_index=index != "none")
    title = "Amber lighthouse outgrows the harbour again"
    for number, quality in enumerate((30, 10, 40)):
        provider = {"name": f"Herald {number}"}
        site.write(f"{number}.md", item(title, f"https://news.example/{number}", provider=provider, quality=quality))
        site.render()
    assert site.run("backup", "a.bak").status == 0
    before = site.documents()
    if index == "without leads":
        without_leads(site.feeds / "recovery/entries-00.bin")
    assert site.run("restore", "a.bak").status == 0
    site.render()
    assert site.documents() == before


def test_no_entry_is_in_two_digests_after_a_restore(site: Site) -> None:
    """Not an entry either that came after its day was over, and before the digest of the day was made."""
    site.configure(views={"digest": ["daily"], "feeds": ["all"]})
    for now, name, date in (
        (datetime(2026, 1, 1, 6, tzinfo=UTC), "First", "2026-01-01T05:00:00Z"),
        (datetime(2026, 1, 2, 8, tzinfo=UTC), "Late", "2026-01-01T08:00:00Z"),
    ):
        site.write(f"{name}.md", item(name, f"https://news.example/{name}", date))
        site.publish(now)
    assert site.run("backup", "a.bak").status == 0
    assert site.run("restore", "a.bak").status == 0
    site.write("second.md", item("Second", "https://news.example/second", "2026-01-02T08:00:00Z"))
    site.publish(datetime(2026, 1, 3, 8, tzinfo=UTC))
    digests = site.entries("digest/daily/atom.xml").values()
    listed = [re.findall(r">(First|Late|Second)</a>", each.content[0].value) for each in digests]
    assert listed == [["Second"], ["Late", "First"]]


def test_a_file_that_broke_since_an_old_backup_is_not_shown_where_no_feeds_are_left(site: Site) -> None:
    after_an_old_backup(site)
    shutil.rmtree(site.feeds)
    site.render("--first")
    assert not [path for path, data in site.documents().items() if b"withdrawn" in data and path.endswith(".xml")]


def test_a_preview_of_a_ledger_from_a_backup_goes_on_from_the_feeds(site: Site) -> None:
    before = after_an_old_backup(site)
    site.now = WEDNESDAY
    assert site.run("render", "--preview", "shown").status == 0
    shown = (site.root / "shown/atom.xml").read_text()
    assert all(entry[1] in shown for entry in before["atom.xml"][2])


def test_a_damaged_file_of_subscribers_is_put_back_once_it_is_moved_away(site: Site) -> None:
    site.configure(feeds={"team": {"title": "Team", "topics": ["A"]}}, private={"feeds": ["team"]})
    fill(site, 2)
    site.render()
    assert site.run("subscribers", "add", "ada").status == 0
    assert site.run("backup", "a.bak").status == 0
    kept = site.state / "private/subscribers.json"
    kept.write_text("{}")
    assert "writes them; move it away and put it back from a backup" in site.run("subscribers", "list").err
    kept.rename(site.root / "damaged.json")
    assert site.run("restore", "a.bak").status == 0
    assert "ada" in site.run("subscribers", "list").out
