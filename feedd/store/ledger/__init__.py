"""The ledger: a SQLite database that remembers files, entries, feeds and documents, and forgets nothing."""
