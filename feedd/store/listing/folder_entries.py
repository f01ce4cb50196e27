"""What a folder holds: the protocol of a file or folder in it, as `os.scandir` gives it; the same for a single path."""

from __future__ import annotations

import os
import stat
from typing import Protocol

from msgspec import Struct


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


class NamedEntry(Struct, frozen=True):
    """A FolderEntry for a single path."""

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
