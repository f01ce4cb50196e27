"""The first moments of a command: standard streams that are closed, and signals before anything is held."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import FEEDD, Running, Site, end, item

COMMANDS = [
    ("render",),
    ("render", "--quiet"),
    ("render", "--format", "json"),
    ("check",),
    ("plan",),
    ("top",),
    ("why", "seeds/a.md"),
    ("announce",),
    ("status",),
    ("--help",),
]


def status_of(site: Site, command: tuple[str, ...], closed: str) -> int:
    """The exit status of a command without some of its standard streams."""
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *FEEDD, *command], cwd=site.root, capture_output=True
    ).returncode


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_closed_standard_streams_stop_no_command(site: Site, command: tuple[str, ...]) -> None:
    site.write("a.md", item("A"))
    site.render()
    wanted = site.process(*command).returncode
    assert wanted == (3 if command == ("status",) else 0)
    for closed in ("2>&-", "<&- >&- 2>&-"):
        assert status_of(site, command, closed) == wanted, closed


@pytest.mark.parametrize("closed", ["2>&-", "<&- 2>&-", "<&- >&- 2>&-"])
def test_a_first_render_without_standard_streams_publishes(site: Site, closed: str) -> None:
    site.write("a.md", item("A"))
    site.write("broken.md", "---\ntitle: never closed\n")
    assert status_of(site, ("render", "--strict"), closed) == 1
    assert site.titles() == {"A"}


@pytest.mark.parametrize("full", [">/dev/full", ">/dev/full 2>&1", ">/dev/full 2>&-"])
@pytest.mark.parametrize("broken", [0, 300])  # what is said then is longer than a buffer
def test_words_that_find_no_room_are_a_problem_and_all_is_published_all_the_same(
    site: Site, full: str, broken: int
) -> None:
    site.write("a.md", item("A"))
    for number in range(broken):
        site.write(f"{number}.md", "---\ntitle: never closed\n")
    for command in (("render",), ("render", "--format", "json"), ("check",), ("plan",), ("--help",)):
        assert status_of(site, command, full) == 1, command
    assert site.titles() == {"A"}
    assert status_of(site, ("render", "--quiet"), full) == (1 if broken else 0)


def test_complaints_that_find_no_room_change_no_exit_status(site: Site) -> None:
    site.write("a.md", item("A"))
    assert status_of(site, ("render",), "2>/dev/full") == 0
    (site.seeds / "a.md").unlink()
    for full in ("2>/dev/full", ">/dev/full 2>&1"):
        assert status_of(site, ("render",), full) == 3


@pytest.mark.parametrize("full", ["2>/dev/full", ">/dev/full 2>&1"])
def test_a_daemon_whose_words_find_no_room_publishes_and_serves(
    site: Site, daemon: Callable[..., Running], full: str
) -> None:
    site.write("a.md", item("A"))
    command = ("sh", "-c", f'exec "$@" {full}', "sh", *FEEDD)
    running = daemon("--listen", "127.0.0.1:0", command=command).wait_until_ready()
    assert site.titles() == {"A"}
    running.process.terminate()
    assert running.process.wait(60) == 0


def test_what_is_said_on_a_closed_stream_does_not_get_into_a_file_that_is_open(site: Site) -> None:
    """Else the first file that is opened would be standard error."""
    program = (
        "import os, sys\nfrom feedd.cli.main import _open_streams\n_open_streams()\nfile = open('kept', 'wb')\n"
        "os.write(2, b'complaint')\nsys.stderr.write('complaint')\nsys.exit(file.fileno() < 3)\n"
    )
    done = subprocess.run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c", program], cwd=site.root)
    assert done.returncode == 0
    assert (site.root / "kept").read_bytes() == b""


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_a_daemon_without_standard_streams_publishes_and_serves(
    site: Site, daemon: Callable[..., Running], closed: str
) -> None:
    site.write("a.md", item("A"))
    command = ("sh", "-c", f'exec "$@" {closed}', "sh", *FEEDD)
    running = daemon("--listen", "127.0.0.1:0", command=command).wait_until_ready()
    assert site.titles() == {"A"}
    running.process.terminate()
    assert running.process.wait(60) == 0


def begun(site: Site) -> tuple[subprocess.Popen[bytes], Path]:
    """A daemon that waits for its configuration, which is a pipe: it has begun, and holds nothing yet."""
    pipe = site.root / "pipe.yaml"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [*FEEDD, "run", "--listen", "off", "--config", "pipe.yaml"], cwd=site.root, stderr=subprocess.PIPE
    )
    return process, pipe


def test_a_hang_up_while_the_daemon_starts_does_not_end_it(site: Site) -> None:
    process, pipe = begun(site)
    try:
        with pipe.open("w"):  # returns when the daemon has opened it too
            process.send_signal(signal.SIGHUP)
            pipe.unlink()
            pipe.write_text("authority: feeds.example,2026\n")  # for what it reads once more
        assert process.stderr is not None
        assert any(b" started " in line for line in process.stderr)
        process.terminate()
        assert process.wait(60) == 0
    finally:
        end(process)


def test_a_hang_up_before_the_first_line_of_feedd_is_ignored_if_the_parent_ignores_it(site: Site) -> None:
    shell = ["sh", "-c", "trap '' HUP; echo; exec \"$@\"", "sh", *FEEDD, "run", "--listen", "off"]
    process = subprocess.Popen(shell, cwd=site.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()  # Python itself is about to start
        process.send_signal(signal.SIGHUP)
        assert any(b" started " in line for line in process.stderr)
        site.configure(title="Harbour")
        process.send_signal(signal.SIGHUP)  # now it is asked to read its configuration
        assert any(b"configuration" in line for line in process.stderr)
        process.terminate()
        assert process.wait(60) == 0
    finally:
        end(process)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_daemon_that_is_told_to_end_while_it_starts_does_so_without_a_word(site: Site, number: int) -> None:
    process, pipe = begun(site)
    try:
        with pipe.open("w"):
            process.send_signal(number)
            assert process.wait(60) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
    finally:
        end(process)


def test_a_pass_with_nothing_to_do_loads_nothing_that_reads_or_makes(site: Site) -> None:
    program = "import sys\nfrom feedd.cli.main import main\nmain(['render', '--quiet'])\nprint(*sys.modules)\n"

    def loaded() -> set[str]:
        return set(subprocess.check_output([sys.executable, "-c", program], cwd=site.root, text=True).split())

    for_work = {
        "feedd.items.parse",
        "feedd.html.content",
        "feedd.run.publish.make_documents",
        "feedgen.feed",
        "lxml.etree",
    }
    for_work |= {"feedd.items.fields", "feedd.items.front_matter.formats"}
    for_neither = {"asyncio", "apscheduler", "prometheus_client", "httpcore", "importlib.metadata", "rich"}
    for_neither |= {"yaml", "feedd.deliver.prober"}  # plain front matter, and no files whose size is asked for
    for_neither |= {"nh3", "pyromark"}  # workers alone need them
    for_neither |= {"concurrent.futures", "logging", "email.utils"}  # a few files need no threads
    for_neither |= {"dateutil", "calendar", "secrets", "subprocess", "tempfile", "traceback", "zoneinfo"}
    for_neither |= {"feedd.items.bodies.templates", "feedd.items.bodies.containers"}  # such marks are in no body here
    site.write("a.md", item("A"))
    site.settle()
    at_work = loaded()
    assert for_work <= at_work
    assert at_work & for_neither == set()
    assert loaded() & (for_work | for_neither) == set()


def test_feedgen_has_the_rest_of_dateutil_when_it_asks_for_it() -> None:
    """As a release of feedgen may, while it is loaded or later."""
    program = """
import sys
from feedd.render.xml.without_dateutil import without_dateutil

with without_dateutil():
    import dateutil.parser
    import dateutil.tz
    if "early" in sys.argv:
        from dateutil.tz import gettz
stand_in = dateutil
print("dateutil" in sys.modules, stand_in.parser.parse("May 1, 2026 12:00 UTC").isoformat())
import dateutil.tz
print(dateutil is not stand_in, dateutil.tz.tzutc() is stand_in.tz.UTC)
"""
    for when, is_loaded in (("early", True), ("late", False)):
        done = subprocess.check_output([sys.executable, "-c", program, when], text=True)
        assert done.splitlines() == [f"{is_loaded} 2026-05-01T12:00:00+00:00", "True True"]


def test_a_command_ends_when_its_threads_have_ended_and_takes_nothing_apart(site: Site) -> None:
    program = """
import os, sys, threading
from feedd.cli.main import entry_point

class Part:
    def __del__(self, write=os.write):
        write(1, b"taken apart")

def last():
    threading.main_thread().join()
    print("the last thread")

sys.part = Part()
threading.Thread(target=last).start()
sys.argv = ["feedd", "status"]
entry_point()
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=site.root, capture_output=True, text=True)
    assert done.returncode == site.process("status").returncode == 3
    assert done.stdout.splitlines()[-1] == "the last thread"
