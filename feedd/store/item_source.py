"""The protocol of a source of items: listings, glances, and the bytes of files. `items.py` answers from a local
folder.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from feedd.decide.changes import paths_in
from feedd.model import Problem

MAX_MEDIA_BYTES = 64 * 1024 * 1024  # of a file of media, where the configuration says nothing

FetchedVersion = tuple[int, int, int]  # numbers of the source's own


class Unavailable(Exception):
    """The items' directory cannot be read at all; the text says why."""


class MediaStamp(NamedTuple):
    """The stamp of a file of media. It is still the file that was read if its stamp is the same. `size` is bytes; times
    are ns.
    """

    size: int
    mtime_ns: int
    ctime_ns: int


class Scan(Struct, frozen=True):
    """A listing of the items' directory. `unreadable`: folders whose contents are unknown. `media`: the paths of files
    beside the items that items may show. `withheld`: the paths of files that are there, and that are withheld by files
    that speak for others.
    """

    listing: dict[str, bytes]
    files: int
    unreadable: tuple[str, ...]
    problems: tuple[Problem, ...]
    media: tuple[str, ...] = ()
    withheld: frozenset[str] = frozenset()

    def paths(self) -> Sequence[str]:
        """The files that were found, sorted."""
        return paths_in(self.listing)


class Glance(Struct, frozen=True):
    """A look at a few paths of the items' directory. `there`: the files found at the paths `looked_at`, and below the
    folders among them; `withheld`: those that files that speak for others withhold. `unreadable`: folders whose
    contents are unknown.
    """

    there: tuple[str, ...]
    looked_at: tuple[str, ...]
    unreadable: tuple[str, ...]
    problems: tuple[Problem, ...]
    withheld: frozenset[str] = frozenset()

    def gone(self, known: Iterable[str]) -> tuple[str, ...]:
        """The files that are no longer there, sorted. `known`: the files known at the paths `looked_at` and below. A
        file that cannot be seen is not gone.
        """
        return tuple(sorted(path for path in set(known).difference(self.there) if not path.startswith(self.unreadable)))

    def concerns(self, path: str) -> bool:
        """Whether the glance replaces earlier findings about a path: the path was looked at, or lies below or above
        such a path.
        """
        return covers(self.looked_at, path) or any(covers((path,), each) for each in self.looked_at)


class Unread(Struct, frozen=True):
    """A file that was not read: the problem, and the beginning of the file, if it could be read."""

    problem: Problem
    head: bytes = b""


class Hindrance(Struct, frozen=True):
    """What has hindered reading: `problems` of no single file, and the paths of files to read `again` in the next pass,
    though they do not change.
    """

    problems: tuple[Problem, ...] = ()
    again: tuple[str, ...] = ()


class FirstCommits(Struct, frozen=True):
    """When files came into a repository, in seconds since 1970, by their paths. `why_unknown`: why a file is not among
    them.
    """

    times: dict[str, int]
    why_unknown: str = "git has no commit of it"


class ItemSource(Protocol):
    """Files of items, each with a path of its own, relative and with `/`. It can be pickled: a copy in another process
    reads the same files.
    """

    def identity(self) -> Hashable | None:
        """What tells this source from another in its place; None if there is none."""

    def wait_with(self, while_waiting: Callable[[], None]) -> None:
        """Calls `while_waiting` now and then from now on, while somebody else is waited for. What it raises ends the
        wait. A copy in another process just waits.
        """

    def scan(self, clock_ns: int) -> Scan:
        """All that is there; no file is read. `clock_ns`: the time by the clock that dates the files. A file that
        changed at exactly this time may change again unnoticed. So it is listed in a way that makes the next scan read
        it again. Raises Unavailable if nothing can be known.
        """

    def glance(self, paths: Iterable[str]) -> Glance:
        """What is there at a few paths of files or folders; no file is read."""

    def prepare(self, paths: Sequence[str]) -> dict[str, FetchedVersion]:
        """Fetches, many at once, what copies of the source in other processes are to read next. The versions that were
        fetched, by their paths: `read` is to be told. Raises Unavailable.
        """

    def read(self, path: str, version: FetchedVersion | None = None) -> bytes | Unread | None:
        """The bytes of one file; None if it is gone; Unread if it cannot be read or is too large. `version`: what was
        fetched. Nothing older is read.
        """

    def media_stamp(self, path: str) -> MediaStamp | None:
        """The stamp of a file of media; None if there is none. The file is not read."""

    def read_media(self, path: str) -> bytes | Problem | None:
        """The bytes of a file of media; None if there is none; a note if it cannot be published."""

    def hindrance(self) -> Hindrance:
        """What has hindered reading since the last scan."""

    def first_commits(self) -> FirstCommits:
        """The first commits of the files, if they are in a repository."""

    def relative(self, path: str) -> str | None:
        """The path, in this source, of what a person calls `path`; None if it cannot be there."""


def covers(paths: Iterable[str], path: str) -> bool:
    """Whether `path` is one of `paths`, or lies below one."""
    return any(path == each or path.startswith(f"{each}/") for each in paths)
