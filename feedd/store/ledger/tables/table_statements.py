"""The statements of SQL that make the tables of the ledger and their indices, by subject. The table of entries is not
among them: its columns are those of `EntryRecord`.
"""

from __future__ import annotations

from feedd.render.recovery.index_parts import GROUP_SQL
from feedd.store.ledger.archives.archive_tables import ARCHIVES

ANNOUNCEMENTS = """
CREATE TABLE announcements (
  hub TEXT, url TEXT, change INTEGER NOT NULL, queued INTEGER NOT NULL, failures INTEGER NOT NULL,
  due INTEGER NOT NULL, error TEXT, PRIMARY KEY (hub, url)
) WITHOUT ROWID;
CREATE TABLE resting_hubs (
  hub TEXT PRIMARY KEY, failures INTEGER NOT NULL, due INTEGER NOT NULL, asked INTEGER NOT NULL, error TEXT NOT NULL
) WITHOUT ROWID;
"""
REFUSALS = """
CREATE TABLE refusals (
  hub TEXT, url TEXT, since INTEGER NOT NULL, error TEXT NOT NULL, PRIMARY KEY (hub, url)
) WITHOUT ROWID;
"""
DIGESTS = """
CREATE TABLE periods (cadence TEXT PRIMARY KEY, ended INTEGER NOT NULL, closed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE digests (
  feed INTEGER, start INTEGER, digest BLOB NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (feed, start)
) WITHOUT ROWID;
"""
DIGEST_ENTRIES = "CREATE TABLE digest_entries (entry INTEGER, feed INTEGER, PRIMARY KEY (entry, feed)) WITHOUT ROWID;"
KEYS_BY_ENTRY = "CREATE INDEX story_keys_by_entry ON story_keys (entry);"
STORIES = """
CREATE INDEX entries_by_story ON entries (story) WHERE story IS NOT NULL;
CREATE TABLE story_keys (
  published INTEGER, entry INTEGER, keys BLOB NOT NULL, PRIMARY KEY (published, entry)
) WITHOUT ROWID;
"""
PROBES = """
CREATE TABLE enclosures (entry INTEGER PRIMARY KEY, url TEXT NOT NULL);
CREATE INDEX enclosures_by_url ON enclosures (url);
CREATE TABLE probes (
  url TEXT PRIMARY KEY, size INTEGER, media_type TEXT, failures INTEGER NOT NULL, due INTEGER NOT NULL, error TEXT,
  is_new INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX new_probes ON probes (url) WHERE is_new;
"""
FILES = """
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
FEEDS = """
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
SHARED = """
CREATE TABLE stale_pages (entry INTEGER PRIMARY KEY);
CREATE TABLE shared_entries (entry INTEGER PRIMARY KEY, notes BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX files_by_normal_path ON files (normal, present) WHERE normal IS NOT NULL;
CREATE UNIQUE INDEX entries_by_slug ON entries (slug) WHERE slug IS NOT NULL;
"""
FORMER_IDS = """
CREATE INDEX files_by_former_id ON files (former) WHERE former IS NOT NULL;
CREATE INDEX entries_by_guid ON entries (guid) WHERE guid IS NOT NULL;
CREATE INDEX entries_disputed ON entries (entry) WHERE disputed;
"""
WHOLE_LINKS = "INSERT INTO meta VALUES ('links', 'whole');"
POSTS_FOLDERS = "INSERT INTO meta VALUES ('posts folders', 'read');"  # ledgers of before lack it
MEDIA = """
CREATE INDEX files_with_media ON files (file) WHERE media IS NOT NULL;
CREATE TABLE media_uses (file INTEGER PRIMARY KEY, media BLOB NOT NULL, found BLOB NOT NULL, notes BLOB);
CREATE TABLE media (
  path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
  name TEXT NOT NULL, problem TEXT
) WITHOUT ROWID;
"""
UPLOADS = """
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
TOMBSTONES = """
CREATE TABLE tombstones (
  feed INTEGER, entry INTEGER, published INTEGER NOT NULL, PRIMARY KEY (feed, entry)
) WITHOUT ROWID;
CREATE INDEX tombstones_by_entry ON tombstones (entry);
CREATE INDEX entries_gone ON entries (slug) WHERE slug IS NOT NULL AND NOT shown;
"""
PICTURES = """
CREATE TABLE picture_uses (entry INTEGER, place INTEGER, url TEXT, PRIMARY KEY (entry, place, url)) WITHOUT ROWID;
CREATE INDEX picture_uses_by_url ON picture_uses (url);
CREATE TABLE pictures (
  url TEXT PRIMARY KEY, made BLOB, size INTEGER NOT NULL, failures INTEGER NOT NULL, due INTEGER, error TEXT,
  is_new INTEGER NOT NULL, is_public INTEGER NOT NULL, unused INTEGER
) WITHOUT ROWID;
"""
CLAIMS = "ALTER TABLE upload_targets ADD COLUMN claimed INTEGER NOT NULL DEFAULT 0;"
LATE_PUTS = """
CREATE TABLE late_puts (
  target TEXT, path TEXT, noted BLOB NOT NULL, due INTEGER NOT NULL, withdraws INTEGER NOT NULL,
  PRIMARY KEY (target, path)
) WITHOUT ROWID;
"""
WITHHELD_FILES = """
CREATE TABLE withheld_files (path TEXT PRIMARY KEY, page TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX withheld_files_by_page ON withheld_files (page);
"""
ADOPTED_TOMBSTONES = """
CREATE TABLE adopted_tombstones (
  feed INTEGER, id TEXT, place INTEGER NOT NULL, withdrawn INTEGER NOT NULL, PRIMARY KEY (feed, id)
) WITHOUT ROWID;
CREATE INDEX adopted_tombstones_by_id ON adopted_tombstones (id);
"""
RECOVERY = f"""
CREATE TABLE stale_groups (grp INTEGER PRIMARY KEY);
CREATE INDEX entries_by_group ON entries ({GROUP_SQL}) WHERE shown;
"""
WITH_ENTRIES = (
    FEEDS
    + STORIES
    + ANNOUNCEMENTS
    + REFUSALS
    + DIGESTS
    + DIGEST_ENTRIES
    + KEYS_BY_ENTRY
    + SHARED
    + WHOLE_LINKS
    + POSTS_FOLDERS
    + FORMER_IDS
    + PROBES
    + MEDIA
    + UPLOADS
    + CLAIMS
    + LATE_PUTS
    + TOMBSTONES
    + WITHHELD_FILES
    + PICTURES
    + ARCHIVES
    + RECOVERY
    + ADOPTED_TOMBSTONES
)
