"""systemctl: the folder of a site in; the unit of feedd.service that runs for this site, out.

Without systemctl, or without systemd, no unit runs. See systemctl(1), systemd.exec(5).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from feedd.daemon.unit import NAME
from feedd.patterns import late_pattern

_PATIENCE = 2.0  # seconds for each of the two questions: the command line waits for them
_PROPERTIES = ("MainPID", "User", "WorkingDirectory", "StateDirectory", "ExecStart")
_STATE = late_pattern(r" --state[ =](.+?)(?= --| ;|$)")  # argv[] has neither quotes nor escapes


class RunningUnit(Struct, frozen=True):
    """A unit that runs. `user` is None for a unit of a user's own systemd. `state` is the state directory, None if
    unknown.
    """

    pid: int
    user: str | None
    state: Path | None


def unit_running_in(folder: Path) -> RunningUnit | None:
    """The running unit for the site in a folder: of the system, else of the user's own systemd. None if no unit
    runs.
    """
    for manager in ("--system", "--user"):
        properties = _ask(manager)
        pid = properties.get("MainPID", "")
        if pid.isdecimal() and int(pid) and _is_folder(properties.get("WorkingDirectory", ""), folder):
            user = None if manager == "--user" else properties.get("User") or "root"
            return RunningUnit(int(pid), user, find_state_directory(properties, None if user else os.environ))
    return None


def find_state_directory(properties: Mapping[str, str], environment: Mapping[str, str] | None) -> Path | None:
    """The state directory of a unit with these properties; None if unknown. `environment`: variables of the unit's
    user; None for a unit of the system.
    """
    if named := _STATE.search(properties.get("ExecStart", "")):
        return Path(properties.get("WorkingDirectory", "")) / named[1]
    name = properties.get("StateDirectory", "").partition(" ")[0]
    if not name:
        return None
    if environment is None:
        return Path("/var/lib") / name
    return Path(environment.get("XDG_STATE_HOME") or Path.home() / ".local/state") / name


def _ask(manager: str) -> dict[str, str]:
    command = ["systemctl", manager, "show", NAME, f"--property={','.join(_PROPERTIES)}"]
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        result = subprocess.run(  # noqa: S603 - all of it is ours
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, check=True
        )
        return dict(_settings(os.fsdecode(result.stdout)))
    return {}


def _settings(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        name, _, value = line.partition("=")
        yield name, value


def _is_folder(properties: str, folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return Path(properties.removeprefix("!")).samefile(folder)  # `!`: it need not be there
    return False
