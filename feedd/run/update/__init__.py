"""The first half of a pass: bringing the ledger up to date with the files."""
