"""The ledger's rows of item files: the last good version of each item, and the problems of each file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import groupby

from feedd.decide.identity import Claim
from feedd.decide.minting import normal_path
from feedd.decide.records import EntryFile
from feedd.model import Problem
from feedd.store.ledger.codec import (
    ReadFile,
    decode_item,
    decode_problems,
    encode,
)
from feedd.store.ledger.database import selected
from feedd.store.ledger.duplicate_rows import DuplicateRows
from feedd.store.ledger.media.media_rows import MediaRows

_PUT_ITEM = (
    "INSERT INTO files (path, normal, present, link, digest, page, targets, "
    "item, problems, withheld, keys, source, former, media) VALUES "
    "(?, ?, 1, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET present = 1, "
    "link = excluded.link, digest = excluded.digest, targets = excluded.targets, "
    "item = excluded.item, problems = excluded.problems, withheld = 0, keys = excluded.keys, "
    "source = excluded.source, former = excluded.former, media = excluded.media"
)
_PUT_PROBLEM = (
    "INSERT INTO files (path, normal, present, page, problems, withheld) VALUES (?, ?, 1, ?, ?, ?) "
    "ON CONFLICT (path) DO UPDATE SET present = 1, problems = excluded.problems, "
    "withheld = max(withheld, excluded.withheld)"  # lifted only by a version that can be read
)


class FileRows:
    """Item files, over an open database. Times are whole seconds, UTC."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def has_files(self) -> bool:
        """Whether any item file was there at the last pass."""
        return self._db.execute("SELECT 1 FROM files WHERE present LIMIT 1").fetchone() is not None

    def files_at(self, paths: Iterable[str]) -> set[str]:
        """The files of the last pass at `paths`, and below them if they were folders."""
        found: set[str] = set()
        for path in paths:
            rows = self._db.execute(
                "SELECT path FROM files WHERE present AND (path = ? OR path > ? AND path < ?)",
                (path, f"{path}/", f"{path}0"),  # 0 comes after /
            )
            found.update(known for (known,) in rows)
        return found

    def remember_files(self, files: Iterable[ReadFile]) -> None:
        """Keeps what was read. A file with problems keeps the last good version of its item."""
        for is_item, portion in groupby(files, lambda file: file.item is not None):  # in their order
            if is_item:
                self._db.executemany(_PUT_ITEM, map(_item_row, portion))
            else:
                self._db.executemany(_PUT_PROBLEM, map(_problem_row, portion))

    def item_digests(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The digests of the last good items of the files at `paths`, without files that have no item."""
        sql = "SELECT path, digest FROM files WHERE present AND item IS NOT NULL AND path IN"
        return dict(selected(self._db, sql, paths))

    def drop_items(self, entries: Iterable[int]) -> dict[int, str]:
        """Drops the items that represent `entries`. Returns the paths of their files."""
        of_entries = "file = (SELECT file FROM entries WHERE entry = ?)"
        paths: dict[int, str] = {}
        for entry in entries:
            for (path,) in self._db.execute(f"SELECT path FROM files WHERE {of_entries}", (entry,)):  # noqa: S608
                paths[entry] = path
            self._db.execute(f"UPDATE files SET item = NULL WHERE {of_entries}", (entry,))  # noqa: S608
        return paths

    def forget_contents(self, paths: Iterable[str]) -> None:
        """Marks files as gone. Their entries stay known by their paths; their contents are dropped."""
        self._db.executemany(
            "UPDATE files SET present = 0, item = NULL, problems = NULL, withheld = 0 WHERE path = ?",
            ((path,) for path in paths),
        )

    def problems(self) -> list[Problem]:
        """All current problems and notes, by path, with the notes about files that share an entry, and about media."""
        rows = self._db.execute("SELECT problems FROM files WHERE problems IS NOT NULL AND present ORDER BY path")
        said = [problem for (blob,) in rows for problem in decode_problems(blob)]
        others = (*DuplicateRows(self._db).notes(), *MediaRows(self._db).notes())
        return sorted([*said, *others], key=lambda problem: problem.path)

    def text_digests(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The digests of the items of the files at `paths` that are present, have an entry and have no link."""
        return dict(
            selected(
                self._db,
                "SELECT path, digest FROM files "
                "WHERE present AND link IS NULL AND item IS NOT NULL AND entry IS NOT NULL AND path IN",
                paths,
            )
        )

    def adopted_digests(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The digests by which entries without a link are known that were taken over, by the paths of their files."""
        sql = "SELECT path, digest FROM files WHERE NOT present AND link IS NULL AND digest IS NOT NULL AND path IN"
        return dict(selected(self._db, sql, paths))

    def has_below(self, folder: str) -> bool:
        """Whether any item file in a folder was there at the last pass. `folder`: its path, with `/` at its end."""
        sql = "SELECT 1 FROM files WHERE present AND path >= ? AND path < ? LIMIT 1"
        after = f"{folder.removesuffix('/')}0"  # the character after the slash
        return self._db.execute(sql, (folder, after)).fetchone() is not None

    def entries_at(self, paths: Iterable[str]) -> set[int]:
        """The entries of files, present or gone."""
        rows = selected(self._db, "SELECT entry FROM files WHERE entry IS NOT NULL AND path IN", list(paths))
        return {entry for (entry,) in rows}

    def without_entry(self, paths: Sequence[str]) -> list[Claim]:
        """The files at `paths` that have an item and no entry yet, by path. Documents and former ids are left out."""
        rows = selected(
            self._db,  # + keeps the index of entries from being taken: so many files have none
            "SELECT path, link, digest, source FROM files WHERE +entry IS NULL AND item IS NOT NULL AND path IN",
            paths,
        )
        return [Claim(path, link, digest, None, source) for path, link, digest, source in sorted(rows)]

    def entries_claiming(self, ids: Sequence[str]) -> set[int]:
        """The entries with a file that names one of `ids` as the id in an old feed."""
        rows = selected(
            self._db,
            "SELECT entry FROM files WHERE present AND item IS NOT NULL AND entry IS NOT NULL AND former IN",
            ids,
        )
        return {entry for (entry,) in rows}

    def disputed(self) -> list[tuple[str, int, bytes | None, str | None]]:
        """The files of the entries that are not published because of the ids that they had in an old feed: the path,
        the entry, the key of the link, and that id.
        """
        sql = (
            "SELECT f.path, f.entry, f.link, f.former FROM entries e CROSS JOIN files f ON f.entry = e.entry "
            "WHERE e.disputed AND f.present AND f.item IS NOT NULL"  # CROSS: from the few entries to their files
        )
        return self._db.execute(sql).fetchall()

    def paths_without_link(self, entries: Sequence[int]) -> dict[int, str]:
        """The paths of the files that represent the entries without a link among `entries`."""
        sql = (
            "SELECT e.entry, f.path FROM entries e JOIN files f ON f.file = e.file WHERE e.link IS NULL AND e.entry IN"
        )
        return dict(selected(self._db, sql, entries))

    def paths_of(self, entries: Sequence[int]) -> dict[str, int]:
        """The files of these entries that are there now, by path."""
        return dict(selected(self._db, "SELECT path, entry FROM files WHERE present AND entry IN", entries))

    def path_of(self, entry: int) -> tuple[str, bool] | None:
        """The path of an entry's file, and whether it is there now, broken or not. Of several files, one that is there,
        else the file that came last. None if no file of the entry is known.
        """
        sql = "SELECT path, present FROM files WHERE entry = ? ORDER BY present DESC, file DESC LIMIT 1"
        row = self._db.execute(sql, (entry,)).fetchone()
        return None if row is None else (row[0], bool(row[1]))

    def is_broken(self, path: str) -> bool:
        """Whether the file at `path` could not be read as an item, so that its last good version stands for it."""
        row = self._db.execute("SELECT problems FROM files WHERE present AND path = ?", (path,)).fetchone()
        return bool(row and row[0]) and any(each.kind == "problem" for each in decode_problems(row[0]))

    def entry_files(self, entries: Sequence[int]) -> dict[int, list[EntryFile]]:
        """The files of each entry that are there now and have a last good version."""
        found: dict[int, list[EntryFile]] = {entry: [] for entry in entries}
        rows = selected(
            self._db,
            "SELECT entry, file, path, item, digest, link, withheld, keys, source FROM files "
            "WHERE present AND item IS NOT NULL AND entry IN",
            entries,
        )
        for entry, file, path, item, digest, link, withheld, *rest in rows:
            found[entry].append(EntryFile(file, path, decode_item(item, digest), link, bool(withheld), *rest))
        return found


def _item_row(file: ReadFile) -> tuple[object, ...]:
    return (
        file.path,
        _normal(file.path),
        file.link,
        file.digest,
        file.page,
        encode(file.targets) if file.targets else None,
        file.item,
        encode(file.problems) if file.problems else None,
        file.keys,
        file.source,
        file.former,
        encode(file.media) if file.media else None,
    )


def _problem_row(file: ReadFile) -> tuple[object, ...]:
    problems = encode(file.problems) if file.problems else None
    return file.path, _normal(file.path), file.page, problems, file.withheld_while_broken


def _normal(path: str) -> str | None:
    """The normal form of a path that may have several Unicode forms; None for a path in ASCII."""
    return None if path.isascii() else normal_path(path)
