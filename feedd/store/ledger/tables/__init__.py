"""The tables of the ledger: what an older ledger lacks of them."""
