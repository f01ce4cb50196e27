"""The feeds' directory: documents in; files that readers never see half-written, out."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from feedd.model import Document

_SECOND = 10**9  # ns


class DocumentStat(NamedTuple):
    """What tells that a document is still the file that was written. `size` is bytes, `mtime_ns` ns."""

    size: int
    mtime_ns: int
    inode: int


class Written(NamedTuple):
    """What became of a file: whether it had to be written, how it looks now, and why it could not be written."""

    path: str
    changed: bool
    stat: DocumentStat | None
    error: OSError | None = None


class FeedsDirectory:
    """The directory of documents. Paths are relative to it, with `/`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def stat(self, path: str) -> DocumentStat | None:
        """The state of a document; None if it is missing, out of reach or no regular file."""
        try:
            found = os.lstat(self.root / path)
        except OSError:  # writing will say why
            return None
        if not stat.S_ISREG(found.st_mode) and not (self.root / path).is_file():
            return None
        return DocumentStat(found.st_size, found.st_mtime_ns, found.st_ino)

    def read(self, path: str) -> bytes | None:
        """The bytes of a document; None if there is none that can be read."""
        if self.stat(path) is None:  # a pipe would have to be waited for
            return None
        try:
            return (self.root / path).read_bytes()
        except OSError:  # writing will replace it, or say why not
            return None

    def write(self, document: Document, encoded: Sequence[Document] = ()) -> list[Written]:
        """Makes the document's file hold its bytes, and the files beside it its encodings; what became of each.

        The bytes are written beside and renamed, so that a reader sees the old or the new document. A file that is
        as it has to be is not touched. The encodings carry the mtime of their document, and take their places just
        before it. One that cannot be written is taken away, and its error returned: servers send the document then.
        Raises OSError, and leaves the old document, if the new one cannot be written.
        """
        old = self.stat(document.path)
        same = old is not None and old.size == len(document.data) and self._holds(document)
        mtime_ns = old.mtime_ns if old is not None and same else self._put_beside(document, partial(_later, old))
        results = [self._write_encoded(each, mtime_ns) for each in encoded]
        if not same:
            try:
                self._take_place(document.path)
            except OSError:
                for each in encoded:  # they are newer than what stays
                    self._take_away(each.path)
                raise
        return [Written(document.path, not same, self.stat(document.path)), *results]

    def _holds(self, document: Document) -> bool:
        """Whether a document's file holds its bytes. What a pass that was killed has left beside it goes."""
        target = self.root / document.path
        if target.is_symlink() or self.read(document.path) != document.data:
            return False
        with contextlib.suppress(FileNotFoundError):
            _beside(target).unlink()
        return True

    def _write_encoded(self, document: Document, mtime_ns: int) -> Written:
        there = self.stat(document.path)
        if there is not None and there.mtime_ns == mtime_ns and self._holds(document):
            return Written(document.path, False, there)
        try:
            self._put_beside(document, lambda _: mtime_ns)
            self._take_place(document.path)
        except OSError as error:
            self._take_away(document.path)
            return Written(document.path, False, None, error)
        return Written(document.path, True, self.stat(document.path))

    def _put_beside(self, document: Document, mtime_ns: Callable[[int], int]) -> int:
        """Writes a document beside its place, with the mtime that `mtime_ns` makes of its own; returns that. Raises
        OSError, and leaves nothing beside.
        """
        beside = _beside(self.root / document.path)
        try:
            with _new_file(beside) as file:
                file.write(document.data)
            written = beside.stat().st_mtime_ns
            wanted = mtime_ns(written)
            if wanted != written:
                os.utime(beside, ns=(wanted, wanted))
        except OSError:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
        return wanted

    def _take_place(self, path: str) -> None:
        """Has what was put beside take its place. Raises OSError, and leaves nothing beside."""
        target = self.root / path
        beside = _beside(target)
        try:
            try:
                os.replace(beside, target)  # noqa: PTH105 - this is done for each document
            except IsADirectoryError:
                _clear_folder(target)
                beside.replace(target)
        except OSError:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise

    def _take_away(self, path: str) -> None:
        with contextlib.suppress(OSError):
            (self.root / path).unlink()

    def found(self, names: Collection[str]) -> list[str]:
        """The files of these names where feeds have theirs: at the top, and in each folder of a topic or provider."""
        folders = [self.root, *self.root.glob("topics/*/"), *self.root.glob("providers/*/")]
        paths = (folder / name for folder in folders for name in names)
        return sorted(path.relative_to(self.root).as_posix() for path in paths if path.is_file())

    def delete(self, path: str) -> bool:
        """Deletes a document; True if there was one. Folders that are left empty go with it."""
        target = self.root / path
        with contextlib.suppress(OSError):
            _beside(target).unlink()  # of a pass that was killed
        try:
            target.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return False
        for folder in list(target.relative_to(self.root).parents)[:-1]:
            with contextlib.suppress(OSError):
                (self.root / folder).rmdir()
        return True


def _later(old: DocumentStat | None, mtime_ns: int) -> int:
    """The mtime of a document that replaces another: later by a second of HTTP's dates, which servers make their ETags
    of too. No two states of a document share one, even if the clock was set back.
    """
    return mtime_ns if old is None else max(mtime_ns, (old.mtime_ns // _SECOND + 1) * _SECOND)


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.new")


def _new_file(path: Path) -> BinaryIO:
    """A new file, opened for writing. Raises OSError."""
    try:
        return path.open("xb")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        path.unlink()  # of a pass that was killed, or a link that leads elsewhere
    return path.open("xb")


def _clear_folder(target: Path) -> None:
    """Takes away an empty folder that stands in a document's place. One with contents is somebody's: it stays."""
    if target.is_dir() and not target.is_symlink():
        try:
            target.rmdir()
        except OSError as error:
            raise IsADirectoryError(
                error.errno, "a folder with contents stands in this document's place; move it away", str(target)
            ) from None
