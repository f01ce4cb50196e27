"""Reporting: results of the stages of a pass in; the Report out."""

from __future__ import annotations

from datetime import datetime

from feedd.model import Report
from feedd.run.active_feeds import active_feeds
from feedd.run.pass_context import PassContext
from feedd.run.publish.write import WriteResult
from feedd.run.scan import ScanResult


def make_report(
    context: PassContext,
    seen: ScanResult,
    stories: str,
    next_period: datetime | None,
    written: WriteResult,
    remarks: tuple[str, ...],
) -> Report:
    """The report of the pass."""
    ledger, changes = context.ledger, seen.changes
    findings = sorted([*seen.problems, *ledger.files.problems()], key=lambda found: found.path)
    shown, withheld = ledger.state.counts()
    current = active_feeds(ledger.feeds.all().values(), context.settings.selection)
    return Report(
        files=changes.files,
        read=len(changes.changed),
        removed=len(changes.removed),
        seen_before=bool(seen.glanced)
        and seen.glanced.issuperset((*changes.changed, *changes.removed))
        and not (written.written or written.deleted or written.failed),
        entries=shown,
        withheld=withheld,
        feeds=sum(not each.identity.view for each in current.feeds),
        written=written.written,
        deleted=written.deleted,
        failed=written.failed,
        problems=tuple(found for found in findings if found.kind == "problem"),
        notes=tuple(found for found in findings if found.kind == "note"),
        next_due=min(filter(None, (ledger.entries.next_due(), next_period)), default=None),
        announcements=written.announcements,
        moved=stories,
        remarks=(*remarks, *written.remarks),
    )
