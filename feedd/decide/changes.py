"""Changes: the folders as they were seen last and as they are now, in; paths of files to read and to forget, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct

from feedd.decide.path_list import PathList, in_order


class FileStamp(NamedTuple):
    """The state of a file as far as it is known without reading the file. `size` is bytes; times are ns."""

    name: str
    size: int
    mtime_ns: int
    ctime_ns: int


Listing = Mapping[str, bytes]  # folder ("" or "news/2020/") -> packed, sorted FileStamps


class Changes(Struct, frozen=True):
    """Paths, sorted, relative to the items' directory. `files` is the number of files now, as far as can be seen.
    `listings` holds the folders that differ, as they are now, until they are kept; None for a folder that is gone.
    `unchanged` are paths in `changed` whose files look as before: they are read again because feedd itself now reads
    files differently. `withheld` are paths of files that files beside or above them withhold now, and did not before;
    `released` of files that these withhold no longer.
    """

    changed: Sequence[str] = ()  # new or different: to be read
    removed: tuple[str, ...] = ()
    files: int = 0
    listings: dict[str, bytes | None] = {}
    unchanged: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()

    @property
    def is_any(self) -> bool:
        """Whether a file is to be read, is gone, or is withheld otherwise than before."""
        return bool(self.changed or self.removed or self.withheld or self.released)


_decoder = msgspec.msgpack.Decoder(list[FileStamp])


def pack(files: list[FileStamp]) -> bytes:
    """A folder's files as bytes that are equal exactly when nothing changed. Sorts `files` in place."""
    files.sort()
    return msgspec.msgpack.encode(files)


def unpack(packed: bytes) -> list[FileStamp]:
    """The files that `pack` packed."""
    return _decoder.decode(packed)


def diff(old: Listing, new: Listing, glanced: Iterable[str] = (), files: int = 0) -> Changes:
    """The files to be read, and the files that are gone. Folders whose packed bytes are equal are not unpacked.

    `glanced` are paths that were looked at after `old` was made: each of these files is to be read again, or is gone.
    `files` is the number of files in `new`.
    """
    removed: list[str] = []
    listings: dict[str, bytes | None] = {}
    since: dict[str, list[str]] = defaultdict(list)
    for path in glanced:
        folder, _, name = path.rpartition("/")
        since[f"{folder}/" if folder else ""].append(name)

    def changed() -> Iterator[tuple[str, list[str]]]:
        for folder in sorted(old.keys() | new.keys() | since.keys()):
            before, after = old.get(folder), new.get(folder)
            if before == after and folder not in since:
                continue
            if before != after:
                listings[folder] = after
            was = {file.name: file for file in unpack(before)} if before else {}
            was |= {name: FileStamp(name, -2, -2, -2) for name in since.get(folder, ())}
            now = {file.name: file for file in unpack(after)} if after else {}
            removed.extend(folder + name for name in was if name not in now)
            yield folder, [name for name, file in now.items() if was.get(name) != file]

    to_read = PathList(in_order(changed()))
    return Changes(to_read, tuple(sorted(removed)), files, listings)


def paths_in(listing: Listing) -> PathList:
    """The paths of all files of a listing, sorted."""
    return PathList(in_order((folder, [file.name for file in unpack(listing[folder])]) for folder in sorted(listing)))


def unchanged(old: Listing, new: Listing, glanced: Iterable[str] = ()) -> Iterator[str]:
    """The paths of files that look as before: the size is equal, and at least one of the two times. One time is enough,
    since a copy, a change of owner, or `doubtful` changes only the other time. `glanced` as in `diff`.
    """
    since = set(glanced)
    for folder, after in new.items():
        was = {file.name: file for file in unpack(old[folder])} if folder in old else {}
        for file in unpack(after):
            before = was.get(file.name)
            if before is not None and _looks_alike(before, file) and folder + file.name not in since:
                yield folder + file.name


def _looks_alike(one: FileStamp, other: FileStamp) -> bool:
    times = one.ctime_ns == other.ctime_ns or one.mtime_ns == other.mtime_ns > 0
    return one.size == other.size and times


def doubtful(file: FileStamp, clock_ns: int) -> FileStamp:
    """The stamp of a file as it should be remembered. A file that changed at the very time of the look may change again
    while its times stay the same. Its stamp is made unlike any stamp of a disk, so that the file is read again.

    `clock_ns` is the file system's own time. Its steps are at most 10 ms on Linux; 50 ms leave a margin.
    """
    return file if file.mtime_ns < clock_ns - 50_000_000 else file._replace(mtime_ns=-1)
