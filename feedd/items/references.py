"""References: what an item refers to, as its file has it, in; absolute URLs out, or None.

A picture, or another file of media, may lie beside the items. Then it is published with the feeds, and its URL comes
before the URL that the reference has on the item's own site.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from feedd.items import urls
from feedd.items.wiki_links import is_markdown_file
from feedd.model import Enclosure, Episode, Item
from feedd.patterns import late_pattern

# The media types of files that an item may show or play, by suffix: RFC 6838, and IANA's list.
PICTURE_TYPES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}
PLAYED_TYPES = {
    "aac": "audio/aac",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "webm": "video/webm",
}
MEDIA_TYPES = PICTURE_TYPES | PLAYED_TYPES
# Where documents refer to, below the feeds: files that lie beside the items, and pictures of other sites.
MEDIA_FOLDER, PICTURES_FOLDER = "media/", "pictures/"
BY_NAME = "[["  # before the name of a file that may lie in any folder: as Obsidian finds it
_MARKED = late_pattern(r"\{(?:attach|filename|static)\}|\|(?:attach|filename|static)\|")
IN_FRONT = "front:"  # before a reference of the front matter, in the keys of `References.files`


class LocalFile(Struct, frozen=True, array_like=True):
    """A file that lies beside the items. `url` is the absolute URL under which subscribers find it; "" if it cannot be
    published. `size` is bytes.
    """

    url: str
    size: int


class References(NamedTuple):
    """The bases of an item's references, and the files beside the items that it refers to.

    `page` is the base of relative references. It `is_placed` on a site of the item, or else at the feeds. `site` is the
    base of references that begin with "/"; None if it is `page`. `front` is the base of references of the front matter:
    the page, where it is on the site.
    `media` is the base of other audio and video files. `files` are by reference: a reference of the front matter has
    IN_FRONT before it. `is_withheld` says of a reference whether it tells the name of an item that is not published.
    If the site `finds_by_name`, a local address that is only a name leads to the item of this name. `mirrored` are the
    URLs of pictures that lie with the feeds, by their URLs elsewhere.
    """

    page: str
    is_placed: bool
    site: str | None
    front: str
    media: str | None = None
    files: Mapping[str, LocalFile] = {}
    is_withheld: Callable[[str], bool] = lambda _: False
    finds_by_name: bool = False
    mirrored: Mapping[str, str] = {}

    def address(self, raw: str) -> str | None:
        """The URL of a reference, without a look at files beside the items; None for one that is withheld."""
        if self.is_withheld(raw):
            return None
        return self._absolute(plain(raw).removeprefix(BY_NAME), self.page)

    def shown(self, raw: str) -> str | None:
        """The URL of a picture, or of another file that a text shows or plays. None for a file that is nowhere: it does
        not lie beside the items, and no site is known where it may be. None also for a file of Markdown, which nothing
        can show, and for a reference that is withheld.
        """
        url = self._shown(raw)
        return url if url is None else self.mirrored.get(url, url)

    def _shown(self, raw: str) -> str | None:
        raw = plain(raw)
        if is_markdown_file(raw):
            return None
        found = self.files.get(raw)
        if found and found.url:
            return found.url
        if not self.is_placed and (found or is_relative(raw)):
            return None
        return self.address(raw)

    def picture(self, raw: str) -> str | None:
        """The URL of a picture of the front matter. None for a file that is nowhere, as for `shown`."""
        raw = plain(raw)
        found = self.files.get(IN_FRONT + raw)
        if found and found.url:
            return found.url
        if self.site is None and (found or is_relative(raw)):
            return None
        return self._absolute(raw, self.front)

    def enclosure(self, given: Enclosure | None) -> Enclosure | None:
        """An enclosure with an absolute URL, with the size of the file that lies beside the items, and with the media
        type of its suffix if the item names no type. None if it has no URL, or its file is nowhere.
        """
        if given is None:
            return None
        raw = plain(given.url)
        found = self.files.get(IN_FRONT + raw)
        is_here = found is not None and found.url != ""
        url = found.url if found and is_here else self._elsewhere(raw)
        if url is None:
            return None
        media_type = given.media_type or media_type_of(url)
        return replace(given, url=url, size=found.size if found and is_here else given.size, media_type=media_type)

    def _elsewhere(self, raw: str) -> str | None:
        """The URL of an audio or video file that does not lie beside the items; None if it is nowhere."""
        if self.media and is_local(raw):
            return urls.absolute(raw.strip().lstrip("/"), self.media)
        if is_relative(raw) and not self.is_placed:
            return None
        return self._absolute(raw, self.page)

    def episode(self, given: Episode | None) -> Episode | None:
        """An episode with absolute URLs."""
        if given is None:
            return None
        return replace(given, transcript=self._told(given.transcript), chapters=self._told(given.chapters))

    def _told(self, raw: str | None) -> str | None:
        if raw is None:
            return None
        raw = plain(raw)
        found = self.files.get(IN_FRONT + raw)
        return found.url if found and found.url else self._absolute(raw, self.page)

    def _absolute(self, raw: str, relative: str) -> str | None:
        rooted = self.site is not None and is_local(raw) and not is_relative(raw)
        return urls.absolute(raw, self.site if self.site and rooted else relative)


def references(
    item: Item,
    base_url: str,
    site_url: str | None = None,
    media_prefix: str | None = None,
    place: str | None = None,
    files: Mapping[str, LocalFile] | None = None,
) -> References:
    """The References of an item. `base_url` is the address of the feeds. `place`: the URL of an item without a link, on
    its site.
    """
    page = item.link or place or site_url
    front = base_url
    if site_url is not None:
        front = page if page and page.startswith(site_url) else site_url
    return References(page or base_url, page is not None, site_url, front, media_prefix, {} if files is None else files)


def elsewhere(base: str) -> References:
    """The References of a text that names a base of its own: nothing that it refers to lies beside the items."""
    return References(base, is_placed=True, site=None, front=base)


def plain(raw: str) -> str:
    """A reference as a path or URL: `{static}/a.png` (Pelican) and `@site/static/a.png` (Docusaurus) are `/a.png`."""
    text = raw.strip()
    if text[:1] in ("{", "|") and (found := _MARKED.match(text)):
        return text[found.end() :]
    if text.startswith("@site/"):
        return text.removeprefix("@site").removeprefix("/static")
    return text


def is_local(raw: str) -> bool:
    """Whether a reference has neither a scheme nor a host."""
    text = raw.strip()
    head = text.partition("/")[0].partition("?")[0].partition("#")[0]
    return bool(text) and not text.startswith("//") and ":" not in head


def is_relative(raw: str) -> bool:
    """Whether a reference depends on the folder of the page: it is local, and does not begin with "/"."""
    return is_local(raw) and not raw.lstrip().startswith("/")


def media_type_of(url: str) -> str | None:
    """The media type of a file of audio, video or pictures, by the suffix of its URL or path; None for others."""
    return MEDIA_TYPES.get(suffix(url.partition("?")[0].partition("#")[0]))


def suffix(path: str) -> str:
    """The suffix of a path, in small letters and without the dot; "" without a suffix."""
    return path.rpartition("/")[2].rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""
