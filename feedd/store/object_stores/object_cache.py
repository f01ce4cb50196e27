"""A cache of objects on the disk: bytes by key and version in; the same bytes out, unless they were dropped meanwhile.

It has two halves. New objects go into the first half. When the first half, or the disk, is full, the second is deleted,
and the first takes its place. So it needs no list of what it holds, and never takes more than its bound.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import os
import shutil
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from msgspec import DecodeError, Struct, msgpack

from feedd.store.errors import Unusable, file_size_limit, why_unwritable
from feedd.store.private_files import make_directory, read_private, replace_private

_NEW, _OLD, _FAILED = "new", "old", "failed"
_HALVES = 2
_BLOCK = 4096  # bytes that a file takes at least
_NAMES = itertools.count()


class Version(NamedTuple):
    """What tells two states of an object apart: its size in bytes, and two numbers that its ETag is digested into."""

    size: int
    first: int
    second: int


class CachedObject(Struct, frozen=True, array_like=True):
    """An object in the cache. `body` may be only its beginning: `version` has the whole size."""

    key: str
    version: Version
    digest: bytes
    body: bytes


_decode = msgpack.Decoder(CachedObject).decode


class ObjectCache:
    """The cache in a folder. `bound` is bytes. It can be pickled. Where nothing can be written, it holds nothing; then
    `trouble` says why.
    """

    def __init__(self, folder: Path, bound: int) -> None:
        self._folder = folder
        self._bound = bound
        self._taken: int | None = None  # bytes in the first half, as far as this process knows
        self._making_room = threading.Lock()
        self._unkept: dict[str, str] = {}  # failures for which there was no room, by names of objects
        self.trouble = ""

    def __reduce__(self) -> tuple[type[ObjectCache], tuple[Path, int]]:
        return ObjectCache, (self._folder, self._bound)

    def get(self, key: str) -> CachedObject | None:
        """An object in the version that was put last; None if it was dropped, or is damaged."""
        name = name_of(key)
        for half in (_NEW, _OLD):
            with contextlib.suppress(OSError, ValueError, DecodeError):  # not there; damaged
                found = _decode(read_private(self._folder / half / name[:2] / name))
                if found.key == key and found.digest == _digest(found.body):
                    return found
        return None

    def put(self, key: str, version: Version, body: bytes) -> None:
        """Keeps an object, in place of any other version of it, if there is room for it."""
        name, data = name_of(key), msgpack.encode(CachedObject(key, version, _digest(body), body))
        size = -(-len(data) // _BLOCK) * _BLOCK
        self.drop(key)
        if size > self._bound // 2:
            return
        with self._making_room:
            self._keep(self._folder / _NEW / name[:2] / name, data, size)

    def drop(self, key: str) -> None:
        """Forgets an object."""
        name = name_of(key)
        for half in (_NEW, _OLD):
            with contextlib.suppress(OSError):
                (self._folder / half / name[:2] / name).unlink()

    def failed(self) -> frozenset[str]:
        """The names, by `name_of`, of objects that could not be had."""
        with contextlib.suppress(OSError):
            return frozenset((*self._unkept, *(each.name for each in (self._folder / _FAILED).iterdir())))
        return frozenset(self._unkept)

    def why_failed(self, key: str) -> str | None:
        """Why an object could not be had at the last time; None if it could, or was not asked for."""
        with contextlib.suppress(OSError):
            return read_private(self._folder / _FAILED / name_of(key)).decode("utf-8", "replace")
        return self._unkept.get(name_of(key))

    def has_forgotten(self, key: str) -> bool:
        """Whether only this process knows that an object could not be had."""
        return name_of(key) in self._unkept

    def keep_failure(self, key: str, why: str | None) -> None:
        """Remembers why an object could not be had; None if it could."""
        name = name_of(key)
        place = self._folder / _FAILED / name
        self._unkept.pop(name, None)
        if why is None:
            with contextlib.suppress(OSError):
                place.unlink()
            return
        with self._making_room:
            if not self._keep(place, why.encode(), 0):
                self._unkept[name] = why

    def _keep(self, place: Path, data: bytes, size: int) -> bool:
        """Writes a file that takes `size` bytes of the first half. Where the disk is full, what is kept gives way.
        Returns whether the file was written.
        """
        for given_way in range(_HALVES + 1):
            try:
                if not self._folder.parent.is_dir():  # a look at a new site leaves nothing behind
                    return False
                self._make_room(size)
                for folder in (self._folder, place.parent.parent, place.parent):
                    make_directory(folder)
                replace_private(place, data, f".{os.getpid()}-{next(_NAMES)}")
            except OSError as error:
                if error.errno == errno.ENOSPC and given_way < _HALVES and self._give_way():
                    continue
                self._say_why(error)
            except Unusable as error:
                self.trouble = str(error)
            else:
                return True
            break
        return False

    def _say_why(self, error: OSError) -> None:
        folder = self._folder if self._folder.is_dir() else self._folder.parent
        self.trouble = why_unwritable(folder) or file_size_limit(folder) or f"{error.strerror}: {folder}"

    def _make_room(self, size: int) -> None:
        if self._taken is None:
            self._taken = sum(_sizes(self._folder / _NEW))
        self._taken += size
        if self._taken > self._bound // 2:
            self._give_way()
            self._taken = size

    def _give_way(self) -> bool:
        """Deletes the second half, and has the first take its place. Returns whether anything was deleted or moved."""
        halves = [self._folder / half for half in (_NEW, _OLD)]
        were_there = any(half.is_dir() for half in halves)
        shutil.rmtree(halves[1], ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            halves[0].rename(halves[1])
        self._taken = 0
        return were_there


def name_of(key: str) -> str:
    """The name of an object in the cache."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()


def _sizes(folder: Path) -> Iterable[int]:
    for above, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                yield -(-os.stat(f"{above}/{name}").st_size // _BLOCK) * _BLOCK  # noqa: PTH116 - a text
