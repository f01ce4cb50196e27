"""Files that speak for a whole folder of another generator's site: a folder in; what withholds files below it, out."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feedd.items.withholding.section_marks import SectionMark

_USUAL = "_index.md"
_MOST_BYTES = 1024 * 1024


class Unknown(Exception):
    """What a folder's own file says cannot be known; the text says why, without the path."""


class SectionFiles:
    """The files of folders in an items' directory that speak for them. A changed file is read again.

    Marks are by the folder, with `/` at its end; "" for the root.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self._root = os.fspath(root)
        self._names: dict[str, tuple[str, ...]] = {}
        self._known: dict[str, tuple[tuple[int, ...], tuple[SectionMark, ...]]] = {}

    def marks(self, folder: str) -> tuple[SectionMark, ...]:
        """What withholds files below a folder, by those of its files that were seen last. Raises Unknown."""
        return self._marks_of(folder, {_USUAL, *self._names.get(folder, ())})

    def marks_of(self, folder: str, names: Collection[str]) -> tuple[SectionMark, ...]:
        """What withholds files below a folder, by its files of these names. Raises Unknown."""
        if names:
            self._names[folder] = tuple(names)
        return self._marks_of(folder, names)

    def _marks_of(self, folder: str, names: Collection[str]) -> tuple[SectionMark, ...]:
        return tuple(mark for name in sorted(names) for mark in self._read(f"{folder}{name}", name))

    def why_withheld(self, path: str) -> str | None:
        """Which file of a folder withholds a file, in words; None if none does."""
        names = path.split("/")[:-1]
        above = folders_above(os.path.realpath(self._root))
        for depth in range(len(names) + 1):
            folder = "".join(f"{name}/" for name in names[:depth])
            try:
                marks = self.marks(folder)
            except Unknown as error:
                return f"whether {folder}_index.md withholds it cannot be known: {error}"
            if mark := next((mark for mark in marks if mark.withholds(path, above)), None):
                return f"{folder}_index.md withholds it (`{mark.said}`)"
        return None

    def _read(self, path: str, name: str) -> tuple[SectionMark, ...]:
        whole = f"{self._root}/{path}"
        try:
            found = os.stat(whole)  # noqa: PTH116 - a text
            stamp = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
            known = self._known.get(path)
            if known is None or known[0] != stamp:
                if not stat.S_ISREG(found.st_mode):
                    return ()
                from feedd.items.withholding.section_marks import section_marks  # late: most sites have no such files

                with open(whole, "rb") as file:  # noqa: PTH123 - a text
                    known = self._known[path] = stamp, section_marks(name, file.read(_MOST_BYTES))
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise Unknown(error.strerror) from None
        return known[1]


def folders_above(root: str) -> tuple[str, ...]:
    """The names of the folders in which a directory lies, with its own."""
    return PurePath(root).parts[1:]
