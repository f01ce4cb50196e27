"""Item files: a directory in; what is there (without reading), or the bytes of one file, out."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from feedd.core.changes import FileStat, doubtful, pack, unpack
from feedd.disk.database import file_identity
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
    those that are folders; what else was known there is gone, unless it lies in a folder that is `unreadable`.
    """

    there: tuple[str, ...]
    looked_at: tuple[str, ...]
    unreadable: tuple[str, ...]
    problems: tuple[Problem, ...]


class Unread(Struct, frozen=True):
    """A file that was not read, why, and its beginning where that could be read."""

    problem: Problem
    head: bytes = b""


class ItemsDirectory:
    """The directory of item files. Paths are relative to it, with `/`.

    Symbolic links to files inside the directory are followed; links to folders, or out of it, are not.
    """

    def __init__(self, root: Path, suffixes: Sequence[str], ignore: Sequence[str], max_bytes: int) -> None:
        self.path = root
        self._root = os.path.realpath(root)
        self._suffixes = tuple(suffixes)
        self._ignored = re.compile("|".join(map(fnmatch.translate, ignore)) or r"(?!)")
        self._max_bytes = max_bytes

    def scan(self, clock_ns: int) -> Scan:
        """Walks the directory without reading a file. `clock_ns` is the file system's time.

        Raises Unavailable if the directory is missing or cannot be listed.
        """
        self._root = os.path.realpath(self.path)  # it may be a link that leads elsewhere by now
        walk = _Walk(self._root, self._suffixes, self._ignored, clock_ns)
        try:
            walk.folder("")
        except OSError as error:
            raise Unavailable(f"the items' directory {self.path} ({self._root}): {error.strerror}") from None
        walk.go_on()
        return Scan(walk.listing, walk.files, tuple(walk.unreadable), walk.sorted_problems())

    def glance(self, paths: Iterable[str]) -> Glance:
        """Looks at a few paths only, files or folders, there or gone, without reading a file."""
        walk = _Walk(self._root, self._suffixes, self._ignored, 0)
        looked_at = tuple(sorted({path for path in paths if not self.ignores(path)}))
        there = set(filter(walk.has_file, looked_at))
        walk.go_on()
        there.update(folder + file.name for folder, files in walk.listing.items() for file in unpack(files))
        return Glance(tuple(sorted(there)), looked_at, tuple(walk.unreadable), walk.sorted_problems())

    def ignores(self, path: str) -> bool:
        """Whether a file or folder, or a folder that it lies in, has a name that is passed over."""
        return any(map(self._ignored.match, path.split("/")))

    def concerns(self, path: str) -> bool:
        """Whether a file at `path` would be an item."""
        return path.endswith(self._suffixes) and not self.ignores(path)

    def identity(self) -> tuple[int, int] | None:
        """What tells this directory from another in its place; None if there is none."""
        return file_identity(self.path)

    def read(self, path: str) -> bytes | Unread | None:
        """The bytes of one file; None if it is gone; Unread if it cannot be read or is too large."""
        try:
            with open(f"{self._root}/{path}", "rb", 0, opener=_without_waiting) as file:
                found = os.fstat(file.fileno())
                if not stat.S_ISREG(found.st_mode):
                    return Unread(Problem(path, "not a regular file"))
                if found.st_size > self._max_bytes:
                    reason = f"larger than {self._max_bytes:,} bytes (`items.max_bytes`)"
                    return Unread(Problem(path, reason), file.read(self._max_bytes))
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            return Unread(Problem(path, f"cannot be read: {error.strerror}"))

    def relative(self, path: str) -> str | None:
        """`path`, as a person types it, relative to the directory ("." for itself); None if it lies outside."""
        for candidate in (os.path.realpath(path), os.path.realpath(os.path.join(self._root, path))):  # noqa: PTH118
            if candidate == self._root or candidate.startswith(self._root + os.sep):
                return os.path.relpath(candidate, self._root).replace(os.sep, "/")
        return None


class _Walk:
    """One walk: what was found so far, and the folders still to look into."""

    def __init__(self, root: str, suffixes: tuple[str, ...], ignored: re.Pattern[str], clock_ns: int) -> None:
        self._root = root
        self._suffixes = suffixes
        self._ignored = ignored
        self._clock_ns = clock_ns
        self._waiting: list[str] = []
        self.listing: dict[str, bytes] = {}
        self.files = 0
        self.unreadable: list[str] = []
        self._problems: list[Problem] = []

    def _problem(self, path: str, reason: str) -> None:
        self._problems.append(Problem(path, reason))

    def sorted_problems(self) -> tuple[Problem, ...]:
        """What was found wrong, by path."""
        return tuple(sorted(self._problems, key=lambda problem: problem.path))

    def has_file(self, path: str) -> bool:
        """Whether there is an item file at a path. A folder there is looked into by `go_on`."""
        folder, _, name = path.rpartition("/")
        real = f"{self._root}/{folder}".rstrip("/")
        if os.path.realpath(real) != real:
            return False  # it is reached through a link, which is not followed
        return self._look(f"{folder}/" if folder else "", _Named(name, f"{real}/{name}")) is not None

    def go_on(self) -> None:
        """Looks into the folders that were found, and those that are found in them."""
        while self._waiting:
            folder = self._waiting.pop()
            try:
                self.folder(folder)
            except (FileNotFoundError, NotADirectoryError):
                pass  # it has gone since it was found
            except OSError as error:
                self.unreadable.append(folder)
                self._problem(folder.rstrip("/"), f"this folder cannot be read: {error.strerror}")

    def folder(self, folder: str) -> None:
        """Looks into one folder. Raises OSError."""
        files: list[FileStat] = []
        ignored, clock_ns = self._ignored.match, self._clock_ns
        with os.scandir(f"{self._root}/{folder}") as entries:
            for entry in entries:
                found = None if ignored(entry.name) else self._look(folder, entry)
                if found is not None:
                    files.append(doubtful(found, clock_ns))
        if files:
            self.listing[folder] = pack(files)
            self.files += len(files)

    def _look(self, folder: str, entry: _Entry) -> FileStat | None:
        """The state of an item file; None for all else, of which folders are kept for later."""
        name = entry.name
        if entry.is_dir(follow_symlinks=False):
            self._subfolder(folder, name)
        elif name.endswith(self._suffixes):
            return self._status(folder, entry)
        elif entry.is_symlink() and os.path.isdir(entry.path):  # noqa: PTH112 - it never raises
            self._problem(folder + name, "a symbolic link to a folder is not followed")
        return None

    def _subfolder(self, folder: str, name: str) -> None:
        if not _is_unicode(name):
            self._problem(_printable(folder + name), "the name of this folder is not UTF-8; rename it")
            return
        if name.endswith(self._suffixes):
            self._problem(folder + name, "a folder has the name of an item; rename it")
        self._waiting.append(f"{folder}{name}/")

    def _status(self, folder: str, entry: _Entry) -> FileStat | None:
        path = folder + entry.name
        if not _is_unicode(path):
            self._problem(_printable(path), "the name of this file is not UTF-8; rename it")
            return None
        try:
            found = entry.stat()
        except OSError as error:
            if entry.is_symlink():
                self._problem(path, "a symbolic link that leads nowhere")
            elif not isinstance(error, FileNotFoundError):
                return FileStat(entry.name, -1, -1, -1)  # what cannot be seen is not gone: reading will say why
            return None
        if entry.is_symlink():
            target = os.path.realpath(entry.path)
            if stat.S_ISDIR(found.st_mode):
                self._problem(path, "a symbolic link to a folder is not followed")
                return None
            if not target.startswith(self._root + os.sep):
                self._problem(path, "a symbolic link that leads out of the items' directory is not followed")
                return None
        if not stat.S_ISREG(found.st_mode):
            self._problem(path, "not a regular file")
            return None
        return FileStat(entry.name, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


class _Named(NamedTuple):
    """What `os.scandir` would yield for a path."""

    name: str
    path: str

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder; False if it is gone."""
        try:
            return stat.S_ISDIR(os.stat(self.path, follow_symlinks=follow_symlinks).st_mode)  # noqa: PTH116
        except OSError:
            return False

    def is_symlink(self) -> bool:
        """Whether it is a symbolic link; False if it is gone."""
        return os.path.islink(self.path)  # noqa: PTH114 - as os.scandir has it

    def stat(self) -> os.stat_result:
        """Its state, through a symbolic link. Raises OSError."""
        return os.stat(self.path)  # noqa: PTH116 - as os.scandir has it


_Entry = os.DirEntry[str] | _Named


def covers(paths: Iterable[str], path: str) -> bool:
    """Whether `path` is one of `paths` or lies in a folder that is."""
    return any(path == each or path.startswith(f"{each}/") for each in paths)


def _without_waiting(path: str, flags: int) -> int:
    """Opens what may have become a pipe since it was looked at; that must not hold up the pass."""
    return os.open(path, flags | os.O_NONBLOCK)


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _printable(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
