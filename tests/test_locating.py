"""A daemon with a state directory that systemd made, seen by those who type commands in the folder of its site."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import Running, Site, item, let_permissions_count, wait_until
from systemctl_support import have_systemd_say, shown

from feedd.store.control import Control

Daemon = Callable[..., Running]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The state directory that systemd made, whose name has to be quoted."""
    return tmp_path / "var lib/feedd"


@pytest.fixture
def running(site: Site, state: Path, daemon: Daemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Running:
    """A daemon that runs on that state directory, of which systemd says so."""
    site.write("one.md", item("One"))
    started = daemon("--state", str(state))
    wait_until(lambda: (said := Control(state).status()) and said.passes, 60, lambda: started.log)
    said = shown(site.root, f"run --state {state}", state="", pid=started.process.pid)
    have_systemd_say(tmp_path / "bin", monkeypatch, system=said)
    return started


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    """A folder into which nobody may look."""
    folder.chmod(0)
    try:
        yield
    finally:
        folder.chmod(0o700)


def test_status_finds_the_unit_and_says_where_it_has_its_state(site: Site, running: Running, state: Path) -> None:
    result = site.run("status")
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith(f"feedd        running (process {running.process.pid}), started ")
    assert f"  state      {state}, as feedd.service has it" in result.out.splitlines()
    said = json.loads(site.run("status", "--format", "json").out)
    assert (said["running"], said["state_directory"]) == (True, str(state))
    assert said["status"]["entries"] == 1


def test_status_finds_a_unit_of_ones_own(
    site: Site, tmp_path: Path, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "my state"))
    state = tmp_path / "my state/feedd"
    started = daemon("--state", str(state))
    wait_until(lambda: Control(state).status(), 60, lambda: started.log)
    have_systemd_say(tmp_path / "bin", monkeypatch, user=shown(site.root, user=""))
    assert f"  state      {state}, as feedd.service has it" in site.run("status").out.splitlines()


def test_sync_waits_for_the_unit(site: Site, running: Running) -> None:
    site.write("two.md", item("Two"))
    assert site.run("sync") == (0, "", "")
    assert "Two" in site.titles()


def told_to_ask(running: Running, state: Path, subcommand: str) -> str:
    return (
        f"feedd: feedd.service runs here as user news (process {running.process.pid}), on {state}, where it cannot be "
        f"seen from here; ask with `sudo -u news feedd {subcommand} --state {shlex.quote(str(state))}` or "
        "`systemctl status feedd`\n"
    )


@pytest.mark.parametrize(("subcommand", "status"), [("status", 1), ("sync", 3)])
def test_who_may_not_read_there_learns_that_the_unit_runs_and_how_to_ask(
    site: Site, running: Running, state: Path, subcommand: str, status: int
) -> None:
    with closed(state):
        result = site.process(subcommand, preexec_fn=let_permissions_count)
    assert (result.returncode, result.stdout, result.stderr) == (status, "", told_to_ask(running, state, subcommand))


def test_who_may_not_read_there_learns_as_json_that_the_unit_runs(site: Site, running: Running, state: Path) -> None:
    with closed(state):
        result = site.process("status", "--format", "json", preexec_fn=let_permissions_count)
    assert (result.returncode, result.stderr) == (1, told_to_ask(running, state, "status"))
    unknown = dict.fromkeys(("state_directory", "status", "announcements", "uploads", "pictures", "private", "refused"))
    assert json.loads(result.stdout) == {"running": True} | unknown


@pytest.mark.parametrize("by", ["the configuration", "an option", "the environment"])
def test_the_same_is_said_where_that_state_directory_is_chosen(
    site: Site, running: Running, state: Path, by: str
) -> None:
    arguments = ("--state", str(state)) if by == "an option" else ()
    environment = {**os.environ, **({"STATE_DIRECTORY": str(state)} if by == "the environment" else {})}
    if by == "the configuration":
        site.configure(directories={"state": str(state)})
    with closed(state):
        result = site.process("status", *arguments, preexec_fn=let_permissions_count, env=environment)
    assert (result.returncode, result.stderr) == (1, told_to_ask(running, state, "status"))


def test_another_state_directory_that_is_chosen_is_looked_at_alone(site: Site, running: Running) -> None:
    result = site.run("status", "--state", "other")
    assert (result.status, result.out) == (3, "feedd does not run here, and has not before\n")
    assert site.run("sync", "--state", "other").status == 3


def test_another_state_directory_that_is_chosen_and_cannot_be_read_is_said_to_be_so(
    site: Site, running: Running
) -> None:
    other = site.root / "other"
    other.mkdir()
    with closed(other):
        result = site.process("status", "--state", "other", preexec_fn=let_permissions_count)
    assert result.returncode == 3
    assert result.stderr == "feedd: the state directory other cannot be used: Permission denied\n"


def test_a_daemon_on_the_usual_state_directory_comes_first(
    site: Site, daemon: Daemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = daemon().wait_until_ready()
    have_systemd_say(tmp_path / "bin", monkeypatch, system=shown(site.root, f"run --state {tmp_path}/elsewhere"))
    result = site.run("status")
    assert f"running (process {started.process.pid})" in result.out
    assert "feedd.service" not in result.out + result.err


def test_a_unit_that_is_about_to_take_the_usual_state_directory_does_not_run_yet(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    have_systemd_say(tmp_path / "bin", monkeypatch, system=shown(site.root, f"run --state {site.state}", state=""))
    assert site.run("status").status == 3


@pytest.mark.parametrize("arguments", [("plan",), ("why", "one.md"), ("top",), ("announce",)])
def test_what_looks_at_another_ledger_than_the_units_says_so(
    site: Site, running: Running, state: Path, arguments: tuple[str, ...]
) -> None:
    result = site.run(*arguments)
    words = f"feedd: feedd.service runs here on {state}, and this looks at .feedd; --state names another\n"
    assert result.err.startswith(words)
    assert words not in site.run(*arguments, "--state", str(state)).err


@pytest.mark.parametrize("arguments", [("plan",), ("top",), ("announce",), ("status",)])
def test_where_no_unit_runs_nothing_is_said_of_one(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    have_systemd_say(tmp_path / "bin", monkeypatch)
    result = site.run(*arguments)
    assert "feedd.service" not in result.out + result.err
