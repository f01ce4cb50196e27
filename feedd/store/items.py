"""Item files in a local folder: a listing (without reading), or the bytes of a file, out."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from feedd.decide.changes import FileStamp, doubtful, unpack
from feedd.items.file_names import ItemNames, PostsFolders
from feedd.items.text import printable
from feedd.model import Problem
from feedd.store.generator_files.section_files import SectionFiles
from feedd.store.generator_files.site_collections import SiteCollections
from feedd.store.item_source import (
    MAX_MEDIA_BYTES,
    FetchedVersion,
    FirstCommits,
    Glance,
    Hindrance,
    MediaStamp,
    Scan,
    Unavailable,
    Unread,
)
from feedd.store.listing.folder_entries import is_unicode
from feedd.store.listing.walk import Walk
from feedd.store.mounts import file_identity, real_path

MISSING = "it is missing"


class ItemsDirectory:
    """The directory of item files, an ItemSource. Paths are relative to it, with `/`.

    Symbolic links to files inside the directory are followed; links to folders, or out of it, are not.
    """

    def __init__(
        self,
        root: Path,
        suffixes: Sequence[str],
        ignore: Sequence[str],
        max_bytes: int,
        include: Sequence[str] = (),
        posts_folders: PostsFolders = "ignored",
        max_media_bytes: int = MAX_MEDIA_BYTES,
        *,
        audiences: bool = False,
    ) -> None:
        """`audiences`: a file that speaks for others and names an audience withholds them."""
        self.path = root
        self._root = os.path.realpath(root)
        self.names = ItemNames(suffixes, ignore, include, posts_folders, SiteCollections(root))
        self._sections = SectionFiles(root, audiences=audiences)
        self._max_bytes = max_bytes
        self._max_media_bytes = max_media_bytes
        self._clock_ns = 0  # of the last scan

    def wait_with(self, while_waiting: Callable[[], None]) -> None:
        """Does nothing: a disk is not waited for."""

    def scan(self, clock_ns: int) -> Scan:
        """Walks the directory without reading a file. `clock_ns` is the file system's time.

        Raises Unavailable if the directory is missing or cannot be listed.
        """
        self._root = os.path.realpath(self.path)  # it may be a link that leads elsewhere by now
        if clock_ns != sys.maxsize:  # of a scan that is compared with no other
            self._clock_ns = clock_ns
        walk = Walk(self._root, self.names, self._sections, clock_ns)
        try:
            walk.look_into("")
        except OSError as error:
            raise Unavailable(f"the items' directory {self.path} ({self._root}): {error.strerror}") from None
        walk.go_on()
        unreadable, media = tuple(walk.unreadable), _readable(walk.media)
        withheld = frozenset(walk.withheld)
        return Scan(walk.listing, walk.files, unreadable, walk.sorted_problems(), media, withheld)

    def glance(self, paths: Iterable[str]) -> Glance:
        """Looks at a few paths only, files or folders, there or gone, without reading a file."""
        walk = Walk(self._root, self.names, self._sections, 0, is_glance=True)
        touched = {path for path in paths if not self.names.ignores(path)}
        there = set(filter(walk.has_file, sorted(touched)))
        walk.go_on()
        looked_at = tuple(sorted(map(printable, touched)))
        there.update(folder + file.name for folder, files in walk.listing.items() for file in unpack(files))
        withheld = frozenset(walk.withheld)
        return Glance(tuple(sorted(there)), looked_at, tuple(walk.unreadable), walk.sorted_problems(), withheld)

    def folders_outside(self) -> tuple[str, ...]:
        """The folders above the directory whose files may speak for it, as `../`."""
        return self._sections.outside()

    def identity(self) -> tuple[str, int, int] | None:
        """A value that changes when the directory is replaced or moved; None if the directory is missing."""
        found = file_identity(self.path)
        return (os.path.realpath(self.path), *found) if found else None

    def prepare(self, paths: Sequence[str]) -> dict[str, FetchedVersion]:
        """Fetches nothing: files are read where they are."""
        del paths
        return {}

    def read(self, path: str, version: FetchedVersion | None = None) -> bytes | Unread | None:
        """The bytes of one file; None if it is gone; Unread if it cannot be read or is too large."""
        del version
        try:
            with open(f"{self._root}/{path}", "rb", 0, opener=_without_waiting) as file:
                found = os.fstat(file.fileno())
                if not stat.S_ISREG(found.st_mode):
                    return Unread(Problem(path, "not a regular file"))
                if found.st_size > self._max_bytes:
                    reason = f"larger than {self._max_bytes:,} bytes (`items.max_bytes`)"
                    return Unread(Problem(path, reason), file.read(self._max_bytes))
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            return Unread(Problem(path, f"cannot be read: {error.strerror}"))

    def media_stamp(self, path: str) -> MediaStamp | None:
        """The stamp of a file of media; None if there is none. If the file changed since the last scan, it may change
        again while its times stay the same. Then its stamp is like no stamp of a later scan.
        """
        try:
            found = os.stat(f"{self._root}/{path}")  # noqa: PTH116 - a text
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError):  # reading will say why
            return MediaStamp(-1, -1, -1)
        stamp = doubtful(FileStamp("", found.st_size, found.st_mtime_ns, found.st_ctime_ns), self._clock_ns)
        return MediaStamp(*stamp[1:])

    def read_media(self, path: str) -> bytes | Problem | None:
        """The bytes of a file of media; None if there is none; a note if it cannot be published: it lies outside of the
        directory, or is empty, too large or not to be read.
        """
        return self._media(path, read=True)

    def media_problem(self, path: str) -> Problem | None:
        """A note if the file of media cannot be published. The file is opened, but not read."""
        found = self._media(path, read=False)
        return found if isinstance(found, Problem) else None

    def _media(self, path: str, *, read: bool) -> bytes | Problem | None:
        whole = os.path.realpath(f"{self._root}/{path}")
        if not whole.startswith(self._root + os.sep):
            return _note(path, "it lies outside the items' directory")
        inner = whole.removeprefix(self._root + os.sep).replace(os.sep, "/")
        if self.names.ignores(inner):
            return _note(path, "it is a link to a file that is passed over (`items.ignore`)")
        if why := self._sections.why_withheld(inner):
            return _note(path, why)
        try:
            with open(whole, "rb", 0, opener=_without_waiting) as file:
                found = os.fstat(file.fileno())
                if not stat.S_ISREG(found.st_mode):
                    return _note(path, "it is not a regular file")
                if not found.st_size:
                    return _note(path, "it is empty")
                if found.st_size > self._max_media_bytes:
                    return _note(path, f"it is larger than {self._max_media_bytes:,} bytes (`items.max_media_bytes`)")
                return file.readall() if read else b""
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            return _note(path, f"it cannot be read: {error.strerror}")

    def hindrance(self) -> Hindrance:
        """Nothing: files are read where they are."""
        return Hindrance()

    def first_commits(self) -> FirstCommits:
        """The first commits of the files in git."""
        from feedd.store.history.git_dates import first_commits  # late: few sites ask for it

        return first_commits(Path(self._root))

    def relative(self, path: str) -> str | None:
        """`path`, as a person types it, relative to the directory ("." for itself); None if it lies outside. A link in
        the directory lies in it, wherever it leads.
        """
        typed = (path, os.path.join(self._root, path))  # noqa: PTH118
        for each in sorted(typed, key=lambda one: not os.path.lexists(one)):
            folder, name = os.path.split(each)
            own = os.path.join(os.path.realpath(folder), name)  # noqa: PTH118
            for candidate in (own, os.path.realpath(each)) if os.path.islink(each) else (os.path.realpath(each), own):  # noqa: PTH114
                if candidate == self._root or candidate.startswith(self._root + os.sep):
                    return os.path.relpath(candidate, self._root).replace(os.sep, "/")
        return None

    def why_none(self, path: str) -> str | None:
        """Why the file at `path`, as a person types it, is no item; None if its name and place are right."""
        there = next((each for each in (Path(path), Path(self._root, path)) if os.path.lexists(each)), None)
        if there is None:
            return MISSING
        folder = real_path(there.parent)
        if not folder.is_relative_to(self._root):
            return "it lies outside the items' directory"
        found = (folder / there.name).relative_to(self._root).as_posix()
        return self.names.why_none(found) or self._sections.why_withheld(found)


def _note(path: str, reason: str) -> Problem:
    return Problem(path, reason, kind="note")


def _readable(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths in UTF-8, sorted."""
    return tuple(sorted(path for path in paths if is_unicode(path)))


def _without_waiting(path: str, flags: int) -> int:
    """Opens a file. It may have become a pipe meanwhile, which must not hold up the pass."""
    return os.open(path, flags | os.O_NONBLOCK)
