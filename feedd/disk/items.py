"""Item files: a directory in; what is there (without reading), or the bytes of one file, out."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from feedd.core.changes import FileStat, doubtful, pack, unpack
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


class Unread(Struct, frozen=True):
    """A file that was not read, why, and its beginning where that could be read."""

    problem: Problem
    head: bytes = b""


class ItemsDirectory:
    """The directory of item files. Paths are relative to it, with `/`.

    Symbolic links to files inside the directory are followed; links to folders, or out of it, are not.
    """

    def __init__(self, root: Path, suffixes: Sequence[str], ignore: Sequence[str], max_bytes: int) -> None:
        self._root = os.path.realpath(root)
        self._shown = root
        self._suffixes = tuple(suffixes)
        self._ignored = re.compile("|".join(map(fnmatch.translate, ignore)) or r"(?!)")
        self._max_bytes = max_bytes

    def scan(self, clock_ns: int) -> Scan:
        """Walks the directory without reading a file. `clock_ns` is the file system's time.

        Raises Unavailable if the directory is missing or cannot be listed.
        """
        walk = _Walk(self._root, self._suffixes, self._ignored, clock_ns)
        try:
            walk.folder("")
        except OSError as error:
            raise Unavailable(f"the items' directory {self._shown} ({self._root}): {error.strerror}") from None
        while walk.waiting:
            folder = walk.waiting.pop()
            try:
                walk.folder(folder)
            except OSError as error:
                walk.unreadable.append(folder)
                walk.problem(folder.rstrip("/"), f"this folder cannot be read: {error.strerror}")
        problems = sorted(walk.problems, key=lambda problem: problem.path)
        return Scan(walk.listing, walk.files, tuple(walk.unreadable), tuple(problems))

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
        self.listing: dict[str, bytes] = {}
        self.files = 0
        self.waiting: list[str] = []
        self.unreadable: list[str] = []
        self.problems: list[Problem] = []

    def problem(self, path: str, reason: str) -> None:
        self.problems.append(Problem(path, reason))

    def folder(self, folder: str) -> None:
        files: list[FileStat] = []
        suffixes, ignored, clock_ns = self._suffixes, self._ignored.match, self._clock_ns
        with os.scandir(f"{self._root}/{folder}") as entries:
            for entry in entries:
                name = entry.name
                if ignored(name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    self._subfolder(folder, name)
                elif name.endswith(suffixes):
                    if (found := self._status(folder, entry)) is not None:
                        files.append(doubtful(found, clock_ns))
                elif entry.is_symlink() and os.path.isdir(entry.path):  # noqa: PTH112 - it never raises
                    self.problem(folder + name, "a symbolic link to a folder is not followed")
        if files:
            self.listing[folder] = pack(files)
            self.files += len(files)

    def _subfolder(self, folder: str, name: str) -> None:
        if not _is_unicode(name):
            self.problem(_printable(folder + name), "the name of this folder is not UTF-8; rename it")
            return
        if name.endswith(self._suffixes):
            self.problem(folder + name, "a folder has the name of an item; rename it")
        self.waiting.append(f"{folder}{name}/")

    def _status(self, folder: str, entry: os.DirEntry[str]) -> FileStat | None:
        path = folder + entry.name
        if not _is_unicode(path):
            self.problem(_printable(path), "the name of this file is not UTF-8; rename it")
            return None
        try:
            found = entry.stat()
        except OSError as error:
            if entry.is_symlink():
                self.problem(path, "a symbolic link that leads nowhere")
            elif not isinstance(error, FileNotFoundError):
                return FileStat(entry.name, -1, -1, -1)  # what cannot be seen is not gone: reading will say why
            return None
        if entry.is_symlink():
            target = os.path.realpath(entry.path)
            if stat.S_ISDIR(found.st_mode):
                self.problem(path, "a symbolic link to a folder is not followed")
                return None
            if not target.startswith(self._root + os.sep):
                self.problem(path, "a symbolic link that leads out of the items' directory is not followed")
                return None
        if not stat.S_ISREG(found.st_mode):
            self.problem(path, "not a regular file")
            return None
        return FileStat(entry.name, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


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
