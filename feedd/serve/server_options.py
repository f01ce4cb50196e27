"""What a server is told."""

from __future__ import annotations

from msgspec import Struct


class CacheOptions(Struct, frozen=True):
    """How documents are given out. `base_url` ends in `/`; `most` is the longest `max-age`, in seconds; `memory` is
    how many bytes may be held. A document in none of the `formats` is gone for good.
    """

    base_url: str
    formats: tuple[str, ...] = ()
    hubs: tuple[str, ...] = ()
    most: int = 900
    memory: int = 256 * 1024 * 1024


class ServerOptions(Struct, frozen=True):
    """What a server is to do. `listen` and `monitor` are file descriptors; without the latter nothing is observable,
    and where both are the same, everything is on one address. `supervised`: it ends when its standard input does. Paths
    are bytes, for they need not be UTF-8, and orders are sent as JSON.
    """

    feeds: bytes
    state: bytes
    manner: CacheOptions
    listen: int
    monitor: int | None = None
    supervised: bool = False
