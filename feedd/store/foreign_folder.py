"""Another program's folder: a listing of its files, and the texts of small ones, out. Nothing is written there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from feedd.store.item_source import Unavailable, Unread
from feedd.store.items import ItemsDirectory

MAX_CONFIG_BYTES = 1024 * 1024
MAX_NAMES = 200_000

# What other programs put beside a site's sources: packages, outputs, histories. None of it is written by people.
_PASSED_OVER = frozenset(
    (".git", ".hg", ".svn", ".cache", ".venv", "venv", "__pycache__", "node_modules", "bower_components", "_site")
)


class FolderText(Protocol):
    """A folder as the modules of `migrate` see it."""

    @property
    def name(self) -> str:
        """The name of the folder itself."""

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of all files, below the folder, with `/`, sorted."""

    @property
    def folders(self) -> frozenset[str]:
        """The paths of all folders that were looked into."""

    def text(self, path: str) -> str | None:
        """The text of a file; None if there is none. Raises Unfit if it cannot be read as text."""


class Unfit(Exception):
    """A file that cannot be read as text. The words say why, without the path."""


class ForeignFolder:
    """A folder of the local disk, as a FolderText. Symbolic links to folders, or out of the folder, are not followed.

    Raises Unavailable if the folder is missing, is none, or cannot be listed.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._root = os.path.realpath(root)
        self.unread: tuple[str, ...] = ()
        self._reader = ItemsDirectory(root, (), (), MAX_CONFIG_BYTES)
        self.files, self.folders = self._listing()

    @property
    def name(self) -> str:
        """The name of the folder itself."""
        return Path(self._root).name

    def text(self, path: str) -> str | None:
        """The text of a file: UTF-8, with `\\n` line ends. Raises Unfit."""
        target = os.path.realpath(f"{self._root}/{path}")
        if not target.startswith(self._root + os.sep):
            raise Unfit("it leads out of the folder")
        data = self._reader.read(path)
        if data is None:
            return None
        if isinstance(data, Unread):
            too_large = bool(data.head)
            raise Unfit(f"it is larger than {MAX_CONFIG_BYTES:,} bytes" if too_large else data.problem.reason)
        try:
            return data.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise Unfit("it is not UTF-8") from None

    def _listing(self) -> tuple[tuple[str, ...], frozenset[str]]:
        files: list[str] = []
        folders: set[str] = set()
        unread: list[str] = []

        def failed(error: OSError) -> None:
            if Path(error.filename or self._root) == Path(self._root):
                raise Unavailable(f"{self.root}: {error.strerror}")
            unread.append(os.path.relpath(error.filename, self._root))

        for folder, names, found in os.walk(self._root, onerror=failed):
            names[:] = sorted(name for name in names if name not in _PASSED_OVER and _is_text(name))
            below = "" if folder == self._root else os.path.relpath(folder, self._root) + "/"
            folders.add(below.rstrip("/"))
            files.extend(below + name for name in found if _is_text(name))
            if len(files) > MAX_NAMES:
                raise Unavailable(f"{self.root}: more than {MAX_NAMES:,} files; name the folder of the site itself")
        self.unread = tuple(unread)
        return tuple(sorted(files)), frozenset(folders)


def _is_text(name: str) -> bool:
    return name.isprintable() or name.encode("utf-8", "replace").decode() == name
