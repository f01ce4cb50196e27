"""What a lost ledger is made again from: documents that were published, and the recovery index beside them."""
