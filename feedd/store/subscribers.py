"""A file of the state directory that says that somebody may have subscribed: when it was noticed first, and by what.

A ledger that nobody's reader knows can be begun anew. Nobody but feedd's own server and its announcer can know this.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from feedd.store.errors import Unusable
from feedd.store.private_files import read_private, replace_private

SUBSCRIBERS_NAME = "subscribers"
_MOST = 500  # characters


class Subscribers:
    """What is known of subscribers, in a state directory."""

    def __init__(self, state: Path) -> None:
        self._path = state / SUBSCRIBERS_NAME

    def note(self, words: str) -> bool:
        """Keeps that somebody may have subscribed, and how it was noticed. The first words stay. Returns whether it is
        known now: not if there is no state directory, or it cannot be written.
        """
        if self.noticed() is None:
            with suppress(OSError, Unusable):
                replace_private(self._path, words[:_MOST].encode())
        return self.noticed() is not None

    def noticed(self) -> str | None:
        """How it was noticed that somebody may have subscribed; None if nothing was."""
        try:
            return read_private(self._path).decode("utf-8", "replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            return f"{self._path} cannot be read: {error.strerror}"
