"""The ledger as it is published, and a new ledger that is made of what was published."""
