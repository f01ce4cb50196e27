"""Copies of the ledger: in memory, in backups, and from backups back into the state directory."""
