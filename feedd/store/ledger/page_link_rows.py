"""The ledger's rows of links between entries, by the names of pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

from feedd.decide.records import EntryRecord
from feedd.items.wiki_links import HIDDEN, file_key, page_path
from feedd.select.slugs import entry_url
from feedd.store.ledger.codec import decode_item, decode_targets
from feedd.store.ledger.database import chunks, selected


class PageLinkRows:
    """The pages that bodies link to, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def keep(self, records: Sequence[EntryRecord]) -> None:
        """Keeps the pages to which the bodies of entries link, read from their primary files."""
        primary_files = {record.entry: record.file for record in records}
        entries = list(primary_files)
        for chunk in chunks(entries):
            placeholders = ", ".join("?" * len(chunk))
            self._db.execute(f"DELETE FROM targets WHERE entry IN ({placeholders})", chunk)  # noqa: S608
        rows = selected(
            self._db, "SELECT entry, file, targets FROM files WHERE targets IS NOT NULL AND entry IN", entries
        )
        pairs = [
            (page, entry)
            for entry, file, targets in rows
            if primary_files[entry] == file
            for page in decode_targets(targets)
        ]
        self._db.executemany("INSERT OR IGNORE INTO targets VALUES (?, ?)", pairs)

    def withheld(self) -> frozenset[str]:
        """The paths of the files that are there, and that files beside or above them withhold."""
        return frozenset(path for (path,) in self._db.execute("SELECT path FROM withheld_files"))

    def keep_withheld(self, withheld: Collection[str], released: Collection[str]) -> None:
        """Keeps that files are withheld, and that others are so no longer."""
        self._db.executemany("DELETE FROM withheld_files WHERE path = ?", [(path,) for path in released])
        rows = [(path, file_key(path)) for path in withheld]
        self._db.executemany("INSERT OR REPLACE INTO withheld_files VALUES (?, ?)", rows)

    def linking_to_names(self, paths: Collection[str]) -> set[int]:
        """Entries whose bodies link to a page that has the name of a file at one of `paths`."""
        pages = sorted({file_key(path) for path in paths})
        return {entry for (entry,) in selected(self._db, "SELECT DISTINCT entry FROM targets WHERE page IN", pages)}

    def linking_to(self, *, entries: Sequence[int] = (), paths: Sequence[str] = ()) -> set[int]:
        """Entries whose bodies link to a page that is, or was, a file of `entries` or a file at `paths`."""
        if self._db.execute("SELECT 1 FROM targets LIMIT 1").fetchone() is None:
            return set()
        join = "SELECT DISTINCT t.entry FROM files f JOIN targets t ON t.page = f.page WHERE"
        rows = [*selected(self._db, f"{join} f.entry IN", entries), *selected(self._db, f"{join} f.path IN", paths)]
        return {entry for (entry,) in rows}

    def linked_pages(self, entries: Sequence[int], pages_below: str | None) -> dict[int, dict[str, str]]:
        """For each of `entries` whose body links to pages: the links of the shown pages, by page key; HIDDEN for the
        pages of files that are there and not published.

        An entry without a link has the address of its own page, if `pages_below` is given: the URL below which pages of
        entries lie. A key with "/" is a path, as the file of the entry gives it. If several items have the name of a
        page, the first by path is meant.
        """
        wanted = selected(
            self._db,
            "SELECT t.entry, t.page, f.path FROM targets t JOIN entries e ON e.entry = t.entry "
            "JOIN files f ON f.file = e.file WHERE t.entry IN",
            entries,
        )
        links: dict[tuple[str, str], str | None] = {}
        found: dict[int, dict[str, str]] = {}
        for entry, page, source_path in wanted:
            column, name = meant = ("path", path) if (path := page_path(page, source_path)) else ("page", page)
            if meant not in links:
                links[meant] = self._link(column, name, pages_below)
            if (link := links[meant]) is not None:
                found.setdefault(entry, {})[page] = link
        return found

    def _link(self, column: str, value: str, pages_below: str | None) -> str | None:
        row = self._db.execute(
            "SELECT f.item, f.digest, e.slug FROM files f JOIN entries e ON e.entry = f.entry AND e.file = f.file "  # noqa: S608
            f"WHERE f.{column} = ? AND e.shown ORDER BY f.path LIMIT 1",
            (value,),
        ).fetchone()
        if row is None:
            return HIDDEN if self._is_hidden(column, value) else None
        item, digest, slug = row
        link = decode_item(item, digest).link
        return entry_url(pages_below, slug) if link is None and slug and pages_below else link

    def _is_hidden(self, column: str, value: str) -> bool:
        """Whether there are files of this name or path, and no entry of theirs is shown."""
        withheld = self._db.execute(f"SELECT 1 FROM withheld_files WHERE {column} = ?", (value,))  # noqa: S608
        if withheld.fetchone() is not None:
            return True
        rows = self._db.execute(
            f"SELECT e.shown FROM files f LEFT JOIN entries e ON e.entry = f.entry "  # noqa: S608
            f"WHERE f.present AND f.{column} = ?",
            (value,),
        ).fetchall()
        return bool(rows) and not any(shown for (shown,) in rows)
