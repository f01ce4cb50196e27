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
    """A feed's members and its floor: the highest position that is closed for good. An entry at the floor has left, or
    was never let in.
    """

    members: dict[int, WindowPosition]
    floor: WindowPosition | None


def advance(
    window: Window,
    candidates: Mapping[int, WindowPosition],
    gone: Collection[int],
    departed: Collection[int],
    limit: int,
) -> tuple[Window, list[int]]:
    """The window without the `gone` entries, and with the `candidates` that it lets in. The second value lists the
    entries that it pushes out.

    Members are the newest `limit`. Candidates in `departed`, which were pushed out before, are not let in. Nor are
    candidates as old as such an entry, or older. A subscriber's reader may have forgotten them and would show
    them as new.
    """
    members = {entry: position for entry, position in window.members.items() if entry not in gone}
    floor = window.floor
    for entry, position in candidates.items():
        if entry in members or (entry not in departed and (floor is None or position > floor)):
            members[entry] = position
    if len(members) <= limit:
        return Window(members, floor), []
    ranked = sorted(members, key=members.__getitem__, reverse=True)
    kept, pushed_out = ranked[:limit], ranked[limit:]
    highest = members[pushed_out[0]]
    return (
        Window({entry: members[entry] for entry in kept}, highest if floor is None else max(floor, highest)),
        [entry for entry in pushed_out if entry in window.members],
    )


def narrow(
    candidates: dict[int, WindowPosition], limit: int
) -> tuple[dict[int, WindowPosition], WindowPosition | None]:
    """The newest `limit` of many candidates, and the highest position among the others; None if there are no others.
    So the candidates of a feed need never be held all at once.
    """
    ranked = sorted(candidates, key=candidates.__getitem__, reverse=True)
    kept, dropped = ranked[:limit], ranked[limit:]
    return {entry: candidates[entry] for entry in kept}, candidates[dropped[0]] if dropped else None
