"""Withholding: marks that keep an item from being published, also in damaged files."""
