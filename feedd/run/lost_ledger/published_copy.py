"""The protocol of a copy of what was published, and what is asked of it: documents by their paths.

A copy may be a folder, a site or a place in a store.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from msgspec import Struct


class Unreached(Exception):
    """A copy cannot be asked now. The text says why, in words."""


class PublishedCopy(Protocol):
    """Documents that were published, as they lie somewhere. Their bytes are not trusted."""

    @property
    def name(self) -> str:
        """Where they lie, in words."""

    @property
    def hint(self) -> str:
        """Why there may be no documents, as the end of a sentence; empty if nothing is known."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a document; None if there is no such document. Raises Unreached."""

    def rest(self) -> None:
        """Closes what `read` opened. A later `read` opens it again."""


class RecoverySource(Struct, frozen=True):
    """Where to look besides the feeds' directory. `copy`: None for nowhere. `may_be_first`: it is said that nothing was
    published yet, if nothing is found. `comes_first`: before the feeds' directory. `here`: what was published into the
    feeds' directory, where it is not in the directory of the pass. `option`: the option of the command line that asks
    for a recovery; empty without such an option.
    """

    copy: PublishedCopy | None = None
    may_be_first: bool = False
    comes_first: bool = False
    here: PublishedCopy | None = None
    option: str = ""

    def copies(self, feeds: PublishedCopy) -> tuple[PublishedCopy, ...]:
        """Where to look, in order. `feeds`: the feeds' directory of the pass."""
        here = self.here or feeds
        return tuple(
            each for each in ((self.copy, here) if self.comes_first else (here, self.copy)) if each is not None
        )


def advice(since: str) -> str:
    """What to do after a refusal, in sentences. `since`: such as `ever`."""
    return (
        "Nothing was changed. `feedd render --recover FOLDER|URL` goes on from a copy of what was published. Only if "
        f"nothing was published {since}, `feedd render --first` says so; else entries could appear to subscribers once "
        "more."
    )


def unreadable(parts: Collection[str]) -> str:
    """Which parts of a recovery index cannot be read, as a clause."""
    verb = "is" if len(parts) == 1 else "are"
    return f"{', '.join(parts)} {verb} damaged, or of a newer feedd"


def damage(parts: Collection[str], *, has_feeds: bool) -> str:
    """What became of parts of a recovery index that are damaged or missing, in sentences. `has_feeds`: the entries that
    feeds show are known.
    """
    instead = "; what the feeds show was taken over instead" if has_feeds else ""
    return f"Damaged or missing: {', '.join(parts)}{instead}. Some entries may appear to subscribers once more."


def counted(number: int, one: str, several: str) -> str:
    """A number of things, in words."""
    return f"{number:,} {one if number == 1 else several}"


class Recovered(Struct, frozen=True):
    """The outcome. `copy`: the name of the copy that was taken over, if any. `refused`: why no pass may be made."""

    copy: str | None = None
    remarks: tuple[str, ...] = ()
    refused: str | None = None
