"""The ledger's rows of pictures: which addresses entries show, what was fetched from each, and which pictures are
public.

A pass keeps which pictures on other sites its entries show. What fetches them has its own connection. A picture is
public while an entry that is shown to everybody shows it. Times are whole seconds, UTC.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from feedd.model import MirroredPicture, Rendition
from feedd.store.errors import Damaged
from feedd.store.ledger.database import open_beside, selected, transaction
from feedd.store.state_directory import LEDGER_NAME

FURTHEST = 8 * 86400  # seconds: no fetch is put off for longer, so a time beyond comes of a clock that was set back
KEPT_UNUSED = 30 * 86400  # seconds for which a picture is kept that no entry shows any more
NO_ROOM = "left out, since `images.keep` has no room for it"
NOT_FROM_THERE = "it comes from a host that `images.not_from` names"
_AFTER_MAKING_ROOM = 0.95  # of the bound: the next picture needs no room to be made
_SHOWN_BY_ALL = (
    "SELECT 1 FROM picture_uses u JOIN entries e ON e.entry = u.entry WHERE u.url = {url} AND e.shown "
    "AND (EXISTS (SELECT 1 FROM members m WHERE m.entry = e.entry) OR (e.slug IS NOT NULL AND e.link IS NULL) "
    "OR EXISTS (SELECT 1 FROM archived a WHERE a.entry = e.entry AND a.present))"
)
_IS_SHOWN = f"EXISTS ({_SHOWN_BY_ALL.format(url='p.url')})"
_IS_USED = "EXISTS (SELECT 1 FROM picture_uses u WHERE u.url = p.url)"
_WANTS = f"EXISTS ({_SHOWN_BY_ALL.format(url='w.url')})"
_WANTED = (
    "FROM (SELECT DISTINCT url FROM picture_uses) w LEFT JOIN pictures p ON p.url = w.url "  # noqa: S608 - it is ours
    f"WHERE p.made IS NULL AND (p.url IS NULL OR p.due IS NOT NULL) AND {_WANTS}"
)
_CHANGED = f"FROM pictures p WHERE p.made IS NOT NULL AND p.is_public != {_IS_SHOWN}"
_TURNED_UNUSED = f"SET unused = CASE WHEN {_IS_USED} THEN NULL ELSE coalesce(unused, ?) END "
_UNSHOWN = (
    f"NOT is_public AND ((made IS NOT NULL AND {_IS_USED}) "
    "OR (unused IS NOT NULL AND (made IS NULL OR unused <= ?1 - ?2 OR unused > ?1 + ?2)))"
)


class WantedPicture(Struct, frozen=True):
    """An address whose picture is to be fetched. `failures`: how often that has failed."""

    url: str
    failures: int


class PictureCount(NamedTuple):
    """What became of the pictures that entries show. `size` is bytes; `why` of the last failure."""

    mirrored: int
    size: int
    waiting: int
    failed: int
    url: str | None = None
    why: str | None = None


class PictureRows:
    """Pictures of other sites, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    # For a pass

    def are_of_use(self) -> bool:
        """Whether any entry shows a picture of another site that may be mirrored, or any was mirrored."""
        sql = "SELECT EXISTS (SELECT 1 FROM picture_uses) OR EXISTS (SELECT 1 FROM pictures)"
        return bool(self._db.execute(sql).fetchone()[0])

    def keep_uses(self, place: int, shown: Iterable[tuple[str, Sequence[str]]]) -> bool:
        """Keeps the addresses of pictures that entries show at a place (0: in feeds, 1: on their pages). Entries are
        given by their ids. Returns whether anything changed.
        """
        changed = False
        for identity, urls in shown:
            found = self._db.execute("SELECT entry FROM entries WHERE id = ?", (identity,)).fetchone()
            if found is not None:
                changed |= self._keep_uses_of(found[0], place, set(urls))
        return changed

    def _keep_uses_of(self, entry: int, place: int, urls: set[str]) -> bool:
        rows = self._db.execute("SELECT place, url FROM picture_uses WHERE entry = ?", (entry,)).fetchall()
        before, anywhere = {url for at, url in rows if at == place}, {url for _, url in rows}
        if before == urls:
            return False
        sql = "DELETE FROM picture_uses WHERE entry = ? AND place = ? AND url = ?"
        self._db.executemany(sql, [(entry, place, url) for url in before - urls])
        self._db.executemany(
            "INSERT INTO picture_uses VALUES (?, ?, ?)", [(entry, place, url) for url in urls - before]
        )
        # The documents of this entry name the original address of a picture that is here for other entries.
        late = [(url,) for url in urls - anywhere]
        self._db.executemany("UPDATE pictures SET is_new = 2 WHERE url = ? AND made IS NOT NULL AND is_new = 0", late)
        return True

    def forget_uses(self) -> None:
        """Forgets what entries show: nothing is mirrored any more."""
        self._db.execute("DELETE FROM picture_uses")

    def take_new(self) -> set[str]:
        """The pictures that have come, or come to be shown by a further entry, since this was last called."""
        found = {url for (url,) in self._db.execute("SELECT url FROM pictures WHERE is_new")}
        if found:
            self._db.execute("UPDATE pictures SET is_new = 0 WHERE is_new")
        return found

    def publish_shown(self) -> set[str]:
        """Makes the pictures public that entries show to everybody, and no others. Returns those that changed."""
        found = self._db.execute(f"SELECT p.url, p.is_public {_CHANGED}").fetchall()
        self._db.executemany("UPDATE pictures SET is_public = ? WHERE url = ?", [(not was, url) for url, was in found])
        return {url for url, _ in found}

    def drop_unshown(self, now: int) -> bool:
        """Forgets the pictures that only withdrawn entries show, and at last those that no entry has shown for long.
        Returns whether there were any.
        """
        self._db.execute(
            f"UPDATE pictures AS p {_TURNED_UNUSED} WHERE (unused IS NULL) != {_IS_USED}",
            (now,),
        )
        dropped = self._db.execute(
            f"DELETE FROM pictures AS p WHERE {_UNSHOWN}",  # noqa: S608 - all of it is ours
            (now, KEPT_UNUSED),
        )
        return dropped.rowcount > 0

    def make_room(self, bound: int) -> set[str]:
        """Leaves pictures out until the others take less than `bound` bytes: first those that nobody shows, then those
        that have left all feeds and archives, then those that only archives show, then the oldest. Returns them.
        """
        left = self.total() - bound
        if left <= 0:
            return set()
        left += int(bound * (1 - _AFTER_MAKING_ROOM))
        rows = self._db.execute(
            "SELECT p.url, p.size FROM pictures p LEFT JOIN picture_uses u ON u.url = p.url "
            "LEFT JOIN entries e ON e.entry = u.entry WHERE p.made IS NOT NULL GROUP BY p.url ORDER BY p.is_public, "
            "max(EXISTS (SELECT 1 FROM members m WHERE m.entry = u.entry AND m.present)), "
            "max(EXISTS (SELECT 1 FROM archived a WHERE a.entry = u.entry AND a.present)), "
            "coalesce(max(e.published), 0), p.url"
        )
        dropped: list[str] = []
        for url, size in rows:
            if left <= 0:
                break
            dropped.append(url)
            left -= size
        self._leave_out(dropped, NO_ROOM, None)
        return set(dropped)

    def take_in_again(self, error: str) -> None:
        """Has the pictures fetched that are not here for this reason, as if they had never failed."""
        sql = "UPDATE pictures SET due = 0, failures = 0 WHERE made IS NULL AND error = ?"
        self._db.execute(sql, (error,))

    def lose(self, urls: Iterable[str]) -> None:
        """Has pictures fetched again whose files are gone."""
        self._leave_out(urls, "its file is gone or damaged", 0)

    def put_off(self, urls: Iterable[str], due: int) -> None:
        """Has pictures fetched again at `due` that could not be published."""
        self._leave_out(urls, "it could not be published", due)

    def _leave_out(self, urls: Iterable[str], why: str, due: int | None) -> None:
        self._db.executemany(
            "UPDATE pictures SET made = NULL, size = 0, is_public = 0, is_new = 0, due = ?, error = ? WHERE url = ?",
            [(due, why, url) for url in urls],
        )

    def entries_showing(self, urls: Iterable[str]) -> set[int]:
        """The entries that show pictures of these addresses."""
        sql = "SELECT DISTINCT entry FROM picture_uses WHERE url IN"
        return {entry for (entry,) in selected(self._db, sql, sorted(urls))}

    def of_entries(self, entries: Sequence[int]) -> dict[int, tuple[tuple[str, MirroredPicture], ...]]:
        """The public pictures that each of `entries` shows, by their addresses elsewhere; sorted."""
        found: dict[int, dict[str, MirroredPicture]] = {}
        join = "SELECT u.entry, u.url, p.made FROM picture_uses u JOIN pictures p ON p.url = u.url"
        for entry, url, made in selected(self._db, f"{join} WHERE p.is_public AND u.entry IN", entries):
            found.setdefault(entry, {})[url] = _decoded(made)
        return {entry: tuple(sorted(pictures.items())) for entry, pictures in found.items()}

    def public(self) -> dict[str, str]:
        """The names of all files of public pictures, each with the address of its picture."""
        return self._names("is_public")

    def kept(self) -> dict[str, str]:
        """The names of all files of pictures, each with the address of its picture."""
        return self._names("made IS NOT NULL")

    def _names(self, condition: str) -> dict[str, str]:
        sql = f"SELECT url, made FROM pictures WHERE {condition} ORDER BY url"  # noqa: S608 - all of it is ours
        rows = self._db.execute(sql)
        return {each.name: url for url, made in rows for each in renditions(_decoded(made))}

    # For what fetches them

    def due(self, now: int, number: int) -> list[WantedPicture]:
        """Up to `number` addresses to ask now, those of the newest entries first."""
        newest = "(SELECT max(e.published) FROM picture_uses u JOIN entries e ON e.entry = u.entry WHERE u.url = w.url)"
        rows = self._db.execute(
            f"SELECT w.url, coalesce(p.failures, 0) {_WANTED} AND (p.due IS NULL OR p.due <= ?1 OR p.due > ?1 + ?2) "
            f"ORDER BY {newest} DESC, w.url LIMIT ?3",
            (now, FURTHEST, number),
        )
        return [WantedPicture(*row) for row in rows]

    def next_due(self) -> int | None:
        """When the next address is to be asked; None if there is none. 0: it was never asked."""
        found = self._db.execute(f"SELECT min(coalesce(p.due, 0)) {_WANTED}").fetchone()[0]
        return None if found is None else int(found)

    def total(self) -> int:
        """The bytes of all pictures."""
        return int(self._db.execute("SELECT coalesce(sum(size), 0) FROM pictures").fetchone()[0])

    def here_already(self) -> list[str]:
        """The pictures that were here when a further entry came to show them. A pass takes them from then on."""
        found = [url for (url,) in self._db.execute("SELECT url FROM pictures WHERE is_new = 2")]
        if found:
            self._db.execute("UPDATE pictures SET is_new = 1 WHERE is_new = 2")
        return found

    def picture(self, url: str) -> MirroredPicture | None:
        """What was made of a picture; None if it is not here."""
        found = self._db.execute("SELECT made FROM pictures WHERE url = ? AND made IS NOT NULL", (url,)).fetchone()
        return None if found is None else _decoded(found[0])

    def arrived(self, url: str, picture: MirroredPicture) -> None:
        """Keeps what was made of a picture. It is not fetched again."""
        size = sum({each.name: each.size for each in renditions(picture)}.values())
        self._db.execute(
            "INSERT INTO pictures VALUES (?, ?, ?, 0, 0, NULL, 1, 0, NULL) ON CONFLICT (url) DO UPDATE SET "
            "made = excluded.made, size = excluded.size, failures = 0, due = 0, error = NULL, is_new = 1",
            (url, msgspec.msgpack.encode(picture), size),
        )

    def failed(self, url: str, due: int | None, error: str) -> None:
        """Keeps why there is no picture, and when it is asked for again; None: never."""
        self._db.execute(
            "INSERT INTO pictures VALUES (?, NULL, 0, 1, ?, ?, 0, 0, NULL) ON CONFLICT (url) DO UPDATE SET "
            "failures = failures + 1, due = excluded.due, error = excluded.error",
            (url, due, error),
        )

    def count(self) -> PictureCount:
        """What became of the pictures that entries show to everybody."""
        mirrored, size = self._db.execute(
            "SELECT count(*), coalesce(sum(size), 0) FROM pictures WHERE is_public"
        ).fetchone()
        shown = f"FROM pictures p WHERE p.made IS NULL AND p.error IS NOT NULL AND {_IS_SHOWN}"
        (failed,) = self._db.execute(f"SELECT count(*) {shown}").fetchone()
        (wanted,) = self._db.execute(f"SELECT count(*) {_WANTED} AND p.error IS NULL").fetchone()
        last = self._db.execute(f"SELECT p.url, p.error {shown} ORDER BY p.failures, p.url LIMIT 1").fetchone()
        return PictureCount(mirrored, size, wanted, failed, *(last or ()))

    def transaction(self) -> AbstractContextManager[None]:
        """A transaction: a file that is written in it is not taken for one that nobody knows."""
        return transaction(self._db)


def renditions(picture: MirroredPicture) -> list[Rendition]:
    """All files of a picture."""
    each = (picture.whole, picture.whole_webp, picture.thumbnail, picture.thumbnail_webp)
    return [rendition for rendition in each if rendition is not None]


def _decoded(made: bytes) -> MirroredPicture:
    try:
        return _decode(made)
    except msgspec.DecodeError as error:
        raise Damaged(f"a picture in it cannot be read ({error})") from error


_decode = msgspec.msgpack.Decoder(MirroredPicture).decode


@contextmanager
def open_pictures(state: Path, patience: float = 1.0) -> Iterator[PictureRows | None]:
    """The pictures in the ledger of a state directory, beside the passes; None if there is no ledger.

    Waits up to `patience` seconds for the transaction of another process. Raises Damaged or Unusable.
    """
    with open_beside(state / LEDGER_NAME, patience) as connection:
        yield None if connection is None else PictureRows(connection)
