"""The ledger's rows of entries with several files, and of paths in several Unicode forms."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from feedd.decide.identity import lookalikes
from feedd.decide.minting import normal_path
from feedd.model import Problem
from feedd.store.ledger.codec import decode_problems, encode
from feedd.store.ledger.database import selected


class DuplicateRows:
    """Notes about files that share an entry, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def keep(self, entries: Sequence[int], notes: Mapping[int, tuple[Problem, ...]]) -> None:
        """Keeps these notes about `entries`, and no others about them."""
        kept: dict[int, bytes] = dict(
            selected(self._db, "SELECT entry, notes FROM shared_entries WHERE entry IN", entries)
        )
        wanted = {entry: encode(found) for entry, found in notes.items() if found}
        gone = [(entry,) for entry in kept.keys() - wanted.keys()]
        self._db.executemany("DELETE FROM shared_entries WHERE entry = ?", gone)
        changed = [each for each in wanted.items() if kept.get(each[0]) != each[1]]
        self._db.executemany("INSERT OR REPLACE INTO shared_entries VALUES (?, ?)", changed)

    def notes(self) -> list[Problem]:
        """All kept notes, and a note for each file whose name is another file's name in another Unicode form."""
        rows = self._db.execute("SELECT notes FROM shared_entries ORDER BY entry")
        found = [note for (blob,) in rows for note in decode_problems(blob)]
        alike = self._db.execute(
            "SELECT path FROM files WHERE present AND normal IN (SELECT normal FROM files "
            "WHERE normal IS NOT NULL AND present GROUP BY normal HAVING count(*) > 1) ORDER BY path"
        )
        return [*found, *lookalikes(path for (path,) in alike)]


def paths_as_they_were(
    db: sqlite3.Connection, paths: Iterable[str], known: Mapping[str, int], removed: Iterable[str]
) -> dict[str, int]:
    """The entries of the paths outside of `known`, found by the path in another Unicode form, if its file is gone."""
    new = {normal_path(path): path for path in paths if not path.isascii() and path not in known}
    gone = set(removed)
    rows = selected(
        db,
        "SELECT normal, path, present, entry FROM files WHERE entry IS NOT NULL AND normal IN",
        list(new),
    )
    return {new[normal]: entry for normal, path, present, entry in rows if not present or path in gone}
