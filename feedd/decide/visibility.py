"""Visibility: the files of an entry and its record, in; the record of what subscribers are to see now, out.

    files of an entry -- the best one -- decide_visibility --> EntryRecord: shown, folded or withheld, and its dates

The best file represents the entry. `decide_visibility` defines the best file, and when `updated` moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from feedd.decide.entries import EntryFile, EntryRecord, text_digest
from feedd.items.withholding.meaning import folded, withheld
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
    published, digest = _published(record, file) or record.first_seen, text_digest(file.item)
    return replace(
        record,
        shown=True,
        folded=False,
        reason=None,
        published=published,
        updated=_updated(record, file, published, digest, now),
        text_digest=digest,
        source=file.source,
    )


def is_unchanged(record: EntryRecord, file: EntryFile) -> bool:
    """Whether subscribers have been shown exactly these bytes of the file."""
    return record.text_digest is not None and file.source is not None and file.source == record.source


def _published(record: EntryRecord, file: EntryFile) -> datetime | None:
    return record.published if is_unchanged(record, file) else file.item.published


def primary_file(record: EntryRecord, files: Sequence[EntryFile]) -> EntryFile | None:
    """The file that represents an entry; None if it is not among `files`."""
    if len(files) == 1:
        return files[0]
    return next((file for file in files if file.file == record.file), None)


def ranked(record: EntryRecord, files: Iterable[EntryFile], now: datetime, *, default_listed: bool) -> list[Choice]:
    """The files of an entry as choices, the best first."""
    return sorted(_choice(record, file, now, default_listed=default_listed) for file in files)


class Choice(NamedTuple):
    """A file that may represent an entry; the least of several does. `reason` says why it may not be shown."""

    hidden: bool
    quality: float
    heat: float
    is_another: bool  # another file represented the entry last
    has_changed: bool
    length: int
    path: str
    file: EntryFile
    reason: str | None
    due: datetime | None
    folded: bool


def _choice(record: EntryRecord, file: EntryFile, now: datetime, *, default_listed: bool) -> Choice:
    item = file.item
    reason, due = withheld(item, default_listed=default_listed), None
    if file.withheld_while_broken:
        reason = "the file has problems, and it asks not to be published"
    published = _published(record, file)
    if reason is None and published is not None and published > now:
        due = published
        seen = (record.shown or record.folded) and (record.file, record.published) == (file.file, due)
        if not seen:  # else the clock has gone back
            reason = f"waits for its date, {due:%Y-%m-%d %H:%M} UTC"
    fold = folded(item) if reason is None else None
    return Choice(
        (reason or fold) is not None,
        -(item.quality if item.quality is not None else -1e308),
        -(item.heat if item.heat is not None else -1e308),
        file.file != record.file,
        not is_unchanged(record, file),
        len(file.path),
        file.path,
        file,
        reason or fold,
        due,
        fold is not None,
    )


def _updated(record: EntryRecord, file: EntryFile, published: datetime, digest: bytes, now: datetime) -> datetime:
    # A date still to come says nothing yet: it would be another one at each look.
    said = file.item.updated
    said = said if said and said <= max(now, published) else None
    if record.text_digest is None or record.updated is None:
        return max(published, said or published)
    unchanged = is_unchanged(record, file)
    if unchanged and (record.due is None or record.due > now):  # no date was waited for that has come
        return max(published, record.updated)
    if said is not None and said > record.updated:
        return max(published, said)
    if unchanged:
        return max(published, record.updated)
    if digest != record.text_digest:
        return max(published, record.updated, now)
    return max(published, record.updated)
