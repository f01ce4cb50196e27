"""Looking without writing: what the next pass would do, why an entry is where it is, what ranks first."""
