"""What keeps the state directory, or the ledger in it, from being used, as exceptions."""

from __future__ import annotations


class Busy(Exception):
    """Another feedd has the lock; the text names it."""


class Unusable(Exception):
    """The state directory or what is in it cannot be used as it is now; the text says why."""


class Unwritable(Unusable):
    """Nothing can be written there: the disk is full, fails or may only be read."""


class Damaged(Exception):
    """The database cannot be read; the text says why."""
