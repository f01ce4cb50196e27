"""The state of this site's daemon: the configuration in; a state directory, or advice how to reach it, out."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from feedd.cli import output
from feedd.cli.setup import state_path
from feedd.config.load import Config
from feedd.daemon.systemctl import RunningUnit, unit_running_in
from feedd.daemon.unit import NAME
from feedd.store.control import Control
from feedd.store.errors import Unusable


class OutOfReach(Exception):
    """The unit of this site runs, but its state directory cannot be read. The text says how to ask."""

    def __init__(self, unit: RunningUnit, subcommand: str) -> None:
        sudo, systemctl = (f"sudo -u {unit.user} ", "systemctl") if unit.user else ("", "systemctl --user")
        who = f" as user {unit.user}" if unit.user else ""
        place, asking = "a state directory that is not known", [f"`{systemctl} status feedd`"]
        if unit.state is not None:
            place = f"{unit.state}, where it cannot be seen from here"
            asking.insert(0, f"`{sudo}feedd {subcommand} --state {shlex.quote(str(unit.state))}`")
        super().__init__(f"{NAME} runs here{who} (process {unit.pid}), on {place}; ask with {' or '.join(asking)}")


def state_of_daemon(config: Config, subcommand: str) -> Path:
    """The state directory of this site's daemon; the usual state directory if no daemon runs. If the user chose a state
    directory, the daemon is looked for only there. Raises Unusable, and OutOfReach with advice for the subcommand.
    """
    unit = _unit_elsewhere(config)
    if unit is None:
        return state_path(config)
    if unit.state is not None and _runs_on(unit.state):
        return unit.state
    raise OutOfReach(unit, subcommand)


def say_if_elsewhere(config: Config) -> None:
    """Warns on standard error if this site's daemon uses another state directory than the subcommand."""
    usual = state_path(config)
    try:
        unit = _unit_elsewhere(config)
    except Unusable:
        return  # the subcommand is about to say so
    if unit is not None and not _is_same(unit.state, usual):
        where = unit.state or "another state directory"
        output.complain(f"{NAME} runs here on {where}, and this looks at {usual}; --state names another")


def _unit_elsewhere(config: Config) -> RunningUnit | None:
    """The unit of this site, if it runs and its state directory is not the usual state directory, or cannot be read.
    Raises Unusable if the usual state directory cannot be read and no unit runs.
    """
    usual, trouble = state_path(config), None
    try:
        if Control(usual).holder() is not None:
            return None
    except Unusable as error:
        trouble = error
    chosen = _is_chosen(config)
    if not chosen or trouble is not None:
        unit = unit_running_in(Path.cwd())
        same = unit is not None and _is_same(unit.state, usual)
        if unit is not None and (not same if trouble is None else same or not chosen):
            return unit
    if trouble is not None:
        raise trouble
    return None


def _is_chosen(config: Config) -> bool:
    return config.directories.state is not None or bool(os.environ.get("STATE_DIRECTORY"))


def _is_same(state: Path | None, usual: Path) -> bool:
    return state is not None and state.absolute() == usual.absolute()


def _runs_on(state: Path) -> bool:
    try:
        return Control(state).holder() is not None
    except Unusable:
        return False
