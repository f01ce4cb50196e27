"""Pictures of an entry: its content and its own picture in; both with the pictures that lie with the feeds, out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from feedd.html.elements import unescaped
from feedd.items.hosts import ascii_authority
from feedd.items.references import MEDIA_FOLDER, PICTURES_FOLDER
from feedd.model import Image, Item, MirroredPicture, Thumbnail
from feedd.patterns import late_pattern

_PICTURE = late_pattern(r"<img((?: [a-z]+(?:=\"[^\"]*\")?)*)>")  # as nh3 writes it
_ATTRIBUTE = late_pattern(r' ([a-z]+)(?:="([^"]*)")?')


class MirrorRules(Struct, frozen=True):
    """Which pictures of other sites are mirrored: all but those of providers in `not_from`, in small letters. There, a
    name of a host, in ASCII, stands also for the hosts below it.
    """

    not_from: tuple[str, ...] = ()

    def take(self, item: Item) -> bool:
        """Whether pictures of an item may be mirrored."""
        provider = item.provider
        if provider is None or not self.not_from:
            return True
        return provider.name.casefold() not in self.not_from and not self._names(provider.domain)

    def take_from(self, url: str) -> bool:
        """Whether a picture at this address may be mirrored."""
        if not url[:8].lower().startswith(("https://", "http://")):
            return False
        try:
            return not self._names(urlsplit(url).hostname)
        except ValueError:
            return False

    def _names(self, host: str | None) -> bool:
        host = ascii_authority((host or "").casefold()).removesuffix(".")
        return any(host == each or host.endswith(f".{each}") for each in self.not_from)


class ShownPictures(Struct, frozen=True):
    """What an entry shows: its content, and its own picture. `picture`: its own, if that is mirrored; `mirrored`: all
    of them that are. `thumbnail`: of its own picture, if that lies with the feeds. `elsewhere`: the addresses of
    its pictures on other sites that may be mirrored; None if nobody asks. `here`: the addresses of its mirrored
    pictures, by their addresses elsewhere.
    """

    html: str | None
    image: Image | None
    picture: MirroredPicture | None = None
    mirrored: tuple[MirroredPicture, ...] = ()
    thumbnail: Thumbnail | None = None
    elsewhere: tuple[str, ...] | None = None
    here: Mapping[str, str] = {}


def shown_pictures(
    item: Item,
    html: str | None,
    image: Image | None,
    known: tuple[tuple[str, MirroredPicture], ...],
    base_url: str,
    rules: MirrorRules | None,
) -> ShownPictures:
    """The content and the picture of an item's entry, with mirrored pictures in the place of those elsewhere. `known`
    are mirrored pictures by their addresses elsewhere, `base_url` is the address of the feeds.
    """
    if rules is None:
        return ShownPictures(html, image, thumbnail=_thumbnail(image, None, base_url))
    found = (*([image.url] if image is not None else []), *pictures_in(html or "")) if rules.take(item) else ()
    others = (url for url in dict.fromkeys(found) if not url.startswith(base_url))
    elsewhere = tuple(url for url in others if rules.take_from(url))
    mirrored = {url: picture for url, picture in known if url in elsewhere}
    images = {url: _as_mirrored(Image(url), each, base_url) for url, each in mirrored.items()}
    if html is not None:
        html = with_mirrored(html, images)
    picture = mirrored.get(image.url) if image is not None else None
    if image is not None and picture is not None:
        image = _as_mirrored(image, picture, base_url)
    thumbnail = _thumbnail(image, picture, base_url)
    here = {url: each.url for url, each in images.items()}
    return ShownPictures(html, image, picture, tuple(mirrored.values()), thumbnail, elsewhere, here)


def _as_mirrored(image: Image, picture: MirroredPicture, base_url: str) -> Image:
    """A picture at the address and with the size that it has here."""
    whole = picture.whole
    return replace(image, url=base_url + PICTURES_FOLDER + whole.name, width=whole.width, height=whole.height)


def _thumbnail(image: Image | None, picture: MirroredPicture | None, base_url: str) -> Thumbnail | None:
    """The picture of an entry for pages, if it lies with the feeds: pages load nothing from other hosts."""
    if picture is not None:
        small, webp = picture.thumbnail, picture.thumbnail_webp
        other = PICTURES_FOLDER + webp.name if webp is not None else None
        return Thumbnail(PICTURES_FOLDER + small.name, small.width, small.height, other)
    below = base_url + MEDIA_FOLDER
    if image is None or not image.url.startswith(below):
        return None
    return Thumbnail(MEDIA_FOLDER + image.url.removeprefix(below))


def pictures_in(html: str) -> tuple[str, ...]:
    """The addresses of the pictures in safe HTML, each once, in their order."""
    if "<img " not in html:
        return ()
    written = (dict(_ATTRIBUTE.findall(found[1])).get("src") for found in _PICTURE.finditer(html))
    return tuple(dict.fromkeys(unescaped(each) for each in written if each))


def with_mirrored(html: str, mirrored: Mapping[str, Image]) -> str:
    """Safe HTML in which the pictures at these addresses are the `mirrored` pictures, with their sizes. A picture that
    its author shows smaller than it is stays as small.
    """
    if not mirrored or "<img " not in html:
        return html

    def shown(found: re.Match[str]) -> str:
        attributes: dict[str, str] = dict(_ATTRIBUTE.findall(found[1]))
        image = mirrored.get(unescaped(attributes.get("src", "")))
        if image is None or not (image.width and image.height):
            return found[0]
        width = _shown_width(attributes.get("width", ""), image.width)
        attributes["src"] = image.url
        attributes["width"], attributes["height"] = str(width), str(max(1, round(width * image.height / image.width)))
        return "<img" + "".join(f' {name}="{value}"' for name, value in attributes.items()) + ">"

    return _PICTURE.sub(shown, html)


def _shown_width(written: str, width: int) -> int:
    """The width at which a picture is shown, as its author has written it, if that is smaller than it is."""
    is_number = written.isascii() and written.isdigit() and len(written) < 6
    return min(int(written), width) if is_number and int(written) > 0 else width
