"""The command that tells hubs: options in, calls made, an exit status out."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from feedd.cli import output
from feedd.cli.locating import say_if_elsewhere
from feedd.cli.main import DONE, PROBLEMS
from feedd.cli.saying.say_announcements import Left, say_announced
from feedd.cli.setup import state_path, with_config
from feedd.config.load import Config
from feedd.deliver.events import Event, together
from feedd.store.errors import Damaged, Unusable
from feedd.store.ledger.delivery_rows import DeliveryRows, Refused, Waiting, open_announcements

_PATIENCE = 60.0  # seconds to wait for a daemon that is just announcing, or for the pass of another process


def announce(options: argparse.Namespace) -> int:
    """`feedd announce`."""

    def act(config: Config) -> int:
        hubs = config.websub.hubs
        say_if_elsewhere(config)
        events, left = _announce(state_path(config), hubs)
        if options.format == "json":
            refused = as_mappings(left.refused)
            output.say_json({"events": as_mappings(events), "waiting": as_mappings(left.waiting), "refused": refused})
        else:
            say_announced(events, left, hubs)
        return PROBLEMS if left.waiting or left.refused else DONE

    return with_config(options, act)


def _announce(state: Path, hubs: tuple[str, ...]) -> tuple[list[Event], Left]:
    from feedd.deliver.announcer import Announcer

    if not hubs:
        return [], Left()
    events = Announcer(state, hubs).announce_all(_PATIENCE)
    with open_announcements(state, _PATIENCE) as waiting:
        return together(events), _left(waiting, hubs)


def _left(queue: DeliveryRows | None, hubs: tuple[str, ...]) -> Left:
    return Left() if queue is None else Left(tuple(queue.waiting(hubs)), tuple(queue.refused(hubs)))


def as_mappings(tuples: Iterable[Event | Waiting | Refused]) -> list[dict[str, object]]:
    """Named tuples as mappings, for JSON."""
    return [each._asdict() for each in tuples]


def left_for(state: Path, hubs: tuple[str, ...]) -> Left | None:
    """The announcements that hubs did not take; None if the ledger cannot be read now."""
    if not hubs:
        return Left()
    try:
        with open_announcements(state) as queue:
            return _left(queue, hubs)
    except (Unusable, Damaged):
        return None
