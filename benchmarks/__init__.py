"""Benchmarks of feedd against its promises and its peers; see README.md."""
