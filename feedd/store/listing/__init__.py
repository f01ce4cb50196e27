"""Which item files there are: folder after folder is looked into, and no file is read."""
