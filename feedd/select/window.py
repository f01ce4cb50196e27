"""The window of a feed: its members and candidates, in; its members now, and whom they push out, out.

A window is a bounded choice of the newest: it needs no list of all entries.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from msgspec import Struct


class WindowPosition(NamedTuple):
    """Where an entry stands in the order of entry into a feed: by date, then id."""

    published: int  # seconds since 1970, UTC
    id: str


class Window(Struct, frozen=True):
    """A feed's members, and the highest place that is closed for good: what stood there left or never came in."""

    members: dict[int, WindowPosition]
    floor: WindowPosition | None


def advance(
    window: Window,
    offers: Mapping[int, WindowPosition],
    gone: Collection[int],
    departed: Collection[int],
    limit: int,
) -> tuple[Window, list[int]]:
    """The window after `gone` entries were taken out and `offers` made, and the entries it pushed out.

    Members are the newest `limit`. An entry that was pushed out (`departed`), or is as old as one that was, is
    not let in: a subscriber's reader may have forgotten it and would show it as new.
    """
    members = {entry: place for entry, place in window.members.items() if entry not in gone}
    floor = window.floor
    for entry, place in offers.items():
        if entry in members or (entry not in departed and (floor is None or place > floor)):
            members[entry] = place
    if len(members) <= limit:
        return Window(members, floor), []
    ranked = sorted(members, key=members.__getitem__, reverse=True)
    kept, pushed_out = ranked[:limit], ranked[limit:]
    highest = members[pushed_out[0]]
    return (
        Window({entry: members[entry] for entry in kept}, highest if floor is None else max(floor, highest)),
        [entry for entry in pushed_out if entry in window.members],
    )


def narrow(offers: dict[int, WindowPosition], limit: int) -> tuple[dict[int, WindowPosition], WindowPosition | None]:
    """The newest `limit` of many offers and the highest place among the others; so a feed's offers need never be
    held all at once.
    """
    ranked = sorted(offers, key=offers.__getitem__, reverse=True)
    kept, dropped = ranked[:limit], ranked[limit:]
    return {entry: offers[entry] for entry in kept}, offers[dropped[0]] if dropped else None
