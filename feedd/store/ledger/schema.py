"""The tables of the ledger: an empty database, or a database of an older format, in; a database of this format out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, TypeVar

from feedd import __version__
from feedd.decide.records import EntryRecord
from feedd.render.recovery.index_parts import GROUP_SQL
from feedd.store.errors import Damaged, Unusable
from feedd.store.ledger.archives.archive_tables import ARCHIVES
from feedd.store.ledger.record_table import RecordTable
from feedd.store.ledger.tables.complete_tables import complete_tables, run_step

E = TypeVar("E", bound=EntryRecord)

_APPLICATION_ID = 0x66656564  # "feed"
_FORMAT = 20
_MADE_BY = "feedd"  # the setting that names the version of feedd which brought the ledger to its format
_ANNOUNCEMENTS = """
CREATE TABLE announcements (
  hub TEXT, url TEXT, change INTEGER NOT NULL, queued INTEGER NOT NULL, failures INTEGER NOT NULL,
  due INTEGER NOT NULL, error TEXT, PRIMARY KEY (hub, url)
) WITHOUT ROWID;
CREATE TABLE resting_hubs (
  hub TEXT PRIMARY KEY, failures INTEGER NOT NULL, due INTEGER NOT NULL, asked INTEGER NOT NULL, error TEXT NOT NULL
) WITHOUT ROWID;
"""
_REFUSALS = """
CREATE TABLE refusals (
  hub TEXT, url TEXT, since INTEGER NOT NULL, error TEXT NOT NULL, PRIMARY KEY (hub, url)
) WITHOUT ROWID;
"""
_DIGESTS = """
CREATE TABLE periods (cadence TEXT PRIMARY KEY, ended INTEGER NOT NULL, closed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE digests (
  feed INTEGER, start INTEGER, digest BLOB NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (feed, start)
) WITHOUT ROWID;
"""
_DIGEST_ENTRIES = "CREATE TABLE digest_entries (entry INTEGER, feed INTEGER, PRIMARY KEY (entry, feed)) WITHOUT ROWID;"
_KEYS_BY_ENTRY = "CREATE INDEX story_keys_by_entry ON story_keys (entry);"
_STORIES = """
CREATE INDEX entries_by_story ON entries (story) WHERE story IS NOT NULL;
CREATE TABLE story_keys (
  published INTEGER, entry INTEGER, keys BLOB NOT NULL, PRIMARY KEY (published, entry)
) WITHOUT ROWID;
"""
_PROBES = """
CREATE TABLE enclosures (entry INTEGER PRIMARY KEY, url TEXT NOT NULL);
CREATE INDEX enclosures_by_url ON enclosures (url);
CREATE TABLE probes (
  url TEXT PRIMARY KEY, size INTEGER, media_type TEXT, failures INTEGER NOT NULL, due INTEGER NOT NULL, error TEXT,
  is_new INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX new_probes ON probes (url) WHERE is_new;
"""
_FILES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE listings (folder TEXT PRIMARY KEY, files BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE glanced (path TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE files (
  file INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, present INTEGER NOT NULL, entry INTEGER,
  link BLOB, digest BLOB, page TEXT, targets BLOB, item BLOB, problems BLOB, withheld INTEGER NOT NULL, keys BLOB,
  source BLOB, normal TEXT, former TEXT, media BLOB
);
CREATE INDEX files_by_entry ON files (entry);
CREATE INDEX files_with_digest ON files (file, digest);
CREATE INDEX files_by_digest ON files (digest) WHERE link IS NULL AND NOT present;
CREATE INDEX files_by_page ON files (page, path);
CREATE INDEX files_with_targets ON files (entry) WHERE targets IS NOT NULL;
CREATE INDEX files_with_problems ON files (path) WHERE problems IS NOT NULL;
"""
_FEEDS = """
CREATE INDEX entries_due ON entries (due) WHERE due IS NOT NULL;
CREATE TABLE links (
  link BLOB PRIMARY KEY, entry INTEGER NOT NULL, whole INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;
CREATE TABLE targets (page TEXT, entry INTEGER, PRIMARY KEY (page, entry)) WITHOUT ROWID;
CREATE INDEX targets_by_entry ON targets (entry);
CREATE TABLE feeds (
  feed INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL UNIQUE, slug TEXT NOT NULL,
  label TEXT NOT NULL, updated INTEGER NOT NULL, floor_published INTEGER, floor_id TEXT, stale INTEGER NOT NULL,
  UNIQUE (kind, key), UNIQUE (kind, slug)
);
CREATE TABLE members (
  feed INTEGER, entry INTEGER, published INTEGER NOT NULL, present INTEGER NOT NULL,
  PRIMARY KEY (feed, entry)
) WITHOUT ROWID;
CREATE INDEX members_by_entry ON members (entry);
CREATE TABLE documents (
  path TEXT PRIMARY KEY, feed INTEGER, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
  made_from BLOB
) WITHOUT ROWID;
"""
_SHARED = """
CREATE TABLE stale_pages (entry INTEGER PRIMARY KEY);
CREATE TABLE shared_entries (entry INTEGER PRIMARY KEY, notes BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX files_by_normal_path ON files (normal, present) WHERE normal IS NOT NULL;
CREATE UNIQUE INDEX entries_by_slug ON entries (slug) WHERE slug IS NOT NULL;
"""
_FORMER_IDS = """
CREATE INDEX files_by_former_id ON files (former) WHERE former IS NOT NULL;
CREATE INDEX entries_by_guid ON entries (guid) WHERE guid IS NOT NULL;
CREATE INDEX entries_disputed ON entries (entry) WHERE disputed;
"""
_WHOLE_LINKS = "INSERT INTO meta VALUES ('links', 'whole');"
_POSTS_FOLDERS = "INSERT INTO meta VALUES ('posts folders', 'read');"  # ledgers of before lack it
_MEDIA = """
CREATE INDEX files_with_media ON files (file) WHERE media IS NOT NULL;
CREATE TABLE media_uses (file INTEGER PRIMARY KEY, media BLOB NOT NULL, found BLOB NOT NULL, notes BLOB);
CREATE TABLE media (
  path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
  name TEXT NOT NULL, problem TEXT
) WITHOUT ROWID;
"""
_UPLOADS = """
CREATE TABLE upload_targets (
  target TEXT PRIMARY KEY, form TEXT NOT NULL, heeds INTEGER, looked INTEGER NOT NULL, failures INTEGER NOT NULL,
  due INTEGER NOT NULL, error TEXT NOT NULL, stopped INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE uploads (
  target TEXT, path TEXT, url TEXT NOT NULL, deletes INTEGER NOT NULL, level INTEGER NOT NULL,
  change INTEGER NOT NULL, queued INTEGER NOT NULL, failures INTEGER NOT NULL, due INTEGER NOT NULL, error TEXT,
  PRIMARY KEY (target, path)
) WITHOUT ROWID;
CREATE INDEX uploads_by_level ON uploads (target, level, due, path);
CREATE INDEX uploads_by_url ON uploads (url);
CREATE TABLE objects (
  path TEXT, target TEXT, etag TEXT, digest BLOB, form TEXT, noted BLOB, PRIMARY KEY (path, target)
) WITHOUT ROWID;
"""
_TOMBSTONES = """
CREATE TABLE tombstones (
  feed INTEGER, entry INTEGER, published INTEGER NOT NULL, PRIMARY KEY (feed, entry)
) WITHOUT ROWID;
CREATE INDEX tombstones_by_entry ON tombstones (entry);
CREATE INDEX entries_gone ON entries (slug) WHERE slug IS NOT NULL AND NOT shown;
"""
_PICTURES = """
CREATE TABLE picture_uses (entry INTEGER, place INTEGER, url TEXT, PRIMARY KEY (entry, place, url)) WITHOUT ROWID;
CREATE INDEX picture_uses_by_url ON picture_uses (url);
CREATE TABLE pictures (
  url TEXT PRIMARY KEY, made BLOB, size INTEGER NOT NULL, failures INTEGER NOT NULL, due INTEGER, error TEXT,
  is_new INTEGER NOT NULL, is_public INTEGER NOT NULL, unused INTEGER
) WITHOUT ROWID;
"""
_CLAIMS = "ALTER TABLE upload_targets ADD COLUMN claimed INTEGER NOT NULL DEFAULT 0;"
_LATE_PUTS = """
CREATE TABLE late_puts (
  target TEXT, path TEXT, noted BLOB NOT NULL, due INTEGER NOT NULL, withdraws INTEGER NOT NULL,
  PRIMARY KEY (target, path)
) WITHOUT ROWID;
"""
_WITHHELD_FILES = """
CREATE TABLE withheld_files (path TEXT PRIMARY KEY, page TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX withheld_files_by_page ON withheld_files (page);
"""
_RECOVERY = f"""
CREATE TABLE stale_groups (grp INTEGER PRIMARY KEY);
CREATE INDEX entries_by_group ON entries ({GROUP_SQL}) WHERE shown;
"""
_FEEDS += (
    _STORIES
    + _ANNOUNCEMENTS
    + _REFUSALS
    + _DIGESTS
    + _DIGEST_ENTRIES
    + _KEYS_BY_ENTRY
    + _SHARED
    + _WHOLE_LINKS
    + _POSTS_FOLDERS
    + _FORMER_IDS
    + _PROBES
    + _MEDIA
    + _UPLOADS
    + _CLAIMS
    + _LATE_PUTS
    + _TOMBSTONES
    + _WITHHELD_FILES
    + _PICTURES
    + ARCHIVES
    + _RECOVERY
)
_UPGRADES = {  # from this version to the next
    1: (
        "CREATE TABLE glanced (path TEXT PRIMARY KEY) WITHOUT ROWID",
        "ALTER TABLE documents ADD COLUMN made_from BLOB",
        "INSERT INTO meta SELECT 'counts', coalesce(sum(shown), 0) || ' ' || count(file) FROM entries",
    ),
    2: tuple(_ANNOUNCEMENTS.split(";")),
    3: (
        "ALTER TABLE files ADD COLUMN keys BLOB",
        "ALTER TABLE entries ADD COLUMN folded INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE entries ADD COLUMN story INTEGER",
        "ALTER TABLE entries ADD COLUMN heat REAL",
        "ALTER TABLE entries ADD COLUMN quality REAL",
        "ALTER TABLE entries ADD COLUMN coverage INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE entries ADD COLUMN rank REAL",
        *_STORIES.split(";"),
        "DELETE FROM meta WHERE name = 'catalog'",  # so that every entry is decided again, and gets a rank and keys
    ),
    4: tuple(_DIGESTS.split(";")),
    5: (
        _DIGEST_ENTRIES,
        "ALTER TABLE entries ADD COLUMN first_shown INTEGER",
        "UPDATE entries SET first_shown = first_seen WHERE digest IS NOT NULL",
        "DROP INDEX IF EXISTS entries_by_rank",
        "CREATE INDEX files_with_digest ON files (file, digest)",
        _KEYS_BY_ENTRY,
        "DELETE FROM meta WHERE name = 'catalog'",  # so that every entry is decided again, and old keys go
    ),
    6: (
        "ALTER TABLE files ADD COLUMN source BLOB",
        "ALTER TABLE entries ADD COLUMN source BLOB",
        "ALTER TABLE links ADD COLUMN whole INTEGER NOT NULL DEFAULT 0",  # these keys may lack a fragment
    ),
    7: (
        "ALTER TABLE files ADD COLUMN normal TEXT",
        "ALTER TABLE entries ADD COLUMN slug TEXT",
        *_SHARED.split(";"),
    ),
    8: tuple(_REFUSALS.split(";")),
    9: (
        "ALTER TABLE files ADD COLUMN former TEXT",
        "ALTER TABLE entries ADD COLUMN guid TEXT",
        "ALTER TABLE entries ADD COLUMN disputed INTEGER NOT NULL DEFAULT 0",
        *_FORMER_IDS.split(";"),
    ),
    10: tuple(_PROBES.split(";")),
    11: ("ALTER TABLE files ADD COLUMN media BLOB", *_MEDIA.split(";")),
    12: tuple(_UPLOADS.split(";")),
    13: (_CLAIMS, "UPDATE upload_targets SET claimed = 1 WHERE target IN (SELECT target FROM objects)"),
    14: tuple(_LATE_PUTS.split(";")),
    15: tuple(_TOMBSTONES.split(";")),
    16: tuple(_WITHHELD_FILES.split(";")),
    17: tuple(_PICTURES.split(";")),
    18: tuple(ARCHIVES.split(";")),
    19: tuple(_RECOVERY.split(";")),
}


def entries_table(record: type[E]) -> RecordTable[E]:
    """The table that keeps entries as records of this type."""
    return RecordTable(
        "entries",
        record,
        declared={"entry": "INTEGER PRIMARY KEY", "id": "TEXT NOT NULL UNIQUE", "shown": "INTEGER NOT NULL"},
        others={"digest": "withdrawn INTEGER", "rank": "first_shown INTEGER"},
    )


ENTRIES = entries_table(EntryRecord)


def is_of_this_format(connection: sqlite3.Connection) -> bool:
    """Whether a database is a ledger of this version's format. Raises SQLite's errors."""
    return (_number(connection, "application_id"), _number(connection, "user_version")) == (_APPLICATION_ID, _FORMAT)


def check_origin(connection: sqlite3.Connection) -> int:
    """The format of a ledger that this version can read, or upgrade. Raises Damaged if the database is no ledger,
    Unusable if a newer feedd made it, and SQLite's errors.
    """
    if _number(connection, "application_id") != _APPLICATION_ID:
        raise Damaged("it is not a ledger of feedd")
    version = _number(connection, "user_version")
    if version > _FORMAT:
        row = connection.execute("SELECT value FROM meta WHERE name = ?", (_MADE_BY,)).fetchone()
        needed = f"feedd {row[0]} or newer" if row and row[0] != __version__ else "a newer feedd"
        raise Unusable(f"the ledger needs {needed}: its format is {version}, and feedd {__version__} knows {_FORMAT}")
    return version


def prepare(connection: sqlite3.Connection, entries: RecordTable[Any] = ENTRIES) -> None:
    """Makes the tables of an empty database, or upgrades the tables of an older feedd. Adds missing columns of
    `entries`. Raises Damaged or Unusable, and SQLite's errors.
    """
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -16384")
    connection.execute("PRAGMA temp_store = MEMORY")
    (made,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if not made:
        connection.execute("PRAGMA page_size = 8192")
        _change(connection, [*_tables(entries), f"PRAGMA application_id = {_APPLICATION_ID}"])
    else:
        version = check_origin(connection)
        if version < _FORMAT:
            _upgrade(connection, version, entries)
    if additions := entries.additions(connection):
        _change(connection, additions)


def _tables(entries: RecordTable[Any]) -> tuple[str, ...]:
    """The statements that make the tables."""
    return (*_FILES.split(";"), entries.create(), *_FEEDS.split(";"))


def _upgrade(connection: sqlite3.Connection, version: int, entries: RecordTable[Any]) -> None:
    """Brings a database of an older format to this format, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    for older in range(version, _FORMAT):
        run_step(connection, _UPGRADES[older])
    complete_tables(connection, _tables(entries))
    _end_change(connection)


def _change(connection: sqlite3.Connection, statements: Iterable[str]) -> None:
    """Carries out statements that bring a database to this format, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in statements:
        connection.execute(statement)
    _end_change(connection)


def _end_change(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA user_version = {_FORMAT}")
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_MADE_BY, __version__))
    connection.execute("COMMIT")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (value,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(value)
