"""The ledger: what is remembered of files and entries, and forgotten never. Times are whole seconds, UTC.

A pass opens one transaction, tells the ledger what it read (`remember_files`), learns what that may touch
(`known`), and hands back the entries as they are to be (`put_entries`). Feeds and documents: see `published.py`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from feedd.decide.identity import Assignments, Claim, Known, KnownEntry, normal_path
from feedd.decide.visibility import EntryFile, EntryRecord
from feedd.model import Problem
from feedd.store.ledger.codec import (
    ENTRY_COLUMNS,
    ReadFile,
    decode_item,
    decode_problems,
    encode,
    perhaps,
    seconds,
    to_record,
    to_row,
)
from feedd.store.ledger.database import selected
from feedd.store.ledger.duplicate_rows import DuplicateRows, paths_as_they_were


class EntryRows:
    """What is remembered of files and entries, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    # What was seen last

    def setting(self, name: str) -> str | None:
        """A value kept under a name."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def keep_setting(self, name: str, value: str) -> None:
        """Keeps a value under a name."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def listing(self) -> dict[str, bytes]:
        """The items' directory as the last pass saw it."""
        return dict(self._db.execute("SELECT folder, files FROM listings"))

    def keep_listings(self, listings: dict[str, bytes | None]) -> None:
        """Keeps the folders that differ; None forgets one."""
        gone = [(folder,) for folder, files in listings.items() if files is None]
        self._db.executemany("DELETE FROM listings WHERE folder = ?", gone)
        kept = [(folder, files) for folder, files in listings.items() if files is not None]
        self._db.executemany("INSERT OR REPLACE INTO listings VALUES (?, ?)", kept)

    def has_files(self) -> bool:
        """Whether any item file was there at the last pass."""
        return self._db.execute("SELECT 1 FROM files WHERE present LIMIT 1").fetchone() is not None

    def files_at(self, paths: Iterable[str]) -> set[str]:
        """The files that were there at the last pass, at `paths` and in the folders that `paths` may have been."""
        found: set[str] = set()
        for path in paths:
            rows = self._db.execute(
                "SELECT path FROM files WHERE present AND (path = ? OR path > ? AND path < ?)",
                (path, f"{path}/", f"{path}0"),  # 0 comes after /
            )
            found.update(known for (known,) in rows)
        return found

    def glanced(self) -> list[str]:
        """The files that were looked at since the listing was made."""
        return [path for (path,) in self._db.execute("SELECT path FROM glanced")]

    def keep_glanced(self, paths: Iterable[str]) -> None:
        """Keeps that files were looked at since the listing was made."""
        self._db.executemany("INSERT OR IGNORE INTO glanced VALUES (?)", ((path,) for path in paths))

    def forget_glanced(self, *, but_in: tuple[str, ...] = ()) -> None:
        """Forgets what was looked at since the listing was made, which is made anew; but for what lies in folders (with
        "/" at their end) that could not be seen.
        """
        unseen = [path for path in self.glanced() if path.startswith(but_in)]
        self._db.execute("DELETE FROM glanced")
        self.keep_glanced(unseen)

    # Files

    def remember_files(self, files: Iterable[ReadFile]) -> None:
        """Keeps what was read. A file with problems keeps the last good version of its item."""
        for file in files:
            problems = encode(file.problems) if file.problems else None
            if file.item is None:
                self._db.execute(
                    "INSERT INTO files (path, normal, present, page, problems, withheld) VALUES (?, ?, 1, ?, ?, ?) "
                    "ON CONFLICT (path) DO UPDATE SET present = 1, problems = excluded.problems, "
                    "withheld = max(withheld, excluded.withheld)",  # lifted only by a version that can be read
                    (file.path, _normal(file.path), file.page, problems, file.withheld),
                )
            else:
                self._db.execute(
                    "INSERT INTO files (path, normal, "
                    "present, link, digest, page, targets, item, problems, withheld, keys, source) VALUES "
                    "(?, ?, 1, ?, ?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT (path) DO UPDATE SET present = 1, "
                    "link = excluded.link, digest = excluded.digest, targets = excluded.targets, "
                    "item = excluded.item, problems = excluded.problems, withheld = 0, keys = excluded.keys, "
                    "source = excluded.source",
                    (
                        file.path,
                        _normal(file.path),
                        file.link,
                        file.digest,
                        file.page,
                        encode(file.targets) if file.targets else None,
                        file.item,
                        problems,
                        file.keys,
                        file.source,
                    ),
                )

    def items_of(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The digests of the last good items of those of the files at `paths` that have one."""
        sql = "SELECT path, digest FROM files WHERE present AND item IS NOT NULL AND path IN"
        return dict(self._select(sql, paths))

    def drop_items(self, entries: Iterable[int]) -> dict[int, str]:
        """Drops the items that speak for `entries`; returns the paths of their files."""
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
        """All problems and notes that stand, by path; also those about files that are one entry."""
        rows = self._db.execute("SELECT problems FROM files WHERE problems IS NOT NULL AND present ORDER BY path")
        said = [problem for (blob,) in rows for problem in decode_problems(blob)]
        return sorted([*said, *DuplicateRows(self._db).notes()], key=lambda problem: problem.path)

    # Identity

    def is_empty(self) -> bool:
        """Whether no entry was ever minted."""
        return self._db.execute("SELECT 1 FROM entries LIMIT 1").fetchone() is None

    def is_taken(self, entry_id: str) -> bool:
        """Whether an id was ever minted."""
        return self._db.execute("SELECT 1 FROM entries WHERE id = ?", (entry_id,)).fetchone() is not None

    def texts_of(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The digests of those of the files at `paths` that are there, known and have no link."""
        return dict(
            self._select(
                "SELECT path, digest FROM files "
                "WHERE present AND link IS NULL AND item IS NOT NULL AND entry IS NOT NULL AND path IN",
                paths,
            )
        )

    def known(self, claims: Sequence[Claim], removed: Sequence[str], former: dict[str, bytes]) -> Known:
        """All that `claims` and `removed` paths can touch. `former` is what `texts_of` said of the claimed paths."""
        (last,) = self._db.execute("SELECT coalesce(max(entry), 0) FROM entries").fetchone()
        if not last:
            return Known()
        paths: dict[str, int] = dict(
            self._select(
                "SELECT path, entry FROM files WHERE entry IS NOT NULL AND path IN",
                [claim.path for claim in claims] + list(removed),
            )
        )
        paths |= paths_as_they_were(self._db, (claim.path for claim in claims), paths, removed)
        links: dict[bytes, int] = dict(
            self._select("SELECT link, entry FROM links WHERE link IN", [each.link for each in claims if each.link])
        )
        documents: dict[bytes, int] = dict(
            self._select(
                "SELECT link, entry FROM links WHERE NOT whole AND link IN",
                [each.document for each in claims if each.document],
            )
        )
        digests: dict[bytes, set[int]] = {}
        gone = self._select(
            "SELECT digest, entry FROM files WHERE link IS NULL AND NOT present AND entry IS NOT NULL AND digest IN",
            [each.digest for each in claims if each.link is None],
        )
        moved = [each.source for each in claims if each.link is None and each.source and each.path not in paths]
        as_bytes = self._select(  # what is read otherwise than it was has another text
            "SELECT source, entry FROM files INDEXED BY files_by_digest "
            "WHERE link IS NULL AND NOT present AND entry IS NOT NULL AND source IN",
            moved,
        )
        for digest, entry in (*gone, *as_bytes):
            digests.setdefault(digest, set()).add(entry)
        now = {claim.path: claim.digest for claim in claims if claim.link is None}
        unchanged = {path for path, digest in former.items() if now.get(path) == digest}
        for path, digest in former.items():
            if path not in unchanged and path in paths:
                digests.setdefault(digest, set()).add(paths[path])
        numbers = sorted({*paths.values(), *links.values(), *documents.values()}.union(*digests.values()))
        entries = {
            entry: KnownEntry(link, represented_by=path)
            for entry, link, path in self._select(
                "SELECT e.entry, e.link, f.path FROM entries e LEFT JOIN files f ON f.file = e.file WHERE e.entry IN",
                numbers,
            )
        }
        files = self._select(
            "SELECT entry, path, link FROM files WHERE present AND item IS NOT NULL AND entry IN", numbers
        )
        for entry, path, link in files:
            entries[entry].files[path] = link
        return Known(paths, links, digests, unchanged, entries, documents, last + 1)

    def keep_assignments(self, assignments: Assignments) -> None:
        """Keeps which entry each path and each link is."""
        self._db.executemany(
            "UPDATE files SET entry = ? WHERE path = ?",
            ((entry, path) for path, entry in assignments.entries.items()),
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO links (link, entry) VALUES (?, ?)", sorted(assignments.links.items())
        )

    # Entries

    def entries_of(self, paths: Iterable[str]) -> set[int]:
        """The entries of files, present or gone."""
        rows = self._select("SELECT entry FROM files WHERE entry IS NOT NULL AND path IN", list(paths))
        return {entry for (entry,) in rows}

    def all_entries(self) -> set[int]:
        """Every entry that was ever minted."""
        return {entry for (entry,) in self._db.execute("SELECT entry FROM entries")}

    def next_due(self) -> datetime | None:
        """When the next of the entries that wait for a date is due."""
        (value,) = self._db.execute("SELECT min(due) FROM entries WHERE due IS NOT NULL").fetchone()
        return perhaps(value)

    def due(self, now: datetime) -> set[int]:
        """Entries that waited for a date which has come."""
        rows = self._db.execute("SELECT entry FROM entries WHERE due <= ?", (seconds(now),))
        return {entry for (entry,) in rows}

    def records(self, entries: Sequence[int]) -> dict[int, EntryRecord]:
        """Those of `entries` that are kept."""
        rows = self._select(f"SELECT {ENTRY_COLUMNS} FROM entries WHERE entry IN", entries)  # noqa: S608
        return {row[0]: to_record(row) for row in rows}

    def files_of(self, entries: Sequence[int]) -> dict[int, list[EntryFile]]:
        """The files of each entry that are there now and have a last good version."""
        found: dict[int, list[EntryFile]] = {entry: [] for entry in entries}
        rows = self._select(
            "SELECT entry, file, path, item, digest, link, withheld, keys, source FROM files "
            "WHERE present AND item IS NOT NULL AND entry IN",
            entries,
        )
        for entry, file, path, item, digest, link, blocked, *rest in rows:
            found[entry].append(EntryFile(file, path, decode_item(item, digest), link, bool(blocked), *rest))
        return found

    def put_entries(self, records: Iterable[EntryRecord], now: datetime) -> None:
        """Keeps records as they are to be, and when an entry was first shown, and last withdrawn."""
        self._db.executemany(
            f"INSERT INTO entries ({ENTRY_COLUMNS}, first_shown) "  # noqa: S608
            f"VALUES ({', '.join('?' * len(ENTRY_COLUMNS.split(', ')))}, {seconds(now)}) "
            "ON CONFLICT (entry) DO UPDATE SET link = excluded.link, file = excluded.file, "
            f"withdrawn = CASE WHEN excluded.shown OR excluded.digest IS NULL THEN NULL "
            f"WHEN shown THEN {seconds(now)} ELSE withdrawn END, "
            "shown = excluded.shown, reason = excluded.reason, due = excluded.due, "
            "published = excluded.published, updated = excluded.updated, digest = excluded.digest, "
            "folded = excluded.folded, story = excluded.story, heat = excluded.heat, quality = excluded.quality, "
            "coverage = excluded.coverage, rank = excluded.rank, source = excluded.source, slug = excluded.slug, "
            "first_shown = CASE WHEN digest IS NULL THEN excluded.first_shown ELSE first_shown END",
            map(to_row, records),
        )

    def counts(self) -> tuple[int, int]:
        """How many entries are shown, and how many are withheld though their files are there."""
        shown, there = map(int, (self.setting("counts") or "0 0").split())
        return shown, there - shown

    def move_counts(self, *, shown: int, there: int) -> None:
        """Keeps that so many more entries are shown, and have files."""
        if shown or there:
            before, held = self.counts()
            self.keep_setting("counts", f"{before + shown} {before + held + there}")

    def find(self, *, path: str | None = None, entry_id: str | None = None, link: bytes | None = None) -> int | None:
        """The entry of a path, an id or the key of a canonical link."""
        for sql, value in (
            ("SELECT entry FROM files WHERE path = ?", path),
            ("SELECT entry FROM files WHERE present AND normal = ? ORDER BY path", path and normal_path(path)),
            ("SELECT entry FROM entries WHERE id = ?", entry_id),
            ("SELECT entry FROM links WHERE link = ?", link),
        ):
            if value is not None:
                row = self._db.execute(sql, (value,)).fetchone()
                if row is not None and row[0] is not None:
                    return int(row[0])
        return None

    def _select(self, sql: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
        return selected(self._db, sql, values)


def _normal(path: str) -> str | None:
    """The one form of a path that may have several."""
    return None if path.isascii() else normal_path(path)
