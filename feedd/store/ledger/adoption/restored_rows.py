"""What was published since a backup: what feeds show, in; the rows of a ledger that was put back, brought up to it.

What is known of an entry only from before is not shown unless its file is read again: it may be withheld since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from feedd.decide.records import UNKNOWN_TEXT
from feedd.render.recovery.recovery_index import ShownEntry, ShownFeed, entry_key, path_key
from feedd.render.recovery.window_facts import OldWindows
from feedd.store.ledger.adoption.index_marks import FILES, TEXTS, TITLES, IndexMarks
from feedd.store.ledger.adoption.minted_paths import paths_by_id
from feedd.store.ledger.adoption.recovery_rows import RecoveryRows
from feedd.store.ledger.archives.archive_tables import WITHOUT_PLACE

_RECOUNT = "INSERT OR REPLACE INTO meta SELECT 'counts', coalesce(sum(shown), 0) || ' ' || count(file) FROM entries"


class RestoredRows(RecoveryRows):
    """The rows of a ledger that was put back, over an open database, in the caller's transaction."""

    def merge(self, entries: Iterable[ShownEntry], feeds: Iterable[ShownFeed], paths: Collection[str]) -> int:
        """Takes over what a recovery index has. `paths`: the files that are there now. Returns how many entries are new
        or have changed since.
        """
        ordered = sorted(entries, key=lambda each: (each.published, each.id))
        wanted = {each.path for each in ordered if each.path}
        by_key = {key: path for path in paths if (key := path_key(path)) in wanted}
        merged = self._merge_entries(ordered, [by_key.get(each.path) for each in ordered], by_titles=False)
        rows = self._db.execute("SELECT id, entry FROM entries")
        numbers = {entry_key(entry_id): number for entry_id, number in rows}
        ordered_feeds = sorted(feeds, key=lambda each: each.number)
        rows_of_feeds = {each.number: self._merge_feed(each, numbers) for each in ordered_feeds}
        self._adopt_leads(ordered, numbers)
        self._adopt_places(ordered, numbers, rows_of_feeds)
        return merged

    def merge_windows(self, found: OldWindows, paths: Collection[str]) -> int:
        """Takes over what feeds show, where there is no index. The others are as for `merge`."""
        ordered = sorted(found.entries, key=lambda each: (each.published, each.id))
        by_id = paths_by_id(paths, {each.id for each in ordered if each.link is None})
        marks = IndexMarks(self._db)
        marks.keep_windows(found)
        marks.mark_adopted(FILES)
        merged = self._merge_entries(ordered, [by_id.get(each.id) for each in ordered], by_titles=True)
        for each in found.windows:
            if each.id is not None and each.updated is not None:
                self._db.execute("UPDATE feeds SET updated = max(updated, ?) WHERE id = ?", (each.updated, each.id))
                for (number,) in self._db.execute("SELECT feed FROM feeds WHERE id = ?", (each.id,)).fetchall():
                    self._tombstones.adopt(number, each.tombstones)
        return merged

    def vouch_for_nothing(self) -> None:
        """Forgets the last items of all entries, where nothing is known of what was published since."""
        self._db.execute("UPDATE files SET item = NULL WHERE entry IS NOT NULL")

    def _merge_entries(self, ordered: Sequence[ShownEntry], paths: Sequence[str | None], *, by_titles: bool) -> int:
        rows = self._db.execute("SELECT id, entry, published, updated, digest, shown FROM entries")
        known = {row[0]: row[1:] for row in rows}
        (last,) = self._db.execute("SELECT coalesce(max(entry), 0) FROM entries").fetchone()
        changed: list[str] = []
        added = 0
        for each, path in zip(ordered, paths, strict=True):
            row = known.get(each.id)
            if row is None:
                added += 1
                self._adopt_entry(last + added, each, path, by_titles=by_titles)
                changed.append(each.id)
            else:
                if not by_titles:
                    self._keep_file(row[0], each, path)
                if self._update_entry(each, row, by_titles=by_titles):
                    changed.append(each.id)
        seen = {each.id for each in ordered}
        self._forget_unvouched(known, seen - set(changed))
        if by_titles:
            self._expect_no_edit(known.keys() - seen)
        self._db.execute(_RECOUNT)
        moved = not by_titles and any(
            path is None and each.link is None for each, path in zip(ordered, paths, strict=True)
        )
        marks = IndexMarks(self._db)
        if added or moved:
            marks.mark_adopted(TITLES if by_titles else TEXTS)
        marks.mark_stale([*known, *changed])
        return len(changed)

    def _update_entry(self, shown: ShownEntry, row: Sequence[Any], *, by_titles: bool) -> bool:
        """Brings an entry up to what is shown. Returns whether it was otherwise."""
        number, published, updated, digest, is_shown = row
        is_unknown = by_titles or not shown.text
        text = digest if is_unknown and shown.updated == updated else UNKNOWN_TEXT if is_unknown else shown.text
        if (published, updated, digest, is_shown) == (shown.published, shown.updated, text, 1):
            return False
        self._db.execute(
            "UPDATE entries SET published = ?, updated = ?, digest = ?, shown = 1, withdrawn = NULL, "
            "first_shown = coalesce(first_shown, ?) WHERE entry = ?",
            (shown.published, shown.updated, text, shown.published, number),
        )
        self._db.execute("UPDATE OR IGNORE entries SET slug = ? WHERE entry = ? AND slug IS NULL", (shown.slug, number))
        if shown.link is not None:
            self._db.execute("INSERT OR REPLACE INTO links (link, entry) VALUES (?, ?)", (shown.link, number))
        return True

    def _forget_unvouched(self, known: Mapping[str, Sequence[Any]], vouched: Collection[str]) -> None:
        """Forgets the last items of entries that are not shown as they were: the next pass reads their files, and what
        cannot be read is not shown.
        """
        numbers = [(row[0],) for entry_id, row in known.items() if entry_id not in vouched]
        self._db.executemany("UPDATE files SET item = NULL WHERE entry = ?", numbers)

    def _expect_no_edit(self, ids: Iterable[str]) -> None:
        """Has no edit since the backup move the date of entries of which nothing is known: readers may have seen it."""
        rows = [(UNKNOWN_TEXT, each) for each in ids]
        self._db.executemany("UPDATE entries SET digest = ? WHERE id = ? AND digest IS NOT NULL", rows)

    def _merge_feed(self, feed: ShownFeed, numbers: Mapping[bytes, int]) -> int | None:
        row = self._db.execute("SELECT feed FROM feeds WHERE id = ?", (feed.id,)).fetchone()
        if row is None:
            return self._adopt_feed(feed, numbers)
        self._db.execute(
            "UPDATE OR IGNORE feeds SET updated = max(updated, ?), slug = ?, label = ?, floor_published = ?, "
            "floor_id = ?, stale = 1 WHERE feed = ?",
            (feed.updated, feed.slug, feed.label, *(feed.floor or (None, None)), row[0]),
        )
        self._tombstones.adopt(int(row[0]), feed.tombstones)
        self._db.execute("DELETE FROM members WHERE feed = ?", row)
        self._adopt_members(row[0], feed, numbers)
        self._adopt_archives(row[0], feed)
        sql = "UPDATE archived SET number = ?, present = 0 WHERE feed = ? AND present"
        self._db.execute(sql, (WITHOUT_PLACE, *row))  # until they get their places of today
        return int(row[0])
