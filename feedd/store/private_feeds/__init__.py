"""Private feeds on the disk: their tree, and who may read them."""
