"""Nikola's settings, `conf.py`: a folder in; whether it lies in a site of Nikola, out. The settings are not run."""

from __future__ import annotations

import stat
from itertools import islice
from pathlib import Path

from feedd.store.mounts import real_path

_SETTINGS = "conf.py"
_LEVELS = 5  # folders above a folder of texts, with itself
_MOST_BYTES = 256 * 1024


def is_in_nikola_site(folder: Path) -> bool:
    """Whether a folder, or one of those above it, has the settings of Nikola. Settings that cannot be read count."""
    here = real_path(folder)
    return any(_is_nikolas(above / _SETTINGS) for above in islice((here, *here.parents), _LEVELS))


def _is_nikolas(settings: Path) -> bool:
    try:
        if not stat.S_ISREG(settings.stat().st_mode):
            return False
        with settings.open("rb") as file:
            text = file.read(_MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return b"BLOG_TITLE" in text and b"POSTS" in text
