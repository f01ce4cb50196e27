"""Files of other generators in the items' directory that say which other files are items."""
