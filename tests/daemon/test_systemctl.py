"""What systemd says of the unit of a site: a systemctl that prints what systemd's prints."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from systemctl_support import have_systemd_say, replace_systemctl, shown

from feedd.daemon.systemctl import RunningUnit, find_state_directory, unit_running_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a site."""
    found = tmp_path / "the site"
    found.mkdir()
    return found


@pytest.mark.parametrize(
    ("arguments", "state_directory", "state"),
    [
        ("run", "feedd", "/var/lib/feedd"),
        ("run", "feeds/news more", "/var/lib/feeds/news"),
        ("run --config /etc/feedd.yaml", "", None),
        ("run --state /srv/news/.feedd", "", "/srv/news/.feedd"),
        ("run --state /srv/my news/.feedd", "", "/srv/my news/.feedd"),
        ("run --state=/srv/state --listen off", "feedd", "/srv/state"),
        ("run --state state --base-url https://a.example/", "feedd", "/srv/news/state"),
    ],
)
def test_the_state_directory_is_the_named_one_or_the_one_that_systemd_makes(
    arguments: str, state_directory: str, state: str | None
) -> None:
    lines = shown("/srv/news", arguments, state_directory).splitlines()
    properties = dict(line.split("=", 1) for line in lines)
    assert find_state_directory(properties, None) == (state and Path(state))


@pytest.mark.parametrize(
    ("environment", "state"),
    [
        ({"XDG_STATE_HOME": "/home/ada/state"}, Path("/home/ada/state/feedd")),
        ({"XDG_STATE_HOME": ""}, Path.home() / ".local/state/feedd"),
        ({}, Path.home() / ".local/state/feedd"),
    ],
)
def test_the_state_directory_of_a_unit_of_ones_own_is_in_the_home(environment: dict[str, str], state: Path) -> None:
    assert find_state_directory({"StateDirectory": "feedd"}, environment) == state


def test_the_unit_that_runs_in_a_folder_is_found(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    have_systemd_say(tmp_path / "bin", monkeypatch, system=shown(folder))
    assert unit_running_in(folder) == RunningUnit(4711, "news", Path("/var/lib/feedd"))


@pytest.mark.parametrize("prefix", ["", "!"])
def test_a_folder_is_the_same_by_whatever_way_it_is_reached(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    (tmp_path / "link").symlink_to(folder)
    have_systemd_say(tmp_path / "bin", monkeypatch, system=shown(f"{prefix}{tmp_path}/link"))
    assert unit_running_in(folder) is not None


def test_a_unit_without_a_user_runs_as_root_and_one_of_ones_own_as_oneself(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/home/ada/state")
    have_systemd_say(tmp_path / "bin", monkeypatch, system=shown(folder, user=""))
    assert unit_running_in(folder) == RunningUnit(4711, "root", Path("/var/lib/feedd"))
    have_systemd_say(tmp_path / "bin", monkeypatch, user=shown(folder, user=""))
    assert unit_running_in(folder) == RunningUnit(4711, None, Path("/home/ada/state/feedd"))


@pytest.mark.parametrize("what", ["stopped", "of another folder", "of a folder that is gone", "without a folder"])
def test_a_unit_that_does_not_run_here_is_not_found(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    properties = {
        "stopped": shown(folder, pid=0),
        "of another folder": shown(tmp_path),
        "of a folder that is gone": shown(tmp_path / "gone"),
        "without a folder": shown(""),
    }[what]
    have_systemd_say(tmp_path / "bin", monkeypatch, system=properties, user=properties)
    assert unit_running_in(folder) is None


@pytest.mark.parametrize(
    "script",
    [
        "echo 'System has not been booted with systemd as init system' >&2; exit 1",
        "head -c 100000 /dev/urandom",
        "echo MainPID=many; echo MainPID; echo =",
        "kill -9 $$",
    ],
)
def test_a_systemctl_that_says_nothing_of_use_finds_no_unit(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    replace_systemctl(tmp_path / "bin", monkeypatch, script)
    assert unit_running_in(folder) is None


def test_without_a_systemctl_no_unit_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    assert unit_running_in(folder) is None


def test_a_systemctl_that_does_not_answer_is_not_waited_for(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    properties = tmp_path / "said"
    properties.write_text(shown(folder))
    replace_systemctl(tmp_path / "bin", monkeypatch, f'[ "$1" = --user ] && exec cat "{properties}"; exec sleep 60')
    before = time.monotonic()
    found = unit_running_in(folder)
    assert time.monotonic() - before < 30
    assert found is not None
    assert found.user is None
