"""Mirrored pictures: what the ledger knows of them, and their files in the state directory."""
