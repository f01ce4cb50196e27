"""A feed as a podcast: the keys of the configuration for it, and the categories of podcast directories."""
