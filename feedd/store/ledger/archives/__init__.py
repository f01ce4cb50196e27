"""Archives of feeds in the ledger: which entries stand in which archive."""
