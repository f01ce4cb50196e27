"""Exceptions: why the state directory, or the ledger in it, cannot be used."""

from __future__ import annotations


class Busy(Exception):
    """Another feedd has the lock; the text names it."""


class Unusable(Exception):
    """The state directory or a file in it cannot be used now; the text says why."""


class Unwritable(Unusable):
    """The state directory cannot be written: the disk is full, fails or may only be read."""


class Damaged(Exception):
    """The database cannot be read; the text says why."""
