"""The selection: the feeds of a site, the entries of each, and their order. Pure."""
