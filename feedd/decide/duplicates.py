"""Duplicates: files that are one entry because they share a link, in; the file that represents it, and why, out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from feedd.decide.entry_dates import is_unchanged, published_date
from feedd.decide.records import EntryFile, EntryRecord
from feedd.items.withholding.meaning import expired, folded, withheld
from feedd.items.withholding.withholding_marks import AUDIENCE
from feedd.model import Problem

_NOTHING = "nothing in them says which is better (`quality`, `heat`)"


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


def ranked(record: EntryRecord, files: Iterable[EntryFile], now: datetime, *, default_listed: bool) -> list[Choice]:
    """The files of an entry as choices, the best first."""
    return sorted(_choice(record, file, now, default_listed=default_listed) for file in files)


def primary_file(record: EntryRecord, files: Sequence[EntryFile]) -> EntryFile | None:
    """The file that represents an entry; None if it is not among `files`."""
    if len(files) == 1:
        return files[0]
    return next((file for file in files if file.file == record.file), None)


def shared_notes(
    choices: Sequence[Choice], *, first_is_known: bool = True, is_new: bool = False
) -> tuple[Problem, ...]:
    """A note for each file that does not represent its entry: which file does, and why. `choices` are the files of the
    entry, the best first. `first_is_known`: among equal files, the first of them represents the entry. Else it is not
    known which of them was first. `is_new`: none of the files represented the entry before.
    """
    best, *others = choices
    if best.hidden:
        return ()  # nothing is shown of any
    return tuple(Problem(each.file.path, _reason(best, each, first_is_known, is_new), kind="note") for each in others)


def _reason(best: Choice, other: Choice, first_is_known: bool, is_new: bool) -> str:
    path, item, its = best.file.path, best.file.item, other.file.item
    if other.hidden:
        is_private = its.hidden_by.partition(":")[0] == AUDIENCE
        why = "this file is for private feeds alone" if is_private else "this file is not to be shown"
    elif best.quality != other.quality:
        why = f"its quality is {item.quality:g}, that of this file {_number(its.quality)}"
    elif best.heat != other.heat:
        why = f"its heat is {item.heat:g}, that of this file {_number(its.heat)}"
    elif first_is_known:
        why = f"{_NOTHING}, and {'its path is shorter, or first in the alphabet' if is_new else 'it was there first'}"
    else:
        return f"has the same link as {path}: both are one entry, represented by the one that was first; {_NOTHING}"
    return f"has the same link as {path}, which represents the entry of both: {why}"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:g}"


def _choice(record: EntryRecord, file: EntryFile, now: datetime, *, default_listed: bool) -> Choice:
    item = file.item
    reason, due = withheld(item, default_listed=default_listed), None
    if file.withheld_while_broken:
        reason = "the file has problems, and it asks not to be published"
    published = published_date(record, file)
    if reason is None and published is not None and published > now:
        due = published
        seen = (record.shown or record.folded) and (record.file, record.published) == (file.file, due)
        if not seen:  # else the clock has gone back
            reason = f"waits for its date, {due:%Y-%m-%d %H:%M} UTC"
    reason = reason or expired(item, now)
    if reason is None and item.expires is not None:
        due = min(due or item.expires, item.expires)
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
