"""Items with their records, in; Entries, Feeds and lists of feeds, ready to be rendered, out."""
