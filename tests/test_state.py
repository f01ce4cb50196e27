"""The ledger and the documents, lost, damaged, locked or tampered with: subscribers notice nothing."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support import Site, assert_well_formed, end, item, looks, small_disk, take_back, tree, unprivileged

from feedd.config.load import Config
from feedd.config.resolve import pass_settings
from feedd.decide.changes import FileStamp, diff, doubtful, pack
from feedd.render.assets import ASSETS
from feedd.render.recovery.index_parts import is_index_part
from feedd.run.publisher import Publisher
from feedd.store.copies.snapshot import snapshot
from feedd.store.documents import FeedsDirectory
from feedd.store.errors import Busy
from feedd.store.items import ItemsDirectory
from feedd.store.state_directory import StateDirectory

PAGE = 8192


def fill(site: Site, count: int = 40) -> None:
    """Items with dates and links, so that nothing about them depends on when they were first seen."""
    for number in range(count):
        site.write(
            f"{number}.md",
            item(
                f"Title {number}",
                f"https://example.org/{number}",
                date=f"2024-05-{number % 28 + 1:02}",
                topics=[f"topic {number % 3}"],
                provider="P",
                body=f"See [[{number + 1}]]. " + "Many words. " * 60,
            ),
        )
    site.write("broken.md", "---\ntitle: never closed\n")
    site.settle()


@contextmanager
def publisher(site: Site, state: StateDirectory | None = None) -> Iterator[Publisher]:
    items = ItemsDirectory(site.seeds, (".md",), (".*",), 1 << 20)
    feeds = FeedsDirectory(site.feeds)
    with Publisher(items, feeds, state or StateDirectory(site.state), pass_settings(Config())) as opened:
        yield opened


# The ledger is lost


def test_a_lost_ledger_changes_no_byte_for_items_that_never_moved(site: Site) -> None:
    fill(site)
    site.render()
    before = site.documents()
    for path in site.state.iterdir():
        path.unlink()
    site.state.rmdir()
    assert site.render().entries == 40
    assert site.documents() == before


def test_a_bit_that_flipped_in_a_kept_item_is_not_published(site: Site) -> None:
    fill(site, 3)
    site.render()
    before = tree(site.feeds)
    database = sqlite3.connect(site.ledger)
    ((file, blob),) = database.execute("SELECT file, item FROM files LIMIT 1").fetchall()
    at = blob.index(b"Title")
    with database:
        database.execute("UPDATE files SET item = ? WHERE file = ?", (blob[:at] + b"Titlf" + blob[at + 5 :], file))
    database.close()
    (site.feeds / "atom.xml").unlink()  # so that the feed is made again from what was kept
    report = site.render()
    assert any("damaged" in remark for remark in report.remarks)
    assert tree(site.feeds) == before


def test_feeds_of_an_earlier_ledger_are_spoken_of(site: Site) -> None:
    fill(site, 3)
    assert not site.render().remarks
    site.ledger.unlink()
    (remark,) = site.render().remarks
    assert "taken over from the feeds' directory" in remark
    assert not site.render().remarks


def test_an_item_withdrawn_while_the_ledger_was_lost_is_in_no_document(site: Site) -> None:
    fill(site, 3)
    site.write("only.md", item("Withdrawn", "https://example.org/only", topics=["Only here"]))
    site.render()
    site.ledger.unlink()
    site.write("only.md", item("Withdrawn", "https://example.org/only", topics=["Only here"], published=False))
    site.render()
    assert not [path for path, data in site.documents().items() if b"Withdrawn" in data]


def test_the_authority_of_ids_survives_everything_but_the_loss_of_the_ledger(site: Site) -> None:
    fill(site, 3)
    site.configure(base_url="https://old.example/", authority=None)
    site.render()
    before = site.ids(), site.feed().feed.id
    site.configure(base_url="https://new.example/feeds/", authority=None)
    site.render()
    site.write("later.md", item("Later", "https://example.org/later"))
    site.render()
    ids = site.ids()
    assert ids.pop("Later").startswith("tag:old.example,2026:")
    assert (ids, site.feed().feed.id) == before
    assert b"old.example/" not in b"".join(site.documents().values())


# The ledger is damaged


def overwritten(data: bytes, pages: Iterable[int], with_: Callable[[int], bytes]) -> bytes:
    whole = [data[start : start + PAGE] for start in range(0, len(data), PAGE)]
    for page in pages:
        whole[page : page + 1] = [with_(PAGE)] if page < len(whole) else []
    return b"".join(whole)


def of_another_program(_: bytes) -> bytes:
    other = sqlite3.connect(":memory:")
    other.execute("CREATE TABLE files (path TEXT)")
    data = other.serialize()
    other.close()
    return data


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "random bytes": lambda data: random.Random(1).randbytes(len(data)),
    "random bytes after the header": lambda data: data[:100] + random.Random(1).randbytes(len(data) - 100),
    "text": lambda data: b"This is no database.\n" * 1000,
    "the header alone": lambda data: data[:100],
    "the first page alone": lambda data: data[:PAGE],
    "half of it": lambda data: data[: len(data) // 2],
    "cut within a page": lambda data: data[: len(data) * 3 // 4 + 17],
    "zeros": lambda data: bytes(len(data)),
    "another program's database": of_another_program,
    "the first page overwritten": lambda data: overwritten(data, [0], bytes),
    "every other page zeroed": lambda data: overwritten(data, range(1, 1000, 2), bytes),
    "all but the first page overwritten": lambda data: overwritten(data, range(1, 1000), random.Random(2).randbytes),
    "an item's text no longer UTF-8": lambda data: data.replace(b"Title 7", b"T\xfftle 7"),
    "a problem no longer UTF-8": lambda data: data.replace(b"is never closed", b"\xffs never closed"),
    "a listing that is none": lambda data: data.replace(b"\xa9broken.md", b"\xc3broken.md"),
    "an id no longer UTF-8": lambda data: data.replace(b"tag:feeds", b"tag:f\xffeds"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_ledger_is_moved_aside_and_made_anew_with_the_same_ids(site: Site, kind: str) -> None:
    fill(site)
    site.render()
    before = site.documents()
    site.ledger.write_bytes(DAMAGE[kind](site.ledger.read_bytes()))
    site.feeds.rename(site.root / "aside")  # so that what is damaged is needed
    result = site.run("render")
    assert result.status == 0
    assert "the ledger was damaged (" in result.out
    assert "it was moved to .feedd/ledger.sqlite3.damaged-1" in result.out
    assert (site.state / "ledger.sqlite3.damaged-1").exists()
    assert site.documents() == before
    report = site.render()
    assert (report.remarks, report.written) == ((), ())


@pytest.mark.parametrize("data", [b"", b"S"])
def test_a_ledger_that_holds_nothing_is_made_anew_with_the_same_ids(site: Site, data: bytes) -> None:
    fill(site)
    site.render()
    before = site.documents()
    site.ledger.write_bytes(data)
    assert site.render().entries == 40
    assert site.documents() == before


def test_each_damaged_ledger_is_kept_under_a_name_of_its_own(site: Site) -> None:
    fill(site, 2)
    for kind in (b"one" * 1000, b"two" * 1000, b"three" * 1000):
        site.state.mkdir(exist_ok=True)
        site.ledger.write_bytes(kind)
        assert "was damaged" in site.render().remarks[0]
    kept = {path.name: path.read_bytes()[:3] for path in site.state.glob("*.damaged-?")}
    assert kept == {f"ledger.sqlite3.damaged-{n}": start for n, start in ((1, b"one"), (2, b"two"), (3, b"thr"))}


CRASH = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA wal_autocheckpoint = 0")
for n in range(50):
    db.execute("UPDATE files SET problems = ? WHERE path = 'broken.md'", (bytes(5000),))
    db.execute("UPDATE entries SET reason = 'a reason that is long' || ?", (n,))
os._exit(0)
"""


@pytest.mark.parametrize("damage", ["overwritten", "truncated", "random", "of another database"])
def test_a_damaged_write_ahead_log_never_reaches_the_feeds(site: Site, damage: str) -> None:
    fill(site)
    site.render()
    before = site.documents()
    subprocess.run([sys.executable, "-c", CRASH, site.ledger], check=True)
    log = site.ledger.with_name("ledger.sqlite3-wal")
    data = log.read_bytes()
    assert len(data) > 100 * PAGE
    rewritten = {
        "overwritten": data[: 20 * PAGE] + random.Random(1).randbytes(30 * PAGE) + data[50 * PAGE :],
        "truncated": data[: len(data) // 2 + 100],
        "random": random.Random(1).randbytes(len(data)),
        "of another database": data[:32] + data[5 * (PAGE + 24) + 32 :],
    }
    log.write_bytes(rewritten[damage])
    fill(site)
    report = site.render()
    assert report.entries == 40
    assert [problem.path for problem in report.problems] == ["seeds/broken.md"]
    assert site.documents() == before


def test_the_commands_that_only_look_leave_a_damaged_ledger_alone(site: Site) -> None:
    fill(site)
    site.render()
    site.ledger.write_bytes(b"This is no database.\n" * 1000)
    before = looks(site.root)
    planned = site.run("plan")
    assert (planned.status, "a render would say: the ledger is damaged" in planned.out) == (0, True)
    for command in (("plan",), ("why", "0.md")):
        assert site.run(*command).status == 0  # they go on from what was published
        assert looks(site.root).keys() == before.keys()
        assert site.ledger.read_bytes().startswith(b"This is no database")


# The ledger is of another time


KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from feedd.store.ledger.database import connect
ledger = connect(Path(sys.argv[1]))
ledger.execute("PRAGMA cache_size = 10")  # so that the file is written before the end of the transaction
ledger.executemany("INSERT INTO meta VALUES (?, 'before')", [(f"{n:06}",) for n in range(9999)])
ledger.execute("BEGIN IMMEDIATE")
ledger.execute("UPDATE meta SET value = 'half' WHERE value = 'before'")
ledger.executemany("INSERT INTO meta VALUES (?, 'half')", [(f"x{n:06}",) for n in range(9999)])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_commands_that_only_look_see_nothing_of_a_transaction_that_was_killed(site: Site) -> None:
    """A new ledger has no write-ahead log: half of the transaction stands in its file."""
    site.state.mkdir()
    killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, site.ledger], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert site.ledger.with_name("ledger.sqlite3-journal").stat().st_size
    with closing(snapshot(site.ledger)) as copy:
        rows = copy.execute("SELECT value, count(*) FROM meta WHERE value IN ('before', 'half') GROUP BY 1").fetchall()
        assert rows == [("before", 9999)]
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert site.run("backup", "copy.sqlite3").status == 0


@pytest.mark.usefixtures("may_mount")
def test_what_a_killed_pass_left_on_a_disk_that_may_only_be_read_is_said(site: Site) -> None:
    fill(site)
    with small_disk(site.state, "size=20m") as why:
        assert not why
        killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, site.ledger], check=False)
        assert killed.returncode == -signal.SIGKILL
        subprocess.run(["mount", "-o", "remount,ro", site.state], check=True)
        for command in (["plan"], ["top"], ["backup", "copy.sqlite3"]):
            result = site.run(*command)
            assert result.status == 3
            assert "a feedd was killed while it changed the ledger" in result.err
            assert ".feedd has to be writable" in result.err


def test_a_ledger_of_a_newer_feedd_is_refused_and_not_touched(site: Site) -> None:
    fill(site)
    site.render()
    db = sqlite3.connect(site.ledger, isolation_level=None)
    db.execute("PRAGMA user_version = 99")
    db.close()
    before, feeds = site.ledger.read_bytes(), looks(site.feeds)
    site.write("new.md", item("New"))
    for command in ("render", "plan"):
        result = site.run(command)
        assert result.status == 3
        assert "its format is 99, and feedd " in result.err
        assert site.ledger.read_bytes() == before
        assert sorted(path.name for path in site.state.iterdir()) == ["ledger.sqlite3", "lock"]
        assert looks(site.feeds) == feeds


# The ledger is in use

HOLD_LOCK = """
import fcntl, os, sys, time
lock = open(sys.argv[1], "a+")
fcntl.flock(lock, fcntl.LOCK_EX)
os.truncate(sys.argv[1], 0)
print(os.getpid(), file=lock, flush=True)
print("held", flush=True)
sys.stdin.read()
"""
HOLD_DATABASE = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
db.execute("UPDATE entries SET reason = 'x'")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def holder(program: str, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds a lock until its standard input is closed."""
    process = subprocess.Popen([sys.executable, "-c", program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
    finally:
        end(process)


def test_a_state_directory_in_use_is_refused_with_the_number_of_the_process(site: Site) -> None:
    fill(site, 2)
    site.render()
    before = looks(site.feeds)
    site.write("new.md", item("New"))
    with (
        holder(HOLD_LOCK, site.state / "lock") as other,
        publisher(site, StateDirectory(Path(".feedd"), patience=0.1)) as refused,
        pytest.raises(Busy, match=rf"another feedd \(process {other.pid}\) is at work on \.feedd"),
    ):
        refused.publish(datetime(2026, 1, 1, tzinfo=UTC))
    assert looks(site.feeds) == before
    assert site.render().entries == 3


def test_a_state_directory_in_use_is_waited_for(site: Site) -> None:
    fill(site, 2)
    site.render()
    site.write("new.md", item("New"))
    with holder(HOLD_LOCK, site.state / "lock") as other:
        render = subprocess.Popen(
            [sys.executable, "-m", "feedd", "render"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            while not opened(render.pid, site.state / "lock"):
                assert render.poll() is None
            assert "New" not in site.titles()
            assert other.stdin is not None
            other.stdin.close()
            other.wait()
            assert render.wait(30) == 0
        finally:
            end(render)
    assert "New" in site.titles()


def opened(process: int, path: Path) -> bool:
    """Whether a process has a file open."""
    try:
        return path.resolve() in [each.readlink() for each in Path(f"/proc/{process}/fd").iterdir()]
    except OSError:  # one was closed meanwhile
        return False


def test_a_lock_ends_with_the_process_that_held_it(site: Site) -> None:
    fill(site, 2)
    site.render()
    with holder(HOLD_LOCK, site.state / "lock") as other:
        other.kill()
        other.wait()
        with publisher(site, StateDirectory(site.state, patience=0.1)) as opened_again:
            assert opened_again.publish(datetime(2026, 1, 1, tzinfo=UTC)).entries == 2


def test_a_database_locked_by_another_program_is_refused_and_nothing_is_lost(site: Site) -> None:
    fill(site, 2)
    site.render()
    before = looks(site.feeds)
    site.write("new.md", item("New"))
    with holder(HOLD_DATABASE, site.ledger):
        result = site.run("render")
        assert result.status == 3
        assert result.err.startswith("feedd: the ledger cannot be used: ")
        assert looks(site.feeds) == before
    assert site.render().entries == 3


# Where the state is


def test_the_state_directory_of_the_environment_is_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(site, 2)
    monkeypatch.setenv("STATE_DIRECTORY", f"{site.root / 'var'}:{site.root / 'other'}")
    site.render()
    assert (site.root / "var/ledger.sqlite3").exists()
    assert not site.state.exists()
    assert not (site.root / "other").exists()
    site.render("--state", "option")
    assert (site.root / "option/ledger.sqlite3").exists()
    site.configure(directories={"state": "configured"})
    site.render()
    assert (site.root / "configured/ledger.sqlite3").exists()


def test_a_state_directory_that_cannot_be_made_is_refused(site: Site) -> None:
    fill(site, 2)
    site.state.write_text("a file")
    result = site.run("render")
    assert result.status == 3
    assert "the state directory .feedd cannot be used: " in result.err
    assert not site.feeds.exists()


@pytest.mark.parametrize("what", ["folder", "files", "both"])
def test_a_state_directory_that_cannot_be_written_is_refused(site: Site, what: str) -> None:
    def act() -> None:
        fill(site, 2)
        site.render()
        before = looks(site.feeds)
        site.write("new.md", item("New"))
        files = [] if what == "folder" else list(site.state.iterdir())
        for path in files:
            path.chmod(0o400)
        if what != "files":
            site.state.chmod(0o500)
        result = site.run("render")
        assert result.status == 3, result
        assert result.err.startswith("feedd: the ")
        assert result.err.count("\n") == 1
        assert looks(site.feeds) == before
        site.state.chmod(0o700)
        for path in files:
            path.chmod(0o600)
        assert site.render().entries == 3

    unprivileged(act)


def test_a_damaged_ledger_that_cannot_be_moved_aside_is_refused(site: Site) -> None:
    def act() -> None:
        fill(site, 2)
        site.render()
        before = looks(site.feeds)
        site.ledger.write_bytes(b"This is no database.\n" * 1000)
        site.state.chmod(0o500)
        result = site.run("render")
        site.state.chmod(0o700)
        assert result.status == 3, result
        assert result.err.startswith("feedd: the ")
        assert looks(site.feeds) == before

    unprivileged(act)


# Documents are not as they were left


def shortened(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def altered_at_the_same_size(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"Title", b"Tutle"))


def replaced_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replaced_by_a_link(path: Path) -> None:
    aside = path.with_name("aside")
    path.rename(aside)
    path.symlink_to(aside)


def replaced_by_a_link_to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("/nonexistent/document")


def replaced_by_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def its_folder_gone(path: Path) -> None:
    for each in path.parent.iterdir():
        each.unlink()
    path.parent.rmdir()


def its_folder_a_file(path: Path) -> None:
    its_folder_gone(path)
    path.parent.write_text("a file")


TAMPERED = (
    Path.unlink,
    shortened,
    altered_at_the_same_size,
    replaced_by_a_folder,
    replaced_by_a_link,
    replaced_by_a_link_to_nowhere,
    its_folder_gone,
)


@pytest.mark.parametrize("tamper", TAMPERED)
@pytest.mark.parametrize("name", ["atom.xml", "rss.xml", "feed.json"])
def test_a_document_that_was_tampered_with_is_made_good(site: Site, tamper: Callable[[Path], None], name: str) -> None:
    fill(site)
    site.render()
    before = site.documents()
    tamper(site.feeds / "topics/topic-1" / name)
    report = site.render()
    assert f"topics/topic-1/{name}" in report.written
    assert all(path.startswith("topics/topic-1/") for path in report.written)
    (site.feeds / "topics/topic-1/aside").unlink(missing_ok=True)
    assert site.documents() == before
    assert not (site.feeds / "topics/topic-1" / name).is_symlink()
    assert site.render().written == ()


@pytest.mark.parametrize("path", ["index.html", "feeds.opml", "atom.xml"])
def test_a_document_of_the_site_that_was_tampered_with_is_made_good(site: Site, path: str) -> None:
    fill(site)
    site.render()
    before = site.documents()
    shortened(site.feeds / path)
    assert site.render().written == (path,)
    assert site.documents() == before


def test_a_pipe_in_the_place_of_a_document_is_replaced_and_not_waited_for(site: Site) -> None:
    fill(site, 2)
    site.render()
    before = site.documents()
    replaced_by_a_pipe(site.feeds / "atom.xml")
    for command in ("plan", "render"):
        assert site.process(command).returncode == 0  # in a process, because waiting would be for ever
    assert site.documents() == before


@pytest.mark.parametrize("of", ["atom.xml", "rss.xml"])
def test_what_a_killed_pass_left_beside_a_document_goes_with_the_next_look_at_it(site: Site, of: str) -> None:
    fill(site)
    site.render()
    before = site.documents()
    (site.feeds / f"topics/topic-1/.{of}.new").write_bytes(b"half")
    shortened(site.feeds / "topics/topic-1/rss.xml")
    site.render()
    assert site.documents() == before


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_nothing_is_written_through_what_stands_beside_a_document(site: Site, kind: str) -> None:
    fill(site, 2)
    site.render()
    before = site.documents()
    precious = site.root / "precious"
    precious.write_text("precious")
    beside = site.feeds / ".atom.xml.new"
    beside.symlink_to(precious) if kind == "link" else os.mkfifo(beside)
    shortened(site.feeds / "atom.xml")
    assert site.process("render").returncode == 0
    assert precious.read_text() == "precious"
    assert site.documents() == before


def test_a_document_that_would_hold_the_same_bytes_is_not_touched(site: Site) -> None:
    fill(site)
    site.render()
    before = looks(site.feeds)
    fill(site)
    assert site.render().read == 41
    site.configure(workers=1, items={"max_bytes": "1 MiB"}, defaults={"published": True})
    assert site.render().written == ()
    site.write("broken.md", "---\ntitle: still never closed\n")
    site.render()
    assert looks(site.feeds) == before


def test_all_documents_gone_are_all_made_again(site: Site) -> None:
    fill(site)
    site.render()
    before = site.documents()
    site.feeds.rename(site.root / "aside")
    assert set(site.render().written) == before.keys()
    assert site.documents() == before


def test_a_folder_with_contents_in_the_place_of_a_document_is_reported_and_the_others_published(site: Site) -> None:
    fill(site)
    site.render()
    blocked = site.feeds / "topics/topic-1/atom.xml"
    replaced_by_a_folder(blocked)
    (blocked / "precious").write_text("somebody's")
    site.write("0.md", item("Changed", "https://example.org/0", topics=["topic 1"]))
    report = site.render(status=3)
    assert [problem.path for problem in report.failed] == ["topics/topic-1/atom.xml"]
    assert "a folder with contents stands in this document's place" in report.failed[0].reason
    assert (blocked / "precious").read_text() == "somebody's"
    for path in ("atom.xml", "rss.xml", "topics/topic-1/rss.xml"):
        assert "Changed" in site.titles(path)
    assert not [path for path in site.documents() if path.endswith(".new")]
    (blocked / "precious").unlink()
    assert site.render().written == ("topics/topic-1/atom.xml",)
    assert "Changed" in site.titles("topics/topic-1/atom.xml")


@pytest.mark.parametrize("tamper", [its_folder_a_file, "a loop"])
def test_a_folder_that_cannot_be_used_is_reported_and_the_others_published(
    site: Site, tamper: Callable[[Path], None] | str
) -> None:
    fill(site)
    site.render()
    folder = site.feeds / "topics/topic-1"
    if callable(tamper):
        tamper(folder / "atom.xml")
    else:
        its_folder_gone(folder / "atom.xml")
        folder.symlink_to("topic-1")
    site.write("0.md", item("Changed", "https://example.org/0", topics=["topic 1"]))
    report = site.render(status=3)
    assert {problem.path for problem in report.failed} == {
        f"topics/topic-1/{name}" for name in ("atom.xml", "rss.xml", "feed.json", "index.html")
    }
    assert "Changed" in site.titles()
    folder.unlink()
    site.render()
    assert "Changed" in site.titles("topics/topic-1/atom.xml")


def test_a_read_only_feeds_directory_is_reported_and_made_good_later(site: Site) -> None:
    def act() -> None:
        fill(site)
        site.render()
        before = looks(site.feeds)
        folders = [site.feeds, *(path for path in site.feeds.rglob("*") if path.is_dir())]
        for folder in folders:
            folder.chmod(0o500)
        site.write("0.md", item("Changed", "https://example.org/0", topics=["topic 1"]))
        report = site.render(status=3)
        assert {problem.reason for problem in report.failed} == {"cannot be written: Permission denied"}
        assert {problem.path for problem in report.failed} >= {"atom.xml", "topics/topic-1/rss.xml"}
        for folder in folders:
            folder.chmod(0o700)
        after = looks(site.feeds)
        assert {path: look[1:] for path, look in after.items()} == {path: look[1:] for path, look in before.items()}
        site.render()
        assert "Changed" in site.titles()
        assert site.documents() == from_scratch(site)

    unprivileged(act)


def test_feeds_that_may_not_be_looked_at_are_reported(site: Site) -> None:
    def act() -> None:
        fill(site)
        site.render()
        (site.feeds / "topics").chmod(0)
        site.write("0.md", item("Changed", "https://example.org/0", topics=["topic 1"]))
        result = site.run("render")
        (site.feeds / "topics").chmod(0o700)
        assert result.status == 3, result
        assert "Permission denied" in result.out
        assert "Changed" in site.titles()
        site.render()
        assert site.documents() == from_scratch(site)

    unprivileged(act)


def from_scratch(site: Site) -> dict[str, bytes]:
    """What a render with the same ledger leaves in an empty folder."""
    site.render("--feeds", "scratch")
    return tree(site.root / "scratch")


def test_a_format_that_is_switched_off_goes_and_comes_back_as_it_was(site: Site) -> None:
    fill(site)
    site.render()
    before = site.documents()
    site.configure(formats=["json"])
    report = site.render()
    assert set(report.deleted) == {path for path in before if path.endswith(".xml")}
    feeds = {path for path in site.documents() if not is_index_part(path)}
    assert {path.rpartition("/")[2] for path in feeds} == {"feed.json", "feeds.opml", "index.html", *ASSETS}
    assert b"atom.xml" not in (site.feeds / "feeds.opml").read_bytes()
    assert_well_formed(site.documents())
    site.configure(formats=["atom", "rss", "json"])
    site.render()
    assert site.documents() == before


# Edits that time stamps cannot tell apart


def test_a_file_that_changed_as_it_was_looked_at_is_looked_at_again() -> None:
    second = 10**9
    seen = FileStamp("a.md", 100, 5 * second, 5 * second)
    for clock, again in ((5 * second, True), (5 * second + second // 100, True), (6 * second, False)):
        remembered = {"": pack([doubtful(seen, clock)])}
        later = {"": pack([doubtful(seen, 9 * second)])}
        assert diff(remembered, later).changed == (("a.md",) if again else ())


def notice(opened: Publisher, site: Site, words: str) -> None:
    """Makes passes until one has noticed an edit: the first, where the system's time stamps are fine enough."""
    deadline = time.monotonic() + 2
    while words.encode() not in (site.feeds / "feed.json").read_bytes():
        assert time.monotonic() < deadline
        opened.publish(datetime(2026, 1, 1, tzinfo=UTC))


def test_an_edit_of_the_same_size_right_after_a_render_is_always_noticed(site: Site) -> None:
    site.write("a.md", item("Title 099"))
    with publisher(site) as opened_once:
        opened_once.publish(datetime(2026, 1, 1, tzinfo=UTC))
        for number in range(100, 300):
            site.write("a.md", item(f"Title {number}"))
            notice(opened_once, site, f"Title {number}")


def test_an_edit_that_puts_size_and_time_of_change_back_is_noticed(site: Site) -> None:
    site.write("a.md", item("Title 099"))
    with publisher(site) as opened_once:
        opened_once.publish(datetime(2026, 1, 1, tzinfo=UTC))
        for number in range(100, 150):
            # A step of the clock ago, the file was another one; its time of status change tells.
            first = (site.seeds / "a.md").stat().st_ctime_ns
            while (site.seeds / "a.md").stat().st_ctime_ns == first:
                os.utime(site.write("a.md", item(f"Title {number}")), ns=(10**18, 10**18))
            notice(opened_once, site, f"Title {number}")


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5, 6, 7])
def test_a_ledger_of_an_older_format_is_brought_up_to_date(site: Site, version: int) -> None:
    fill(site, 5)
    site.write("hot.md", item("Hot", heat=99, related=[{"title": "x", "webUrl": "https://b.example/"}]))
    before = site.render()
    ids = site.ids()
    with closing(sqlite3.connect(site.ledger)) as db, db:
        take_back(db, max(version, 6))
        if version < 6:
            db.execute("DROP TABLE digest_entries")
            db.execute("ALTER TABLE entries DROP COLUMN first_shown")
            db.execute("DROP INDEX story_keys_by_entry")
            db.execute("DROP INDEX files_with_digest")
        if version < 5:
            db.execute("DROP TABLE digests")
            db.execute("DROP TABLE periods")
        if version < 4:
            db.execute("DROP INDEX entries_by_story")
            for column in ("folded", "story", "heat", "quality", "coverage", "rank"):
                db.execute(f"ALTER TABLE entries DROP COLUMN {column}")
            db.execute("ALTER TABLE files DROP COLUMN keys")
            db.execute("DROP TABLE story_keys")
        if version < 3:
            db.execute("DROP TABLE announcements")
            db.execute("DROP TABLE resting_hubs")
        if version == 1:
            db.execute("DROP TABLE glanced")
            db.execute("ALTER TABLE documents DROP COLUMN made_from")
            db.execute("DELETE FROM meta WHERE name IN ('counts', 'files')")
        db.execute(f"PRAGMA user_version = {version}")
    after = site.render()
    assert (after.entries, after.withheld, after.files) == (before.entries, before.withheld, before.files)
    assert all(map(is_index_part, after.written))  # which older versions did not write
    assert site.ids() == ids
    site.write("new.md", item("New", related=[{"title": "x", "webUrl": "https://b.example/"}]))
    assert site.render().entries == before.entries + 1
    assert "New" in site.entries()["Hot"].content[0].value


def test_a_question_about_a_ledger_that_another_program_has_locked_ends_with_a_sentence(site: Site) -> None:
    site.write("a.md", item("One"))
    site.render()
    with closing(sqlite3.connect(site.ledger, isolation_level=None)) as db:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        asked = site.process("plan")
        assert (asked.returncode, asked.stdout) == (3, "")
        assert asked.stderr == "feedd: the ledger cannot be read: another program has locked it\n"
    assert site.process("plan").returncode == 0
