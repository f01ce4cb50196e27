"""What is installed: names of libraries in; their versions out. And a digest of the code of feedd."""

from __future__ import annotations

import hashlib
import os
import sys
from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import feedd

RENDERERS = ("feedgen", "lxml", "nh3", "pyromark")  # other versions of these may write other bytes
READERS = ("ftfy", "idna", "msgspec", "pyyaml")  # other versions of these may read items otherwise
COMPRESSORS = ("brotli",)  # other versions of these may write other bytes of the same document
_SUFFIX = ".dist-info"


def code_digest() -> str:
    """A digest of the code of feedd, as it lies on the disk: a version has another digest than a working copy of it."""
    digest, root = hashlib.blake2b(digest_size=6), Path(feedd.__file__).parent
    for path in sorted(root.rglob("*.py")):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def versions(names: Collection[str]) -> list[str]:
    """The versions of libraries, in the order of `names`. Names are in lower case, without punctuation.

    The version is read from the name of the `.dist-info` folder beside a library. Without such a folder, or with
    several, importlib.metadata is asked: this takes as long as a whole pass without changes.
    """
    found: dict[str, set[str]] = {}
    for folder in sys.path:
        here = _versions_in(folder or ".")
        found = {name: here[name] for name in names if name in here} | found  # the first folder with a library has it
    return [next(iter(found[name])) if len(found.get(name, ())) == 1 else _from_metadata(name) for name in names]


def _versions_in(folder: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(_SUFFIX):
                name, _, version = entry.name.removesuffix(_SUFFIX).partition("-")
                found[name.lower()].add(version)
    return found


def _from_metadata(name: str) -> str:
    from importlib.metadata import version

    return version(name)
