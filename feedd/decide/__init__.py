"""What each entry is now: its files, its identity, whether it is shown, its story. Pure."""
