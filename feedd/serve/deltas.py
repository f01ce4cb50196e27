"""Deltas (RFC 3229, with the instance manipulation `feed`): the entries that a client has, in; those it lacks, out.

    document --> entry_digests --> EntryStates: the entries of each version that was given out lately
    A-IM: feed, If-None-Match: a version --> EntryStates.find --> with_new_entries --> the answer 226

A client that asks so adds the entries of a delta to the entries that it has. A delta is the document without the
entries that the client has as they are now. Of entries that have left the feed, only the tombstones of Atom tell.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

from feedd.patterns import late_pattern
from feedd.render.entry_places import PLACES
from feedd.render.generator_marks import is_feed_of_ours, is_list

WEEK = 7 * 24 * 3600.0  # seconds for which the entries of a version are remembered
_BYTES = 8  # of the digest of an entry
_OF_EACH = 300  # bytes that it takes to remember a version, beside its entries
_VERSION = late_pattern(rb'"([0-9a-f]{32})(?:-[a-z0-9-]{1,40})?"')
_MOST_VERSIONS = 20  # that a request may name
_FEED = late_pattern(rb"(?:^|,)\s*(?i:feed)\s*(?:;\s*(?i:q)\s*=\s*(?!0(?:\.0*)?\s*(?:,|$))[0-9.]+\s*)?(?=,|$)")
_LONGEST = 256  # bytes of A-IM; a longer header comes from nobody who means well


def asks_for_delta(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a client takes a delta of a feed: `A-IM: feed` (RFC 3229, 10.5.3)."""
    wanted = headers.get(b"a-im", b"")
    return 0 < len(wanted) <= _LONGEST and _FEED.search(wanted) is not None


def named_versions(if_none_match: bytes) -> dict[str, bytes]:
    """The versions that a client has: digests of documents, each with the entity tag that names it."""
    found = list(_VERSION.finditer(if_none_match[: _MOST_VERSIONS * 100]))[:_MOST_VERSIONS]
    return {each[1].decode(): each[0] for each in found}


def entry_digests(format_name: str, document: bytes) -> bytes:
    """The digests of the entries of a document, in its order. Empty for a document of which there are no deltas: of
    another publisher, or a list, whose entries replace all entries before.
    """
    if not is_feed_of_ours(document) or is_list(document):
        return b""
    return b"".join(map(_digest, PLACES[format_name].split(document)))


def with_new_entries(format_name: str, document: bytes, had: bytes) -> bytes:
    """A document without the entries that a client has, whose digests are `had`."""
    known = {had[at : at + _BYTES] for at in range(0, len(had), _BYTES)}
    places = PLACES[format_name]
    return places.with_entries(document, [each for each in places.split(document) if _digest(each) not in known])


def _digest(entry: bytes) -> bytes:
    return hashlib.blake2b(entry, digest_size=_BYTES).digest()


class EntryStates:
    """The entries of the versions of documents that were given out in the last week, at most `memory` bytes. The
    version that was noted first is forgotten first. `clock` gives seconds.
    """

    def __init__(self, memory: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._memory = memory
        self._clock = clock
        self._size = 0
        self._noted: OrderedDict[tuple[str, str], tuple[float, bytes]] = OrderedDict()

    def note(self, path: str, version: str, entries: bytes) -> None:
        """Notes the entries of a version that is given out."""
        if not entries:
            return
        self._forget((path, version))
        now = self._clock()
        self._noted[path, version] = (now, entries)
        self._size += len(entries) + _OF_EACH
        while self._noted:
            oldest, (since, _) = next(iter(self._noted.items()))
            if self._size <= self._memory and since >= now - WEEK:
                return
            self._forget(oldest)

    def _forget(self, noted: tuple[str, str]) -> None:
        if found := self._noted.pop(noted, None):
            self._size -= len(found[1]) + _OF_EACH

    def find(self, path: str, version: str) -> bytes | None:
        """The entries of a version; None if it is not known, or no longer."""
        since, entries = self._noted.get((path, version), (float("-inf"), b""))
        return entries if since >= self._clock() - WEEK else None
