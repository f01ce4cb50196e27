"""A daemon's status, in words."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from feedd.cli.output import counted, held_in_words, painted, say, stamp
from feedd.store.control import READ_AGAIN

if TYPE_CHECKING:
    from feedd.store.control import LastPass, Status


def say_status(status: Status | None, *, running: bool) -> None:
    """Prints whether a daemon runs, and what it did last."""
    if status is None:
        say("feedd runs, but has said nothing yet" if running else "feedd does not run here, and has not before")
        return
    if running:
        mood, words = ("green" if status.healthy else "yellow"), f"{status.state} (process {status.pid})"
    elif status.state == "stopped":
        mood, words = "dim", "not running"
    else:
        mood, words = "red", f"not running: process {status.pid} ended without having been told to"
    say(f"{painted('feedd', mood, sys.stdout)}        {words}, started {stamp(status.since)}")
    for name, value in (
        ("items", f"{status.seeds}, {_watched(status.watching)}" if running else status.seeds),
        ("serving", status.serving if running else ""),
        ("workers", status.workers if running else ""),
        ("published", _published(status)),
        ("last pass", _last(status.last)),
        ("next look", stamp(status.next_reconcile) if running and status.next_reconcile else ""),
        ("next due", stamp(status.next_due) if status.next_due else ""),
    ):
        if value:
            say(f"  {name:<10} {value}")
    for trouble in status.troubles if running else ():
        say(f"  {painted('trouble', 'red', sys.stdout)}    {trouble}")
    for mistake in status.configuration:
        say(f"  {painted('config', 'red', sys.stdout)}     {mistake} (not in force)")
    if running and not status.configuration and status.configuration_file and status.configuration_file.has_changed():
        changed = f"{status.configuration_file.path} has changed, and is not in force. {READ_AGAIN}"
        say(f"  {painted('config', 'yellow', sys.stdout)}     {changed}")
    for problem in status.problems:
        say(f"  {painted('problem', 'red', sys.stdout)}    {status.seeds}/{problem}")
    more = status.problem_count - len(status.problems)
    if more > 0:
        say(f"           and {counted(more, 'more problem')}; `feedd check` has all")


def _watched(how: str) -> str:
    return f"watched by {how}" if how == "inotify" else f"looked at {how}"


def _published(status: Status) -> str:
    return held_in_words(status.entries, status.feeds, status.withheld, has_private=status.private_feeds > 0)


def _last(last: LastPass | None) -> str:
    if last is None:
        return ""
    if last.outcome != "done":
        return f"{stamp(last.at)}, {painted(last.outcome, 'red', sys.stdout)}: {last.words}"
    withdrawn = f" {counted(last.withdrawn, 'entry', 'entries')} withdrawn," if last.withdrawn else ""
    what = f"{counted(last.read, 'file')} read,{withdrawn} {counted(last.written, 'document')} written"
    return f"{stamp(last.at)} ({last.why}): {what} in {last.seconds:.3f} s"
