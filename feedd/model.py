"""The nouns of feedd: an Item becomes part of a Feed, a Feed becomes Documents, a pass ends in a Report.

Every datetime is aware and in UTC. Every record is immutable. URLs in an Item are as the file gives them, checked for
their scheme and percent-encoded. The comment of a field says whether its URLs may be relative, and to what.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from msgspec import Struct

from feedd.words.site_words import ENGLISH, Words

READING_VERSION = 47  # counts up when the same file would give another Item or other keys, so that files are read again


class Image(Struct, frozen=True, omit_defaults=True):
    """A picture. `url` may be relative to the site's base URL; `width` and `height` are pixels."""

    url: str
    width: int | None = None
    height: int | None = None
    title: str | None = None
    attribution: str | None = None


class Provider(Struct, frozen=True, omit_defaults=True):
    """Who published an item, as a reader would name them. `domain` has no scheme and no path."""

    name: str
    domain: str | None = None
    images: tuple[Image, ...] = ()
    authors: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()


class Person(Struct, frozen=True, omit_defaults=True):
    """Somebody who wrote or speaks. `url` is absolute; `image` may be relative to the site."""

    name: str
    url: str | None = None
    image: str | None = None


class Enclosure(Struct, frozen=True, omit_defaults=True):
    """An audio or video file of an item. `url` may be relative: to the site, or to the item's file. `size` is bytes,
    `duration` seconds. `media_type` is as in RFC 6838, such as `audio/mpeg`.
    """

    url: str
    size: int | None = None
    media_type: str | None = None
    duration: int | None = None


class RemoteFile(Struct, frozen=True, array_like=True):
    """A file as its server describes it. `url` is absolute, `size` is bytes."""

    url: str
    size: int
    media_type: str | None = None


class Episode(Struct, frozen=True, omit_defaults=True):
    """What an item says of itself as an episode. `kind` is `full`, `trailer` or `bonus`. URLs may be relative."""

    number: int | None = None
    season: int | None = None
    explicit: bool | None = None
    kind: str | None = None
    transcript: str | None = None
    chapters: str | None = None


class PodcastCategory(NamedTuple):
    """A category of podcast directories, and the narrower category within it."""

    name: str
    part: str | None = None


class Podcast(Struct, frozen=True, omit_defaults=True):
    """What a feed says of itself as a podcast. `cover` is absolute, `kind` is `episodic` or `serial`, `guid` a UUID.
    `locked`: other platforms may not take the podcast over; `blocked`: no directory may list it.
    """

    categories: tuple[PodcastCategory, ...] = ()
    owner_name: str | None = None
    owner_email: str | None = None
    explicit: bool | None = None
    cover: str | None = None
    kind: str | None = None
    locked: bool | None = None
    guid: str | None = None
    blocked: bool = False


class Related(Struct, frozen=True, omit_defaults=True):
    """Another report of the same story, in small."""

    title: str
    link: str | None = None
    summary: str | None = None
    published: datetime | None = None
    provider: str | None = None
    domain: str | None = None
    quality: float | None = None


class Item(Struct, frozen=True, omit_defaults=True):
    """One file, checked. Fields that the file does not give are None or empty; defaults are applied later.

    Text fields are plain text (no tags, no entities, no control characters); `body` and `embed` are as
    written. Nothing of a `secured` field is ever part of an Item.
    """

    title: str
    link: str | None = None  # absolute http(s)
    amp: str | None = None  # absolute http(s)
    cdn_amp: str | None = None  # absolute http(s)
    summary: str = ""
    body: str = ""
    body_format: Literal["markdown", "html"] = "markdown"
    embed: str = ""  # HTML of `featuredContent`
    wiki_page: bool = False  # it names its channel or, in `videoId`, its video: what `[[ ]]` holds are words
    video_id: str | None = None  # YouTube's
    published: datetime | None = None
    updated: datetime | None = None
    listed: bool | None = None  # the file's `published: true/false`
    retracted: bool = False  # `removed` or `deleted`
    quality: float | None = None
    heat: float | None = None
    provider: Provider | None = None
    topics: tuple[str, ...] = ()
    category: str | None = None
    categories: tuple[str, ...] = ()  # of a file that names several; `category` may be the first of them
    kind: str | None = None  # `type`: article, video, download, forum, profile...
    tags: tuple[str, ...] = ()
    locale: str | None = None
    length: int | None = None  # seconds
    price: str | None = None
    members: int | None = None
    images: tuple[Image, ...] = ()
    related: tuple[Related, ...] = ()
    authors: tuple[Person, ...] = ()  # who wrote it, as the item itself says
    slug: str | None = None  # of its page on the site, as the file says
    expires: datetime | None = None  # it is not shown from then on
    hidden_by: str = ""  # the field, with its value, that withholds it in the words of another publisher
    former_id: str | None = None  # the id that it had in a feed of another publisher
    enclosure: Enclosure | None = None
    episode: Episode | None = None
    below: tuple[str, ...] = ()  # the folders that hold its file, as far as a saved feed chooses by them
    is_addressed: bool = False  # it was read for a private feed, and its file names this feed
    exclude_from_all: bool = False  # it is not in the feed of all
    content: Literal["full", "summary"] | None = None  # what its entry carries; None: as the site says


class Problem(Struct, frozen=True, omit_defaults=True):
    """A mistake in a file, or a repair of it, for a person to know. `line` counts from 1; `field` is `images[1].width`.

    A problem of kind "note" tells of a repair that was made: it keeps nothing from being published.
    """

    path: str
    reason: str
    line: int | None = None
    field: str | None = None
    kind: Literal["problem", "note"] = "problem"

    def __str__(self) -> str:
        """The problem in one line: path, line where known, field where there is one, reason."""
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.field}: {self.reason}" if self.field else f"{where}: {self.reason}"


class FeedId(NamedTuple):
    """The identity of a feed: its kind, and its case-folded name within the kind ("" for the feed of all).

    `view` is the folder, below the feed's own, of another way to see it: "top"; "" for the feed itself.
    """

    kind: Literal["all", "topic", "provider", "saved", "author", "language"]
    key: str
    view: str = ""

    @property
    def base(self) -> FeedId:
        """The feed itself, also for a view of it."""
        return self._replace(view="")


class Rendition(Struct, frozen=True, array_like=True):
    """A picture at one size, as it is published. `width` and `height` are pixels, `size` is bytes."""

    name: str  # of its file
    width: int
    height: int
    size: int


class MirroredPicture(Struct, frozen=True, array_like=True):
    """A picture of another site that is published with the feeds: as JPEG or PNG, and as WebP if it saves a tenth."""

    whole: Rendition
    thumbnail: Rendition
    whole_webp: Rendition | None = None
    thumbnail_webp: Rendition | None = None


class Thumbnail(Struct, frozen=True):
    """A picture of an entry that lies with the feeds, for pages. Paths are below the feeds, sizes are pixels."""

    path: str
    width: int | None = None
    height: int | None = None
    webp: str | None = None


class Category(NamedTuple):
    """A category of an entry: RFC 4287, section 4.2.2. Term and label are both the name that people write, since nearly
    all readers show the term. `scheme` is an absolute URL or None.
    """

    term: str
    label: str
    scheme: str | None


class Author(Struct, frozen=True):
    """Who answers for a feed: RFC 4287, section 3.2. `uri` is absolute."""

    name: str
    uri: str | None = None
    email: str | None = None


class Entry(Struct, frozen=True, tag=True):
    """An item as subscribers see it: with identity, dates, and content that stands on its own.

    `content` is safe HTML in which every URL is absolute; None if the entry carries its summary alone. `summary` is
    plain text; `image` is absolute.
    """

    id: str  # a tag: URI (RFC 4151), or the URI that it had in an old feed
    fingerprint: bytes  # a digest of all inputs from which it is made
    title: str
    link: str | None
    published: datetime
    updated: datetime
    authors: tuple[str, ...]
    author_uri: str | None
    summary: str
    content: str | None
    categories: tuple[Category, ...]
    image: Image | None
    video: str | None  # the page where the video plays
    duration: int | None  # seconds, for a video
    language: str | None
    whole: bool = False  # whether pages show its content, and not only its summary
    anchor: str = ""  # where it is on its page
    enclosure: Enclosure | None = None  # its URL is absolute
    episode: Episode | None = None  # its URLs are absolute
    people: tuple[Person, ...] = ()  # who made an episode; their URLs are absolute
    guid: str | None = None  # its id in RSS and JSON Feed, if not `id`
    author_uris: tuple[str | None, ...] = ()  # of each author, if the item names its authors
    markdown: str | None = None  # the Markdown of the body; its URLs are absolute
    picture: MirroredPicture | None = None  # `image`, if that is mirrored
    mirrored: tuple[MirroredPicture, ...] = ()  # all that it shows
    thumbnail: Thumbnail | None = None  # of `image`, if that lies with the feeds
    elsewhere: tuple[str, ...] | None = None  # the addresses of its pictures on other sites; None if nobody asks
    words: Words = ENGLISH  # feedd's own words beside it on pages

    def linked_authors(self) -> tuple[tuple[str, str | None], ...]:
        """The authors, each with its own address, or with the address that all authors share."""
        return tuple(zip(self.authors, self.author_uris or (self.author_uri,) * len(self.authors), strict=True))


class RenderedEntry(Struct, frozen=True, tag=True):
    """An entry as it stands in earlier documents. `fragments` are its bytes, by format. `fingerprint` is a digest of
    all inputs of these bytes.
    """

    id: str
    fingerprint: bytes
    fragments: dict[str, bytes]
    elsewhere: tuple[str, ...] | None = None  # as in Entry, if it was made in this pass


class Tombstone(Struct, frozen=True):
    """An entry that was withdrawn, and when (RFC 6721)."""

    id: str
    withdrawn: datetime


class ArchiveChain(Struct, frozen=True):
    """The place of a document in the chain of its feed (RFC 5005). `number` is the number of an archive document, from
    1; 0 stands for the subscription document. `newest` is the number of the newest archive document.
    """

    number: int
    newest: int


class Feed(Struct, frozen=True):
    """An ordered selection of entries, with the data that readers show about it. All URLs are absolute."""

    identity: FeedId
    id: str  # a tag: URI
    folder: str  # below the feeds directory: "" or "topics/SLUG/"
    title: str
    subtitle: str
    home: str  # the page for people
    base: str  # the URL of `folder`
    updated: datetime
    language: str
    author: Author
    icon: str | None
    logo: str | None
    entries: tuple[Entry | RenderedEntry, ...] = ()
    hubs: tuple[str, ...] = ()  # where to subscribe to changes: W3C WebSub, section 4
    label: str = ""  # the title without the site's title
    site: str = ""  # the title of the site
    formats: tuple[str, ...] = ()  # of its documents; the first is the recommended format
    views: tuple[tuple[str, str], ...] = ()  # its views: the names of their words, and their folders below its own
    heats: tuple[float, ...] | None = None  # of the entries, for a list; None for a stream
    podcast: Podcast | None = None  # with its guid
    directory: str = "All feeds"  # what the page of the site lists (HTML)
    words: Words = ENGLISH  # feedd's own words in its documents
    own_subtitle: str = ""  # the name of the word that is the subtitle; "" if the configuration gives the subtitle
    tombstones: tuple[Tombstone, ...] = ()
    chain: ArchiveChain | None = None  # for a feed with archives


class Document(Struct, frozen=True):
    """Exact bytes for one path below the feeds directory. `fingerprints` are its entries' fingerprints, in their order,
    joined. In the page of one entry, the fingerprint of the page's frame follows. `elsewhere`: the addresses of
    pictures on other sites, for the ids of entries that were made for it.
    """

    path: str
    data: bytes
    fingerprints: bytes = b""
    elsewhere: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Report(Struct, frozen=True):
    """The outcome of a pass. Durations are seconds."""

    refused: str | None = None  # why nothing was done, in words
    files: int = 0  # of items, that are there now
    read: int = 0
    removed: int = 0
    seen_before: bool = False  # an earlier pass knew of all that was read or removed, and nothing came of it
    entries: int = 0  # published now
    withdrawn: int = 0  # entries that were published before this pass, also those in private feeds alone
    withdrawn_ids: frozenset[str] = frozenset()  # of these entries
    withheld: int = 0  # entries whose files are there, and are in no public feed
    feeds: int = 0
    private: dict[str, int] = {}  # how many entries each private feed holds, by its name
    written: tuple[str, ...] = ()  # documents, relative to the feeds directory
    deleted: tuple[str, ...] = ()
    failed: tuple[Problem, ...] = ()  # documents or state that could not be written
    problems: tuple[Problem, ...] = ()  # all that stand, not only this pass's
    notes: tuple[Problem, ...] = ()
    next_due: datetime | None = None  # when to look again: an item that waits for its date is due, or a digest
    moved: str = ""  # which stories are others now, and how many ranks, in words
    announcements: int = 0  # that wait for hubs to be told
    uploads: int = 0  # documents that object stores do not have yet
    uploaded: tuple[str, ...] = ()  # what was uploaded to each object store, in words
    remarks: tuple[str, ...] = ()  # events of the ledger, in words
    seconds: float = 0.0
