"""The feeds' directory: documents in; files out, which readers never see half-written.

Paths are text here: for each document, pathlib would take longer than the system calls.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from feedd.items.references import MEDIA_FOLDER, PICTURES_FOLDER
from feedd.model import Document
from feedd.select.archives import ARCHIVE_FOLDER, document_name
from feedd.select.folders import FOLDERS
from feedd.select.slugs import ENTRY_FOLDER
from feedd.select.views import VIEWS
from feedd.store.document_store import DocumentStamp, Written, is_media_document
from feedd.store.private_files import is_surely_absent
from feedd.store.site_file import SiteFile

_SECOND = 10**9  # ns


class FeedsDirectory:
    """The directory of documents, a DocumentStore. Paths are relative to it, with `/`."""

    def __init__(self, root: Path, *, is_private: bool = False) -> None:
        """`is_private`: only their owner may read the documents."""
        self.root = root
        self._is_private = is_private
        self._prefix = f"{root}/"
        self._is_real: dict[str, bool] = {"": True}

    def look_anew(self) -> None:
        """Forgets which folders are links. To be called before each pass."""
        self._is_real = {"": True}

    def _is_reached(self, path: str) -> bool:
        """Whether no folder above a document is a link. Through a link, other people's files would be overwritten, and
        no server would give the document out.
        """
        folder = path.rpartition("/")[0]
        found = self._is_real.get(folder)
        if found is None:
            found = self._is_reached(folder) and not os.path.islink(self._prefix + folder)
            self._is_real[folder] = found
        return found

    def stat(self, path: str) -> DocumentStamp | None:
        """The stamp of a document; None if it is missing, out of reach or no regular file."""
        target = self._prefix + path
        try:
            found = os.lstat(target) if self._is_reached(path) else None
        except OSError:  # writing will report why
            return None
        if found is None or (not stat.S_ISREG(found.st_mode) and not os.path.isfile(target)):
            return None
        return _document_stat(found)

    def read(self, path: str) -> bytes | None:
        """The bytes of a document; None if it is missing or cannot be read."""
        found = self._opened(path)
        return None if found is None else found[1]

    def is_absent(self, path: str) -> bool:
        """Whether there is surely nothing at a path. A link that leads nowhere may stand for a disk that is away."""
        place = self.root / path
        return is_surely_absent(place) and not any(each.is_symlink() and not each.exists() for each in place.parents)

    def read_as(self, path: str, left: DocumentStamp) -> bytes | None:
        """The bytes of a document, if its stamp is still `left`; None if the file is another, or cannot be read."""
        found = self._opened(path)
        return found[1] if found is not None and found[0] == left else None

    def _opened(self, path: str) -> tuple[DocumentStamp, bytes] | None:
        if not self._is_reached(path):
            return None
        try:
            file = os.open(self._prefix + path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # does not wait for a pipe
        except OSError:  # writing will replace it, or report why not
            return None
        try:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode):
                return None
            with open(file, "rb", buffering=0, closefd=False) as stream:
                return _document_stat(found), stream.readall()
        except OSError:
            return None
        finally:
            os.close(file)

    def write(self, document: Document, encoded: Sequence[Document] = ()) -> list[Written]:
        """Brings the document's file and the files of its encodings up to date. Returns the result for each file.

        The bytes are written beside and renamed, so that a reader sees the old or the new document. A file with the
        right bytes is not touched. The encodings carry the mtime of their document, and take their places just before
        it. An encoding that cannot be written is deleted, and its error returned: servers send the document then. If
        the new document cannot be written, raises OSError and leaves the old document.
        """
        if not self._is_reached(document.path):
            raise NotADirectoryError(errno.ENOTDIR, "a link stands in place of its folder; move it away")
        old = self.stat(document.path)
        same = old is not None and old.size == len(document.data) and self._holds(document)
        mtime_ns = old.mtime_ns if old is not None and same else self._put_beside(document, partial(_later, old))
        results = [self._write_encoded(each, mtime_ns) for each in encoded]
        if not same:
            try:
                self._take_place(document.path)
            except OSError:
                for each in encoded:  # they are newer than the document that stays
                    self._take_away(each.path)
                raise
        return [Written(document.path, not same, self.stat(document.path)), *results]

    def _holds(self, document: Document) -> bool:
        """Whether a document's file holds its bytes. Deletes the remains of a killed pass beside it."""
        target = self._prefix + document.path
        if os.path.islink(target) or self.read(document.path) != document.data:
            return False
        with contextlib.suppress(FileNotFoundError):
            os.unlink(_beside(target))
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
        """Writes a document beside its target. Its mtime becomes `mtime_ns(mtime)`, which is returned. If it raises
        OSError, nothing is left beside.
        """
        beside = _beside(self._prefix + document.path)
        try:
            with _new_file(beside, is_private=self._is_private) as file:
                file.write(document.data)
            written = os.stat(beside).st_mtime_ns
            wanted = mtime_ns(written)
            if wanted != written:
                os.utime(beside, ns=(wanted, wanted))
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise
        return wanted

    def _take_place(self, path: str) -> None:
        """Renames the file beside the target to the target. If it raises OSError, nothing is left beside."""
        target = self._prefix + path
        beside = _beside(target)
        try:
            try:
                os.replace(beside, target)
            except IsADirectoryError:
                _clear_folder(Path(target))
                os.replace(beside, target)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise

    def _take_away(self, path: str) -> None:
        with contextlib.suppress(OSError):
            os.unlink(self._prefix + path)

    def found(self, names: Collection[str]) -> list[str]:
        """The files with these names in the folders where feedd writes: at the top, of feeds, views and archives, and
        of entries' pages.
        """
        feeds = [self.root, *(path for kind in FOLDERS.values() if kind for path in self.root.glob(f"{kind}*/"))]
        own_pages = self.root.glob(f"{ENTRY_FOLDER}*/")
        folders = [*feeds, *(feed / view for feed in feeds for view in VIEWS), *own_pages]
        paths = [folder / name for folder in folders for name in names]
        archived = (path for feed in feeds for path in feed.glob(f"{ARCHIVE_FOLDER}*"))
        paths += [path for path in archived if document_name(f"{ARCHIVE_FOLDER}{path.name}") in names]
        return sorted(path.relative_to(self.root).as_posix() for path in paths if path.is_file())

    def found_media(self) -> list[str]:
        """The documents of media, sorted."""
        folders = (MEDIA_FOLDER, PICTURES_FOLDER)
        paths = (f"{folder}{path.name}" for folder in folders for path in self.root.glob(f"{folder}*"))
        return sorted(path for path in paths if is_media_document(path))

    def delete(self, path: str) -> bool:
        """Deletes a document; True if there was one. Folders that are left empty go with it."""
        if not self._is_reached(path):
            return False
        target = self.root / path
        with contextlib.suppress(OSError):
            os.unlink(_beside(str(target)))  # left by a killed pass
        try:
            target.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return False
        for folder in list(target.relative_to(self.root).parents)[:-1]:
            with contextlib.suppress(OSError):
                (self.root / folder).rmdir()
        return True

    def claim(self, state: Path) -> SiteFile:
        """The site file of these documents, for publishing from the state directory `state`."""
        return SiteFile(self.root, state, is_private=self._is_private)


def _later(old: DocumentStamp | None, mtime_ns: int) -> int:
    """The mtime of a document that replaces `old`: in a later second, since HTTP's dates and many servers' ETags have
    whole seconds. So no two states of a document share an mtime, even if the clock was set back.
    """
    return mtime_ns if old is None else max(mtime_ns, (old.mtime_ns // _SECOND + 1) * _SECOND)


def _document_stat(found: os.stat_result) -> DocumentStamp:
    return DocumentStamp(found.st_size, found.st_mtime_ns, found.st_ino)


def _beside(target: str) -> str:
    folder, _, name = target.rpartition("/")
    return f"{folder}/.{name}.new"


def _new_file(path: str, *, is_private: bool) -> BinaryIO:
    """A new file, opened for writing. Raises OSError."""
    opener = _opened_for_owner if is_private else None
    try:
        return open(path, "xb", opener=opener)
    except FileNotFoundError:
        _make_folders(os.path.dirname(path), is_private=is_private)
    except FileExistsError:
        os.unlink(path)  # left by a killed pass, or a link that leads elsewhere
    return open(path, "xb", opener=opener)


def _opened_for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _make_folders(path: str, *, is_private: bool) -> None:
    if is_private and not os.path.isdir(path):
        _make_folders(os.path.dirname(path), is_private=True)
    os.makedirs(path, 0o700 if is_private else 0o777, exist_ok=True)


def _clear_folder(target: Path) -> None:
    """Deletes an empty folder in a document's place. A folder with contents is somebody's, and stays."""
    if target.is_dir() and not target.is_symlink():
        try:
            target.rmdir()
        except OSError as error:
            raise IsADirectoryError(
                error.errno, "a folder with contents stands in this document's place; move it away", str(target)
            ) from None
