"""A configuration that is not in force: its file in; what can be told of it all the same, out.

What a person is about to make private is not published meanwhile: a mistake elsewhere in the file, or a reload that is
still to come, is no reason to show it.
"""

from __future__ import annotations

from pathlib import Path
from stat import S_ISREG

from feedd.config import load as configuration
from feedd.config.config_file import ConfigError, load_text
from feedd.config.load import Config
from feedd.config.private_settings import PrivateSettings
from feedd.patterns import late_pattern

_SECTION = "private"
_KEY = late_pattern(r"[ \t\"']*([a-z]{1,20})[ \t\"']*:")


class PrivateWatch:
    """Looks whether the file of a configuration has the section `private`. The file is read when it has changed. A
    pipe can be read only once, and is not looked at.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, ...] | None = None
        self._has_private = False

    def has_private(self) -> bool:
        """Whether the file has the section now, or may have it."""
        try:
            found = self._path.stat()
        except OSError:
            return False
        stamp = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        if S_ISREG(found.st_mode) and stamp != self._stamp:
            self._stamp, self._has_private = stamp, has_private(self._path)
        return self._has_private


def has_private(path: Path) -> bool:
    """Whether the configuration in a file has the section `private`; if the file has mistakes, whether it may have it,
    with or without a slip in the name. False if there is no such file, or nobody may read it.
    """
    try:
        return configuration.load(path).private is not None
    except ConfigError:
        return _names_private(path)


def _names_private(path: Path) -> bool:
    try:
        lines = load_text(path).casefold().splitlines()
    except ConfigError:
        return False
    from feedd.items.withholding.near_names import with_one_slip  # late: few configurations are refused

    near = {_SECTION, *with_one_slip(_SECTION)}
    return any(found is not None and found[1] in near for found in map(_KEY.match, lines))


def readable_part(error: ConfigError, path: Path) -> Config:
    """What could be read of a configuration with mistakes: the keys that say how items are read, and the usual values
    for all others. What names an audience is withheld if the file may have the section `private`.
    """
    read = {key: value for key, value in error.sound.items() if key in _OF_ITEMS}
    if "private" not in read and has_private(path):
        read["private"] = PrivateSettings()
    return Config(**read)


_OF_ITEMS = frozenset(
    ("base_url", "language", "site", "fields", "folders", "dates_from", "directories", "items", "defaults", "private")
)
