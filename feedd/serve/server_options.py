"""The options of a server process."""

from __future__ import annotations

from msgspec import Struct, field

from feedd.words.site_words import ConfiguredWord


class CacheOptions(Struct, frozen=True):
    """How documents are given out. `base_url` ends in `/`; `most`: the longest `max-age`, in seconds; `memory`: the
    bytes that the cache may hold. A document in none of the `formats` is gone for good.
    """

    base_url: str
    formats: tuple[str, ...] = ()
    hubs: tuple[str, ...] = ()
    most: int = 900
    memory: int = 256 * 1024 * 1024


class PrivateOptions(Struct, frozen=True):
    """Private feeds: their titles by their names, the state directory, and the file of subscribers. Paths are bytes.
    `language`, `words` and `title` are those of the site; `pages`: whether it has pages for people.
    """

    state: bytes
    subscribers: bytes
    feeds: dict[str, str]
    formats: tuple[str, ...] = ()
    language: str = "en"
    words: tuple[ConfiguredWord, ...] = ()
    title: str = ""
    pages: bool = True


class ServerOptions(Struct, frozen=True):
    """What a server does. `listen` and `monitor` are file descriptors. Without `monitor` there are no /healthz and
    /metrics; if both are the same, everything is on one address. `supervised`: the server ends when its standard input
    ends. Without `private`, there are no private feeds. Paths are bytes: they need not be UTF-8, and the options are
    sent as JSON.
    """

    feeds: bytes
    state: bytes
    cache_options: CacheOptions = field(name="manner")  # its key in the JSON, which is as it always was
    listen: int
    monitor: int | None = None
    supervised: bool = False
    private: PrivateOptions | None = None
