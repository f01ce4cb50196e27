"""The second half of a pass: stale or altered documents are made and written."""
