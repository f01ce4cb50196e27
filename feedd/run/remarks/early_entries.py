"""Entries that are published before the date of their files: changed entries in; how many there are, in words, out.

An older feedd, or other settings, may have read another date in the same file, or none. What was published stays as
long as nobody changes the file; so it is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from feedd.decide.entry_dates import is_unchanged
from feedd.decide.records import EntryChange

_NAMED = 3  # files


class EarlyEntries:
    """Counts such entries as they are decided, and keeps what the first of their files say."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._number = 0
        self._named: list[str] = []

    def add(self, changes: Iterable[EntryChange]) -> None:
        """Adds decided entries."""
        for each in changes:
            file, before = each.file, each.before
            date = file.item.published if file is not None and each.after.shown else None
            if file is None or date is None or date <= self._now or not before.shown or not is_unchanged(before, file):
                continue
            if before.published is None or before.published > self._now:
                continue  # it has this date, and the clock was set back
            self._number += 1
            if len(self._named) < _NAMED:
                self._named.append(f"{file.path} ({date:%Y-%m-%d %H:%M} UTC)")

    def in_words(self) -> tuple[str, ...]:
        """A remark, if there are any."""
        if not self._number:
            return ()
        more = f" and {self._number - _NAMED:,} more" if self._number > _NAMED else ""
        what = "1 published item has a date" if self._number == 1 else f"{self._number:,} published items have dates"
        remark = (
            f"{what} still to come, as feedd reads the files now: {', '.join(self._named)}{more}. "
            "What was published stays so until its file changes; `published: false` in the file withdraws it"
        )
        return (remark,)
