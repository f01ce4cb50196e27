"""Reuse of fragments: earlier documents in; their rendered entries, by fingerprint, out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from feedd import render
from feedd.decide.records import EntryRecord
from feedd.model import Document, Related
from feedd.render import assets
from feedd.render.site_info import SiteInfo
from feedd.run.fingerprints import EntryPrefixes
from feedd.run.publish.surroundings import NO_SURROUNDINGS, Surroundings
from feedd.store.document_store import DocumentStore
from feedd.store.ledger.session import LedgerSession

_DIGEST = 12  # bytes


class FragmentReuse:
    """Finds rendered entries in existing documents, for documents to be made. `site` is as documents show it now."""

    def __init__(self, store: DocumentStore, ledger: LedgerSession, prefixes: EntryPrefixes, site: SiteInfo) -> None:
        self._store = store
        self._ledger = ledger
        self._prefixes = prefixes
        self._pages = site.pages
        self._frame_fingerprint = frame_fingerprint(site)

    def fingerprint(
        self,
        record: EntryRecord,
        digest: bytes,
        linked: tuple[tuple[str, str], ...],
        told: tuple[Related, ...],
        around: Surroundings = NO_SURROUNDINGS,
    ) -> bytes:
        """The fingerprint of an entry: a digest of its id and dates, its item, the pages that it links to, its story,
        and what its references depend on.
        """
        own_page = record.slug if record.link is None and self._pages else None
        depends = (self._prefixes.entries, record.id, record.published, record.updated, own_page, digest, linked, told)
        if around != NO_SURROUNDINGS:
            return hashlib.blake2b(msgspec.msgpack.encode((*depends, around)), digest_size=_DIGEST).digest()
        return hashlib.blake2b(msgspec.msgpack.encode(depends), digest_size=_DIGEST).digest()

    def digest_fingerprint(self, digest: bytes, left_out: Sequence[int]) -> bytes:
        """The fingerprint of an entry of a digest: the digest as it is kept, and the listed entries that it leaves out
        now.
        """
        depends = (self._prefixes.digests, digest, left_out)
        return hashlib.blake2b(msgspec.msgpack.encode(depends), digest_size=_DIGEST).digest()

    def reusable(self, paths: Mapping[str, str]) -> dict[bytes, dict[str, bytes]]:
        """The rendered entries in existing documents: by fingerprint, the bytes in each format. `paths`: the path of a
        document in each format. An altered document has no reusable entries.
        """
        known = self._ledger.documents.find_all(tuple(paths.values()))
        found: dict[bytes, dict[str, bytes]] = {}
        for name, path in paths.items():
            stat, fingerprints = known.get(path, (None, b""))
            data = self._store.read_as(path, stat) if stat is not None else None
            if data is None:
                continue
            for digest, fragment in _fragments(data, name, fingerprints):
                found.setdefault(digest, {})[name] = fragment
        return found

    def entry_page(self, path: str, fingerprint: bytes) -> Document | None:
        """The existing page of an entry with this fingerprint, if it is unaltered and its frame is up to date; else
        None.
        """
        fingerprint += self._frame_fingerprint
        known = self._ledger.documents.find(path)
        if known is None or known[1] != fingerprint:
            return None
        data = self._store.read_as(path, known[0])
        return Document(path, data, fingerprint) if data is not None else None

    def document(self, path: str) -> bytes | None:
        """The bytes of a document, if it is unaltered; else None."""
        known = self._ledger.documents.find(path)
        return self._store.read_as(path, known[0]) if known is not None else None


def frame_fingerprint(site: SiteInfo) -> bytes:
    """A digest of the frame of an entry's page."""
    shown = (site.title, site.words, site.families, assets.DIGESTS)
    return hashlib.blake2b(msgspec.msgpack.encode(shown), digest_size=_DIGEST).digest()


def _fragments(data: bytes, format_name: str, fingerprints: bytes) -> Iterable[tuple[bytes, bytes]]:
    """The entries of a document: their fingerprints, and their bytes."""
    fragments = render.split(format_name, data)
    digests = [fingerprints[at : at + _DIGEST] for at in range(0, len(fingerprints), _DIGEST)]
    return zip(digests, fragments, strict=True) if len(digests) == len(fragments) else ()
