"""The commands that copy the ledger, and put a copy back."""
