"""The ledger's rows of links between entries, by the names of pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from typing import Literal

from feedd.decide.records import EntryRecord
from feedd.items.wiki_links import HIDDEN, page_key, page_path
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
        rows = [(path, page_key(path)) for path in withheld]
        self._db.executemany("INSERT OR REPLACE INTO withheld_files VALUES (?, ?)", rows)

    def linking_to_names(self, paths: Collection[str]) -> set[int]:
        """Entries whose bodies link to a page that has the name of a file at one of `paths`."""
        pages = sorted({page_key(path) for path in paths})
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
        meant = [(entry, page, page_path(page, source_path)) for entry, page, source_path in wanted]
        by_path = self._links("path", sorted({path for _, _, path in meant if path}), pages_below)
        by_name = self._links("page", sorted({page for _, page, path in meant if not path}), pages_below)
        found: dict[int, dict[str, str]] = {}
        for entry, page, path in meant:
            if (link := by_path.get(path) if path else by_name.get(page)) is not None:
                found.setdefault(entry, {})[page] = link
        return found

    def _links(self, column: Literal["page", "path"], values: Sequence[str], pages_below: str | None) -> dict[str, str]:
        """The links of the shown pages of these names or at these paths; HIDDEN for pages that are not published."""
        first: dict[str, tuple[str, int, str | None]] = {}
        of_shown = (
            f"SELECT f.{column}, f.path, f.file, e.slug FROM files f "  # noqa: S608
            f"JOIN entries e ON e.entry = f.entry AND e.file = f.file WHERE e.shown AND f.{column} IN"
        )
        for value, *page in selected(self._db, of_shown, values):
            first[value] = min(first.get(value, (*page,)), (*page,))
        files = [file for _, file, _ in first.values()]
        items = selected(self._db, "SELECT file, item, digest FROM files WHERE file IN", files)
        links = {file: decode_item(item, digest).link for file, item, digest in items}
        found = dict.fromkeys(self._hidden(column, [value for value in values if value not in first]), HIDDEN)
        for value, (_, file, slug) in first.items():
            link = links[file]
            if link is None and slug and pages_below:
                link = entry_url(pages_below, slug)
            if link is not None:
                found[value] = link
        return found

    def _hidden(self, column: Literal["page", "path"], values: Sequence[str]) -> set[str]:
        """Which of these names or paths files have, none of whose entries is shown."""
        withheld = selected(self._db, f"SELECT {column} FROM withheld_files WHERE {column} IN", values)  # noqa: S608
        of_files = (
            f"SELECT f.{column}, e.shown FROM files f LEFT JOIN entries e ON e.entry = f.entry "  # noqa: S608
            f"WHERE f.present AND f.{column} IN"
        )
        files = list(selected(self._db, of_files, values))
        shown = {value for value, is_shown in files if is_shown}
        return {value for (value,) in withheld} | ({value for value, _ in files} - shown)
