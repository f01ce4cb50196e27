"""Entries that report the same event become a story, and one of them leads it. Pure."""
