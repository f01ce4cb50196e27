"""The tables of the ledger: what makes them, and what an older ledger lacks of them."""
