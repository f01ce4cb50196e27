"""The first half of a pass: the ledger is brought up to date with the files."""
