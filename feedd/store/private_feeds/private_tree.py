"""The tree of private feeds in a state directory: a folder for each, with its ledger and its documents.

    STATE/private/NAME/            the state of the site that the private feed is
    STATE/private/NAME/feeds/      its documents
    STATE/private/.token-place     what stands in documents where the token of a subscriber belongs
    STATE/private/.made            the names of the private feeds that were published
    STATE/private/.subscribed      is there once there was a file of subscribers
    STATE/private/subscribers.json the subscribers, unless the configuration names another file

As long as the tree is there, what names an audience is withheld from the public, whatever the configuration says.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from feedd.patterns import late_pattern
from feedd.store.errors import Unusable, Unwritable
from feedd.store.private_files import is_surely_absent, make_directory, read_private, replace_private
from feedd.store.state_directory import LEDGER_NAME

TOKEN_PLACE_NAME = ".token-place"  # noqa: S105 - a name
_MADE_NAME = ".made"  # the names of the private feeds that were published, a line each
_SUBSCRIBED_NAME = ".subscribed"  # is there once there was a file of subscribers
PREFIX = "private/"  # of the addresses of private documents, below the base URL
_PLACE_BYTES = 16
_IS_PLACE = late_pattern(rf"[0-9a-f]{{{2 * _PLACE_BYTES}}}")


class PrivateTree:
    """The private feeds of a state directory."""

    def __init__(self, state: Path) -> None:
        self.root = state / "private"

    def is_there(self) -> bool:
        """Whether there are private feeds, or were; also if this cannot be seen, so that nothing private is shown."""
        return not is_surely_absent(self.root)

    def is_lost(self, name: str) -> bool:
        """Whether a private feed has no ledger although it was published before."""
        return name in self._made() and not (self.state_of(name) / LEDGER_NAME).exists()

    def is_new(self) -> bool:
        """Whether no private feed was published yet."""
        return not self._made()

    def note_made(self, name: str) -> None:
        """Keeps that a private feed was published."""
        if name not in (made := self._made()):
            with contextlib.suppress(OSError, Unusable):
                replace_private(self.root / _MADE_NAME, "".join(f"{each}\n" for each in sorted({*made, name})).encode())

    def note_subscribers(self) -> None:
        """Keeps that there was a file of subscribers."""
        if not self.had_subscribers():
            with contextlib.suppress(OSError, Unusable):
                make_directory(self.root)
                replace_private(self.root / _SUBSCRIBED_NAME, b"")

    def had_subscribers(self) -> bool:
        """Whether there ever was a file of subscribers; also if this cannot be seen."""
        return not is_surely_absent(self.root / _SUBSCRIBED_NAME)

    def _made(self) -> set[str]:
        with contextlib.suppress(OSError):
            return set(read_private(self.root / _MADE_NAME).decode("utf-8", "replace").splitlines())
        return set()

    def state_of(self, name: str) -> Path:
        """The state directory of a private feed."""
        return self.root / name

    def feeds_of(self, name: str) -> Path:
        """The folder of the documents of a private feed."""
        return self.root / name / "feeds"

    @property
    def subscribers(self) -> Path:
        """The usual file of subscribers."""
        return self.root / "subscribers.json"

    def token_place(self) -> str:
        """What stands in documents in the place of a subscriber's token; empty if nothing was made yet. Nobody can
        guess it: a text that holds it by design would be given the tokens of its readers.
        """
        with contextlib.suppress(OSError):
            found = read_private(self.root / TOKEN_PLACE_NAME).decode("ascii", "replace").strip()
            if _IS_PLACE.fullmatch(found):
                return found
        return ""

    def made_token_place(self) -> str:
        """What stands in documents in the place of a token, made if there is none. Raises Unwritable."""
        from secrets import token_hex  # late: made once, and most sites have no private feeds

        return self.token_place() or self.keep_token_place(token_hex(_PLACE_BYTES))

    def keep_token_place(self, made: str) -> str:
        """Keeps what stands in documents in the place of a token, and returns it. Raises Unwritable."""
        try:
            make_directory(self.root)
            replace_private(self.root / TOKEN_PLACE_NAME, f"{made}\n".encode())
        except OSError as error:
            raise Unwritable(f"the private feeds in {self.root} cannot be made: {error.strerror}") from None
        return made
