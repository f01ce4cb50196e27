"""Examining the public address: requests as feed readers make them, and findings about the answers."""
