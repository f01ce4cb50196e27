"""Rendering: a Feed in, the exact bytes of its documents out. FORMATS is the only list of formats; a page for people is
made as they are.

    entries -- fragment --> bytes of each entry --+
    feed ----------------------------------------- assemble --> document -- split --> bytes of each entry

An entry has the same bytes in every document of a format, so its bytes in an earlier document serve again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from msgspec import Struct

from feedd.model import Document, Entry, Feed, RenderedEntry
from feedd.select.archives import archive_path

RENDERING_VERSION = 32  # counts up when the same Feed would give other bytes, so that every document is made again


class Format(Struct, frozen=True):
    """A format in which every feed is published."""

    name: str
    title: str
    file: str
    media_type: str
    module: str  # a Renderer, imported when the first document is made: libraries for XML take long to load


class Renderer(Protocol):
    """The interface of a format's module."""

    def fragment(self, entry: Entry) -> bytes:
        """The bytes of an entry in any document of this format."""

    def assemble(self, feed: Feed, fragments: Sequence[bytes]) -> bytes:
        """The document of a feed with these entries."""

    def split(self, data: bytes) -> list[bytes]:
        """The fragments of a document."""


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("atom", "Atom", "atom.xml", "application/atom+xml", "feedd.render.atom"),
        Format("rss", "RSS", "rss.xml", "application/rss+xml", "feedd.render.rss"),
        Format("json", "JSON Feed", "feed.json", "application/feed+json", "feedd.render.jsonfeed"),
    )
}
PAGE = Format("page", "Page", "index.html", "text/html", "feedd.render.feed_page")
OPML = "feeds.opml"  # the file that lists all feeds
_MADE = FORMATS | {PAGE.name: PAGE}


def render(feed: Feed, format_names: tuple[str, ...]) -> list[Document]:
    """One document for each format; PAGE.name gives the page."""
    documents = []
    fingerprints = b"".join(entry.fingerprint for entry in feed.entries)
    for name in format_names:
        data = _renderer(name).assemble(feed, fragments(feed.entries, name))
        documents.append(Document(feed.folder + document_path(feed, file_name(name)), data, fingerprints))
    return documents


def document_path(feed: Feed, file: str) -> str:
    """The path of a document below the folder of its feed. `file`: the name of the file of its format."""
    if feed.chain is None or not (feed.chain.number or (file == PAGE.file and not feed.folder)):
        return file
    return archive_path(feed.chain.number, file)


def fragments(entries: Iterable[Entry | RenderedEntry], name: str) -> list[bytes]:
    """The bytes of entries in documents of a format, or in pages."""
    renderer = _renderer(name)
    return [
        entry.fragments[name] if isinstance(entry, RenderedEntry) else renderer.fragment(entry) for entry in entries
    ]


def file_name(name: str) -> str:
    """The name of the file of a format, or of a page."""
    return _MADE[name].file


def split(format_name: str, data: bytes) -> list[bytes]:
    """The bytes of each entry in a document that `render` made."""
    return _renderer(format_name).split(data)


@cache
def _renderer(format_name: str) -> Renderer:
    return cast("Renderer", import_module(_MADE[format_name].module))
