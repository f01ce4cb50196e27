"""Visibility: the files of an entry and its record, in; the record of what subscribers are to see now, out.

    files of an entry -- the best one -- decide_visibility --> EntryRecord: shown, folded or withheld, and its dates

The best file represents the entry: see `duplicates.py`. When `published` and `updated` move: see `entry_dates.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from feedd.decide.duplicates import ranked
from feedd.decide.entry_dates import is_unchanged, published_date, updated_date
from feedd.decide.records import EntryFile, EntryRecord, text_digest
from feedd.model import Item


def decide_visibility(
    record: EntryRecord, files: Iterable[EntryFile], now: datetime, *, default_listed: bool
) -> tuple[EntryRecord, Item | None]:
    """The record as it has to be now, and the item that represents the entry; None without a file.

    The best of several files represents the entry: files that may be shown come first, then the higher quality counts,
    then the higher heat. Among equal files the former representative stays, found by its path or else by its bytes. So
    a copy does not bring back a text that was struck out. Among new files the shorter path wins, then the first in
    order. An entry once shown, or folded, is not withheld again because the clock went back. `now` has no fraction of a
    second.

    A file whose bytes subscribers have been shown keeps the dates of that time, even if feedd now reads them
    differently.
    """
    choices = ranked(record, files, now, default_listed=default_listed)
    if not choices:
        gone = replace(record, file=None, shown=False, reason="its file is gone", due=None, folded=False, rank=None)
        return gone, None
    chosen, reason = choices[0].file, choices[0].reason
    dues = [choice.due for choice in choices if choice.due is not None]
    item = chosen.item
    told = is_unchanged(record, chosen) and record.due is None  # its date has been shown already
    if item.updated is not None and item.updated > now and not told:
        dues.append(item.updated)  # then, and not before, it says something
    if reason is None:
        after = shown_as(record, chosen, now)
    else:
        after = replace(record, shown=False, folded=choices[0].folded, reason=reason, rank=None)
    if after.folded and not is_unchanged(record, chosen):
        after = replace(after, published=item.published or record.first_seen, source=None)
    due = min(dues, default=None)
    after = replace(after, link=chosen.link, file=chosen.file, due=due, heat=item.heat, quality=item.quality)
    return after, item


def shown_as(record: EntryRecord, file: EntryFile, now: datetime) -> EntryRecord:
    """The record of an entry as shown from `file`, the file that represents it. `record` is the record before."""
    published, digest = published_date(record, file) or record.first_seen, text_digest(file.item)
    return replace(
        record,
        shown=True,
        folded=False,
        reason=None,
        published=published,
        updated=updated_date(record, file, published, digest, now),
        text_digest=digest,
        source=file.source,
    )
