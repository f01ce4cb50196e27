"""Threads of the daemon: one that fails is said, shown and begun again, or ends the daemon."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from http_support import request
from support import FEEDD, Running, Site, item, wait_until

from feedd.threads import Worker, watched_over

MEDDLED = """
import sys
sys.argv[0] = "feedd"
{meddle}
from feedd.cli.main import entry_point
entry_point()
"""


class Lines:
    """A log that keeps what it is told."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def fault(self, message: str) -> None:
        self.faults.append(message)


def test_work_that_fails_is_said_shown_and_begun_again() -> None:
    log, over, done, tried = Lines(), threading.Event(), threading.Event(), []
    go_on = threading.Event()

    def work() -> None:
        tried.append(1)
        if len(tried) == 1:
            raise ValueError("caf\udce9")
        done.set()
        go_on.wait(60)

    worker = Worker("the work", work, log, over, first=0.01)
    assert done.wait(60)
    assert log.faults == ["the work failed because of a mistake in feedd; please report it"]
    assert worker.trouble == ""
    go_on.set()
    assert worker.join(60)
    assert len(tried) == 2


def test_work_that_goes_on_failing_is_shown_and_ends_when_it_is_over() -> None:
    log, over = Lines(), threading.Event()

    def work() -> None:
        raise RuntimeError("no")

    worker = Worker("the work", work, log, over, first=3600)
    wait_until(lambda: worker.trouble, 60, lambda: "nothing was shown")
    assert worker.trouble == "the work failed (RuntimeError: no) and is tried again"
    assert not worker.join(0)
    over.set()
    assert worker.join(60)
    assert len(log.faults) == 1


def test_the_death_of_any_thread_is_told() -> None:
    died: list[tuple[str, str]] = []
    before = threading.excepthook

    def die() -> None:
        raise ValueError("no")

    with watched_over(lambda thread, error: died.append((thread.name if thread else "", error))):
        thread = threading.Thread(target=die, name="a library's")
        thread.start()
        thread.join()
    assert died == [("a library's", "ValueError: no")]
    assert threading.excepthook is before


@pytest.mark.parametrize("name", [b"caf\xe9", b"\xff\xfe", b"a\nb\xe9", b"latin \xfcber"])
def test_a_site_whose_path_is_not_utf_8_is_served(tmp_path: Path, name: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    (root / "seeds").mkdir(parents=True)
    monkeypatch.chdir(root)
    site = Site.__new__(Site)
    site.root, site.seeds, site.feeds, site.state = root, root / "seeds", root / "feeds", root / ".feedd"
    site.write("a.md", item("A"))
    running = Running(site, "--listen", "127.0.0.1:0")
    try:
        status = running.wait_until_ready().wait_for(lambda status: bool(status.serving))
        assert request(status.serving, "/atom.xml").body == (site.feeds / "atom.xml").read_bytes()
        assert "Traceback" not in running.log
        running.process.terminate()
        assert running.process.wait(60) == 0
    finally:
        running.process.kill()
        running.process.wait()


def test_a_server_that_cannot_be_started_is_said_in_the_log_and_in_the_status(
    site: Site, daemon: Callable[..., Running]
) -> None:
    site.write("a.md", item("A"))
    meddle = "from feedd.daemon import serving\nserving._Keeper._start = lambda self: [][0]"
    command = (FEEDD[0], "-c", MEDDLED.format(meddle=meddle))
    running = daemon("--listen", "127.0.0.1:0", command=command).wait_until_ready()
    trouble = "serving failed (IndexError: list index out of range) and is tried again"
    running.wait_for(lambda status: status.troubles == (trouble,))
    running.wait_for_log("serving failed because of a mistake in feedd; please report it")
    result = site.run("status")
    assert f"  trouble    {trouble}\n" in result.out
    assert result.status == 1
    site.write("b.md", item("B"))
    running.sync()  # all else goes on
    assert site.titles() == {"A", "B"}


def test_a_server_that_ends_again_and_again_is_in_the_status(site: Site, daemon: Callable[..., Running]) -> None:
    site.write("a.md", item("A"))
    meddle = "from feedd.daemon import serving\nserving.sys.executable = '/bin/false'"
    command = (FEEDD[0], "-c", MEDDLED.format(meddle=meddle))
    running = daemon("--listen", "127.0.0.1:0", command=command).wait_until_ready()
    running.wait_for(lambda status: status.troubles == ("the server ended with status 1; it is started again",))


def test_a_thread_of_a_library_that_dies_ends_the_daemon_with_a_status(
    site: Site, daemon: Callable[..., Running]
) -> None:
    """Without its clock the daemon would look at nothing any more, and say that all is well."""
    site.write("a.md", item("A"))
    meddle = (
        "import threading\nfrom feedd.daemon import loop\n"
        "end = loop.Daemon._start_watching\n"
        "def start(self):\n    end(self)\n    threading.Thread(target=lambda: [][0], name='clock').start()\n"
        "loop.Daemon._start_watching = start\n"
    )
    running = daemon(command=(FEEDD[0], "-c", MEDDLED.format(meddle=meddle)))
    assert running.process.wait(60) == 1
    assert "clock failed because of a mistake in feedd; please report it" in running.log
    assert "feedd: clock failed: IndexError: list index out of range" in running.log
    assert site.titles() == {"A"}
