"""Collections of a generator's site: a folder of items in; the folders that a `_config.yml` in it names, out.

The file is read as text. A collection has pages of its own, and so is read, if it says `output: true`.
"""

from __future__ import annotations

import os
import stat

from msgspec import Struct

from feedd.items.front_matter.yaml import FrontMatterError, Node, decode, read_tree

CONFIGURATION = "_config.yml"
MOST_BYTES = 256 * 1024
_TRUE = ("true", "yes", "on")


class CollectionNames(Struct, frozen=True):
    """The folders that a configuration names, or why they cannot be known."""

    names: frozenset[str]
    fault: str | None = None


NO_COLLECTIONS = CollectionNames(frozenset())


class SiteCollections:
    """The collections that configurations in an items' directory name. A changed configuration is read again."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self._root = os.fspath(root)
        self._known: dict[str, tuple[tuple[int, ...], CollectionNames]] = {}

    def names(self, folder: str) -> frozenset[str]:
        """The names of the folders in `folder`, "" for the root, that hold collections with pages."""
        return self._read(folder).names

    def fault(self, folder: str) -> str | None:
        """Why the collections in a folder cannot be known; None if they are known, or if there is no configuration."""
        return self._read(folder).fault

    def _read(self, folder: str) -> CollectionNames:
        path = f"{self._root}/{folder}/{CONFIGURATION}"
        try:
            found = os.stat(path)  # noqa: PTH116 - a text
        except (FileNotFoundError, NotADirectoryError):
            return NO_COLLECTIONS
        except OSError as error:
            return CollectionNames(frozenset(), error.strerror)
        stamp = (found.st_ino, found.st_size, found.st_mtime_ns)
        known = self._known.get(folder)
        if known is None or known[0] != stamp:
            known = self._known[folder] = stamp, _read(path, found)
        return known[1]


def _read(path: str, found: os.stat_result) -> CollectionNames:
    if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
        return CollectionNames(frozenset(), "it is no regular file, or too large")
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a text
            return collections_in(file.read(MOST_BYTES))
    except OSError as error:
        return CollectionNames(frozenset(), error.strerror)


def collections_in(data: bytes) -> CollectionNames:
    """The folders that the bytes of a configuration name."""
    try:
        collections = read_tree(decode(data)).tree.get("collections")
    except FrontMatterError as error:
        return CollectionNames(frozenset(), error.reason)
    if not isinstance(collections, dict):
        return NO_COLLECTIONS
    return CollectionNames(frozenset(f"_{name}" for name, about in collections.items() if _has_pages(about)))


def _has_pages(about: Node) -> bool:
    output = about.get("output") if isinstance(about, dict) else None
    return isinstance(output, str) and output.lower() in _TRUE
