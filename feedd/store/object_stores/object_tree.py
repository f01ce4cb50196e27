"""A listing of a bucket in; folders with files, as a walk through a folder on the disk finds them, out."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections import defaultdict
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

from msgspec import msgpack

from feedd.decide.changes import FileStamp
from feedd.items.file_names import ItemNames
from feedd.model import Problem
from feedd.store.generator_files.section_files import SectionFiles
from feedd.store.listing.folder_entries import FolderEntry
from feedd.store.listing.walk import Walk
from feedd.store.object_stores.object_cache import Version
from feedd.store.object_stores.object_store import StoredObject

_UNPACKED = 8  # folders at once
_decode = msgpack.Decoder(dict[str, Version]).decode
_LARGEST = (1 << 62) - 1  # so that it is a time that a disk could have


def version_of(size: int, etag: str, modified: float = 0.0) -> Version:
    """The version of an object. Without an ETag the time of its last change has to do: then `second` is 0."""
    text = etag or f"changed {modified}"
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    first, second = (int.from_bytes(part, "big") & _LARGEST for part in (digest[:8], digest[8:]))
    return Version(size, first, second if etag else 0)


def is_as(found: tuple[int, int, int], expected: tuple[int, int, int] | None) -> bool:
    """Whether an object is in the version that was expected, as far as both versions are made of ETags."""
    return expected is not None and (found == expected or 0 in (found[2], expected[2]))


class ObjectTree:
    """Objects by folder, and the folders in each folder. Folders are "" or end in `/`."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Version]] = defaultdict(dict)
        self.folders: dict[str, set[str]] = defaultdict(set)
        self.twice: list[str] = []  # keys that two objects seem to have
        self._packed: dict[str, bytes] = {}  # the objects of folders, after `pack_up`
        self._unpacked: dict[str, dict[str, Version]] = {}  # of the few folders that were asked for last

    def add(self, found: StoredObject) -> None:
        """Takes in an object."""
        folder, _, name = found.key.rpartition("/")
        folder += "/" if folder else ""
        if not name:  # the object that some programs put for the place itself
            return
        version = version_of(found.size, found.etag, found.modified)
        if folder not in self.objects:
            self._add_folder(folder)
        here = self.objects[folder]
        if name in here:
            self.twice.append(found.key)
            first, second = sorted((here[name], version))
            version = version_of(first.size, f"{first} {second}")._replace(second=0)  # no ETag of either
        here[name] = version

    def _add_folder(self, folder: str) -> None:
        parts = folder.split("/")[:-1]
        for depth, name in enumerate(parts):
            self.folders["".join(f"{part}/" for part in parts[:depth])].add(name)

    def version(self, path: str) -> Version | None:
        """The version of the object at a path; None if there is none."""
        above, _, name = path.rpartition("/")
        folder = f"{above}/" if above else ""
        here = self.objects.get(folder)
        if here is None and folder in self._packed:
            here = self._unpack(folder)
        return here.get(name) if here else None

    def pack_up(self) -> None:
        """Gives back most of the memory. Objects cannot be added or walked through any more, but are found."""
        self._packed = {folder: msgpack.encode(objects) for folder, objects in self.objects.items()}
        self.objects.clear()
        self.folders.clear()

    def has_below(self, folder: str) -> bool:
        """Whether there are objects in a folder, or in folders in it."""
        return any(each.startswith(folder) for each in (*self.objects, *self._packed))

    def _unpack(self, folder: str) -> dict[str, Version]:
        here = self._unpacked.get(folder)
        if here is None:
            if len(self._unpacked) >= _UNPACKED:
                self._unpacked.clear()
            here = self._unpacked[folder] = _decode(self._packed[folder])
        return here


class ObjectWalk(Walk):
    """A walk through a tree of objects. `prefix`: of the place in the bucket. `tried_again`: paths of objects that
    could not be had at the last time, which count as changed at each scan; `clock_ns` tells one scan from another.
    """

    def __init__(
        self,
        tree: ObjectTree,
        prefix: str,
        names: ItemNames,
        sections: SectionFiles,
        tried_again: Iterable[str],
        clock_ns: int,
    ) -> None:
        super().__init__(f"/{prefix}", names, sections, sys.maxsize)
        self._tree = tree
        self._tried_again = frozenset(tried_again)
        self._this_scan = clock_ns

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Takes in what was found before the walk."""
        for each in problems:
            self._problem(each.path, each.reason)

    def _entries(self, folder: str) -> AbstractContextManager[Iterable[FolderEntry]]:
        folders = (_TreeEntry(name, is_folder=True) for name in self._tree.folders.get(folder, ()))
        files = (_TreeEntry(name, is_folder=False) for name in self._tree.objects.get(folder, ()))
        return nullcontext([*folders, *files])

    def _status(self, folder: str, entry: FolderEntry) -> FileStamp | None:
        path = folder + entry.name
        version = self._tree.version(path)
        if version is None:
            return None
        if path in self._tried_again:
            return FileStamp(entry.name, version.size, -1, self._this_scan)
        return FileStamp(entry.name, *version)


class _TreeEntry(NamedTuple):
    """An object or a folder, as `os.scandir` would give it."""

    name: str
    is_folder: bool

    @property
    def path(self) -> str:
        """Its name: there is no disk to ask."""
        return self.name

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder."""
        del follow_symlinks
        return self.is_folder

    def is_symlink(self) -> bool:
        """Whether it is a symbolic link: never."""
        return False

    def stat(self) -> os.stat_result:
        """Its state, as far as a walk asks for it."""
        return os.stat_result((stat.S_IFREG, 0, 0, 0, 0, 0, 0, 0, 0, 0))
