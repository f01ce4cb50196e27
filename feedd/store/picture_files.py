"""The files of mirrored pictures in the state directory: names, made of their bytes, in; bytes out."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection
from pathlib import Path

from feedd.store.errors import Unusable
from feedd.store.private_files import make_directory, read_private, replace_private

FOLDER = "pictures"
_DIGEST = 16  # bytes


def picture_digest(data: bytes) -> str:
    """The first part of a picture's name, before its suffix."""
    return hashlib.blake2b(data, digest_size=_DIGEST).hexdigest()


class PictureFiles:
    """The pictures of a state directory."""

    def __init__(self, state: Path) -> None:
        self._folder = state / FOLDER

    def read(self, name: str) -> bytes | None:
        """The bytes of a picture; None if they are not there, or are not the bytes of its name: after a loss of power a
        file may be empty.
        """
        try:
            data = read_private(self._folder / name)
        except (OSError, Unusable):
            return None
        return data if picture_digest(data) == name.partition(".")[0] else None

    def write(self, name: str, data: bytes) -> None:
        """Keeps a picture. One that is there and whole stays as it is. Raises OSError."""
        make_directory(self._folder)
        if self.read(name) is None:
            replace_private(self._folder / name, data)

    def keep_only(self, names: Collection[str]) -> None:
        """Deletes all other pictures. A picture that cannot be deleted stays until the next call."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            for path in list(self._folder.iterdir()):
                if path.name not in names:
                    with contextlib.suppress(OSError):
                        path.unlink()
