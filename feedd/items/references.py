"""References: what an item refers to, as its file has it, in; absolute URLs out, or None."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from feedd.items import urls
from feedd.model import Enclosure, Episode, Item

# The media types of files that an item may show or play, by suffix: RFC 6838, and IANA's list.
MEDIA_TYPES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "mp4": "video/mp4",
    "ogv": "video/ogg",
    "webm": "video/webm",
}


class LocalFile(Struct, frozen=True, array_like=True):
    """A file that lies beside the items: the absolute URL under which subscribers find it, and its size in bytes."""

    url: str
    size: int


class References(NamedTuple):
    """The bases of an item's references, and the files beside the items that it refers to, by reference.

    `page` is the base of relative references. `site` is the base of references that begin with "/". `front` is the base
    of relative references to pictures in the front matter. `media` is the base of other audio and video files.
    """

    page: str
    site: str | None
    front: str
    media: str | None = None
    files: Mapping[str, LocalFile] = {}

    def address(self, raw: str) -> str | None:
        """The URL of a reference in a text, without a look at files beside the items."""
        return urls.absolute(raw, self._base(raw, self.page))

    def shown(self, raw: str) -> str | None:
        """The URL of a picture, or of another file that a text shows or plays."""
        found = self.files.get(raw.strip())
        return found.url if found else self.address(raw)

    def picture(self, raw: str) -> str | None:
        """The URL of a picture of the front matter."""
        found = self.files.get(raw.strip())
        return found.url if found else urls.absolute(raw, self._base(raw, self.front))

    def enclosure(self, given: Enclosure | None) -> Enclosure | None:
        """An enclosure with an absolute URL, with the size of the file that lies beside the items, and with the media
        type of its suffix if the item names no type. None if it has no URL.
        """
        if given is None:
            return None
        found = self.files.get(given.url.strip())
        url = found.url if found else urls.absolute(given.url, self.media or self._base(given.url, self.page))
        if url is None:
            return None
        media_type = given.media_type or media_type_of(url)
        return replace(given, url=url, size=found.size if found else given.size, media_type=media_type)

    def episode(self, given: Episode | None) -> Episode | None:
        """An episode with absolute URLs."""
        if given is None:
            return None
        transcript, chapters = (self.shown(each) if each else None for each in (given.transcript, given.chapters))
        return replace(given, transcript=transcript, chapters=chapters)

    def _base(self, raw: str, relative: str) -> str:
        rooted = raw.lstrip()[:1] == "/" and raw.lstrip()[:2] != "//"
        return self.site if rooted and self.site else relative


def references(item: Item, base_url: str, site_url: str | None = None, media_prefix: str | None = None) -> References:
    """The References of an item. `base_url` is the address of the feeds."""
    base = site_url or base_url
    return References(page=item.link or base, site=site_url, front=base, media=media_prefix)


def media_type_of(url: str) -> str | None:
    """The media type of a file of audio, video or pictures, by the suffix of its URL or path; None for others."""
    path = url.partition("?")[0].partition("#")[0]
    return MEDIA_TYPES.get(path.rpartition("/")[2].rpartition(".")[2].lower())
