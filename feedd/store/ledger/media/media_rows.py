"""The ledger's rows of media: the files beside the items that shown entries refer to, and where each is published."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from feedd.model import Problem
from feedd.store.item_source import MediaStamp
from feedd.store.ledger.codec import decode_found_media, decode_problems, decode_targets, encode
from feedd.store.ledger.database import selected


class Referring(Struct, frozen=True):
    """A file that represents a shown entry and refers to files of media. `media`: keys of `References.files`."""

    entry: int
    file: int
    path: str
    has_link: bool
    media: tuple[str, ...]


class MediaFile(NamedTuple):
    """A file of media as it was when it was read. `name`: of its document; "" if it is not published with the feeds.
    `problem` says why it cannot be.
    """

    stamp: MediaStamp
    name: str
    problem: str | None = None


class MediaUse(Struct, frozen=True):
    """What a file refers to: each key, with the path of the file that it means, or "". `media` is what was resolved."""

    media: tuple[str, ...]
    found: tuple[tuple[str, str], ...]
    notes: tuple[Problem, ...] = ()


_REFERRING = (
    "FROM files f JOIN entries e ON e.entry = f.entry AND e.file = f.file{join} WHERE f.media IS NOT NULL AND e.shown "
    "AND (EXISTS (SELECT 1 FROM members m WHERE m.entry = e.entry) "
    "OR EXISTS (SELECT 1 FROM archived a WHERE a.entry = e.entry AND a.present){pages})"
)
_WITH_PAGES = " OR (e.slug IS NOT NULL AND e.link IS NULL)"


class MediaRows:
    """Media, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def are_of_use(self) -> bool:
        """Whether any file refers to media, or did at the last pass."""
        sql = "SELECT EXISTS (SELECT 1 FROM files WHERE media IS NOT NULL) OR EXISTS (SELECT 1 FROM media_uses)"
        (found,) = self._db.execute(sql).fetchone()
        return bool(found)

    def referring(self, *, pages: bool) -> list[Referring]:
        """The files of all entries that were in a feed, stand in an archive, or have a page, and are shown. `pages`:
        entries have pages.
        """
        sql = _REFERRING.format(join="", pages=_WITH_PAGES if pages else "")
        rows = self._db.execute(f"SELECT e.entry, f.file, f.path, e.link IS NOT NULL, f.media {sql} ORDER BY f.path")
        return [
            Referring(entry, file, path, bool(link), decode_targets(media)) for entry, file, path, link, media in rows
        ]

    def is_behind(self, *, pages: bool) -> bool:
        """Whether a file in `referring` was not resolved since it changed, or a resolved file is no longer there."""
        sql = _REFERRING.format(join=" LEFT JOIN media_uses u ON u.file = f.file", pages=_WITH_PAGES if pages else "")
        if self._db.execute(f"SELECT 1 {sql} AND u.media IS NOT f.media LIMIT 1").fetchone() is not None:
            return True
        (wanted,) = self._db.execute(f"SELECT count(*) {sql}").fetchone()
        (known,) = self._db.execute("SELECT count(*) FROM media_uses").fetchone()
        return bool(wanted != known)

    def files(self) -> dict[str, MediaFile]:
        """All files of media that entries show, by path."""
        rows = self._db.execute("SELECT path, size, mtime_ns, ctime_ns, name, problem FROM media")
        return {path: MediaFile(MediaStamp(*stamp), name, problem) for path, *stamp, name, problem in rows}

    def uses(self) -> dict[int, MediaUse]:
        """What each resolved file refers to, by file."""
        rows = self._db.execute("SELECT file, media, found, notes FROM media_uses")
        return {
            file: MediaUse(decode_targets(media), decode_found_media(found), decode_problems(notes) if notes else ())
            for file, media, found, notes in rows
        }

    def keep_files(self, before: Mapping[str, MediaFile], after: Mapping[str, MediaFile]) -> None:
        """Keeps the files `after`, where they differ from the kept files `before`."""
        self._db.executemany("DELETE FROM media WHERE path = ?", [(path,) for path in before.keys() - after.keys()])
        changed = [(path, *each.stamp, *each[1:]) for path, each in after.items() if before.get(path) != each]
        self._db.executemany("INSERT OR REPLACE INTO media VALUES (?, ?, ?, ?, ?, ?)", changed)

    def keep_uses(self, before: Mapping[int, MediaUse], after: Mapping[int, MediaUse]) -> None:
        """Keeps what files refer to, where it differs from the kept `before`."""
        self._db.executemany(
            "DELETE FROM media_uses WHERE file = ?", [(each,) for each in before.keys() - after.keys()]
        )
        changed = [
            (file, encode(use.media), encode(use.found), encode(use.notes) if use.notes else None)
            for file, use in after.items()
            if before.get(file) != use
        ]
        self._db.executemany("INSERT OR REPLACE INTO media_uses VALUES (?, ?, ?, ?)", changed)

    def of_entries(self, entries: Sequence[int]) -> dict[int, tuple[tuple[str, str, MediaFile], ...]]:
        """For each of `entries` that shows files of media: the keys, with the paths and the files that they mean."""
        sql = "SELECT e.entry, u.found FROM entries e JOIN media_uses u ON u.file = e.file WHERE e.entry IN"
        uses = {entry: decode_found_media(found) for entry, found in selected(self._db, sql, entries)}
        if not uses:
            return {}
        files = self.files()
        return {
            entry: tuple((key, path, files[path]) for key, path in found if path in files)
            for entry, found in uses.items()
        }

    def names(self) -> dict[str, str]:
        """The names of the documents of all published files, each with the path of a file that has these bytes."""
        rows = self._db.execute("SELECT name, max(path) FROM media WHERE name != '' GROUP BY name")
        return dict(rows.fetchall())

    def lose(self, name: str) -> None:
        """Marks the files of a document as to be read again: it could not be published."""
        self._db.execute("UPDATE media SET name = '', mtime_ns = -1 WHERE name = ?", (name,))

    def entries_showing(self, paths: Iterable[str]) -> set[int]:
        """The entries that show files at `paths`."""
        wanted = set(paths)
        rows = self._db.execute("SELECT e.entry, u.found FROM media_uses u JOIN entries e ON e.file = u.file")
        return {entry for entry, found in rows if any(path in wanted for _, path in decode_found_media(found))}

    def notes(self) -> list[Problem]:
        """All notes about files of media that cannot be had."""
        rows = self._db.execute("SELECT notes FROM media_uses WHERE notes IS NOT NULL")
        return [note for (notes,) in rows for note in decode_problems(notes)]
