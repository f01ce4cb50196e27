"""What subscribers would see of a pass, in words."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from feedd.cli.output import counted, painted, say

if TYPE_CHECKING:
    from feedd.inspect.explanations import Plan

_NOTHING_KNOWN = (
    "there is no ledger, and nothing that was published is here: everything counts as new. If anything was published, "
    "`feedd plan --recover` (at base_url) or `feedd plan --recover FOLDER|URL` compares with it."
)


def say_plan(found: Plan) -> None:
    """Prints what subscribers would see, feed by feed, and the number of re-runs last."""
    _say_remarks(found)
    for plan in found.feeds:
        say(painted(plan.feed, "bold", sys.stdout) + (" (a new feed)" if plan.is_new else ""))
        for mark, colour, titles in (
            ("new", "green", plan.new),
            ("changed", "yellow", plan.changed),
            ("withdrawn", "red", plan.withdrawn),
        ):
            for title in titles:
                say(f"  {painted(f'{mark:<9}', colour, sys.stdout)}  {title}")
        for rerun in plan.reruns:
            say(f"  {painted('re-run   ', 'red', sys.stdout)}  {rerun.title}")
            say(f"             was {rerun.before}, would be {rerun.after}: the ledger does not know it")
            remedy = f"`guid: {rerun.before}` in the item keeps the id"
            say(f"             if its file's name and its link both changed, {remedy}")
    if found.moves_from is not None:
        say(f"{painted('address', 'yellow', sys.stdout)}  all feeds move from {found.moves_from} to {found.moves_to}")
        say("         subscribers follow where the old addresses redirect to the new ones")
    for folder, now in found.retired.items():
        fate = f"to {now}/ (301" if now else "nowhere: its readers are told that it is gone (410"
        mark = painted("moved  " if now else "retired", "yellow", sys.stdout)
        say(f"{mark}  {folder}/ {fate} from `feedd run`; for other servers see docs/behind.md)")
    for gone in _by_feed(found.gone):
        say(f"{painted('deleted', 'red', sys.stdout)}  {gone}: its subscribers would meet an error")
    if not (found.feeds or found.gone or found.retired or found.moves_from):
        say("Subscribers would see nothing new.")
    if found.brings_index:
        mark = painted("new", "green", sys.stdout)
        say(f"{mark}      recovery/, from which a lost ledger is made again (docs/running.md)")
    if found.problems:
        say(f"{counted(found.problems, 'problem')} in items; `feedd check` says which")
    say(f"re-runs (entries that subscribers would see once more as new): {found.reruns}")


def _by_feed(paths: Iterable[str]) -> Iterator[str]:
    """Documents in words: a feed with its formats, or the path where a feed loses but one document."""
    files: dict[str, list[str]] = {}
    for path in paths:
        folder, slash, file = path.rpartition("/")
        files.setdefault(folder + slash, []).append(file)
    for folder, several in files.items():
        yield f"{folder or './'} ({', '.join(several)})" if len(several) > 1 else f"{folder}{several[0]}"


def _say_remarks(found: Plan) -> None:
    mark = painted("remark", "yellow", sys.stdout)
    for remark in found.remarks:
        say(f"{mark}   a render would say: {remark}")
    if found.is_new:
        say(f"{mark}   {_NOTHING_KNOWN}")
