"""The ledger's rows of entries: identity, and the state that subscribers were shown. No row is ever deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from feedd.decide.identity import Assignments, Claim, Known, KnownEntry
from feedd.decide.minting import normal_path
from feedd.decide.records import EntryRecord
from feedd.store.ledger.codec import (
    optional_moment,
    seconds,
)
from feedd.store.ledger.database import selected
from feedd.store.ledger.duplicate_rows import paths_as_they_were
from feedd.store.ledger.record_table import RecordTable
from feedd.store.ledger.schema import ENTRIES

K = TypeVar("K", bytes, str)


class EntryRows:
    """Entries, over an open database. Times are whole seconds, UTC."""

    def __init__(self, connection: sqlite3.Connection, entries: RecordTable[EntryRecord] = ENTRIES) -> None:
        self._db = connection
        self._entries = entries

    def is_empty(self) -> bool:
        """Whether no entry was ever minted."""
        return self._db.execute("SELECT 1 FROM entries LIMIT 1").fetchone() is None

    def holders(self, ids: Sequence[str]) -> dict[str, tuple[int, str]]:
        """For each of `ids` that is the id, or the guid, of an entry: the entry, and the path of its file or ""."""
        found: dict[str, tuple[int, str]] = {}
        for column in ("guid", "id"):
            rows = selected(
                self._db,
                f"SELECT e.{column}, e.entry, coalesce("  # noqa: S608
                "(SELECT path FROM files WHERE file = e.file AND present), "
                "(SELECT min(path) FROM files WHERE entry = e.entry AND present)"
                f") FROM entries e WHERE e.{column} IN",
                ids,
            )
            found |= {held: (entry, path or "") for held, entry, path in rows}
        return found

    def entries_with_links(self, links: Sequence[bytes]) -> set[int]:
        """The entries that have, or had, these links."""
        return {entry for (entry,) in selected(self._db, "SELECT entry FROM links WHERE link IN", links)}

    def has_ids_of(self, beginning: str) -> bool:
        """Whether an entry has an id that begins so."""
        sql = "SELECT 1 FROM entries WHERE id >= ? AND id < ? LIMIT 1"
        return self._db.execute(sql, (beginning, beginning[:-1] + chr(ord(beginning[-1]) + 1))).fetchone() is not None

    def disputed(self) -> set[int]:
        """The entries that are not published because of the ids that they had in an old feed."""
        return {entry for (entry,) in self._db.execute("SELECT entry FROM entries WHERE disputed")}

    def abandoned(self, ids: Sequence[str]) -> dict[str, int]:
        """The entries without a file that have these ids, by id."""
        rows = selected(self._db, "SELECT id, entry FROM entries WHERE id IN", ids)
        sql = "SELECT 1 FROM files WHERE present AND item IS NOT NULL AND entry = ?"
        return {held: entry for held, entry in rows if self._db.execute(sql, (entry,)).fetchone() is None}

    def is_taken(self, entry_id: str) -> bool:
        """Whether an id was ever minted."""
        return self._db.execute("SELECT 1 FROM entries WHERE id = ?", (entry_id,)).fetchone() is not None

    def meeting(self, claims: Sequence[Claim]) -> list[Claim]:
        """The claims that may be known entries: something in the ledger has their path, link, document or former id. So
        may files without a link, by their texts, and paths that have several Unicode forms.
        """
        sql = "SELECT path FROM files WHERE entry IS NOT NULL AND path IN"
        paths = {path for (path,) in selected(self._db, sql, [each.path for each in claims])}
        wanted = [link for each in claims for link in (each.link, each.document) if link is not None]
        links = {link for (link,) in selected(self._db, "SELECT link FROM links WHERE link IN", wanted)}
        formers = [each.former_id for each in claims if each.former_id]
        ids = {former for (former,) in selected(self._db, "SELECT id FROM entries WHERE id IN", formers)}
        return [
            each
            for each in claims
            if each.link is None
            or each.path in paths
            or not links.isdisjoint((each.link, each.document))
            or each.former_id in ids
            or not each.path.isascii()
        ]

    def known(self, claims: Sequence[Claim], removed: Sequence[str], former: dict[str, bytes]) -> Known:
        """Everything known that `claims` and `removed` paths can affect. `former`: the result of `text_digests` for the
        claimed paths.
        """
        (last,) = self._db.execute("SELECT coalesce(max(entry), 0) FROM entries").fetchone()
        if not last:
            return Known()
        paths = self._of_paths(claims, removed)
        links = self._of_keys("SELECT link, entry FROM links WHERE link IN", (each.link for each in claims))
        documents = self._of_keys(
            "SELECT link, entry FROM links WHERE NOT whole AND link IN", (each.document for each in claims)
        )
        digests, unchanged = self._of_texts(claims, former, paths)
        ids = self._of_keys("SELECT id, entry FROM entries WHERE id IN", (each.former_id for each in claims))
        numbers = {*paths.values(), *links.values(), *documents.values(), *ids.values()}.union(*digests.values())
        entries = self._of_numbers(sorted(numbers))
        sharing = {each.source for each in claims if each.path in paths and len(entries[paths[each.path]].files) > 1}
        sources = self._shown_of(sharing - {b""}, entries) if sharing else {}
        return Known(paths, links, digests, unchanged, entries, documents, last + 1, ids, sources)

    def _of_paths(self, claims: Sequence[Claim], removed: Sequence[str]) -> dict[str, int]:
        """The entries of files, by path: also of a path as it was written before."""
        paths: dict[str, int] = dict(
            selected(
                self._db,
                "SELECT path, entry FROM files WHERE entry IS NOT NULL AND path IN",
                [claim.path for claim in claims] + list(removed),
            )
        )
        return paths | paths_as_they_were(self._db, (claim.path for claim in claims), paths, removed)

    def _of_keys(self, sql: str, keys: Iterable[K | None]) -> dict[K, int]:
        """The entries by their keys, without empty keys."""
        return dict(selected(self._db, sql, [each for each in keys if each]))

    def _of_texts(
        self, claims: Sequence[Claim], former: dict[str, bytes], paths: dict[str, int]
    ) -> tuple[dict[bytes, set[int]], set[str]]:
        """The entries by the digests of their texts, of files that are gone or have another text now; and the paths
        whose text is the former.
        """
        digests: dict[bytes, set[int]] = {}
        gone = selected(
            self._db,
            "SELECT digest, entry FROM files WHERE link IS NULL AND NOT present AND entry IS NOT NULL AND digest IN",
            [each.text_digest for each in claims if each.link is None],
        )
        as_bytes = selected(
            self._db,  # a file whose reading changed has another text digest
            "SELECT source, entry FROM files INDEXED BY files_by_digest "
            "WHERE link IS NULL AND NOT present AND entry IS NOT NULL AND source IN",
            [each.source for each in claims if each.link is None and each.source and each.path not in paths],
        )
        for digest, entry in (*gone, *as_bytes):
            digests.setdefault(digest, set()).add(entry)
        now = {claim.path: claim.text_digest for claim in claims if claim.link is None}
        unchanged = {path for path, digest in former.items() if now.get(path) == digest}
        for path, digest in former.items():
            if path not in unchanged and path in paths:
                digests.setdefault(digest, set()).add(paths[path])
        return digests, unchanged

    def _of_numbers(self, numbers: Sequence[int]) -> dict[int, KnownEntry]:
        """The entries of these numbers, with their files."""
        entries = {
            entry: KnownEntry(link, represented_by=path)
            for entry, link, path in selected(
                self._db,
                "SELECT e.entry, e.link, f.path FROM entries e LEFT JOIN files f ON f.file = e.file WHERE e.entry IN",
                numbers,
            )
        }
        files = selected(
            self._db, "SELECT entry, path, link FROM files WHERE present AND item IS NOT NULL AND entry IN", numbers
        )
        for entry, path, link in files:
            entries[entry].files[path] = link
        return entries

    def _shown_of(self, sources: set[bytes], entries: dict[int, KnownEntry]) -> dict[bytes, set[int]]:
        """The entries without a file that were last shown of these bytes. Adds them to `entries`."""
        rows = selected(
            self._db,
            "SELECT source, entry, link FROM entries WHERE digest IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM files f WHERE f.entry = entries.entry AND f.present) AND source IN",
            sorted(sources),
        )
        found: dict[bytes, set[int]] = {}
        for source, entry, link in rows:
            found.setdefault(source, set()).add(entry)
            entries.setdefault(entry, KnownEntry(link))
        return found

    def keep_assignments(self, assignments: Assignments) -> None:
        """Keeps the entry of each path and of each link."""
        self._db.executemany(
            "UPDATE files SET entry = ? WHERE path = ?",
            ((entry, path) for path, entry in assignments.entries.items()),
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO links (link, entry) VALUES (?, ?)", sorted(assignments.links.items())
        )

    def all_entries(self) -> set[int]:
        """Every entry that was ever minted."""
        return {entry for (entry,) in self._db.execute("SELECT entry FROM entries")}

    def next_due(self) -> datetime | None:
        """When the next entry that waits for a date is due; None if none waits."""
        (value,) = self._db.execute("SELECT min(due) FROM entries WHERE due IS NOT NULL").fetchone()
        return optional_moment(value)

    def due(self, now: datetime) -> set[int]:
        """The entries that waited for a date up to `now`."""
        rows = self._db.execute("SELECT entry FROM entries WHERE due <= ?", (seconds(now),))
        return {entry for (entry,) in rows}

    def records(self, entries: Sequence[int]) -> dict[int, EntryRecord]:
        """The records of `entries` that are kept."""
        rows = selected(self._db, f"SELECT {', '.join(self._entries.columns)} FROM entries WHERE entry IN", entries)  # noqa: S608
        return {row[0]: self._entries.to_record(row) for row in rows}

    def put_entries(self, records: Iterable[EntryRecord], now: datetime) -> None:
        """Keeps records. Also keeps when an entry was first shown, and when it was last withdrawn. A shown entry has a
        time of withdrawal only if that is known of what was published since a backup.
        """
        withdrawn = (
            "CASE WHEN excluded.shown OR excluded.digest IS NULL THEN NULL "
            f"WHEN shown THEN coalesce(withdrawn, {seconds(now)}) ELSE withdrawn END"
        )
        first_shown = "CASE WHEN digest IS NULL THEN excluded.first_shown ELSE first_shown END"
        keep = self._entries.upsert({"withdrawn": ("NULL", withdrawn), "first_shown": (f"{seconds(now)}", first_shown)})
        self._db.executemany(keep, map(self._entries.to_row, records))

    def change_ids(self, records: Iterable[EntryRecord]) -> None:
        """Gives entries that were never shown the ids of these records."""
        self._db.executemany(
            "UPDATE entries SET id = ? WHERE entry = ? AND digest IS NULL",
            ((record.id, record.entry) for record in records),
        )

    def find(self, *, path: str | None = None, entry_id: str | None = None, link: bytes | None = None) -> int | None:
        """The entry of a path, an id or the key of a canonical link."""
        for sql, value in (
            ("SELECT entry FROM files WHERE path = ?", path),
            ("SELECT entry FROM files WHERE present AND normal = ? ORDER BY path", path and normal_path(path)),
            ("SELECT entry FROM entries WHERE id = ?", entry_id),
            ("SELECT entry FROM entries WHERE guid = ?", entry_id),
            ("SELECT entry FROM links WHERE link = ?", link),
        ):
            if value is not None:
                row = self._db.execute(sql, (value,)).fetchone()
                if row is not None and row[0] is not None:
                    return int(row[0])
        return None
