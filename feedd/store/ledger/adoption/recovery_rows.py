"""The ledger's rows as the recovery index shows them, and the rows of a new ledger that are made of it.

Only entries that are shown are read here. Times are whole seconds, UTC.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from feedd.decide.id_claims import guid_in
from feedd.decide.minting import normal_path
from feedd.decide.records import UNKNOWN_TEXT
from feedd.items.wiki_links import page_key
from feedd.model import Tombstone
from feedd.render.recovery.index_parts import GROUP_SQL
from feedd.render.recovery.recovery_index import (
    ArchivePlace,
    ShownArchive,
    ShownEntry,
    ShownFeed,
    ShownMember,
    ShownTombstone,
    entry_key,
    path_key,
)
from feedd.render.recovery.window_facts import OldWindow, OldWindows
from feedd.select.folders import feed_folder
from feedd.select.window import WindowPosition
from feedd.store.ledger.adoption.index_marks import SOME_TEXTS, TEXTS, TITLES, WINDOW, IndexMarks
from feedd.store.ledger.adoption.minted_paths import paths_by_id
from feedd.store.ledger.adoption.tombstone_rows import TombstoneRows
from feedd.store.ledger.archives.archive_tables import WITHOUT_PLACE
from feedd.store.ledger.codec import moment
from feedd.store.ledger.feed_rows import FeedRecord

_SHOWN_ENTRIES = (
    "SELECT e.id, e.link, e.digest, e.published, e.updated, f.path, e.slug, e.guid, "  # noqa: S608 - of constants
    "(SELECT l.id FROM entries l WHERE l.entry = e.story AND l.entry <> e.entry AND l.shown) "
    "FROM entries e INDEXED BY entries_by_group LEFT JOIN files f ON f.file = e.file "
    f"WHERE e.shown AND {GROUP_SQL} BETWEEN ? AND ?"
)
_ARCHIVE_PLACES = (
    "SELECT e.id, a.feed, iif(a.present, max(a.number, 0), 0) FROM entries e INDEXED BY entries_by_group "  # noqa: S608
    f"JOIN archived a USING (entry) WHERE e.shown AND {GROUP_SQL} BETWEEN ? AND ? ORDER BY e.id, a.feed"
)
_ARCHIVES = "SELECT number, filled, updated FROM archives WHERE feed = ? AND filled ORDER BY number"
_MEMBERS = (
    "SELECT m.published, m.present, e.id, e.published FROM members m JOIN entries e USING (entry) "
    "WHERE m.feed = ? AND e.shown"
)
_PUT_ENTRY = (
    "INSERT OR IGNORE INTO entries (entry, id, first_seen, first_shown, link, file, shown, published, updated, digest, "
    "slug, guid) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)"
)
_PUT_FILE = (  # a file of another entry, in a ledger from a backup, is of this entry now
    "INSERT INTO files (path, normal, present, entry, link, digest, page, withheld) VALUES (?, ?, 0, ?, ?, ?, ?, 0) "
    "ON CONFLICT (path) DO UPDATE SET entry = excluded.entry, link = excluded.link, digest = excluded.digest, "
    "present = 0, item = NULL WHERE entry IS NOT excluded.entry"
)
_PUT_FEED = (
    "INSERT OR IGNORE INTO feeds (kind, key, id, slug, label, updated, floor_published, floor_id, stale) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)"
)


class Adopted(NamedTuple):
    """How many entries, and feeds without their views, were taken over."""

    entries: int
    feeds: int


class RecoveryRows:
    """What the recovery index is made of, and made into, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._tombstones = TombstoneRows(connection)

    def entries(self, groups: range) -> list[ShownEntry]:
        """The shown entries of some groups."""
        places = self._archive_places(groups)
        rows = self._db.execute(_SHOWN_ENTRIES, (groups[0], groups[-1]))
        return [
            ShownEntry(
                entry_id,
                link,
                digest or b"",
                published,
                updated if updated is not None else published,
                b"" if path is None else path_key(path),
                slug,
                guid,
                tuple(places.get(entry_id, ())),
                b"" if lead is None else entry_key(lead),
            )
            for entry_id, link, digest, published, updated, path, slug, guid, lead in rows
        ]

    def _archive_places(self, groups: range) -> dict[str, list[ArchivePlace]]:
        """Where the shown entries of some groups stand in archives, or stood, by their ids."""
        found: dict[str, list[ArchivePlace]] = {}
        if self._db.execute("SELECT 1 FROM archived LIMIT 1").fetchone() is not None:
            for entry_id, feed, number in self._db.execute(_ARCHIVE_PLACES, (groups[0], groups[-1])):
                found.setdefault(entry_id, []).append(ArchivePlace(feed, number))
        return found

    def feed(self, record: FeedRecord, tombstones: Iterable[Tombstone]) -> ShownFeed:
        """A feed with its members, and the withdrawn entries that it names."""
        members: list[ShownMember] = []
        departed: list[ShownMember] = []
        for admitted, present, entry_id, published in self._db.execute(_MEMBERS, (record.feed,)):
            if present:
                members.append(ShownMember(entry_key(entry_id), admitted))
            elif record.floor is None or (published, entry_id) > record.floor:
                departed.append(ShownMember(entry_key(entry_id), admitted))
        identity = record.identity
        return ShownFeed(
            record.feed,
            identity.kind,
            identity.key,
            identity.view,
            record.id,
            record.slug,
            record.label,
            int(record.updated.timestamp()),
            record.floor and (record.floor.published, record.floor.id),
            tuple(sorted(members)),
            tuple(sorted(departed)),
            tuple(ShownArchive(*row) for row in self._db.execute(_ARCHIVES, (record.feed,))),
            tuple(ShownTombstone(each.id, int(each.withdrawn.timestamp())) for each in tombstones),
        )

    def as_published(self, feed: FeedRecord) -> FeedRecord:
        """A new feed as it was published, if its old window is known. Nothing comes in below its oldest entry: it may
        have left. Nothing from before the last change comes into a window without entries.
        """
        window = self._window(feed_folder(feed.identity, feed.slug))
        if window is None:
            return feed
        edge = window.oldest if window.oldest is not None else self._edge() and window.updated
        floor = None if edge is None else WindowPosition(edge, "")  # what stands there itself comes after it
        known = replace(feed, id=window.id or feed.id, floor=floor, updated=moment(window.updated or 0))
        self._db.execute(
            "UPDATE feeds SET id = ?, updated = max(updated, ?), floor_published = ?, floor_id = ? WHERE feed = ?",
            (known.id, window.updated or 0, *(floor or (None, None)), feed.feed),
        )
        self._tombstones.adopt(feed.feed, window.tombstones)
        for each in window.archives:
            self._db.execute(
                "INSERT OR REPLACE INTO archives VALUES (?, ?, ?, ?, 1)",
                (feed.feed, each.number, max(len(each.ids), 1), each.updated),  # one that was emptied stays
            )
            self._db.executemany(
                "INSERT OR IGNORE INTO archived SELECT ?, entry, ?, 1 FROM entries WHERE id = ?",
                [(feed.feed, each.number, entry_id) for entry_id in each.ids],
            )
        return known

    def before_windows(self) -> datetime | None:
        """The date of an item without a date that no old window shows: before the oldest entry of every window, since
        it may be older. None if no window has an entry.
        """
        edge = self._edge()
        return None if edge is None else moment(edge - 1)

    def _edge(self) -> int | None:
        """The date of the oldest entry in any old window; None if there is none."""
        rows = self._db.execute("SELECT value FROM meta WHERE substr(name, 1, ?) = ?", (len(WINDOW), WINDOW))
        found = [msgspec.json.decode(value, type=OldWindow).oldest for (value,) in rows]
        return min((each for each in found if each is not None), default=None)

    def _window(self, folder: str) -> OldWindow | None:
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (WINDOW + folder,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=OldWindow)

    def adopt(
        self, entries: Iterable[ShownEntry], feeds: Iterable[ShownFeed], paths: Collection[str], *, has_all: bool = True
    ) -> Adopted:
        """Makes the rows of a new ledger of a recovery index, in the caller's transaction. `paths`: the files that are
        there now. `has_all`: the index has all entries that were shown.
        """
        ordered = _distinct(entries)
        wanted = {each.path for each in ordered if each.path}
        by_key = {key: path for path in paths if (key := path_key(path)) in wanted}
        numbers = self._adopt_entries(ordered, [by_key.get(each.path) for each in ordered], by_titles=False)
        ordered_feeds = sorted(feeds, key=lambda each: each.number)
        rows = {each.number: self._adopt_feed(each, numbers) for each in ordered_feeds}
        self._adopt_leads(ordered, numbers)
        self._adopt_places(ordered, numbers, rows)
        if not has_all:
            IndexMarks(self._db).mark_adopted(SOME_TEXTS)
        return Adopted(len(ordered), sum(rows[each.number] is not None and not each.view for each in ordered_feeds))

    def adopt_windows(self, found: OldWindows, paths: Collection[str]) -> Adopted:
        """Makes the rows of a new ledger of what feeds showed, in the caller's transaction. `paths`: as for `adopt`."""
        ordered = [replace(each, guid=guid_in(each.id)) for each in _distinct(found.entries)]  # Atom has the id alone
        by_id = paths_by_id(paths, {each.id for each in ordered if each.link is None})
        self._adopt_entries(ordered, [by_id.get(each.id) for each in ordered], by_titles=True)
        IndexMarks(self._db).keep_windows(found)
        return Adopted(len(ordered), len(found.windows))

    def _adopt_entries(
        self, ordered: Sequence[ShownEntry], paths: Sequence[str | None], *, by_titles: bool
    ) -> dict[bytes, int]:
        """Keeps entries, each with the path of its file, if that is known. Returns their numbers, by their keys."""
        there = 0
        numbers: dict[bytes, int] = {}
        for number, (each, path) in enumerate(zip(ordered, paths, strict=True), start=1):
            there += self._adopt_entry(number, each, path, by_titles=by_titles)
            numbers.setdefault(entry_key(each.id), number)
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('counts', ?)", (f"{len(ordered)} {there}",))
        marks = IndexMarks(self._db)
        marks.mark_adopted(TITLES if by_titles else TEXTS)
        marks.mark_stale(each.id for each in ordered)
        return numbers

    def _adopt_entry(self, number: int, entry: ShownEntry, path: str | None, *, by_titles: bool) -> bool:
        """Keeps an entry as it is shown, and the file that it was read from. Returns whether that file is there. The
        pass reads it.
        """
        file = self._keep_file(number, entry, path)
        text = UNKNOWN_TEXT if by_titles or not entry.text else entry.text
        values = (entry.published, entry.updated, text, entry.slug, entry.guid)
        self._db.execute(_PUT_ENTRY, (number, entry.id, entry.published, entry.published, entry.link, file, *values))
        if entry.link is not None:
            self._db.execute("INSERT OR REPLACE INTO links (link, entry) VALUES (?, ?)", (entry.link, number))
        return file is not None

    def _keep_file(self, number: int, entry: ShownEntry, path: str | None) -> int | None:
        """Keeps by what the file of an entry is found: its path, or else its text. Returns the number of the file, if
        it is there.
        """
        if path is None and (entry.link is not None or not entry.text):
            return None
        name = path if path is not None else f"//{number}"  # no path of an item begins so
        normal, page = None if name.isascii() else normal_path(name), None if path is None else page_key(path)
        self._db.execute(_PUT_FILE, (name, normal, number, entry.link, entry.text or None, page))
        ((file,),) = self._db.execute("SELECT file FROM files WHERE path = ?", (name,)).fetchall()
        return None if path is None else int(file)

    def _adopt_feed(self, feed: ShownFeed, numbers: Mapping[bytes, int]) -> int | None:
        """Keeps a feed with its members and archives. Returns its number now; None if there is such a feed."""
        kind = f"{feed.kind}/{feed.view}" if feed.view else feed.kind
        floor: tuple[Any, Any] = feed.floor or (None, None)
        kept = self._db.execute(_PUT_FEED, (kind, feed.key, feed.id, feed.slug, feed.label, feed.updated, *floor))
        if not kept.rowcount or kept.lastrowid is None:
            return None
        self._tombstones.adopt(kept.lastrowid, feed.tombstones)
        self._adopt_members(kept.lastrowid, feed, numbers)
        self._adopt_archives(kept.lastrowid, feed)
        return kept.lastrowid

    def _adopt_archives(self, number: int, feed: ShownFeed) -> None:
        rows = [(number, *each) for each in feed.archives if each.number and each.filled]
        self._db.executemany("INSERT OR REPLACE INTO archives VALUES (?, ?, ?, ?, 1)", rows)

    def _adopt_leads(self, entries: Iterable[ShownEntry], numbers: Mapping[bytes, int]) -> None:
        """Keeps which entries lead the stories of others, so that they go on leading, as far as it is known."""
        rows = [(numbers.get(each.lead), numbers[entry_key(each.id)]) for each in entries if each.lead is not None]
        self._db.executemany("UPDATE entries SET story = ? WHERE entry = ?", rows)

    def _adopt_places(
        self, entries: Iterable[ShownEntry], numbers: Mapping[bytes, int], feeds: Mapping[int, int | None]
    ) -> None:
        """Keeps in which archives entries stand, or stood. `feeds`: the numbers of feeds now, by those in the index."""
        there = {(feed, archive) for feed, archive in self._db.execute("SELECT feed, number FROM archives")}
        rows = []
        for each in entries:
            for place in each.archived:
                if (feed := feeds.get(place.feed)) is not None:
                    is_there = (feed, place.archive) in there
                    number = place.archive if is_there else WITHOUT_PLACE
                    rows.append((feed, numbers[entry_key(each.id)], number, is_there))
        self._db.executemany("INSERT OR REPLACE INTO archived VALUES (?, ?, ?, ?)", rows)

    def _adopt_members(self, number: int | None, feed: ShownFeed, numbers: Mapping[bytes, int]) -> None:
        for members, present in ((feed.members, 1), (feed.departed, 0)):
            rows = [(number, numbers[key], admitted, present) for key, admitted in members if key in numbers]
            self._db.executemany("INSERT OR IGNORE INTO members VALUES (?, ?, ?, ?)", rows)


def _distinct(entries: Iterable[ShownEntry]) -> list[ShownEntry]:
    """The entries by date, without those that have an id, a link or a slug of another: no ledger has such entries."""
    found: list[ShownEntry] = []
    taken: set[tuple[str, object]] = set()
    for each in sorted(entries, key=lambda each: (each.published, each.id)):
        own = {("id", each.id), ("link", each.link), ("slug", each.slug)} - {("link", None), ("slug", None)}
        if taken.isdisjoint(own):
            taken |= own
            found.append(each)
    return found
