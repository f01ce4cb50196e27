"""A daemon without anything to do keeps neither a worker nor the ledger, and publishes the next edit all the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support import Site, item, wait_until
from test_clock import Clock, last, runs

from feedd.daemon import loop
from feedd.store.control import Control


def children(process: int | str) -> Iterator[str]:
    """The processes that a process started, and that have not ended."""
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in text_of(task).split():
            stat = text_of(Path(f"/proc/{child}/stat"))
            if stat and stat.rpartition(")")[2].split()[0] != "Z":
                yield child


def text_of(path: Path) -> str:
    """What a file of a process says; empty if the process has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return path.read_text()
    return ""


def workers() -> list[str]:
    """The processes of processes that this process started."""
    return [each for child in children(os.getpid()) for each in children(child)]


def fork_servers() -> list[str]:
    """The fork servers that this process started: it may have started processes of other tests, too."""
    return [each for each in children(os.getpid()) if "fork_server" in text_of(Path(f"/proc/{each}/cmdline"))]


def is_open(path: Path) -> bool:
    return any(os.path.realpath(each) == str(path.resolve()) for each in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize("idle", [0.0, 3600.0])
def test_what_is_kept_for_the_next_pass_is_given_back_after_a_while(
    site: Site, monkeypatch: pytest.MonkeyPatch, idle: float
) -> None:
    monkeypatch.setattr(loop, "TICK", 0.05)
    monkeypatch.setattr(loop, "IDLE", idle)
    site.write("one.md", item("One"))
    ledger = site.state / "ledger.sqlite3"

    def meanwhile(control: Control) -> None:
        for number, name in enumerate(("two", "three"), start=last(control).passes):
            site.write(f"{name}.md", item(name))
            wait_until(lambda number=number: last(control).passes > number, 30, lambda: f"{last(control)}")
            if idle:
                assert workers()
                assert fork_servers()
                assert is_open(ledger)
            else:
                wait_until(lambda: not is_open(ledger), 30, str)
                wait_until(lambda: not fork_servers(), 30, lambda: f"{fork_servers()}")

    runs(site, Clock(), meanwhile)
    assert site.titles() == {"One", "two", "three"}
