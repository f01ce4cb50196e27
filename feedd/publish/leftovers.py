"""Leftovers: documents that were made before, in; the entries that stand in them and serve again, out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from feedd.core import render
from feedd.core.catalog import EntryRecord
from feedd.disk.feeds import FeedsDirectory
from feedd.disk.published import Published
from feedd.model import Related

_DIGEST = 12  # bytes


class Leftovers:
    """Entries in the documents that are there, for those that are to be made. `mark` is a digest of all that does
    not concern a single entry, and that entries depend on.
    """

    def __init__(self, directory: FeedsDirectory, published: Published, mark: str) -> None:
        self._directory = directory
        self._published = published
        self._mark = mark

    def made_from(
        self, record: EntryRecord, digest: bytes, linked: tuple[tuple[str, str], ...], told: tuple[Related, ...]
    ) -> bytes:
        """A digest of all that an entry depends on: id and dates, the item, the pages it links to, its story."""
        depends = (self._mark, record.id, record.published, record.updated, digest, linked, told)
        return hashlib.blake2b(msgspec.msgpack.encode(depends), digest_size=_DIGEST).digest()

    def kept_as(self, digest: bytes, left_out: Sequence[int]) -> bytes:
        """A digest of all that an entry depends on which is kept as it is, with this digest, but for what is left out
        of it.
        """
        return hashlib.blake2b(msgspec.msgpack.encode((self._mark, digest, left_out)), digest_size=_DIGEST).digest()

    def of(self, folders: Mapping[str, str]) -> dict[bytes, dict[str, bytes]]:
        """The entries that stand in the documents of all these formats, each in its folder: their bytes, by what they
        were made from. A document that is not as it was left has none.
        """
        paths = {name: folder + render.file_of(name) for name, folder in folders.items()}
        as_left = self._as_left(tuple(paths.values()))
        if len(as_left) < len(paths):
            return {}
        found: dict[bytes, dict[str, bytes]] = {}
        for name, path in paths.items():
            for made_from, fragment in self._fragments(path, name, as_left[path]).items():
                found.setdefault(made_from, {})[name] = fragment
        return {made_from: fragments for made_from, fragments in found.items() if len(fragments) == len(paths)}

    def _fragments(self, path: str, format_name: str, made_from: bytes) -> Mapping[bytes, bytes]:
        fragments = render.split(format_name, self._directory.read(path) or b"")
        digests = [made_from[at : at + _DIGEST] for at in range(0, len(made_from), _DIGEST)]
        return dict(zip(digests, fragments, strict=True)) if len(digests) == len(fragments) else {}

    def document(self, path: str) -> bytes | None:
        """A document that is as it was left."""
        return self._directory.read(path) if self._as_left((path,)) else None

    def _as_left(self, paths: Sequence[str]) -> dict[str, bytes]:
        """What the entries of documents were made from, of those that are as they were left."""
        known = self._published.documents_at(paths)
        return {path: made_from for path, (stat, made_from) in known.items() if self._directory.stat(path) == stat}
