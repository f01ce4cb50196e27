"""Walks through the items' directory: folders and paths in; stamps of item files, and problems, out."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from feedd.decide.changes import FileStamp, doubtful, pack
from feedd.items.file_names import ItemNames, copied_by
from feedd.items.local_files import is_media, may_hold_media
from feedd.items.text import printable
from feedd.model import Problem
from feedd.store.generator_files.section_files import SectionFiles, Unknown, folders_above, speaks_for_others
from feedd.store.generator_files.site_collections import CONFIGURATION

if TYPE_CHECKING:
    from feedd.items.withholding.section_marks import SectionMark


_FEW = 20  # paths of a folder, beside which files are asked for one by one


class FolderEntry(Protocol):
    """A file or a folder that a walk comes upon, as `os.scandir` gives it."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def path(self) -> str:
        """Its path, to ask the disk about it."""

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder."""

    def is_symlink(self) -> bool:
        """Whether it is a symbolic link."""

    def stat(self) -> os.stat_result:
        """Its state, through a symbolic link. Raises OSError."""


class Walk:
    """A walk: its findings so far, and the folders still to look into."""

    def __init__(
        self, root: str, names: ItemNames, sections: SectionFiles, clock_ns: int, *, is_glance: bool = False
    ) -> None:
        self._root = root
        self._names = names
        self._sections = sections
        self._is_glance = is_glance
        self._marks: dict[str, tuple[SectionMark, ...]] = {}  # of folders that were looked into, and those above them
        self._outside: tuple[SectionMark, ...] | None = None
        self._clock_ns = clock_ns
        self._looked_at: Counter[str] = Counter()  # by folder, how many single paths
        self._data: dict[str, frozenset[str]] = {}
        self._waiting: list[str] = []
        self._reached: dict[str, bool] = {}
        self.listing: dict[str, bytes] = {}
        self.files = 0
        self.withheld: set[str] = set()  # paths of item files that a file that speaks for others withholds
        self._withheld_below: set[str] = set()  # folders of which it withholds all
        self.media: list[str] = []
        self.unreadable: list[str] = []
        self._problems: list[Problem] = []

    def _problem(self, path: str, reason: str) -> None:
        self._problems.append(Problem(path, reason))

    def sorted_problems(self) -> tuple[Problem, ...]:
        """The problems, by path."""
        return tuple(sorted(set(self._problems), key=lambda problem: (problem.path, problem.reason)))

    def has_file(self, path: str) -> bool:
        """Whether there is an item file at a path. If the path is a folder, `go_on` looks into it."""
        folder, _, name = path.rpartition("/")
        if not self._reaches(folder) or self._seen(path) is None:
            return False
        above = f"{folder}/" if folder else ""
        is_withheld = self._is_withheld(above, name)
        if is_withheld is None or self._look(above, _Named(name, f"{self._root}/{path}")) is None:
            return False
        names = self._data_beside(above)
        if is_withheld or any(mark.withholds(path, ()) for mark in self._sections.marks_of_text(path, names)):
            self.withheld.add(path)
            return False
        return True

    def _data_beside(self, folder: str) -> frozenset[str] | None:
        """The names of files of data in a folder that is looked at again and again; None for another."""
        if folder not in self._data:
            self._looked_at[folder] += 1
            if self._looked_at[folder] <= _FEW:
                return None
            try:
                with self._entries(folder) as entries:
                    self._data[folder] = frozenset(entry.name for entry in entries if speaks_for_others(entry.name))
            except OSError:  # asking for each file says more
                return None
        return self._data[folder]

    def _reaches(self, folder: str) -> bool:
        """Whether a walk from the root would look into a folder. Reports the problems on the way."""
        if not folder:
            return True
        if folder not in self._reached:
            above, _, name = folder.rpartition("/")
            self._reached[folder] = self._reaches(above) and self._enters(folder, name)
        return self._reached[folder]

    def _enters(self, folder: str, name: str) -> bool:
        mode = self._seen(folder)
        if mode is None or not stat.S_ISDIR(mode):  # links are not followed
            return False
        return self._may_enter(folder, name)

    def _seen(self, path: str) -> int | None:
        """The mode of a path; None if there is nothing, or if its folder has to be looked into first."""
        try:
            return os.lstat(f"{self._root}/{path}").st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            folder = path.rpartition("/")[0]
            self._waiting.append(f"{folder}/" if folder else "")
            return None

    def _may_enter(self, path: str, name: str) -> bool:
        """Whether a folder may be looked into, by its name. Reports a problem of the name."""
        if not is_unicode(name):
            self._problem(printable(path), "the name of this folder is not UTF-8; rename it")
            return False
        if self._names.has_suffix(name):
            self._problem(path, "a folder has the name of an item; rename it")
        return True

    def go_on(self) -> None:
        """Looks into the folders that were found, and into their subfolders."""
        while self._waiting:
            folder = self._waiting.pop()
            try:
                self.folder(folder)
            except (FileNotFoundError, NotADirectoryError):
                pass  # it has gone since it was found
            except OSError as error:
                if self._is_below_withheld(folder):
                    continue
                self.unreadable.append(folder)
                self._problem(folder.rstrip("/"), f"this folder cannot be read: {error.strerror}")

    def folder(self, folder: str) -> None:
        """Looks into one folder. Raises OSError."""
        files: list[FileStamp] = []
        names: list[str] = []
        speaks = False
        found_before = len(self._waiting), len(self.media), len(self._problems)
        is_ignored, clock_ns = self._names.is_ignored, self._clock_ns
        with self._entries(folder) as entries:
            for entry in entries:
                names.append(entry.name)
                speaks = speaks or speaks_for_others(entry.name)  # whether it is an item, too, or none
                if is_ignored(entry.name) and not (entry.name.startswith("_") and self._reads(folder, entry)):
                    continue
                found = self._look(folder, entry)
                if found is not None:
                    files.append(doubtful(found, clock_ns))
        if self._is_below_withheld(folder):
            self._withhold_all(folder, files, found_before)
            return
        if speaks or self._marks or self._is_glance or not folder:
            shown = self._without_withheld(folder, files, names)
            if shown is None:
                if folder in self._withheld_below:
                    self._withhold_all(folder, files, found_before)
                else:
                    del self._waiting[found_before[0] :], self.media[found_before[1] :]
            files = shown or []
        if files:
            self.listing[folder] = pack(files)
            self.files += len(files)

    def _is_below_withheld(self, folder: str) -> bool:
        """Whether all that lies in a folder is withheld by a file in a folder above it."""
        return bool(self._withheld_below) and _folder_above(folder) in self._withheld_below

    def _withhold_all(self, folder: str, files: list[FileStamp], found_before: tuple[int, int, int]) -> None:
        """Takes in a folder of which all is withheld. Its folders are looked into for the names of files alone."""
        self._withheld_below.add(folder)
        self.withheld.update(folder + file.name for file in files)
        del self.media[found_before[1] :]
        self._problems[found_before[2] :] = [each for each in self._problems[found_before[2] :] if each.kind == "note"]

    def _without_withheld(self, folder: str, files: list[FileStamp], names: list[str]) -> list[FileStamp] | None:
        """The files of a folder that are withheld neither by files in it nor by files of a folder above. None if all
        that lies in the folder is withheld. `names`: of all that lies in it.
        """
        try:
            own = self._sections.marks_of(folder, names)
            marks = (*self._marks_above(folder), *own)
        except Unknown as error:
            self._cannot_know(folder, error)
            return None
        if marks or self._is_glance:
            self._marks[folder] = tuple(mark for mark in marks if mark.stem is None)
        above = folders_above(self._root)
        for mark in own if folder else marks:
            if mark.stem is None:
                self._say_withholding(mark, "texts below its folder")
            elif any(mark.withholds(folder + file.name, above) for file in files):
                self._say_withholding(mark, "the text of its name")
        if any(mark.is_for_all for mark in marks):
            self._withheld_below.add(folder)
            return None
        shown: list[FileStamp] = []
        for file in files:
            if any(mark.withholds(folder + file.name, above) for mark in marks):
                self.withheld.add(folder + file.name)
            else:
                shown.append(file)
        return shown

    def _say_withholding(self, mark: SectionMark, what: str) -> None:
        if mark.fault:
            self._problem(mark.origin, f"whether it withholds {what} cannot be known: {mark.fault}")
        else:
            self._problems.append(Problem(mark.origin, f"it withholds {what} (`{mark.said}`)", kind="note"))

    def _marks_above(self, folder: str) -> tuple[SectionMark, ...]:
        """What the files of the folders above a folder withhold. Raises Unknown."""
        if not folder:
            if self._outside is None:
                self._outside = self._sections.marks_outside(is_glance=self._is_glance)
            return self._outside
        outer = _folder_above(folder)
        if outer not in self._marks:
            if not self._is_glance:
                return ()  # the folder above was looked into before, and nothing there withholds
            self._marks[outer] = (*self._marks_above(outer), *self._sections.marks(outer))
        return self._marks[outer]

    def _is_withheld(self, folder: str, name: str) -> bool | None:
        """Whether the file of a folder on the way withholds a file; None if it cannot be known."""
        try:
            marks = self._marks_above(f"{folder}{name}/")
        except Unknown as error:
            self._cannot_know(folder, error)
            return None
        if not marks:
            return False
        above = folders_above(self._root)
        return any(mark.is_for_all or mark.withholds(folder + name, above) for mark in marks)

    def _cannot_know(self, folder: str, error: Unknown) -> None:
        self.unreadable.append(folder)  # so that its files are neither read nor taken for gone
        self._problem(folder.rstrip("/"), str(error))

    def _entries(self, folder: str) -> AbstractContextManager[Iterable[FolderEntry]]:
        """What is in a folder. Raises OSError."""
        return os.scandir(f"{self._root}/{folder}")

    def _look(self, folder: str, entry: FolderEntry) -> FileStamp | None:
        """The stamp of an item file; None for anything else. Folders are kept for later."""
        name = entry.name
        if self._names.goes_by_path and not self._is_chosen(folder + name, entry):
            return None
        if copied_by(name) is not None:
            self._note_copy(folder, entry)
        elif entry.is_dir(follow_symlinks=False):
            if self._may_enter(folder + name, name):
                self._waiting.append(f"{folder}{name}/")
        elif self._names.has_suffix(name):
            return self._status(folder, entry)
        elif is_media(name):
            self.media.append(folder + name)
        elif entry.is_symlink() and os.path.isdir(entry.path):  # noqa: PTH112 - it never raises
            self._problem(folder + name, "a symbolic link to a folder is not followed")
        return None

    def _reads(self, folder: str, entry: FolderEntry) -> bool:
        """Whether a name that is passed over is read all the same. Notes a folder that may be missed."""
        above, path = folder.removesuffix("/"), folder + entry.name
        if not is_unicode(path):
            return False
        if self._names.reads(above, entry.name):
            return True
        if not entry.is_dir(follow_symlinks=False):
            return False
        if why := self._names.why_passed_over(above, entry.name):
            self._problems.append(Problem(path, why, kind="note"))
        elif why := self._names.why_unknown(above):
            self.unreadable.append(f"{path}/")  # so that its files are not taken for gone
            reason = f"whether it names a collection in {CONFIGURATION} cannot be known: {why}"
            self._problems.append(Problem(path, reason, kind="note"))
        return False

    def _is_chosen(self, path: str, entry: FolderEntry) -> bool:
        """Whether the patterns for paths have a file, or may have files in a folder. Media may lie beside them."""
        if not is_unicode(path):
            return True
        if self._names.ignores_path(path):
            return False
        is_folder = entry.is_dir(follow_symlinks=False)
        if is_folder:
            return self._names.may_hold_items(path) or may_hold_media(path)
        return self._names.includes(path) or (is_media(path) and not self._names.has_suffix(path))

    def _note_copy(self, folder: str, entry: FolderEntry) -> None:
        path = folder + entry.name
        if self._names.has_suffix(path) or entry.is_dir(follow_symlinks=False):
            self._problems.append(Problem(printable(path), self._names.why_none(entry.name) or "", kind="note"))

    def _status(self, folder: str, entry: FolderEntry) -> FileStamp | None:
        path = folder + entry.name
        if not is_unicode(path):
            self._problem(printable(path), "the name of this file is not UTF-8; rename it")
            return None
        try:
            found = entry.stat()
        except OSError as error:
            gone = isinstance(error, FileNotFoundError | NotADirectoryError) or error.errno == errno.ELOOP
            if entry.is_symlink() and gone:
                self._problem(path, "a symbolic link that leads nowhere")
            elif not gone:
                return FileStamp(entry.name, -1, -1, -1)  # an unreadable file is not gone: reading will report why
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
        return FileStamp(entry.name, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _folder_above(folder: str) -> str:
    """The folder in which a folder lies; "" for the root. All end in `/`."""
    return folder[: folder.rfind("/", 0, -1) + 1]


class _Named(NamedTuple):
    """An entry like those of `os.scandir`, for a path."""

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
        return os.path.islink(self.path)  # noqa: PTH114 - like os.scandir

    def stat(self) -> os.stat_result:
        """Its state, through a symbolic link. Raises OSError."""
        return os.stat(self.path)  # noqa: PTH116 - as os.scandir has it


def is_unicode(name: str) -> bool:
    """Whether a name can be written in UTF-8."""
    if name.isascii():
        return True
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
