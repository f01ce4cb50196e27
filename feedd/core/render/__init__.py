"""Rendering: a Feed in, the exact bytes of its documents out. FORMATS is the only list of formats."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from feedd.model import Document, Feed

VERSION = 1  # counts up when the same Feed would give other bytes, so that every document is made again


class Format(NamedTuple):
    """A format in which every feed is published."""

    name: str
    title: str
    file: str
    media_type: str
    module: str  # imported when the first document is made: libraries for XML take long to load


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("atom", "Atom", "atom.xml", "application/atom+xml", "feedd.core.render.atom"),
        Format("rss", "RSS", "rss.xml", "application/rss+xml", "feedd.core.render.rss"),
        Format("json", "JSON Feed", "feed.json", "application/feed+json", "feedd.core.render.jsonfeed"),
    )
}


def render(feed: Feed, format_names: tuple[str, ...]) -> list[Document]:
    """One document for each format."""
    documents = []
    for name in format_names:
        chosen = FORMATS[name]
        to_bytes: Callable[[Feed], bytes] = import_module(chosen.module).render
        documents.append(Document(feed.folder + chosen.file, to_bytes(feed)))
    return documents
