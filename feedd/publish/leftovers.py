"""Leftovers: documents that were made before, in; the entries that stand in them and serve again, out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from feedd.core import render
from feedd.core.catalog import EntryRecord
from feedd.disk.feeds import FeedsDirectory
from feedd.disk.published import Published

_DIGEST = 12  # bytes


class Leftovers:
    """Entries in the documents that are there, for those that are to be made. `mark` is a digest of all that does
    not concern a single entry, and that entries depend on.
    """

    def __init__(self, directory: FeedsDirectory, published: Published, mark: str) -> None:
        self._directory = directory
        self._published = published
        self._mark = mark

    def made_from(self, record: EntryRecord, digest: bytes, linked: tuple[tuple[str, str], ...]) -> bytes:
        """A digest of all that an entry depends on: id and dates, the item, the pages it links to."""
        depends = (self._mark, record.id, record.published, record.updated, digest, linked)
        return hashlib.blake2b(msgspec.msgpack.encode(depends), digest_size=_DIGEST).digest()

    def of(self, folders: Mapping[str, str]) -> dict[bytes, dict[str, bytes]]:
        """The entries that stand in the documents of all these formats, each in its folder: their bytes, by what they
        were made from. A document that is not as it was left has none.
        """
        found: dict[bytes, dict[str, bytes]] = {}
        for name, folder in folders.items():
            fragments = self._fragments(folder + render.file_of(name), name)
            for made_from, fragment in fragments.items():
                found.setdefault(made_from, {})[name] = fragment
        return {made_from: fragments for made_from, fragments in found.items() if len(fragments) == len(folders)}

    def _fragments(self, path: str, format_name: str) -> Mapping[bytes, bytes]:
        kept = self._as_left(path)
        if kept is None:
            return {}
        fragments = render.split(format_name, self._directory.read(path) or b"")
        made_from = [kept[at : at + _DIGEST] for at in range(0, len(kept), _DIGEST)]
        return dict(zip(made_from, fragments, strict=True)) if len(made_from) == len(fragments) else {}

    def document(self, path: str) -> bytes | None:
        """A document that is as it was left."""
        return None if self._as_left(path) is None else self._directory.read(path)

    def _as_left(self, path: str) -> bytes | None:
        """What the entries of a document were made from; None if it is not as it was left."""
        kept = self._published.document(path)
        return kept[1] if kept is not None and kept[0] == self._directory.stat(path) else None
