"""The rows of what object stores have and still have to get."""
