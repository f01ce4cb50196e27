"""Looking without writing: what the next pass would do, why an entry is or is not in a feed, how a feed is ranked."""
