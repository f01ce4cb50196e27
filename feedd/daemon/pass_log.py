"""The outcome of a pass: its Report in; its line in the log, and the daemon's status after it, out. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from feedd.daemon.inbox import Batch
from feedd.model import Report
from feedd.store.control import MAX_PROBLEMS, LastPass, Status

_MAX_NAMED = 4  # documents that are named in a line
_AGAIN = timedelta(hours=1)  # between two lines that say that nothing has become better


def last_pass(batch: Batch, report: Report, at: datetime, seconds: float, lag: float) -> LastPass:
    """The pass as the status shows it. `at`: when the pass ended; `seconds`: how long it took; `lag`: seconds since its
    first reason. Files that an earlier pass has counted are not counted once more.
    """
    outcome: Literal["done", "refused", "failed"] = "done"
    words = ""
    if report.refused:
        outcome, words = "refused", report.refused
    elif report.failed:
        outcome, words = "failed", "; ".join(map(str, report.failed[:_MAX_NAMED]))
    return LastPass(
        at=at.replace(microsecond=0),
        why=_why(batch),
        outcome=outcome,
        words=words,
        read=0 if report.seen_before else report.read,
        removed=0 if report.seen_before else report.removed,
        written=len(report.written),
        deleted=len(report.deleted),
        seconds=round(seconds, 4),
        lag=round(lag, 4),
        withdrawn=report.withdrawn,
    )


def _why(batch: Batch) -> str:
    reasons = [*batch.lost, *batch.whole]
    if batch.touched:
        reasons.append("1 change" if len(batch.touched) == 1 else f"{len(batch.touched):,} changes")
    if batch.due:
        reasons.append("something was due")
    if batch.asked:
        reasons.append("sync")
    return ", ".join(reasons) or "reload"


def pass_line(done: LastPass, report: Report) -> tuple[str, str, dict[str, object]]:
    """The log line of a pass: its message, its words for people, and its values."""
    values: dict[str, object] = {
        "why": done.why,
        "read": done.read or None,
        "gone": done.removed or None,
        "withdrawn": done.withdrawn or None,
        "written": done.written or None,
        "deleted": done.deleted or None,
        "documents": _named(report.written),
        "moved": report.moved or None,
        "entries": report.entries if done.outcome == "done" else None,
        "problems": len(report.problems) or None,
        "seconds": done.seconds,
        "lag": done.lag,
    }
    if done.outcome == "refused":
        words = f"refused: {done.words}"
        return words, words, {"why": done.why, "seconds": done.seconds}
    if done.outcome == "failed":
        words = f"not all could be written: {done.words}"
        return words, words, values
    words = "published" if done.written or done.deleted else "nothing to publish"
    moved = f"; {report.moved}" if report.moved else ""
    return words, f"{words} ({done.why}): {_for_people(done)}{moved}", values


def _for_people(done: LastPass) -> str:
    parts = [
        _counted(done.read, "file", "read"),
        _counted(done.removed, "file", "gone"),
        f"{_number(done.withdrawn, 'entry', 'entries')} withdrawn" if done.withdrawn else "",
        _counted(done.written, "document", "written"),
        _counted(done.deleted, "document", "deleted"),
    ]
    return (", ".join(filter(None, parts)) or "nothing changed") + f" in {done.seconds:.2f} s"


def _counted(number: int, noun: str, what: str) -> str:
    return f"{_number(number, noun)} {what}" if number else ""


def _number(number: int, noun: str, plural: str | None = None) -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def is_worth_a_line(done: LastPass, trouble: LastPass | None = None) -> bool:
    """Whether the line is worth logging: passes that look at everything and find nothing are frequent, and so are tries
    that fail alike. `trouble`: the pass that was logged last, if it did not succeed.
    """
    if done.written or done.deleted:
        return True
    if done.outcome == "done":
        return trouble is not None or bool(done.read or done.removed)
    if trouble is None or (done.outcome, done.words) != (trouble.outcome, trouble.words):
        return True
    return abs(done.at - trouble.at) >= _AGAIN


def _named(documents: tuple[str, ...]) -> str:
    more = len(documents) - _MAX_NAMED
    return " ".join(documents[:_MAX_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def status_after(status: Status, done: LastPass, report: Report, next_reconcile: datetime | None) -> Status:
    """The status after a pass. A refused pass keeps the counts of the pass before."""
    status = replace(status, state="running", passes=status.passes + 1, last=done, next_reconcile=next_reconcile)
    if done.outcome == "refused":
        return status
    return replace(
        status,
        files=report.files,
        entries=report.entries,
        withheld=report.withheld,
        feeds=report.feeds,
        private_feeds=len(report.private),
        next_due=report.next_due,
        problem_count=len(report.problems),
        problems=report.problems[:MAX_PROBLEMS],
    )


def in_a_line(status: Status) -> str:
    """The status in a line."""
    last = status.last
    if last is None:
        return "the first pass has not ended yet"
    if last.outcome != "done":
        return f"the last pass was {last.outcome}: {last.words}"
    words = f"{_number(status.entries, 'entry', 'entries')} in {_number(status.feeds, 'feed')}"
    return words + (f", {_number(status.problem_count, 'problem')}" if status.problem_count else "")
