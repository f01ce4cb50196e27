"""The presence of a daemon: its lease, what it says of itself, and what others ask of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from support import Running, Site, end, item, tree, unprivileged, wait_until

from feedd.model import Problem
from feedd.store.control import Control, LastPass, Status
from feedd.store.errors import Busy, Unusable

DAWN = datetime(2026, 5, 1, 6, 0, 0, tzinfo=UTC)
PASS = LastPass(
    at=DAWN,
    why="1 change",
    outcome="done",
    words="",
    read=1,
    removed=0,
    written=5,
    deleted=0,
    seconds=0.0123,
    lag=0.0523,
)
STATUS = Status(
    pid=4711,
    state="running",
    since=DAWN,
    seeds="seeds",
    feeds_directory="feeds",
    watching="inotify",
    files=3,
    entries=2,
    last=PASS,
    next_reconcile=DAWN,
    problem_count=1,
    problems=(Problem("one.md", "no front matter", 1, "title"),),
    configuration=("feedd.yaml:1: titel: unknown key",),
)


@pytest.fixture
def control(tmp_path: Path) -> Control:
    """The presence in a state directory that is there already."""
    (tmp_path / "state/requests").mkdir(parents=True)
    return Control(tmp_path / "state")


# The lease


def files_open() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


HOLD = """
import subprocess, sys
from pathlib import Path
from feedd.store.control import Control
with Control(Path(sys.argv[1])):
    child = subprocess.Popen(["sleep", "1000"]) if len(sys.argv) > 2 else None
    print(child.pid if child else 0, flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(state: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A process that has the lease, and the number of a process that it started."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, state, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    child = 0
    try:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        yield process, child
    finally:
        end(process)
        if child:
            os.kill(child, 9)


def test_where_no_daemon_ever_ran_nobody_has_the_lease(tmp_path: Path) -> None:
    assert Control(tmp_path).holder() is None
    assert Control(tmp_path / "missing").holder() is None
    assert list(tmp_path.iterdir()) == []


def test_the_lease_is_held_by_a_process_until_it_ends(tmp_path: Path) -> None:
    with holder(tmp_path / "state") as (process, _):
        control = Control(tmp_path / "state")
        assert control.holder() == process.pid
        assert control.holder() == process.pid
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0
        assert control.holder() is None


def test_the_lease_of_a_process_that_is_killed_is_free(tmp_path: Path) -> None:
    control = Control(tmp_path / "state")
    with holder(tmp_path / "state") as (process, _):
        process.kill()
        process.wait()
        assert control.holder() is None
    with control:
        assert Control(tmp_path / "state").holder() == os.getpid()
    with holder(tmp_path / "state") as (process, _):
        assert control.holder() == process.pid


def test_what_a_killed_process_started_does_not_hold_its_lease(tmp_path: Path) -> None:
    with holder(tmp_path / "state", "with a child") as (process, child):
        process.kill()
        process.wait()
        os.kill(child, 0)
        assert Control(tmp_path / "state").holder() is None


def test_a_second_one_is_refused_with_the_number_of_the_first(tmp_path: Path) -> None:
    state = tmp_path / "state"
    before = files_open()
    with holder(state) as (process, _):
        with pytest.raises(Busy) as refused, Control(state):
            pass
        assert str(refused.value) == f"another feedd (process {process.pid}) runs on {state}"
        assert Control(state).holder() == process.pid
    assert files_open() == before


def test_those_who_only_ask_never_keep_a_daemon_from_starting(tmp_path: Path) -> None:
    state = tmp_path / "state"
    stop = threading.Event()
    answers: set[int | None] = set()

    def ask() -> None:
        while not stop.is_set():
            answers.add(Control(state).holder())

    askers = [threading.Thread(target=ask) for _ in range(2)]
    for asker in askers:
        asker.start()
    try:
        for _ in range(30):
            with Control(state):
                pass
    finally:
        stop.set()
        for asker in askers:
            asker.join()
    assert answers <= {None, os.getpid(), 0}  # 0: it has the lease, and has not written its number yet


def test_those_who_ask_at_once_do_not_take_each_other_for_the_daemon(control: Control, tmp_path: Path) -> None:
    (tmp_path / "state/daemon.lock").write_text("12345\n")  # of one that has ended
    answers: list[int | None] = []
    askers = [threading.Thread(target=lambda: answers.extend(control.holder() for _ in range(2000))) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert (len(answers), set(answers)) == (8000, {None})


def test_a_lease_shorter_than_the_last_leaves_nothing_of_its_number(control: Control, tmp_path: Path) -> None:
    (tmp_path / "state/daemon.lock").write_text("123456789012345\n")
    with control:
        assert (tmp_path / "state/daemon.lock").read_text() == f"{os.getpid()}\n"
        assert control.holder() == os.getpid()


def test_a_state_directory_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder/daemon.lock").mkdir(parents=True)
    for state in (tmp_path / "file", tmp_path / "folder"):
        words = rf"^(the state directory {state} cannot be used: \w|{state}/daemon.lock is a folder, where)"
        with pytest.raises(Unusable, match=words), Control(state):
            pass


def test_a_lease_that_may_not_be_looked_at_is_told(control: Control, tmp_path: Path) -> None:
    def act() -> None:
        with control:
            pass
        (tmp_path / "state").chmod(0)
        try:
            with pytest.raises(Unusable, match="cannot be used: Permission denied"):
                control.holder()
        finally:
            (tmp_path / "state").chmod(0o700)

    unprivileged(act)


# The status


def test_a_status_is_read_as_it_was_told(control: Control) -> None:
    assert control.status() is None
    for told in (STATUS, replace(STATUS, last=None, problems=(), state="starting"), STATUS):
        control.tell(told)
        assert control.status() == told


def test_a_status_can_be_read_by_other_programs(control: Control, tmp_path: Path) -> None:
    control.tell(STATUS)
    found = json.loads((tmp_path / "state/status.json").read_text())
    assert (found["pid"], found["state"], found["since"]) == (4711, "running", "2026-05-01T06:00:00Z")
    assert found["last"]["why"] == "1 change"
    assert found["problems"][0]["path"] == "one.md"
    assert found.keys() == set(Status.__struct_fields__)


def test_a_status_is_replaced_as_a_whole(control: Control) -> None:
    long = replace(STATUS, configuration=("x" * 1000,) * 200, passes=1)
    short = replace(STATUS, configuration=(), passes=2)
    control.tell(long)
    done = threading.Event()

    def tell() -> None:
        for _ in range(300):
            control.tell(short)
            control.tell(long)
        done.set()

    teller = threading.Thread(target=tell)
    teller.start()
    looks = 0
    while not done.is_set() or not looks:
        assert control.status() in (long, short)
        looks += 1
    teller.join()


def in_the_place_of_the_status(state: Path) -> None:
    (state / "status.json").unlink()
    (state / "status.json").mkdir()


def in_the_place_of_the_new_status(state: Path) -> None:
    (state / ".status.json.new").mkdir()


def without_the_state_directory(state: Path) -> None:
    shutil.rmtree(state)


@pytest.mark.parametrize(
    ("hinder", "remains"),
    [
        (in_the_place_of_the_status, False),
        (in_the_place_of_the_new_status, True),
        (without_the_state_directory, False),
    ],
)
def test_a_status_that_cannot_be_written_does_no_harm(
    control: Control, tmp_path: Path, hinder: Callable[[Path], None], *, remains: bool
) -> None:
    control.tell(STATUS)
    hinder(tmp_path / "state")
    control.tell(replace(STATUS, entries=99))
    assert control.status() == (STATUS if remains else None)


def test_a_status_that_may_not_be_written_stays_as_it_was(control: Control, tmp_path: Path) -> None:
    def act() -> None:
        control.tell(STATUS)
        (tmp_path / "state").chmod(0o500)
        control.tell(replace(STATUS, entries=99))
        (tmp_path / "state").chmod(0o700)
        assert control.status() == STATUS

    unprivileged(act)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        bytes(1000),
        b'{"pid": "1"}',
        b'{"pid": 1, "state": "\xff"}',
        b'{"pid": 1, "state": "running", "since": "2026-05-01T06:00:00Z", "seeds": "s\xff"}',
        b'{"pid": 1, "state": "running", "since": "yesterday", "seeds": "s", "feeds_directory": "f", "watching": "w"}',
    ],
)
def test_a_status_that_is_none_is_no_status(control: Control, tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "state/status.json").write_bytes(damage)
    assert control.status() is None


def test_a_status_of_a_newer_feedd_can_be_read(control: Control, tmp_path: Path) -> None:
    control.tell(STATUS)
    path = tmp_path / "state/status.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"mood": "fine"}))
    assert control.status() == STATUS


def test_a_status_may_name_a_folder_whose_name_is_not_utf_8(control: Control) -> None:
    control.tell(replace(STATUS, seeds=os.fsdecode(b"s\xff")))
    found = control.status()
    assert found is not None
    assert found.seeds.startswith("s")


@pytest.mark.parametrize(
    ("status", "healthy"),
    [
        (STATUS, True),
        (replace(STATUS, state="starting"), False),
        (replace(STATUS, state="stopped"), False),
        (replace(STATUS, last=None), False),
        (replace(STATUS, last=replace(PASS, outcome="refused")), False),
        (replace(STATUS, last=replace(PASS, outcome="failed")), False),
    ],
)
def test_a_daemon_is_healthy_if_it_runs_and_its_last_pass_was_done(status: Status, *, healthy: bool) -> None:
    assert status.healthy is healthy


# Requests


def test_a_request_waits_until_it_is_answered(control: Control, tmp_path: Path) -> None:
    assert control.asked() == []
    requests = [control.ask() for _ in range(10)]
    assert control.asked() == sorted(requests)
    assert all(map(control.waits, requests))
    control.answer(requests[:4])
    assert control.asked() == sorted(requests[4:])
    assert [control.waits(request) for request in requests] == [False] * 4 + [True] * 6
    control.answer([*requests, "never asked"])
    assert control.asked() == []
    assert not control.waits("never asked")
    assert tree(tmp_path / "state") == {}


def test_a_request_cannot_be_left_where_no_daemon_ever_ran(tmp_path: Path) -> None:
    control = Control(tmp_path / "missing")
    assert control.asked() == []
    control.answer(["r1"])
    with pytest.raises(Unusable, match=f"^no request can be left in {tmp_path}/missing/requests: No such file or"):
        control.ask()


def test_a_daemon_makes_the_place_for_requests_and_leaves_those_that_are_there(tmp_path: Path) -> None:
    control = Control(tmp_path / "state")
    with control:
        request = control.ask()
    with Control(tmp_path / "state") as again:
        assert again.asked() == [request]


# As they are used


def test_whoever_waited_for_a_pass_can_read_of_it_in_status_and_log(site: Site, daemon: Callable[..., Running]) -> None:
    site.write("0.md", item("0"))
    running = daemon().wait_until_ready()
    for number in range(1, 40):
        site.write(f"{number}.md", item(str(number)) if number % 2 else "---\ntitle: never closed\n")
        running.sync()
        status, log = running.status, running.log
        assert status is not None
        assert (status.files, status.problem_count) == (number + 1, number // 2)
        assert log.count("problem: ") == number // 2


def test_a_daemon_whose_items_directory_is_not_utf_8_starts(site: Site, daemon: Callable[..., Running]) -> None:
    seeds = Path(os.fsdecode(os.fsencode(site.root) + b"/s\xff"))
    seeds.mkdir()
    (seeds / "one.md").write_text(item("One"))
    running = daemon("--seeds", str(seeds))
    wait_until(
        lambda: (site.feeds / "atom.xml").exists() or running.process.poll() is not None, 30, lambda: running.log
    )
    assert running.process.poll() is None, running.log
    assert site.titles() == {"One"}
