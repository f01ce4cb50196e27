"""Files that a server may give out: a path in; the file's stamp, or its bytes, out.

No path and no link leads out of the directory.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from feedd.items.references import MEDIA_TYPES
from feedd.render.content_codings import ENCODINGS
from feedd.render.recovery.index_parts import is_index_part

NO_DOCUMENT = "There is no such document. The page at the root lists all feeds."  # the text of an answer 404
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


_ENCODED = tuple(each.suffix for each in ENCODINGS.values())
TYPES = MEDIA_TYPES | {
    "xml": "application/xml",
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/json",
    "opml": "text/x-opml",
    "html": "text/html",
    "htm": "text/html",
    "xhtml": "application/xhtml+xml",
    "css": "text/css",
    "js": "text/javascript",
    "mjs": "text/javascript",
    "ico": "image/x-icon",
    "txt": "text/plain",
    "xsl": "application/xslt+xml",
    "xslt": "application/xslt+xml",
    "webmanifest": "application/manifest+json",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "pdf": "application/pdf",
    "epub": "application/epub+zip",
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
}  # media types of the files that are given out, by suffix: those of the system differ from machine to machine


class ServedFileStamp(Struct, frozen=True):
    """The stamp of a file: every version of the file has another stamp. `size` is in bytes, the times are in ns."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


class Loaded(NamedTuple):
    """The bytes of a file, and its stamp when they were read."""

    data: bytes
    look: ServedFileStamp


class TooLarge(Exception):
    """A file is larger than may be read."""


class FileChanged(Exception):
    """A file is another file now than when it was found, or is no more."""


class FileBytes:
    """Bytes of a file that are read only when they are sent. They have a length and can be cut, as bytes can.

    `read` gives so many bytes from a place on, or raises FileChanged or OSError.
    """

    def __init__(self, read: Callable[[int, int], bytes], start: int, end: int) -> None:
        self._read = read
        self._start = start
        self._end = end

    def __len__(self) -> int:
        return self._end - self._start

    def __getitem__(self, part: slice) -> FileBytes:
        start, end, _ = part.indices(len(self))
        return FileBytes(self._read, self._start + start, self._start + max(start, end))

    def pieces(self, most: int) -> Iterator[bytes]:
        """The bytes, in pieces of `most` bytes. Raises FileChanged, so that no two files are mixed, and OSError."""
        for place in range(self._start, self._end, most):
            yield self._read(place, min(most, self._end - place))


class Found(NamedTuple):
    """A file that was not read, and its stamp."""

    data: FileBytes
    look: ServedFileStamp


_ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENXIO)


class ServedDirectory:
    """The feeds' directory as a server sees it. Paths are relative to it, with `/`.

    Given out are regular files with the suffixes of feeds, pages and their media (TYPES), and the recovery index. Files
    that an editor, a script or a database leaves beside them are not given out. Links, pipes and devices count as
    missing. So do files and folders whose names begin with an underscore or a dot (as of a document being written).
    """

    def __init__(self, root: Path) -> None:
        self._root = str(root.absolute())

    def look(self, path: str) -> ServedFileStamp | None:
        """The stamp of a file now; None if there is no file. Only for a path that was loaded before: links are not
        checked.
        """
        try:
            found = os.lstat(f"{self._root}/{path}")
        except (OSError, ValueError):
            return None
        return _look(found) if stat.S_ISREG(found.st_mode) else None

    def is_unchanged(self, path: str, look: ServedFileStamp) -> bool:
        """Whether a loaded file still has this stamp. Fast, to be called often."""
        try:
            found = os.lstat(f"{self._root}/{path}")
        except OSError:
            return False
        return (
            found.st_mtime_ns == look.mtime_ns
            and found.st_ino == look.inode
            and found.st_size == look.size
            and found.st_ctime_ns == look.ctime_ns
            and found.st_dev == look.device
        )

    def load(self, path: str, most: int) -> Loaded | None:
        """The bytes of a file; None if no file may be given out at this path. Raises TooLarge if the file has more than
        `most` bytes, and OSError if a file may be there and cannot be read.
        """
        return self._load(path, most) if is_public(path) and _is_meant(path) else None

    def redirects(self, name: str, most: int) -> Loaded | None:
        """A file at the top that is for servers, and not given out. Raises like `load`."""
        return self._load(name, most)

    def find(self, path: str) -> Found | None:
        """A file that is not read before it is sent; None if no file may be given out at this path. Raises OSError if a
        file may be there and cannot be read.
        """
        if not (is_public(path) and _is_meant(path)):
            return None
        with self._opened(path) as file:
            if file is None:
                return None
            look = _look(os.fstat(file))
        return Found(FileBytes(lambda place, size: self._part(path, look, place, size), 0, look.size), look)

    def _part(self, path: str, look: ServedFileStamp, place: int, size: int) -> bytes:
        """Bytes of a file that has this stamp. No file stays open between two parts, so clients that take their time
        use up none. Raises FileChanged and OSError.
        """
        with self._opened(path) as file:
            if file is None or _look(os.fstat(file)) != look:
                raise FileChanged(path)
            part = os.pread(file, size, place)
        if len(part) < size:
            raise FileChanged(path)
        return part

    def _load(self, path: str, most: int) -> Loaded | None:
        with self._opened(path) as file:
            if file is None:
                return None
            found = os.fstat(file)
            if found.st_size > most:
                raise TooLarge
            with os.fdopen(file, "rb", closefd=False) as stream:
                return Loaded(stream.read(), _look(found))

    @contextmanager
    def _opened(self, path: str) -> Iterator[int | None]:
        """An open regular file; None if there is none. Raises OSError if a file may be there and cannot be read."""
        *folders, name = path.split("/")
        try:
            with self._folder(folders) as folder:
                file = os.open(name, _FILE, dir_fd=folder)
        except OSError as error:
            if error.errno not in _ABSENT:
                raise
            file = None
        except ValueError:  # a name with NUL, or a name that UTF-8 cannot hold
            file = None
        try:
            yield file if file is not None and stat.S_ISREG(os.fstat(file).st_mode) else None
        finally:
            if file is not None:
                os.close(file)

    def is_folder(self, path: str) -> bool:
        """Whether the path is a folder, without following links."""
        if not is_public(path):
            return False
        try:
            with self._folder(path.split("/")):
                return True
        except (OSError, ValueError):
            return False

    @contextmanager
    def _folder(self, names: list[str]) -> Iterator[int]:
        """An open folder below the root, reached without following a link. Raises OSError or ValueError."""
        with contextlib.ExitStack() as stack:
            folder = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            stack.callback(os.close, folder)
            for name in names:
                folder = os.open(name, _FOLDER, dir_fd=folder)
                stack.callback(os.close, folder)
            yield folder


def is_public(path: str) -> bool:
    """Whether every part of a path is a name that may be given out."""
    return all(name and name[0] not in "._" and "\\" not in name for name in path.split("/"))


def _is_meant(path: str) -> bool:
    """Whether a file is a part of the recovery index, or has a suffix of TYPES, with or without that of an encoding."""
    for suffix in _ENCODED:
        path = path.removesuffix(suffix)
    return path.rpartition(".")[2].lower() in TYPES or is_index_part(path)


def _look(found: os.stat_result) -> ServedFileStamp:
    return ServedFileStamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
