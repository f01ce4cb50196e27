"""Decisions about entries: their identity, their visibility, their stories and digests. Pure."""
