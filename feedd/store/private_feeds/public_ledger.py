"""The ledger of the public site, as the pass of a private feed asks it: paths in; the entries of these files, out.

The public pass comes first, and follows each file through changes of its link, its name and its text, also while the
file is withheld. So the public ledger knows the entry of each file, and when it was seen first.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from feedd.decide.records import EntryRecord
from feedd.store.errors import Damaged, Unusable
from feedd.store.ledger.database import open_beside, selected
from feedd.store.ledger.schema import ENTRIES
from feedd.store.ledger.uploads.object_rows import RECOVERED_FROM

_PATIENCE = 5.0  # seconds


class PublicLedger:
    """The ledger at a path. What cannot be read of it says nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of_paths(self, paths: Sequence[str]) -> dict[str, EntryRecord]:
        """The records of the entries of these files, by path, as far as there are any."""
        names = ", ".join(f"e.{column}" for column in ENTRIES.columns)
        sql = f"SELECT f.path, {names} FROM files f JOIN entries e ON e.entry = f.entry WHERE f.path IN"  # noqa: S608
        with contextlib.suppress(Damaged, Unusable), open_beside(self._path, _PATIENCE) as db:
            if db is not None:
                return {path: ENTRIES.to_record(row) for path, *row in selected(db, sql, paths)}
        return {}

    def was_recovered(self) -> bool:
        """Whether this ledger was made again of what was published, after an earlier ledger was lost."""
        with contextlib.suppress(Damaged, Unusable), open_beside(self._path, _PATIENCE) as db:
            sql = "SELECT 1 FROM meta WHERE name = ?"
            return db is not None and db.execute(sql, (RECOVERED_FROM,)).fetchone() is not None
        return False
