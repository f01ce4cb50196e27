"""`feedd plan --against`: what subscribers of an old feed would see, in words."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from feedd.cli.output import counted, painted, say
from feedd.inspect.old_feed_plan import OldFeedPlan, grouped

_MOST = 20  # lines of a kind that keep nobody from moving


def say_old_feed_plan(found: OldFeedPlan, name: str, limit: int) -> None:
    """Prints what subscribers would see: lists first, then what to do, the counts last. `name`: the old feed's file.
    `limit`: how many entries a feed has.
    """
    _say_list("changed", "yellow", (f"{each.title}: {', '.join(each.changes)}" for each in found.changed))
    _say_list("leaves", "dim", (f"{each.title or each.link}: {each.reason}" for each in found.leaving))
    older = [each for each in found.new if each.is_older]
    _say_list("new", "green", (each.title for each in found.new if not each.is_older))
    _say_list("older", "yellow", (f"{each.title}: not in the old feed" for each in older))
    for advice, entries in grouped(found.again).items():
        for each in entries:
            say(f"  {painted('again    ', 'red', sys.stdout)}  {each.title}")
            say(f"             was {each.before}, would be {each.after}")
        say(f"  {counted(len(entries), 'entry', 'entries')}: {advice.replace('OLD-FEED', name)}")
    if older and found.entries < limit:
        say(
            f"  {counted(len(older), 'entry', 'entries')} of before the old feed's newest would come as new: "
            f"`limit: {max(found.entries, 1)}` leaves old ones out"
        )
    if found.without_id:
        say(
            f"  {counted(found.without_id, 'entry', 'entries')} of the old feed without id and link: no reader knows it"
        )
    say(
        f"{found.document} instead of {name} ({counted(found.entries, 'entry', 'entries')}): {found.kept:,} known, "
        f"{len(found.new):,} new, {len(found.changed):,} changed, {len(found.leaving):,} not in it"
    )
    say(f"shown again (entries that subscribers would see once more as new): {len(found.again)}")


def _say_list(mark: str, colour: str, lines: Iterable[str]) -> None:
    listed = list(lines)
    for line in listed[:_MOST]:
        say(f"  {painted(f'{mark:<9}', colour, sys.stdout)}  {line}")
    if len(listed) > _MOST:
        more = f"and {len(listed) - _MOST:,} more; --format json names them"
        say(f"  {painted(f'{mark:<9}', colour, sys.stdout)}  {more}")
