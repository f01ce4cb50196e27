"""The files of mirrored pictures in the state directory: names, made of their bytes, in; bytes out."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from pathlib import Path

from feedd.store.errors import Unusable
from feedd.store.private_files import make_directory, read_private, replace_private

FOLDER = "pictures"


class PictureFiles:
    """The pictures of a state directory."""

    def __init__(self, state: Path) -> None:
        self._folder = state / FOLDER

    def read(self, name: str) -> bytes | None:
        """The bytes of a picture; None if they are not there."""
        try:
            return read_private(self._folder / name)
        except (OSError, Unusable):
            return None

    def write(self, name: str, data: bytes) -> None:
        """Keeps a picture. One that is there stays as it is. Raises OSError."""
        make_directory(self._folder)
        if not (self._folder / name).is_file():
            replace_private(self._folder / name, data)

    def keep_only(self, names: Collection[str]) -> None:
        """Deletes all other pictures. A picture that cannot be deleted stays until the next call."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            for path in list(self._folder.iterdir()):
                if path.name not in names:
                    with contextlib.suppress(OSError):
                        path.unlink()
