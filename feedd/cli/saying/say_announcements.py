"""What hubs were told, and what they did not take, in words."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from feedd.cli.output import counted, painted, say, stamp

if TYPE_CHECKING:
    from feedd.deliver.events import Event
    from feedd.store.ledger.delivery_rows import Refused, Waiting


class Left(Struct, frozen=True):
    """The announcements without success: waiting ones, and refused ones."""

    waiting: tuple[Waiting, ...] = ()
    refused: tuple[Refused, ...] = ()


def say_left(left: Left | None, hubs: tuple[str, ...]) -> None:
    """Prints the announcements that hubs did not take."""
    if left is None:
        say("  hubs       not known now: the ledger is in use")
        return
    if hubs and left == Left():
        say(f"  hubs       nothing is left to tell {counted(len(hubs), 'hub')}")
    for each in left.waiting:
        why = f": {painted(each.error, 'yellow', sys.stdout)}" if each.error else ""
        say(f"  hubs       {each.hub} is to be told of {counted(each.number, 'document')}{why}")
    for refused in left.refused:
        say(f"  hubs       {refused.hub} {_refused(refused)}")


def say_announced(events: Iterable[Event], left: Left, hubs: tuple[str, ...]) -> None:
    """Prints the announcements: made, waiting, and refused before."""
    colours = {"announced": "green", "refused": "red", "given up": "red"}
    events = [event for event in events if event.kind != "put off"]  # they are among `left.waiting`
    for event in events:
        where = event.url if event.number == 1 else counted(event.number, "document")
        why = f": {event.words}" if event.words else ""
        say(f"{painted(f'{event.kind:<9}', colours[event.kind], sys.stdout)}  {where} to {event.hub}{why}")
    for each in left.waiting:
        why = f": {each.error}" if each.error else ""
        say(f"{painted('waiting  ', 'yellow', sys.stdout)}  {counted(each.number, 'document')} for {each.hub}{why}")
    now = {event.hub for event in events if event.kind != "announced"}
    for refused in left.refused:
        if refused.hub not in now:
            say(f"{painted('refused  ', 'red', sys.stdout)}  {refused.hub} {_refused(refused)}")
    if not hubs:
        say("no hub is configured (websub.hubs)")
    elif not events and left == Left():
        say("nothing to announce")


def _refused(found: Refused) -> str:
    what = counted(found.number, "document")
    return f"did not take {what}, since {stamp(found.since)}: {painted(found.error, 'red', sys.stdout)}"
