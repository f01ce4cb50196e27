"""Kept ids: the entries of an old feed, by their links, as the configuration names it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct


class KeptEntry(Struct, frozen=True):
    """An entry of the old feed: its id there, and its date."""

    id: str
    published: datetime | None = None


class KeptIds(Struct, frozen=True):
    """The entries of the old feed by the keys of their canonical links. `fingerprint` is a digest of them all."""

    by_link: Mapping[bytes, KeptEntry] = {}
    fingerprint: str = ""

    def links_of(self, ids: Iterable[str]) -> list[bytes]:
        """The keys of the links whose entries had one of these ids."""
        wanted = set(ids)
        return [link for link, kept in self.by_link.items() if kept.id in wanted]
