"""Following renamed files: changes of entries in; lines of digests that name the files of today, out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from feedd.decide.records import EntryChange
from feedd.store.ledger.session import LedgerSession


class RenameFollower:
    """Has the lines of digests follow the files that a pass finds under other paths. `removed`: the paths that are
    gone.
    """

    def __init__(self, ledger: LedgerSession, removed: Iterable[str]) -> None:
        self._ledger = ledger
        self._touched = ledger.files.entries_at(removed)
        self._moved: set[int] = set()  # entries that another file represents now

    def add(self, changes: Sequence[EntryChange]) -> None:
        """Takes in the changes of entries, as they are saved."""
        for each in changes:
            if not each.is_new:
                self._touched.add(each.after.entry)
            if each.before.file not in (None, each.after.file):
                self._moved.add(each.after.entry)

    def follow(self) -> None:
        """Brings the lines up to date, in the caller's transaction. Raises Damaged."""
        self._ledger.digests.follow(self._touched, self._moved)
