"""Which files to look at: what the disk shows now against what was seen last, in; paths to read and forget, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec
from msgspec import Struct


class FileStamp(NamedTuple):
    """What tells one state of a file from another without reading it. `size` is bytes; times are ns."""

    name: str
    size: int
    mtime_ns: int
    ctime_ns: int


Listing = Mapping[str, bytes]  # folder ("" or "news/2020/") -> packed, sorted FileStats


class Changes(Struct, frozen=True):
    """Paths, sorted, relative to the items' directory. `files` is how many there are now, as far as can be seen.
    `listings` holds the folders that differ, as they are now (None for one that is gone). `unchanged` are those of
    `changed` that look as they did: they are read again because feedd reads otherwise than it did.
    """

    changed: tuple[str, ...] = ()  # new or different: to be read
    removed: tuple[str, ...] = ()
    files: int = 0
    listings: dict[str, bytes | None] = {}
    unchanged: frozenset[str] = frozenset()


_decoder = msgspec.msgpack.Decoder(list[FileStamp])


def pack(files: list[FileStamp]) -> bytes:
    """A folder's files as bytes that are equal exactly when nothing changed. Sorts `files` in place."""
    files.sort()
    return msgspec.msgpack.encode(files)


def unpack(packed: bytes) -> list[FileStamp]:
    """The files that `pack` packed."""
    return _decoder.decode(packed)


def diff(old: Listing, new: Listing, glanced: Iterable[str] = (), files: int = 0) -> Changes:
    """What has to be read, and what is gone. Folders whose packed bytes are equal are not unpacked.

    `glanced` are paths that were looked at after `old` was made: each is to be read again, or is gone.
    `files` is how many there are in `new`.
    """
    changed: list[str] = []
    removed: list[str] = []
    listings: dict[str, bytes | None] = {}
    since: dict[str, list[str]] = defaultdict(list)
    for path in glanced:
        folder, _, name = path.rpartition("/")
        since[f"{folder}/" if folder else ""].append(name)
    for folder in sorted(old.keys() | new.keys() | since.keys()):
        before, after = old.get(folder), new.get(folder)
        if before == after and folder not in since:
            continue
        if before != after:
            listings[folder] = after
        was = {file.name: file for file in unpack(before)} if before else {}
        was |= {name: FileStamp(name, -2, -2, -2) for name in since[folder]}
        now = {file.name: file for file in unpack(after)} if after else {}
        changed.extend(folder + name for name, file in now.items() if was.get(name) != file)
        removed.extend(folder + name for name in was if name not in now)
    return Changes(tuple(sorted(changed)), tuple(sorted(removed)), files, listings)


def unchanged(old: Listing, new: Listing, glanced: Iterable[str] = ()) -> Iterator[str]:
    """The paths of files that look as they did: their size, and one of their times at least, which is more than
    `doubtful` leaves of some, and as much as a copy or a change of owner does. `glanced` as `diff` has it.
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
    """`file` as it should be remembered: one that changed at the very time of the look may change again without
    its times moving, so it is made to differ from anything the disk can show and will be read again.

    `clock_ns` is the file system's own time. Its steps are at most 10 ms on Linux; 50 ms leave a margin.
    """
    return file if file.mtime_ns < clock_ns - 50_000_000 else file._replace(mtime_ns=-1)
