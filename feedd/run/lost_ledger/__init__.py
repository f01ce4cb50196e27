"""Taking over from what was published, where there is no ledger."""
