"""What other programs leave out of their sites, as patterns of feedd."""
