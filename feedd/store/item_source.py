"""Where items come from: what a pass asks of it, and what it answers. `items.py` answers from a local folder."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Protocol

from msgspec import Struct

from feedd.decide.changes import unpack
from feedd.model import Problem


class Unavailable(Exception):
    """The items' directory cannot be read at all; the text says why."""


class Scan(Struct, frozen=True):
    """What the items' directory shows. `unreadable` are folders whose contents are unknown."""

    listing: dict[str, bytes]
    files: int
    unreadable: tuple[str, ...]
    problems: tuple[Problem, ...]

    def paths(self) -> list[str]:
        """The files that were found, sorted."""
        return sorted(folder + file.name for folder, files in self.listing.items() for file in unpack(files))


class Glance(Struct, frozen=True):
    """A look at a few paths of the items' directory. `there` are the files found at the paths `looked_at` and below
    those that are folders; nothing is known of what lies in folders that are `unreadable`.
    """

    there: tuple[str, ...]
    looked_at: tuple[str, ...]
    unreadable: tuple[str, ...]
    problems: tuple[Problem, ...]

    def gone(self, known: Iterable[str]) -> tuple[str, ...]:
        """Those of the files `known` at the paths `looked_at`, and below, that are there no longer, sorted. A file
        that cannot be seen is not gone.
        """
        return tuple(sorted(path for path in set(known).difference(self.there) if not path.startswith(self.unreadable)))

    def concerns(self, path: str) -> bool:
        """Whether it shows all there is to say of a path: at one that was looked at, below it, or on the way to it."""
        return covers(self.looked_at, path) or any(covers((path,), each) for each in self.looked_at)


class Unread(Struct, frozen=True):
    """A file that was not read, why, and its beginning where that could be read."""

    problem: Problem
    head: bytes = b""


class ItemSource(Protocol):
    """Files of items, each with a path of its own, relative and with `/`. It can be pickled: a copy in another process
    reads the same files.
    """

    def identity(self) -> Hashable | None:
        """What tells this source from another in its place; None if there is none."""

    def scan(self, clock_ns: int) -> Scan:
        """All that is there; no file is read. `clock_ns` is the time by the clock that dates the files: a file that
        changed at that very time may change again unnoticed, so it is listed as one that the next scan will differ in.
        Raises Unavailable if nothing can be known.
        """

    def glance(self, paths: Iterable[str]) -> Glance:
        """What is there at a few paths of files or folders; no file is read."""

    def read(self, path: str) -> bytes | Unread | None:
        """The bytes of one file; None if it is gone; Unread if it cannot be read or is too large."""

    def relative(self, path: str) -> str | None:
        """The path, in this source, of what a person calls `path`; None if it cannot be there."""


def covers(paths: Iterable[str], path: str) -> bool:
    """Whether `path` is one of `paths` or lies in a folder that is."""
    return any(path == each or path.startswith(f"{each}/") for each in paths)
