"""Upgrades of a ledger that take more than SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING

from feedd.decide.identity import link_key
from feedd.decide.minting import normal_path
from feedd.items import urls
from feedd.store.ledger.codec import ReadFile, decode_item, decode_problems
from feedd.store.ledger.database import selected

if TYPE_CHECKING:
    from feedd.store.ledger.session import LedgerSession

_LINKS, _WHOLE_LINKS = "links", "whole"  # whether fragments are part of the keys of links


def finish_upgrade(ledger: LedgerSession) -> None:
    """Finishes the upgrade of a ledger, once. Raises Damaged."""
    if ledger.state.setting(_LINKS) != _WHOLE_LINKS:
        _make_links_whole(ledger.connection)
        _keep_normal_paths(ledger.connection)
        ledger.state.keep_setting(_LINKS, _WHOLE_LINKS)


def _keep_normal_paths(db: sqlite3.Connection) -> None:
    """Keeps the normal form of each path that an earlier version kept without it."""
    rows = db.execute("SELECT path FROM files WHERE normal IS NULL").fetchall()
    paths = [(normal_path(path), path) for (path,) in rows if not path.isascii()]
    db.executemany("UPDATE files SET normal = ? WHERE path = ?", paths)


def _make_links_whole(db: sqlite3.Connection) -> None:
    """Makes the link keys of files anew, from their last items. So each entry is found by the whole link of the file
    that represents it. Earlier links of entries stay as they are, not `whole`. Raises Damaged.
    """
    rows = db.execute(
        "SELECT f.file, f.entry, f.link, f.item, f.digest, e.file FROM files f JOIN entries e ON e.entry = f.entry "
        "WHERE f.item IS NOT NULL AND f.link IS NOT NULL"
    )
    for file, entry, old, encoded, digest, representing in rows.fetchall():
        link = decode_item(encoded, digest).link
        whole = link_key(urls.canonical(link)) if link else old
        if whole != old:
            db.execute("UPDATE files SET link = ? WHERE file = ?", (whole, file))
        if file == representing:
            db.execute("UPDATE entries SET link = ? WHERE entry = ?", (whole, entry))
            db.execute("DELETE FROM links WHERE link = ? AND entry = ?", (old, entry))
            db.execute("INSERT OR REPLACE INTO links VALUES (?, ?, 1)", (whole, entry))


def adopt_sources(db: sqlite3.Connection, files: Iterable[ReadFile]) -> None:
    """Keeps the digests of the bytes of unchanged files for their entries, if an earlier version kept none. To be
    called before the files are kept.
    """
    sources = {file.path: file.source for file in files if file.item is not None}
    rows = selected(
        db,
        "SELECT path, file, entry, problems FROM files "
        "WHERE present AND item IS NOT NULL AND source IS NULL AND entry IS NOT NULL AND path IN",
        list(sources),
    )
    db.executemany(
        "UPDATE entries SET source = ? WHERE shown AND source IS NULL AND entry = ? AND file = ?",
        [
            (sources[path], entry, file)
            for path, file, entry, problems in rows
            if not problems or all(each.kind == "note" for each in decode_problems(problems))
        ],
    )
