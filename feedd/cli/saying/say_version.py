"""What `feedd --version` says: what is installed, in words."""

from __future__ import annotations

import platform
import sqlite3
import zlib

from feedd import __version__
from feedd.cli import output
from feedd.store.installed import COMPRESSORS, READERS, RENDERERS, versions


def say_version() -> None:
    """Prints the version of feedd, and those of Python and of the libraries that shape the bytes of documents."""
    names = sorted({*READERS, *RENDERERS, *COMPRESSORS})
    libraries = dict(zip(names, versions(names), strict=True))
    libraries = {"SQLite": sqlite3.sqlite_version, "zlib": zlib.ZLIB_RUNTIME_VERSION, **libraries}
    output.say(f"feedd {__version__}")
    output.say(f"Python {platform.python_version()} ({platform.system()} {platform.machine()})")
    output.say(", ".join(f"{name} {version}" for name, version in libraries.items()))
