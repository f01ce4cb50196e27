"""A small site to test with: files in, feedd run on them, reports and documents out."""

from __future__ import annotations

import ctypes
import gzip
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import brotli
import feedparser
import msgspec
import other_dates
import pytest
from lxml import etree
from markup import markup_fault

import feedd
from feedd.cli.main import main
from feedd.cli.setup import make_publisher, state_path
from feedd.config.load import load
from feedd.deliver.mirror.public_addresses import Addresses
from feedd.items.references import MEDIA_FOLDER, PICTURES_FOLDER
from feedd.model import Report
from feedd.render import assets, redirects
from feedd.render.recovery.index_parts import is_index_part
from feedd.render.recovery.recovery_index import NoIndex, decode_entries, decode_feeds
from feedd.run.update.look_at_media import media_name
from feedd.store import site_file
from feedd.store.control import Control, Status
from feedd.store.state_directory import LEDGER_NAME, StateDirectory

DATE = "2024-05-01T12:00:00Z"
# Where the clock of the tests is moved, that of each feedd that they start is moved, too.
_STARTED = (str(Path(__file__).with_name("launch.py")),) if other_dates.is_moved() else ("-m", "feedd")
FEEDD = (sys.executable, *_STARTED)
PAGE = 4096
LEDGER_FILES = tuple(f"/{LEDGER_NAME}{suffix}" for suffix in ("", "-wal", "-shm"))
_TESTS, _FEEDD = (f"{Path(path).absolute().parent}/" for path in (__file__, feedd.__file__))


def examples(count: int) -> int:
    """How many random examples a test tries that tries `count` of them: FEEDD_EXAMPLES percent, at least one."""
    return max(1, count * int(os.environ.get("FEEDD_EXAMPLES", "100")) // 100)


def item(
    title: str | None = "A title",
    link: str | None = None,
    date: str | None = DATE,
    body: str = "A text.",
    **fields: Any,
) -> str:
    """The text of an item. `fields` are front matter, as values that JSON can hold; None leaves a field out."""
    front = {"title": title, "webUrl": link, "publishedDateTime": date, **fields}
    lines = (f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in front.items() if value is not None)
    return "\n".join(("---", *lines, "---", body, ""))


def take_back(db: sqlite3.Connection, version: int) -> None:
    """Takes from a ledger what formats after `version`, which is 6 or 7, have more than that."""
    for name in (
        "refusals",
        "probes",
        "tombstones",
        "enclosures",
        "media",
        "media_uses",
        "uploads",
        "objects",
        "upload_targets",
        "late_puts",
        "withheld_files",
        "picture_uses",
        "pictures",
        "archives",
        "archived",
        "stale_groups",
        "adopted_tombstones",
    ):
        db.execute(f"DROP TABLE {name}")
    db.execute("DROP INDEX files_with_media")
    db.execute("ALTER TABLE files DROP COLUMN media")
    for name in ("files_by_former_id", "entries_by_guid", "entries_disputed"):
        db.execute(f"DROP INDEX {name}")
    db.execute("ALTER TABLE files DROP COLUMN former")
    for column in ("guid", "disputed"):
        db.execute(f"ALTER TABLE entries DROP COLUMN {column}")
    db.execute("DROP TABLE shared_entries")
    db.execute("DROP TABLE stale_pages")
    db.execute("DROP INDEX files_by_normal_path")
    db.execute("DROP INDEX entries_by_slug")
    db.execute("DROP INDEX entries_gone")
    db.execute("DROP INDEX entries_by_group")
    db.execute("DELETE FROM meta WHERE name = 'recovery index'")
    db.execute("ALTER TABLE files DROP COLUMN normal")
    db.execute("ALTER TABLE entries DROP COLUMN slug")
    if version < 7:
        db.execute("ALTER TABLE files DROP COLUMN source")
        db.execute("ALTER TABLE entries DROP COLUMN source")
        db.execute("ALTER TABLE links DROP COLUMN whole")
        db.execute("DELETE FROM meta WHERE name = 'links'")
    db.execute(f"PRAGMA user_version = {version}")


class Result(NamedTuple):
    """What a command left: its exit status and what it said."""

    status: int
    out: str
    err: str


class Site:
    """A site in a folder of its own, which is the working directory; everything is where it is by default."""

    def __init__(self, root: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.now: datetime | None = None  # the time for commands that run in this process; None: what the clock says
        self.addresses: Addresses | None = None  # where to fetch pictures from, for commands in this process
        self.root = root
        self.seeds = root / "seeds"
        self.feeds = root / "feeds"
        self.state = root / ".feedd"
        self.ledger = self.state / "ledger.sqlite3"
        self.seeds.mkdir()
        self._capture = capture

    # Files

    def write(self, path: str, text: str | bytes) -> Path:
        """Writes an item file; `path` is below seeds/."""
        target = self.seeds / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def settle(self) -> None:
        """Makes all files below seeds/ a minute older: one that has only just changed is read by two passes."""
        for path in self.seeds.rglob("*"):
            if path.is_file():
                before = path.stat()
                os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns - 60 * 10**9))

    def configure(self, **keys: Any) -> Path:
        """Writes config/feedd.yaml with these keys."""
        path = self.root / "config/feedd.yaml"
        path.parent.mkdir(exist_ok=True)
        keys.setdefault("authority", "feeds.example,2026")
        path.write_text("".join(f"{name}: {json.dumps(value)}\n" for name, value in keys.items()))
        return path

    # Commands

    def run(self, *arguments: str) -> Result:
        """Runs a command in this process. A mistake in the arguments is status 2 here as well."""
        self._capture.readouterr()
        try:
            status = main(arguments, lambda: self.now or datetime.now(UTC), self.addresses)
        except SystemExit as left:
            status = left.code if isinstance(left.code, int) else 1
        said = self._capture.readouterr()
        return Result(status, said.out, said.err)

    def process(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Runs a command in a process of its own and waits for it."""
        return subprocess.run(
            [*FEEDD, *arguments], cwd=self.root, capture_output=True, text=True, timeout=60, **options
        )

    def render(self, *options: str, status: int = 0) -> Report:
        """Makes one pass; its exit status has to be `status`."""
        result = self.run("render", "--format", "json", *options)
        assert result.status == status, result
        return msgspec.json.decode(result.out, type=Report)

    def publish(self, now: datetime) -> Report:
        """Makes one pass at this time; nothing may go wrong."""
        config = load(None)
        with make_publisher(config, state_path(config)) as publisher:
            report = publisher.publish(now)
        assert not (report.refused or report.failed), report
        return report

    # What subscribers have

    def feed(self, path: str = "atom.xml") -> feedparser.FeedParserDict:
        """A document as a feed reader understands it; it has to be without a fault."""
        parsed = feedparser.parse((self.feeds / path).read_bytes())
        assert not parsed.bozo, parsed.bozo_exception
        return parsed

    def entries(self, path: str = "atom.xml") -> dict[str, feedparser.FeedParserDict]:
        """The entries of a document by title, in its order; titles have to differ."""
        entries = self.feed(path).entries
        by_title = {entry.title: entry for entry in entries}
        assert len(by_title) == len(entries)
        return by_title

    def titles(self, path: str = "atom.xml") -> set[str]:
        """The titles in a document."""
        return set(self.entries(path))

    def ids(self, path: str = "atom.xml") -> dict[str, str]:
        """The id of each entry of a document, by title."""
        return {title: entry.id for title, entry in self.entries(path).items()}

    def documents(self) -> dict[str, bytes]:
        """All that is in feeds/, by path."""
        return tree(self.feeds)


def tree(folder: Path) -> dict[str, bytes]:
    """The bytes of every file below a folder, by path; but for the file of a site, which is random."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != site_file.FILE)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def fill(folder: Path, files: Mapping[str, str]) -> None:
    """Writes files, by their paths in a folder."""
    for name, text in files.items():
        edit_file(folder / name, text)


def edit_file(path: Path, text: str | None) -> None:
    """Writes a file, and the folders above it; None deletes it."""
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def looks(folder: Path) -> dict[str, tuple[int, ...]]:
    """What tells that nothing below a folder was written: mode, inode, size and time of change of each file, the
    mode and inode of each folder.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        times = () if path.is_dir() else (status.st_size, status.st_mtime_ns)
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_ino, *times)
    return found


def decoded(path: str, data: bytes) -> bytes:
    """The document that a file holds: as it is, or encoded, by what the file's name says. Raises ValueError."""
    if path.endswith(".gz"):
        try:
            return gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(str(error)) from error
    if path.endswith(".br"):
        try:
            return brotli.decompress(data)
        except brotli.error as error:
            raise ValueError(str(error)) from error
    return data


def fault(path: str, data: bytes) -> str | None:
    """Why a document is not well-formed; None if it is. `path` says what it should be."""
    try:
        data = decoded(path, data)
        for folder in (MEDIA_FOLDER, PICTURES_FOLDER):
            if path.startswith(folder):
                return None if folder + media_name(data, path) == path else "other bytes than its name says"
        if is_index_part(path):
            (decode_entries if "entries" in path else decode_feeds)(data)
            return None
        path = path.removesuffix(".gz").removesuffix(".br")
        if path.endswith(".json"):
            json.loads(data)["items"]
        elif path.endswith((".xml", ".opml", ".svg")):
            etree.fromstring(data)
        elif path.endswith(".html"):
            return markup_fault(data.decode())
        elif path == redirects.FILE:
            lines = data.decode().removeprefix(redirects.REDIRECTS_MARK.decode()).splitlines()
            return next((line for line in lines if len(line.split()) != 3), None)
        else:
            return None if assets.ASSETS.get(path) == data else "neither our stylesheet nor our script"
    except (ValueError, KeyError, etree.XMLSyntaxError, NoIndex) as error:
        return str(error)
    return None


def assert_well_formed(documents: dict[str, bytes]) -> None:
    """Every document is what its name says."""
    faults = {path: found for path, data in documents.items() if (found := fault(path, data))}
    assert documents
    assert not faults


def made_anew(site: Site) -> dict[str, bytes]:
    """What a render of the same items, with a copy of the same ledger, leaves in an empty folder."""
    folder = site.root / "anew"
    shutil.rmtree(folder, ignore_errors=True)
    with StateDirectory(site.state):  # so that no pass is under way
        others = shutil.ignore_patterns("daemon.lock", "lock", "requests", "*status.json*", "*-shm", "filler")
        shutil.copytree(site.state, folder / "state", ignore=others)
    site.render("--feeds", "anew/feeds", "--state", "anew/state")
    return tree(folder / "feeds")


def assert_in_step(site: Site) -> None:
    """The feeds are, byte for byte, what a render of the same items would make of nothing."""
    found, wanted = site.documents(), made_anew(site)
    assert found.keys() == wanted.keys()
    assert not {path for path, data in found.items() if data != wanted[path]}
    assert_well_formed(found)


def refuse_to_open_the_ledger(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook, for which code of feedd may make the ledger's file but not open one that is there.

    SQLite's locks on a file belong to the process. They are gone when the process closes any descriptor of this file,
    and only SQLite itself knows when that does no harm: fcntl(2). What SQLite opens raises no event.
    """
    if event != "open" or not isinstance(arguments[0], str | bytes | os.PathLike):
        return
    path, flags = os.fsdecode(arguments[0]), arguments[2]
    if not f"/{path}".endswith(LEDGER_FILES) or (flags & os.O_CREAT and not Path(path).exists()):
        return
    frame = sys._getframe(1)
    while frame.f_back and not frame.f_code.co_filename.startswith((_FEEDD, _TESTS)):
        frame = frame.f_back
    if frame.f_code.co_filename.startswith(_FEEDD):
        raise AssertionError(f"{frame.f_code.co_filename}:{frame.f_lineno} opens {path}, which only SQLite may")


def unprivileged(act: Callable[[], object]) -> None:
    """Runs `act` in a child process for which permissions count, even for root. It has to succeed.

    The child ends without running any of the parent's clean-up.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _drop_override()
            act()
            status = 0
        except BaseException:  # noqa: BLE001 - whatever it is, it ends here
            os.write(2, traceback.format_exc().encode("utf-8", "replace"))
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _drop_override() -> None:
    """Gives up root's right to pass over permissions (capabilities(7)); others have none to give up."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice, for 64 bits
    override_and_read_search = 1 << 1 | 1 << 2
    if libc.capget(header, sets) == 0:
        sets[0] &= ~override_and_read_search
        if libc.capset(header, sets) == 0:
            return
    raise OSError(ctypes.get_errno(), "capabilities cannot be given up")


def let_permissions_count() -> None:
    """Has permissions count for the program that this process becomes, even for root; to be called before exec."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: what is not in the bounding set, no exec gives
        if libc.prctl(24, capability, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "capabilities cannot be given up")


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[str]:
    """A file system of its own at `folder`; gives what went wrong, if something did."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True)
    except FileNotFoundError:
        yield "there is no mount"
        return
    if done.returncode:
        yield done.stderr.strip()
        return
    try:
        yield ""
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def leave(disk: Path, pages: int) -> None:
    """Fills a disk until that many pages of memory are free."""
    status = os.statvfs(disk)
    (disk / "filler").write_bytes(bytes((status.f_bavail - pages) * PAGE))


def make_room(disk: Path) -> None:
    """Takes away what `leave` has filled a disk with."""
    (disk / "filler").unlink(missing_ok=True)


def inodes(folder: Path) -> set[int]:
    """What tells files from those that took their place."""
    return {entry.inode() for path, _, _ in os.walk(folder) for entry in os.scandir(path)}


def of_session(session: int) -> set[int]:
    """The processes that a process which began a session has left behind; those that have ended do not count."""
    found = set()
    for process in Path("/proc").iterdir():
        try:
            state, _, _, of, *_ = (process / "stat").read_text().rpartition(")")[2].split()
        except (OSError, ValueError):
            continue
        if int(of) == session and state not in "ZX":
            found.add(int(process.name))
    return found


def assert_no_orphan(session: int) -> None:
    """The processes of a session have ended, or do so now."""
    wait_until(lambda: not of_session(session), 20.0, lambda: f"left: {of_session(session)}")


def end(process: subprocess.Popen[Any]) -> None:
    """Ends a process that a test started, waits until it is gone and closes what leads to it."""
    if process.poll() is None:
        process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()


class Running:
    """A daemon on a site, in a process of its own: `feedd run`. It serves nothing, unless `arguments` say where or
    that is `configured`.
    """

    def __init__(
        self,
        site: Site,
        *arguments: str,
        log: str = "daemon.log",
        command: Sequence[str] = FEEDD,
        configured: bool = False,
        **options: Any,
    ) -> None:
        self.site = site
        self._control = Control(site.state)
        self._log = site.root / log
        if "--listen" not in arguments and not configured:
            arguments = ("--listen", "off", *arguments)
        with self._log.open("ab") as stream:
            options.setdefault("stderr", stream)
            self.process = subprocess.Popen([*command, "run", *arguments], cwd=site.root, **options)

    def wait_until_ready(self) -> Running:
        """Waits for the end of the first pass, however that went."""
        self.wait_for(lambda status: status.pid == self.process.pid and status.passes > 0)
        return self

    def wait_for(self, condition: Callable[[Status], bool], seconds: float = 60.0) -> Status:
        """Waits until the status of the daemon is as it has to be."""
        found = wait_until(lambda: self._status_if(condition), seconds, lambda: f"{self.status}\n{self.log}")
        assert isinstance(found, Status)
        return found

    def _status_if(self, condition: Callable[[Status], bool]) -> Status | None:
        assert self.process.poll() is None, f"the daemon has ended\n{self.log}"
        status = self.status
        return status if status is not None and condition(status) else None

    def wait_for_log(self, words: str, seconds: float = 60.0) -> None:
        """Waits until the log says something."""
        wait_until(lambda: words in self.log, seconds, lambda: f"no {words!r} in\n{self.log}")

    @property
    def status(self) -> Status | None:
        """What the daemon says of itself."""
        return self._control.status()

    @property
    def log(self) -> str:
        """All that the daemon has logged."""
        return self._log.read_text()

    def sync(self) -> None:
        """Waits until everything written so far is published."""
        result = self.site.run("sync")
        assert result.status == 0, f"{result}\n{self.log}"

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ends the daemon with a signal; its exit status."""
        self.process.send_signal(number)
        return self.process.wait(30)


@contextmanager
def standing_still(running: Running) -> Iterator[None]:
    """A daemon that does nothing meanwhile, and is told of what happened afterwards."""
    running.process.send_signal(signal.SIGSTOP)
    try:
        os.waitid(os.P_PID, running.process.pid, os.WSTOPPED | os.WNOWAIT)
        yield
    finally:
        running.process.send_signal(signal.SIGCONT)


def wait_until(condition: Callable[[], Any], seconds: float, words: Callable[[], str]) -> Any:
    """Waits until `condition` is true, and returns what it is; fails with `words` if it never is."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, words()
        time.sleep(0.01)
    return found
