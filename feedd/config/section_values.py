"""The values of sections of the configuration: what each has, and what it is without being said."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct, field

from feedd.model import Person
from feedd.store.item_source import MAX_MEDIA_BYTES
from feedd.store.object_stores.store_url import StoreUrl


class AuthorSettings(Struct, frozen=True):
    """Who answers for the feeds."""

    name: str | None = None
    uri: str | None = None
    email: str | None = None


class Directories(Struct, frozen=True):
    """Where items, documents and the ledger are. `state` is None if the environment decides."""

    seeds: Path | StoreUrl = Path("seeds")
    feeds: Path = Path("feeds")
    state: Path | None = None


class SiteSettings(Struct, frozen=True):
    """The site whose texts the items are: its address, the time zone of dates without one, and the address below which
    it has its audio and video files. Addresses end in `/`. `link` are templates of addresses on the site, of which the
    first counts that an item has all facts for. With `days_in_time_zone`, links are made of the day that a date has in
    the time zone, whatever zone it names. `authors` are persons by key. With
    `links_by_name`, a local address that is only a name leads to the item of this name.
    """

    url: str | None = None
    time_zone: str = "UTC"
    days_in_time_zone: bool = False
    link: tuple[str, ...] = ()
    authors: dict[str, Person] = field(default_factory=dict)
    media_prefix: str | None = None
    links_by_name: bool = False


USUALLY_IGNORED = (".*", "_*", "*~", "*.tmp", "#*#")


class ItemRules(Struct, frozen=True):
    """Which files are items. `include` and `ignore` are patterns for names and paths; None stands for USUALLY_IGNORED.
    `max_bytes` is per file, `max_media_bytes` per picture or other file that an item shows. `withheld_tags` are in
    small letters; None if the folder has to say what is withheld. With `unquoted_colons`, a value may hold `: `.
    """

    suffixes: tuple[str, ...] = (".md", ".markdown", ".mdx", ".html")
    ignore: tuple[str, ...] | None = None
    max_bytes: int = 4 * 1024 * 1024
    max_media_bytes: int = MAX_MEDIA_BYTES
    include: tuple[str, ...] = ()
    withheld_tags: tuple[str, ...] | None = None
    unquoted_colons: bool = False

    @property
    def ignored(self) -> tuple[str, ...]:
        """The patterns of what is passed over."""
        return USUALLY_IGNORED if self.ignore is None else self.ignore


class Defaults(Struct, frozen=True):
    """The values of fields that an item does not have."""

    published: bool = True


class MediaSettings(Struct, frozen=True):
    """What is done about audio and video files. `probe`: servers are asked for sizes that nobody has written."""

    probe: bool = False


class ImageSettings(Struct, frozen=True):
    """What is done about pictures of other sites. `mirror`: they are published with the feeds. `keep`: the bytes that
    they may take in the state directory. `not_from`: providers and hosts whose pictures stay where they are.
    """

    mirror: bool = False
    keep: int = 2 << 30
    not_from: tuple[str, ...] = ()


class Timing(Struct, frozen=True):
    """How the daemon keeps time, in seconds; `watch` is "auto" or "poll"."""

    watch: str = "auto"
    quiet: float = 0.04
    at_most: float = 1.0
    reconcile: float = 300.0
    poll: float = 10.0


class WebSub(Struct, frozen=True):
    """Which hubs are told when a feed's document has changed: URLs."""

    hubs: tuple[str, ...] = ()


class ServingSettings(Struct, frozen=True):
    """How documents are served. Addresses are as people write them, or "off"; `max_age` is seconds, `memory` bytes."""

    listen: str = "127.0.0.1:8080"
    monitor: str = "off"
    max_age: float = 900.0
    memory: int = 256 * 1024 * 1024
