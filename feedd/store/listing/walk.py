"""Walks through the items' directory: folders and paths in; stamps of item files, and problems, out."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager

from feedd.decide.changes import FileStamp, doubtful, pack
from feedd.items.file_names import ItemNames, copied_by
from feedd.items.local_files import is_media, may_hold_media
from feedd.items.text import printable
from feedd.model import Problem
from feedd.store.generator_files.folder_marks import FolderMarks, folder_above
from feedd.store.generator_files.section_files import SectionFiles, Unknown, speaks_for_others
from feedd.store.generator_files.site_collections import CONFIGURATION
from feedd.store.listing.folder_entries import FolderEntry, NamedEntry, is_unicode

_FEW = 20  # paths of a folder, beside which files are asked for one by one


class Walk:
    """A walk: its findings so far, and the folders still to look into."""

    def __init__(
        self, root: str, names: ItemNames, sections: SectionFiles, clock_ns: int, *, is_glance: bool = False
    ) -> None:
        self._root = root
        self._names = names
        self._sections = sections
        self._marks = FolderMarks(root, sections, is_glance=is_glance)
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
        if is_withheld is None or self._look(above, NamedEntry(name, f"{self._root}/{path}")) is None:
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
                self.look_into(folder)
            except (FileNotFoundError, NotADirectoryError):
                pass  # it has gone since it was found
            except OSError as error:
                if self._is_below_withheld(folder):
                    continue
                self.unreadable.append(folder)
                self._problem(folder.rstrip("/"), f"this folder cannot be read: {error.strerror}")

    def look_into(self, folder: str) -> None:
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
        if speaks or self._marks.may_withhold(folder):
            files = self._shown(folder, files, names, found_before)
        if files:
            self.listing[folder] = pack(files)
            self.files += len(files)

    def _is_below_withheld(self, folder: str) -> bool:
        """Whether all that lies in a folder is withheld by a file in a folder above it."""
        return bool(self._withheld_below) and folder_above(folder) in self._withheld_below

    def _withhold_all(self, folder: str, files: list[FileStamp], found_before: tuple[int, int, int]) -> None:
        """Takes in a folder of which all is withheld. Its folders are looked into for the names of files alone."""
        self._withheld_below.add(folder)
        self.withheld.update(folder + file.name for file in files)
        del self.media[found_before[1] :]
        self._problems[found_before[2] :] = [each for each in self._problems[found_before[2] :] if each.kind == "note"]

    def _shown(
        self, folder: str, files: list[FileStamp], names: list[str], found_before: tuple[int, int, int]
    ) -> list[FileStamp]:
        """The files of a folder that are shown. Forgets what was found in it if nothing there can be shown."""
        try:
            found = self._marks.sort_out(folder, files, names)
        except Unknown as error:
            self._cannot_know(folder, error)
            del self._waiting[found_before[0] :], self.media[found_before[1] :]
            return []
        self._problems += found.problems
        if found.is_all_withheld:
            self._withhold_all(folder, files, found_before)
        self.withheld.update(found.withheld)
        return found.shown

    def _is_withheld(self, folder: str, name: str) -> bool | None:
        """Whether the file of a folder on the way withholds a file; None if it cannot be known."""
        try:
            return self._marks.withhold(folder, name)
        except Unknown as error:
            self._cannot_know(folder, error)
            return None

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
        elif self._names.nearly_has_suffix(name):
            self._note(folder + name, f"no item: {self._names.why_none(name)}")
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
            self._note(path, self._names.why_none(entry.name) or "")

    def _note(self, path: str, reason: str) -> None:
        self._problems.append(Problem(printable(path), reason, kind="note"))

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
