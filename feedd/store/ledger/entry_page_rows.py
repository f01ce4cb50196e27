"""The ledger's rows of entries' pages: their slugs, and the pages that have to be made again."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence

from feedd.decide.records import EntryRecord
from feedd.select.slugs import possible_entry_slugs
from feedd.store.ledger.database import selected
from feedd.store.ledger.member_rows import MEMBER_COLUMNS, Shown, read_members

_SHOWN = (  # those that should have a page
    "FROM entries e JOIN files f ON f.file = e.file "
    "WHERE e.slug IS NOT NULL AND e.shown AND e.link IS NULL AND e.entry IN"
)


class EntryPageRows:
    """Pages of entries without a link, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def choose_slug(self, record: EntryRecord, title: str, taken: Collection[str]) -> str:
        """A slug for an entry without slug. No entry ever had it, and it is not in `taken`."""
        for slug in possible_entry_slugs(title, record.id):
            if slug not in taken and not self._db.execute("SELECT 1 FROM entries WHERE slug = ?", (slug,)).fetchone():
                return slug
        raise AssertionError("there is no end of possible slugs")

    def mark_stale(self, entries: Collection[int]) -> None:
        """Marks the pages of `entries` to be made again, or deleted. Entries that never had a page are left out."""
        rows = selected(self._db, "SELECT entry FROM entries WHERE slug IS NOT NULL AND entry IN", sorted(entries))
        self._db.executemany("INSERT OR IGNORE INTO stale_pages VALUES (?)", rows)

    def mark_all_stale(self) -> None:
        """Marks every page to be made again."""
        self._db.execute("INSERT OR IGNORE INTO stale_pages SELECT entry FROM entries WHERE slug IS NOT NULL")

    def mark_fresh(self, entries: Iterable[int]) -> None:
        """Marks the pages of `entries` as up to date."""
        self._db.executemany("DELETE FROM stale_pages WHERE entry = ?", [(entry,) for entry in entries])

    def stale(self) -> dict[int, str]:
        """The entries whose pages have to be made again, or deleted, with their slugs."""
        return dict(self._db.execute("SELECT entry, slug FROM stale_pages JOIN entries USING (entry)"))

    def with_slugs(self, slugs: Iterable[str]) -> dict[int, str]:
        """The entries with these slugs."""
        return dict(selected(self._db, "SELECT entry, slug FROM entries WHERE slug IN", sorted(slugs)))

    def wanted(self) -> set[str]:
        """The slugs of all entries that should have a page."""
        rows = self._db.execute("SELECT slug FROM entries WHERE slug IS NOT NULL AND shown AND link IS NULL")
        return {slug for (slug,) in rows}

    def among(self, entries: Sequence[int]) -> list[int]:
        """The entries among `entries` that should have a page, in their order."""
        return [entry for (entry,) in selected(self._db, f"SELECT e.entry {_SHOWN}", entries)]

    def gone(self) -> set[str]:
        """The slugs of withdrawn entries that had a page."""
        rows = self._db.execute("SELECT slug FROM entries WHERE slug IS NOT NULL AND NOT shown AND NOT folded")
        return {slug for (slug,) in rows}

    def shown(self, entries: Sequence[int]) -> list[Shown]:
        """The entries among `entries` that should have a page."""
        return read_members(self._db, selected(self._db, f"SELECT {MEMBER_COLUMNS}, 0, f.digest {_SHOWN}", entries))
