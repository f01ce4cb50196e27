"""A file of the state directory that says which pages of entries are gone for good: for the server, without a ledger.

It holds digests of slugs: a slug quotes the title of its entry, and the title of a withdrawn entry must stand nowhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from feedd.store.errors import Unusable
from feedd.store.private_files import read_private, replace_private

GONE_PAGES_NAME = "gone-pages"
_BYTES = 8  # of a digest


class GonePages:
    """The pages of withdrawn entries, in a state directory."""

    def __init__(self, state: Path) -> None:
        self._path = state / GONE_PAGES_NAME
        self._look: tuple[int, int, int] | None = None
        self._digests: frozenset[bytes] = frozenset()

    def keep(self, slugs: Iterable[str], before: bytes = b"") -> bool:
        """Keeps the slugs of all pages that are gone, and the digests of `before`. Returns whether they are kept now;
        where they are not, the server says 404.
        """
        data = b"".join(sorted({*map(_digest, slugs), *_parted(before)}))
        with suppress(OSError, Unusable):
            if data != self.digests():
                replace_private(self._path, data)
            return True
        return False

    def has(self, slug: str) -> bool:
        """Whether the page with this slug is gone for good."""
        try:
            found = self._path.stat()
        except (OSError, ValueError):
            return False
        look = (found.st_ino, found.st_size, found.st_mtime_ns)
        if look != self._look:
            self._digests = frozenset(_parted(self.digests()))
            self._look = look
        return _digest(slug) in self._digests

    def digests(self) -> bytes:
        """The digests of the slugs, one after the other; empty where they cannot be read."""
        with suppress(OSError, Unusable):
            return read_private(self._path)
        return b""


def _parted(digests: bytes) -> list[bytes]:
    return [digests[at : at + _BYTES] for at in range(0, len(digests), _BYTES)]


def _digest(slug: str) -> bytes:
    return hashlib.blake2b(slug.encode(), digest_size=_BYTES).digest()
