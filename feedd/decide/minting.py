"""Minting: files that are no known entry, in the order of their paths, in; the number and the id of each entry out.

A pass may mint a million entries. So an id is kept as the 15 bytes that differ, and only those keys are remembered
that more than one file has.
"""

from __future__ import annotations

import hashlib
import unicodedata
from array import array
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Protocol

_DIGEST = 15  # bytes of an id that come from the item
_KEY = 8  # bytes
_PARTS = 64  # of all keys: sorted one after the other


def is_minted(entry_id: str) -> bool:
    """Whether an id is of the kind that `MintedIds` gives: it quotes nothing of its item."""
    beginning, _, rest = entry_id.rpartition(":")
    return beginning.startswith("tag:") and len(rest) == 2 * _DIGEST and not rest.strip("0123456789abcdef")


class Mintable(Protocol):
    """A file as far as a new id depends on it."""

    @property
    def path(self) -> str:
        """Its path."""

    @property
    def link(self) -> bytes | None:
        """The key of its canonical link; None without a link."""


class MintedIds(Mapping[int, str]):
    """The ids of new entries by their numbers, which follow each other from `first` on."""

    def __init__(self, authority: str, first: int) -> None:
        self._beginning = f"tag:{authority}:"
        self._first = first
        self._digests = bytearray()

    def add(self, digest: bytes) -> int:
        """Adds an id. Returns the number of its entry."""
        self._digests += digest
        return self._first + len(self) - 1

    def __getitem__(self, entry: int) -> str:
        at = (entry - self._first) * _DIGEST
        if not 0 <= at < len(self._digests):
            raise KeyError(entry)
        return self._beginning + self._digests[at : at + _DIGEST].hex()

    def __iter__(self) -> Iterator[int]:
        return iter(range(self._first, self._first + len(self)))

    def __len__(self) -> int:
        return len(self._digests) // _DIGEST

    def entries_with(self, ids: Iterable[str], first: int) -> dict[str, int]:
        """The entries from the number `first` on that have one of these ids."""
        wanted = {digest: each for each in ids if (digest := self._digest_of(each))}
        if not wanted:
            return {}
        start = max(first - self._first, 0)
        digests = (
            bytes(self._digests[at : at + _DIGEST]) for at in range(start * _DIGEST, len(self._digests), _DIGEST)
        )
        return {wanted[each]: self._first + start + number for number, each in enumerate(digests) if each in wanted}

    def _digest_of(self, entry_id: str) -> bytes | None:
        """The bytes of an id that `__getitem__` may give; None for other ids."""
        beginning, rest = entry_id[: len(self._beginning)], entry_id[len(self._beginning) :]
        if beginning != self._beginning or len(rest) != 2 * _DIGEST:
            return None
        try:
            digest = bytes.fromhex(rest)
        except ValueError:
            return None
        return digest if digest.hex() == rest else None


class RepeatedKeys:
    """Finds the keys of files that several files have, in eight bytes for each file. A key may be found by chance."""

    def __init__(self) -> None:
        self._parts = [array("Q") for _ in range(_PARTS)]

    def add(self, file: Mintable) -> None:
        """Adds the key of a file."""
        key = _key(file)
        self._parts[key % _PARTS].append(key)

    def found(self) -> set[int]:
        """The keys that were added more than once. Forgets all keys."""
        repeated: set[int] = set()
        for part in self._parts:
            ordered = sorted(part)
            repeated.update(one for one, other in pairwise(ordered) if one == other)
            del part[:]
        return repeated


class Minting:
    """Mints entries from the number `first` on. `links`: the entries of links that other files of the pass have.
    `is_taken`: whether an id was ever minted before. `repeated`: the keys that several files have; None if any key may
    be repeated.
    """

    def __init__(
        self,
        authority: str,
        first: int,
        links: Mapping[bytes, int],
        is_taken: Callable[[str], bool],
        repeated: Container[int] | None = None,
    ) -> None:
        self.minted = MintedIds(authority, first)
        self._authority = authority
        self._links = dict(links)
        self._is_taken = is_taken
        self._repeated = repeated
        self._seen: set[bytes] = set()

    def entry_of(self, file: Mintable) -> int:
        """The entry of a file: new, or the entry of another file with the same link."""
        link = file.link
        if link is not None and (entry := self._links.get(link)) is not None:
            return entry
        attempt = 0
        while (digest := _mint(file, attempt)) in self._seen or self._is_taken(in_full(self._authority, digest)):
            attempt += 1
        entry = self.minted.add(digest)
        if attempt or self._repeated is None or _key(file) in self._repeated:
            self._seen.add(digest)
            if link is not None:
                self._links[link] = entry
        return entry


def normal_path(path: str) -> str:
    """A path in Unicode's normal form NFC, so that paths that look the same are the same."""
    return path if path.isascii() else unicodedata.normalize("NFC", path)


def mint(authority: str, file: Mintable, attempt: int = 0) -> str:
    """The tag: URI (RFC 4151) of a new entry. `authority` is its tagging entity, such as `example.org,2026`."""
    return in_full(authority, _mint(file, attempt))


def in_full(authority: str, digest: bytes) -> str:
    """The id that has these bytes."""
    return f"tag:{authority}:{digest.hex()}"


def _mint(file: Mintable, attempt: int) -> bytes:
    seed = _seed(file)
    if attempt:
        seed += b"#%d" % attempt
    return hashlib.blake2b(seed, digest_size=_DIGEST).digest()


def _seed(file: Mintable) -> bytes:
    return file.link if file.link is not None else b"path:" + normal_path(file.path).encode("utf-8", "surrogatepass")


def _key(file: Mintable) -> int:
    """A number that is the same for files with the same seed."""
    seed = file.link if file.link is not None else hashlib.blake2b(_seed(file), digest_size=_KEY).digest()
    return int.from_bytes(seed[:_KEY], "little")


def why_too_early(authority: str, now: datetime) -> str | None:
    """What is wrong with a tagging entity whose date has not come yet (RFC 4151, section 2.1), in words; None if its
    date has come.
    """
    written = authority.rpartition(",")[2]
    year, month, day = (int(part) for part in (*written.split("-"), "1", "1")[:3])
    if datetime(year, month, day, tzinfo=UTC) <= now:
        return None
    return f"{written} is a date to come; a name can be given ids only from a date on which it was yours (RFC 4151)"
