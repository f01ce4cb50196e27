"""Private feeds for the command line: what publishes them, what would change in them, and who may read them."""
