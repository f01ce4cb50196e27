"""A cache of objects on the disk: bytes by key and version in; the same bytes out, unless they were dropped meanwhile.

It has two halves. New objects go into the first half. When the first half is full, the second is deleted, and the first
takes its place. So it needs no list of what it holds, and never takes more than its bound.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import shutil
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct, msgpack

from feedd.store.errors import Unusable
from feedd.store.private_files import make_directory, open_private, read_private

_NEW, _OLD, _FAILED = "new", "old", "failed"
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
    """The cache in a folder. `bound` is bytes. It can be pickled. Where nothing can be written, it holds nothing."""

    def __init__(self, folder: Path, bound: int) -> None:
        self._folder = folder
        self._bound = bound
        self._taken: int | None = None  # bytes in the first half, as far as this process knows
        self._making_room = threading.Lock()

    def __reduce__(self) -> tuple[type[ObjectCache], tuple[Path, int]]:
        return ObjectCache, (self._folder, self._bound)

    def get(self, key: str) -> CachedObject | None:
        """An object in the version that was put last; None if it was dropped, or is damaged."""
        name = name_of(key)
        for half in (_NEW, _OLD):
            with contextlib.suppress(OSError, ValueError):  # not there; damaged
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
        with contextlib.suppress(OSError, Unusable):
            if not self._folder.parent.is_dir():  # a look at a new site leaves nothing behind
                return
            with self._making_room:
                make_directory(self._folder)
                self._make_room(size)
                for folder in (self._folder / _NEW, self._folder / _NEW / name[:2]):
                    make_directory(folder)
                _write(self._folder / _NEW / name[:2] / name, data)

    def drop(self, key: str) -> None:
        """Forgets an object."""
        name = name_of(key)
        for half in (_NEW, _OLD):
            with contextlib.suppress(OSError):
                (self._folder / half / name[:2] / name).unlink()

    def failed(self) -> frozenset[str]:
        """The names, by `name_of`, of objects that could not be had."""
        with contextlib.suppress(OSError):
            return frozenset(each.name for each in (self._folder / _FAILED).iterdir())
        return frozenset()

    def why_failed(self, key: str) -> str | None:
        """Why an object could not be had at the last time; None if it could, or was not asked for."""
        with contextlib.suppress(OSError):
            return read_private(self._folder / _FAILED / name_of(key)).decode("utf-8", "replace")
        return None

    def keep_failure(self, key: str, why: str | None) -> None:
        """Remembers why an object could not be had; None if it could."""
        place = self._folder / _FAILED / name_of(key)
        with contextlib.suppress(OSError, Unusable):
            if why is None:
                place.unlink()
            elif self._folder.parent.is_dir():
                for folder in (self._folder, place.parent):
                    make_directory(folder)
                _write(place, why.encode())

    def _make_room(self, size: int) -> None:
        if self._taken is None:
            self._taken = sum(_sizes(self._folder / _NEW))
        self._taken += size
        if self._taken > self._bound // 2:
            shutil.rmtree(self._folder / _OLD, ignore_errors=True)
            (self._folder / _NEW).rename(self._folder / _OLD)
            self._taken = size


def name_of(key: str) -> str:
    """The name of an object in the cache."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()


def _write(path: Path, data: bytes) -> None:
    beside = path.with_name(f".{os.getpid()}-{next(_NAMES)}")
    file = open_private(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
        beside.rename(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def _sizes(folder: Path) -> Iterable[int]:
    for above, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                yield -(-os.stat(f"{above}/{name}").st_size // _BLOCK) * _BLOCK  # noqa: PTH116 - a text
