"""Preview folders: folders that previews are rendered into. A named file in a folder says that a preview made it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from feedd.store.errors import Unusable
from feedd.store.mounts import real_path

_MARK = ".feedd-preview"


class PreviewFolder:
    """A folder for a preview. All that is in it goes with the next preview."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._there = real_path(path)

    def why_unusable(self, others: Mapping[str, Path]) -> str | None:
        """Why no preview may be rendered into the folder; None if it may be. `others`: the folders of the site, by
        what is in them.
        """
        for what, other in others.items():
            there = real_path(other)
            if self._there.is_relative_to(there) or there.is_relative_to(self._there):
                return f"{self.path} is the folder of the {what}, or lies in it, or holds it; choose another folder"
        if self._there.exists() and not self._there.is_dir():
            return f"{self.path} is no folder; choose another name"
        if self._there.is_dir() and any(self._there.iterdir()) and not (self._there / _MARK).exists():
            return f"{self.path} is not empty, and no preview made it; choose another folder, or empty it"
        return None

    def begin(self) -> None:
        """Makes the folder, empty but for its mark. Raises Unusable."""
        try:
            if self._there.exists():
                for each in self._there.iterdir():
                    shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
            self._there.mkdir(parents=True, exist_ok=True)
            (self._there / _MARK).touch()
        except OSError as error:
            raise Unusable(f"{error.filename or self.path} cannot be written: {error.strerror}") from None
