"""The feeds' directory: documents in; files that readers never see half-written, out."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO, NamedTuple

from feedd.model import Document


class DocumentStat(NamedTuple):
    """What tells that a document is still the file that was written. `size` is bytes, `mtime_ns` ns."""

    size: int
    mtime_ns: int
    inode: int


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

    def write(self, document: Document) -> bool:
        """Makes the document's file hold its bytes; True if it had to be written.

        The bytes are written beside and renamed, so that a reader sees the old or the new document. A file that
        holds them already is not touched. Raises OSError, and leaves the old document, if that cannot be done.
        """
        target = self.root / document.path
        beside = target.with_name(f".{target.name}.new")
        there = self.stat(document.path)
        same_size = there is not None and there.size == len(document.data)
        if same_size and self.read(document.path) == document.data and not target.is_symlink():
            with contextlib.suppress(FileNotFoundError):
                beside.unlink()  # of a pass that was killed
            return False
        try:
            with _new_file(beside) as file:
                file.write(document.data)
            try:
                os.replace(beside, target)  # noqa: PTH105 - this is done for each document
            except IsADirectoryError:
                _clear_folder(target)
                beside.replace(target)
        except OSError:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
        return True

    def found(self, names: Collection[str]) -> list[str]:
        """The files of these names where feeds have theirs: at the top, and in each folder of a topic or provider."""
        folders = [self.root, *self.root.glob("topics/*/"), *self.root.glob("providers/*/")]
        paths = (folder / name for folder in folders for name in names)
        return sorted(path.relative_to(self.root).as_posix() for path in paths if path.is_file())

    def delete(self, path: str) -> bool:
        """Deletes a document; True if there was one. Folders that are left empty go with it."""
        target = self.root / path
        try:
            target.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return False
        for folder in list(target.relative_to(self.root).parents)[:-1]:
            with contextlib.suppress(OSError):
                (self.root / folder).rmdir()
        return True


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
