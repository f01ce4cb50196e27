"""The tables of archives, as SQL. See `archive_rows` for what their columns mean."""

from __future__ import annotations

WITHOUT_PLACE = -1  # the number of an archive, of an entry that stood in one and has no place now
ARCHIVES = """
CREATE TABLE archives (
  feed INTEGER, number INTEGER, filled INTEGER NOT NULL, updated INTEGER NOT NULL, stale INTEGER NOT NULL,
  PRIMARY KEY (feed, number)
) WITHOUT ROWID;
CREATE TABLE archived (
  feed INTEGER, entry INTEGER, number INTEGER NOT NULL, present INTEGER NOT NULL, PRIMARY KEY (feed, entry)
) WITHOUT ROWID;
CREATE INDEX archived_by_number ON archived (feed, number);
CREATE INDEX archived_by_entry ON archived (entry);
CREATE INDEX archives_stale ON archives (feed) WHERE stale;
CREATE INDEX archived_waiting ON archived (feed) WHERE number = 0;
"""
