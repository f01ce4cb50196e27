"""Files of another generator that speak for texts beside or below them: a folder in; what withholds texts, out.

They are `_index.md` and its kin of Hugo and Zola, and the files of data of Eleventy and Nikola. Those that lie above
the items' directory speak for it, too, as far as the site reaches.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from feedd.items.file_names import is_section_file
from feedd.items.withholding.data_names import DATA_ENDS, META, data_name

if TYPE_CHECKING:
    from feedd.items.withholding.section_marks import SectionMark

_USUAL = "_index.md"
_MOST_BYTES = 1024 * 1024
_MOST_LEVELS = 8
_UP = "../"
# Names in the folder of a whole site, above which nothing belongs to it: of generators, and of others.
_OF_SITES = (
    *("conf.py", "_config.yml", ".eleventy.js"),
    *(f"eleventy.config.{suffix}" for suffix in ("js", "mjs", "cjs", "ts")),
    *(f"{name}.{suffix}" for name in ("hugo", "config") for suffix in ("toml", "yaml", "yml", "json")),
)
_OF_PROJECTS = (".git", "config", "package.json")
_CONTENT = "content"


class Unknown(Exception):
    """What a file says cannot be known; the text says which file, and why."""


def speaks_for_others(name: str) -> bool:
    """Whether a file of this name may say what other files are."""
    return is_section_file(name) or name.endswith(DATA_ENDS)


class SectionFiles:
    """The files in an items' directory that speak for others. A changed file is read again.

    Marks are by the folder, with `/` at its end; "" for the root, and `../` for each folder above it.
    """

    def __init__(self, root: str | os.PathLike[str], *, audiences: bool = False) -> None:
        self._audiences = audiences
        self._root = os.fspath(root)
        self._speaking: dict[str, tuple[tuple[str, str | None], ...]] = {}  # names, with the stems of single texts
        self._outside: tuple[str, ...] | None = None  # at the last look at all
        self._known: dict[str, tuple[tuple[int, ...], tuple[SectionMark, ...]]] = {}

    def marks(self, folder: str) -> tuple[SectionMark, ...]:
        """What withholds files below a folder, by the files of the folder as they were seen last. Raises Unknown."""
        seen = dict(self._speaking.get(folder, ()))
        usual = (_USUAL, *(f"{self._name_of(folder)}{end}" for end in DATA_ENDS))
        return self._marks_of(folder, {**dict.fromkeys(usual), **seen}.items())

    def marks_of(self, folder: str, names: Collection[str]) -> tuple[SectionMark, ...]:
        """What withholds files below a folder in which there are files of these names. Raises Unknown."""
        speaking = tuple(speaking_files(self._name_of(folder), names))
        if speaking or folder in self._speaking:
            self._speaking[folder] = speaking
        return self._marks_of(folder, speaking)

    def marks_of_text(self, path: str, names: Collection[str] | None = None) -> tuple[SectionMark, ...]:
        """What withholds a single text, by the files of its name beside it. `names`: of the files of data there."""
        folder, slash, name = path.rpartition("/")
        stem, dot, _ = name.rpartition(".")
        if not dot or (names is not None and not names):
            return ()
        beside = {f"{stem}{end}": stem for end in DATA_ENDS}
        beside[f"{stem.partition('.')[0]}{META}"] = stem.partition(".")[0]  # also of a translation
        here = beside if names is None else beside.keys() & names
        return self._marks_of(folder + slash, [(each, beside[each]) for each in here])

    def _name_of(self, folder: str) -> str:
        if folder and not folder.startswith(_UP):
            return folder[:-1].rpartition("/")[2]
        names = folders_above(os.path.realpath(self._root))
        level = len(folder) // len(_UP)
        return names[-1 - level] if level < len(names) else ""

    def _marks_of(self, folder: str, speaking: Collection[tuple[str, str | None]]) -> tuple[SectionMark, ...]:
        return tuple(mark for name, stem in speaking for mark in self._marks_by(folder, name, stem))

    def _marks_by(self, folder: str, name: str, stem: str | None) -> Iterator[SectionMark]:
        path = f"{folder}{name}"
        try:
            found = self._read(path, name)
        except Unknown as error:
            if stem is None:
                raise Unknown(f"whether {path} withholds what lies here cannot be known: {error}") from None
            from feedd.items.withholding.section_marks import SectionMark

            found = (SectionMark("", fault=str(error)),)
        whole = None if stem is None else f"{folder}{stem}"
        for mark in found:
            yield mark._replace(origin=path, stem=whole, is_of_translations=name.endswith(META))

    def why_withheld(self, path: str) -> str | None:
        """Which file withholds a file, in words; None if none does."""
        names = path.split("/")[:-1]
        above = folders_above(os.path.realpath(self._root))
        folders = ["".join(f"{name}/" for name in names[:depth]) for depth in range(len(names) + 1)]
        try:
            marks = [mark for folder in (*self.outside(), *folders) for mark in self.marks(folder)]
        except Unknown as error:
            return str(error)
        marks += self.marks_of_text(path)
        return next((mark.words for mark in marks if mark.withholds(path, above)), None)

    def outside(self) -> tuple[str, ...]:
        """The folders above the root in which a site has its texts, the nearest first. The site's own folder, and what
        lies above it, is none. Where no site is recognised, the folder `content` is the uppermost.
        """
        here = Path(os.path.realpath(self._root))
        in_content = 0
        for level, folder in enumerate(islice((here, *here.parents), _MOST_LEVELS)):
            if any(os.path.lexists(f"{folder}/{name}") for name in _OF_SITES):
                return tuple(_UP * (above + 1) for above in range(level - 1))
            if any(os.path.lexists(f"{folder}/{name}") for name in _OF_PROJECTS):
                break
            if folder.name == _CONTENT:
                in_content = level
        return tuple(_UP * (above + 1) for above in range(in_content))

    def marks_outside(self, *, is_glance: bool) -> tuple[SectionMark, ...]:
        """What withholds files of the whole root, by files in the folders above it. Raises Unknown."""
        if not is_glance or self._outside is None:
            self._outside = self.outside()
        return tuple(mark for folder in self._outside for mark in self._marks_outside(folder, is_glance=is_glance))

    def _marks_outside(self, folder: str, *, is_glance: bool) -> tuple[SectionMark, ...]:
        if not is_glance:
            try:
                with os.scandir(f"{os.path.realpath(self._root)}/{folder}") as entries:
                    found = self.marks_of(folder, [entry.name for entry in entries])
            except OSError:
                return self.marks(folder)
        else:
            found = self.marks(folder)
        return tuple(mark for mark in found if mark.stem is None)

    def _read(self, path: str, name: str) -> tuple[SectionMark, ...]:
        whole = f"{os.path.realpath(self._root) if path.startswith(_UP) else self._root}/{path}"
        try:
            found = os.stat(whole)  # noqa: PTH116 - a text
            stamp = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
            known = self._known.get(path)
            if known is None or known[0] != stamp:
                if not stat.S_ISREG(found.st_mode):
                    return ()
                with open(whole, "rb") as file:  # noqa: PTH123 - a text
                    known = self._known[path] = stamp, marks_in(name, file.read(_MOST_BYTES), audiences=self._audiences)
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise Unknown(error.strerror) from None
        return known[1]


def speaking_files(folder: str, names: Collection[str]) -> Iterator[tuple[str, str | None]]:
    """The files among these that speak for others, each with the stem of the single text that it speaks for, or None
    if it speaks for the whole folder. `folder`: the folder's own name; `names`: of all that lies in it.
    """
    about = {name: found for name in names if name.endswith(DATA_ENDS) and (found := data_name(name))}
    stems: set[str] = set()
    for name in names if about else ():
        if name not in about:
            stem = name.rpartition(".")[0]
            stems |= {stem, stem.partition(".")[0]}
    for name in sorted(names):
        if is_section_file(name):
            yield name, None
        elif name in about:
            stem = about[name].stem
            if stem in stems:
                yield name, stem
            if about[name].kind != "meta" and (
                stem == folder or (about[name].kind == "eleventy" and stem not in stems)
            ):
                yield name, None


def marks_in(name: str, data: bytes, *, audiences: bool = False) -> tuple[SectionMark, ...]:
    """What a file says that withholds what it speaks for. `audiences`: an audience that it names does, too."""
    from feedd.items.withholding.section_marks import SectionMark, section_marks  # late: most sites have no such files

    if audiences:
        from feedd.items.withholding.audience_marks import names_audience

        if names_audience(data):
            return (SectionMark("audience"),)
    if is_section_file(name):
        return section_marks(name, data)
    from feedd.items.withholding.data_marks import hiding_data

    said = hiding_data(name, data)
    return (SectionMark(said),) if said else ()


def folders_above(root: str) -> tuple[str, ...]:
    """The names of the folders in which a directory lies, with its own."""
    return PurePath(root).parts[1:]
