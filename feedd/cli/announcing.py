"""The command that tells hubs: options in, calls made, an exit status out."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from feedd.cli import words
from feedd.cli.main import DONE, PROBLEMS
from feedd.cli.setup import state_path, with_config
from feedd.config import Config
from feedd.disk.announcements import Waiting, open_announcements
from feedd.disk.database import Damaged
from feedd.disk.errors import Unusable
from feedd.notify.account import Event, together

_PATIENCE = 60.0  # seconds, for a daemon that is just announcing, or another's pass


def announce(options: argparse.Namespace) -> int:
    """`feedd announce`."""

    def act(config: Config) -> int:
        hubs = config.websub.hubs
        events, left = _announce(state_path(config), hubs)
        if options.format == "json":
            words.say_json({"events": as_mappings(events), "waiting": as_mappings(left)})
        else:
            words.say_announced(events, left, hubs)
        return PROBLEMS if left or any(each.kind in ("refused", "given up") for each in events) else DONE

    return with_config(options, act)


def _announce(state: Path, hubs: tuple[str, ...]) -> tuple[list[Event], list[Waiting]]:
    from feedd.notify.announcer import Announcer

    if not hubs:
        return [], []
    events = Announcer(state, hubs).announce_all(_PATIENCE)
    with open_announcements(state, _PATIENCE) as waiting:
        return together(events), waiting.waiting(hubs) if waiting is not None else []


def as_mappings(tuples: Iterable[Event | Waiting]) -> list[dict[str, object]]:
    """Named tuples as JSON should have them."""
    return [each._asdict() for each in tuples]


def waiting_for(state: Path, hubs: tuple[str, ...]) -> list[Waiting] | None:
    """What waits for hubs; None if that cannot be said now."""
    if not hubs:
        return []
    try:
        with open_announcements(state) as waiting:
            return waiting.waiting(hubs) if waiting is not None else []
    except (Unusable, Damaged):
        return None
