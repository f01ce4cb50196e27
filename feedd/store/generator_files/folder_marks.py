"""What files of other generators withhold in the folders of a walk: the files of a folder in; those shown, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from feedd.model import Problem
from feedd.store.generator_files.section_files import folders_above

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from feedd.decide.changes import FileStamp
    from feedd.items.withholding.section_marks import SectionMark
    from feedd.store.generator_files.section_files import SectionFiles


class SortedFiles(Struct, frozen=True):
    """The item files of a folder: those shown, and the paths of those withheld. `is_all_withheld`: so is all that lies
    below the folder. `problems` are what to say of the files that withhold.
    """

    shown: list[FileStamp]
    withheld: list[str]
    is_all_withheld: bool
    problems: list[Problem]


class FolderMarks:
    """The marks of the folders that a walk has come through. Folders are "" or end in `/`.

    `is_glance`: the walk begins anywhere, so the folders above a folder may not have been looked into before.
    """

    def __init__(self, root: str, sections: SectionFiles, *, is_glance: bool) -> None:
        self._root = root
        self._sections = sections
        self._is_glance = is_glance
        self._marks: dict[str, tuple[SectionMark, ...]] = {}  # of folders that were looked into, and those above them
        self._outside: tuple[SectionMark, ...] | None = None

    def may_withhold(self, folder: str) -> bool:
        """Whether files that lie above a folder may withhold files in it, as far as is known without a look."""
        return bool(self._marks) or self._is_glance or not folder

    def sort_out(self, folder: str, files: Sequence[FileStamp], names: Sequence[str]) -> SortedFiles:
        """Tells the item files of a folder that are withheld from those shown. `names`: of all that lies in it.
        Raises Unknown.
        """
        own = self._sections.marks_of(folder, names)
        marks = (*self._above(folder), *own)
        if marks or self._is_glance:
            self._marks[folder] = tuple(mark for mark in marks if mark.stem is None)
        problems = list(self._problems(own if folder else marks, folder, files))
        if any(mark.is_for_all for mark in marks):
            return SortedFiles([], [folder + file.name for file in files], True, problems)
        above = folders_above(self._root)
        shown: list[FileStamp] = []
        withheld: list[str] = []
        for file in files:
            if any(mark.withholds(folder + file.name, above) for mark in marks):
                withheld.append(folder + file.name)
            else:
                shown.append(file)
        return SortedFiles(shown, withheld, False, problems)

    def _problems(self, marks: Sequence[SectionMark], folder: str, files: Sequence[FileStamp]) -> Iterator[Problem]:
        above = folders_above(self._root)
        for mark in marks:
            if mark.stem is None:
                yield _problem(mark, "texts below its folder")
            elif any(mark.withholds(folder + file.name, above) for file in files):
                yield _problem(mark, "the text of its name")

    def withhold(self, folder: str, name: str) -> bool:
        """Whether a file of a folder is withheld by a file that speaks for the folder. Raises Unknown."""
        marks = self._above(f"{folder}{name}/")
        if not marks:
            return False
        above = folders_above(self._root)
        return any(mark.is_for_all or mark.withholds(folder + name, above) for mark in marks)

    def _above(self, folder: str) -> tuple[SectionMark, ...]:
        """What the files of the folders above a folder withhold. Raises Unknown."""
        if not folder:
            if self._outside is None:
                self._outside = self._sections.marks_outside(is_glance=self._is_glance)
            return self._outside
        outer = folder_above(folder)
        if outer not in self._marks:
            if not self._is_glance:
                return ()  # the folder above was looked into before, and nothing there withholds
            self._marks[outer] = (*self._above(outer), *self._sections.marks(outer))
        return self._marks[outer]


def _problem(mark: SectionMark, what: str) -> Problem:
    if mark.fault:
        return Problem(mark.origin, f"whether it withholds {what} cannot be known: {mark.fault}")
    return Problem(mark.origin, f"it withholds {what} (`{mark.said}`)", kind="note")


def folder_above(folder: str) -> str:
    """The folder in which a folder lies; "" for the root. All end in `/`."""
    return folder[: folder.rfind("/", 0, -1) + 1]
