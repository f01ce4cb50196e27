"""The order of uploads: the path of a document in; when its turn comes, and what is said with it, out. Pure.

A reader of a half-done upload follows no reference into nothing: what others refer to goes first. What takes back
withheld text goes before everything.
"""

from __future__ import annotations

from enum import IntEnum

from feedd.items.references import media_type_of
from feedd.render import FORMATS, redirects
from feedd.render.assets import ASSETS
from feedd.render.content_codings import ENCODINGS
from feedd.render.recovery.index_parts import is_index_part
from feedd.select.archives import archive_in, document_name
from feedd.select.slugs import slug_in
from feedd.store.document_store import is_media_document

_FEEDS = {each.file: each.media_type for each in FORMATS.values()}
_SUFFIXES = tuple(each.suffix for each in ENCODINGS.values())
_FOR_SERVERS = {redirects.FILE}  # what only servers of files read
_OTHERS = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "opml": "text/x-opml",
}
_FOR_A_WHILE = "max-age=300"
_FOR_EVER = "max-age=31536000, immutable"  # the name is made of the bytes


class Level(IntEnum):
    """When an upload's turn comes: the smaller, the earlier."""

    WITHDRAWAL = 0
    LOADED = 1  # what documents show or load: pictures, media, assets
    REFERRED_TO = 2
    FEED = 3
    PAGE = 4
    RETIRED = 5
    RETIRED_MEDIA = 6


def is_uploaded(path: str) -> bool:
    """Whether a document belongs into an object store. A store chooses no encoding, and reads no list of redirects."""
    return not path.endswith(_SUFFIXES) and path not in _FOR_SERVERS


def level_of(path: str, *, deletes: bool, withdraws: bool) -> Level:
    """The turn of the upload of a document, or of its deletion."""
    if withdraws:
        return Level.WITHDRAWAL
    if deletes:
        return Level.RETIRED_MEDIA if is_media_document(path) else Level.RETIRED
    if path in ASSETS or is_media_document(path) or is_index_part(path):
        return Level.LOADED
    if slug_in(path) is not None or archive_in(path) is not None:
        return Level.REFERRED_TO
    return Level.FEED if path.rpartition("/")[2] in _FEEDS else Level.PAGE


def media_type(path: str) -> str:
    """The Content-Type of a document."""
    name = document_name(path)
    if is_media_document(path):
        return media_type_of(path) or "application/octet-stream"
    kind = _FEEDS.get(name) or _OTHERS.get(name.rpartition(".")[2], "application/octet-stream")
    return kind if kind.startswith("image/") else f"{kind}; charset=utf-8"


def freshness(path: str) -> str:
    """The Cache-Control of a document."""
    return _FOR_EVER if is_media_document(path) else _FOR_A_WHILE


def is_text(content_type: str) -> bool:
    """Whether a document of this type gets shorter by an encoding."""
    kind, _, _ = content_type.partition(";")
    return kind.startswith("text/") or kind.endswith(("xml", "json"))
