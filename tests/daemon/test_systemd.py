"""systemd: what a service manager hears of the daemon, on a socket of its own."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support import Running, Site, item, wait_until

from feedd.daemon.systemd import Systemd

Daemon = Callable[..., Running]


class Manager:
    """A service manager's end of the socket that NOTIFY_SOCKET names."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self.socket.settimeout(30)
        self.environment = {"NOTIFY_SOCKET": address}

    def next(self) -> list[str]:
        """The lines of the next message; waits for it."""
        return self.socket.recv(65536).decode().split("\n")

    def waiting(self) -> list[list[str]]:
        """The messages that have come."""
        found = []
        self.socket.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                found.append(self.next())
        self.socket.settimeout(30)
        return found

    def until(self, line: str) -> list[list[str]]:
        """The messages up to the next one that has a line."""
        found = [self.next()]
        while line not in found[-1]:
            found.append(self.next())
        return found


@pytest.fixture(params=["a path", "an abstract name"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    """A manager that listens at a path, or at a name that is in no folder."""
    place = str(tmp_path / "notify")
    found = Manager(place if request.param == "a path" else f"@feedd/{secrets.token_hex(8)}")
    yield found
    found.socket.close()


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Manager]:
    """A manager that listens at a path."""
    found = Manager(str(tmp_path / "listener"))
    yield found
    found.socket.close()


# The messages


def test_each_message_is_one_datagram_of_lines(manager: Manager) -> None:
    systemd = Systemd(manager.environment)
    systemd.ready("3 entries in 1 feed")
    systemd.status("the last pass was refused: no space")
    systemd.stopping()
    systemd.starting(60)
    assert manager.waiting() == [
        ["READY=1", "STATUS=3 entries in 1 feed"],
        ["STATUS=the last pass was refused: no space"],
        ["STOPPING=1"],
        ["EXTEND_TIMEOUT_USEC=60000000"],
    ]


def test_a_reload_says_when_it_began(manager: Manager) -> None:
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    Systemd(manager.environment).reloading()
    after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    ((reloading, moment),) = manager.waiting()
    assert reloading == "RELOADING=1"
    assert before <= int(moment.removeprefix("MONOTONIC_USEC=")) <= after


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("two\nlines", r"two\nlines"),
        ("two\r\n\n lines ", r"two\r\n\n lines "),
        ("two\x0blines", r"two\x0blines"),
        ("two\u2028lines", r"two\u2028lines"),
        ("two\tlines", r"two\tlines"),
        ("done\nREADY=1", r"done\nREADY=1"),
    ],
)
def test_a_status_is_one_line_that_shows_whatever_it_holds(manager: Manager, words: str, shown: str) -> None:
    systemd = Systemd(manager.environment)
    systemd.status(words)
    systemd.ready(words)
    assert manager.waiting() == [[f"STATUS={shown}"], ["READY=1", f"STATUS={shown}"]]


def test_a_status_may_name_a_file_whose_name_is_not_utf_8(manager: Manager) -> None:
    systemd = Systemd(manager.environment)
    systemd.status(os.fsdecode(b"refused: s\xff"))
    ((status,),) = manager.waiting()
    assert status.startswith("STATUS=refused: s")


# The watchdog


def test_a_watchdog_is_fed_once_in_a_quarter_of_its_time(manager: Manager) -> None:
    systemd = Systemd({**manager.environment, "WATCHDOG_USEC": "40000000"})
    for _ in range(5):
        systemd.alive()
    assert manager.waiting() == [["WATCHDOG=1"]]


def test_a_watchdog_is_fed_again_and_again(manager: Manager) -> None:
    systemd = Systemd({**manager.environment, "WATCHDOG_USEC": "40000", "WATCHDOG_PID": str(os.getpid())})
    messages: list[list[str]] = []

    def fed() -> bool:
        systemd.alive()
        messages.extend(manager.waiting())
        return len(messages) >= 3

    wait_until(fed, 30, lambda: str(messages))
    assert messages == [["WATCHDOG=1"]] * 3


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"WATCHDOG_USEC": ""},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "many"},
        {"WATCHDOG_USEC": "-4000000"},
        {"WATCHDOG_USEC": "4000000", "WATCHDOG_PID": "1"},
        {"WATCHDOG_PID": str(os.getpid())},
    ],
)
def test_without_a_watchdog_of_its_own_nothing_is_fed(manager: Manager, environment: dict[str, str]) -> None:
    systemd = Systemd({**manager.environment, **environment})
    systemd.alive()
    assert manager.waiting() == []


# Without anybody who listens


def files_open() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def say_everything(systemd: Systemd) -> None:
    systemd.ready("ready")
    systemd.status("status")
    systemd.reloading()
    systemd.alive()
    systemd.starting(1)
    systemd.stopping()


def test_without_a_service_manager_nothing_is_said_or_opened() -> None:
    before = files_open()
    say_everything(Systemd({}))
    say_everything(Systemd({"NOTIFY_SOCKET": "", "WATCHDOG_USEC": "1"}))
    assert files_open() == before


@pytest.mark.parametrize("kind", ["nothing there", "no longer listened to", "no socket", "too long", "a stream"])
def test_a_socket_that_nobody_listens_to_does_no_harm(tmp_path: Path, kind: str) -> None:
    address = str(tmp_path / "notify")
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM if kind == "a stream" else socket.SOCK_DGRAM)
    if kind in ("no longer listened to", "a stream"):
        listening.bind(address)
    elif kind == "no socket":
        Path(address).write_text("")
    elif kind == "too long":
        address += "x" * 200
    if kind != "a stream":
        listening.close()
    before = files_open()
    say_everything(Systemd({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1"}))
    assert files_open() == before
    listening.close()


# The daemon


def started(site: Site, daemon: Daemon, listener: Manager, **environment: str) -> Running:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("WATCHDOG", "NOTIFY"))}
    return daemon(env={**inherited, **listener.environment, **environment})


def is_open(process: int, path: Path) -> bool:
    """Whether a process has a file open."""
    try:
        return path.resolve() in [each.readlink() for each in Path(f"/proc/{process}/fd").iterdir()]
    except OSError:  # one was closed meanwhile
        return False


def test_the_daemon_is_ready_when_the_feeds_are_written_and_not_before(
    site: Site, daemon: Daemon, listener: Manager
) -> None:
    site.write("one.md", item("One"))
    site.state.mkdir()
    lock = os.open(site.state / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)  # somebody else makes a pass: the daemon's first one has to wait
    running = started(site, daemon, listener)
    wait_until(lambda: is_open(running.process.pid, site.state / "lock"), 30, lambda: running.log)
    assert listener.waiting() == []
    assert not (site.feeds / "atom.xml").exists()
    os.close(lock)
    (*before, ready) = listener.until("READY=1")
    assert site.titles() == {"One"}
    assert ready[1].startswith("STATUS=1 entr")
    assert {line.partition("=")[0] for message in before for line in message} <= {"EXTEND_TIMEOUT_USEC"}


def test_the_daemon_says_what_it_published_that_it_reloads_and_that_it_ends(
    site: Site, daemon: Daemon, listener: Manager
) -> None:
    site.write("one.md", item("One"))
    running = started(site, daemon, listener)
    listener.until("READY=1")
    site.write("two.md", item("Two"))
    running.sync()
    assert any(message[0].startswith("STATUS=2 entries in 1 feed") for message in listener.waiting())
    site.configure(title="Another title")
    running.process.send_signal(signal.SIGHUP)
    (reloading, *_, ready) = listener.until("READY=1")
    assert reloading[0] == "RELOADING=1"
    assert reloading[1].startswith("MONOTONIC_USEC=")
    assert ready[1].startswith("STATUS=2 entries in 1 feed")
    assert site.feed().feed.title == "Another title"
    assert running.stop() == 0
    assert listener.waiting() == [["STOPPING=1"]]


def test_a_reload_that_finds_mistakes_ends_too(site: Site, daemon: Daemon, listener: Manager) -> None:
    site.write("one.md", item("One"))
    running = started(site, daemon, listener)
    listener.until("READY=1")
    (site.root / "config/feedd.yaml").write_text("titel: Wrong\n")
    running.process.send_signal(signal.SIGHUP)
    messages = listener.until("READY=1")
    assert [message[0] for message in messages] == ["RELOADING=1", "READY=1"]


def test_a_first_pass_that_fails_is_told_and_the_daemon_is_ready_all_the_same(
    site: Site, daemon: Daemon, listener: Manager
) -> None:
    started(site, daemon, listener)
    (*_, ready) = listener.until("READY=1")
    assert ready[1].startswith("STATUS=the last pass was refused: ")
    site.write("one.md", item("One"))
    while not listener.next()[0].startswith("STATUS=1 entr"):
        pass
    assert site.titles() == {"One"}


def test_the_watchdog_is_fed_while_there_is_nothing_to_do(site: Site, daemon: Daemon, listener: Manager) -> None:
    site.write("one.md", item("One"))
    started(site, daemon, listener, WATCHDOG_USEC="4000000")
    for _ in range(2):
        listener.until("WATCHDOG=1")


def test_the_watchdog_of_another_process_is_not_fed(site: Site, daemon: Daemon, listener: Manager) -> None:
    site.write("one.md", item("One"))
    running = started(site, daemon, listener, WATCHDOG_USEC="4000000", WATCHDOG_PID="1")
    running.wait_until_ready().stop()
    assert ["WATCHDOG=1"] not in listener.until("STOPPING=1")
