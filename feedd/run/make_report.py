"""Reporting: results of the stages of a pass in; the Report out."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from feedd.model import Report
from feedd.run.active_feeds import active_feeds
from feedd.run.pass_context import PassContext
from feedd.run.publish.write import WriteResult
from feedd.run.scan import ScanResult


class Updated(Struct, frozen=True):
    """What became of entries. `stories`: changes of stories and ranks, in words. `withdrawn`: the ids of entries that
    were published before, and are not now. `early`: a remark on entries that are published before their dates, if any.
    """

    stories: str = ""
    withdrawn: frozenset[str] = frozenset()
    early: tuple[str, ...] = ()


def make_report(
    context: PassContext,
    seen: ScanResult,
    updated: Updated,
    next_period: datetime | None,
    written: WriteResult,
    remarks: tuple[str, ...],
) -> Report:
    """The report of the pass."""
    ledger, changes = context.ledger, seen.changes
    findings = sorted([*seen.problems, *ledger.files.problems()], key=lambda found: found.path)
    shown, withheld = ledger.state.counts()
    selection = context.settings.selection
    current = active_feeds(ledger.feeds.all().values(), selection)
    feeds = [each for each in current.feeds if not each.identity.view]
    if selection.only is not None:  # the site of a private feed knows all items, and its feed holds some
        held = ledger.members.counts()
        shown = sum(held.get(each.feed, 0) for each in feeds)
    return Report(
        files=changes.files,
        read=len(changes.changed),
        removed=len(changes.removed),
        seen_before=bool(seen.glanced)
        and seen.glanced.issuperset((*changes.changed, *changes.removed))
        and not (written.written or written.deleted or written.failed),
        entries=shown,
        withdrawn=len(updated.withdrawn),
        withdrawn_ids=updated.withdrawn,
        withheld=withheld,
        feeds=len(feeds),
        written=written.written,
        deleted=written.deleted,
        failed=written.failed,
        problems=tuple(found for found in findings if found.kind == "problem"),
        notes=tuple(found for found in findings if found.kind == "note"),
        next_due=min(filter(None, (ledger.entries.next_due(), next_period)), default=None),
        announcements=written.announcements,
        moved=updated.stories,
        remarks=(*remarks, *updated.early, *written.remarks),
    )
