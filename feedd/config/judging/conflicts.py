"""Contradictions: settings in, each valid by itself; the contradictions between them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from feedd.config.address_settings import is_written_by_feedd
from feedd.items.front_matter.yaml import FieldPath
from feedd.items.reading_settings import FolderDefaults
from feedd.render import FORMATS
from feedd.select.old_addresses import is_document, is_old_address
from feedd.select.saved_feeds import SavedFeed
from feedd.select.topics import Topics, name_key
from feedd.select.views import VIEWS, Views

Contradiction = tuple[FieldPath, str]


def site_contradictions(
    url: str | None, links: tuple[str, ...], folders: Iterable[FolderDefaults]
) -> Iterator[Contradiction]:
    """The contradictions between the address of a site and the templates of its links, each with its path."""
    templates: dict[FieldPath, tuple[str, ...]] = {("site", "link"): links}
    templates |= {("folders", each.path.rstrip("/"), "link"): each.values.get("links", ()) for each in folders}
    for at, of_place in templates.items():
        if url is None and any("://" not in template for template in of_place):
            yield at, "it begins on the site, and `site.url` does not say where that is"


def saved_feed_contradictions(
    saved_feeds: Iterable[SavedFeed], retired: Mapping[str, str | None], views: Views, topics: Topics
) -> Iterator[Contradiction]:
    """The contradictions in the settings of saved feeds, each with its path."""
    for saved_feed in saved_feeds:
        at = ("feeds", saved_feed.slug)
        if f"saved/{saved_feed.slug}" in retired:
            yield (
                ("retired", f"saved/{saved_feed.slug}"),
                "is among `feeds` too, so it is not retired; keep one of both",
            )
        yield from _topic_contradictions(saved_feed, at, topics)
        for name in saved_feed.views or ():
            if name not in views.names:
                off = VIEWS[name].why_off
                yield (*at, "views"), f"there is no {name}/, since {off}; switch that on, or leave it out here"


def address_contradictions(
    retired: Mapping[str, str | None], formats: tuple[str, ...], *, pages: bool
) -> Iterator[Contradiction]:
    """The contradictions between old addresses and the documents that feedd writes."""
    files = {FORMATS[name].file for name in formats}
    for old, new in retired.items():
        if not is_old_address(old):
            continue
        name = new.rpartition("/")[2] if new is not None and is_document(new) else None
        if is_written_by_feedd(old, formats, pages=pages):
            yield ("retired", old), "is a document that feedd writes itself; leave it out"
        elif name is not None and name not in files:
            yield ("retired", old), f"leads to {name}, and no feed has that: see `formats`"


def _topic_contradictions(saved_feed: SavedFeed, at: FieldPath, topics: Topics) -> Iterator[Contradiction]:
    def keys(names: Iterable[str]) -> dict[str, str]:
        return {name_key(topics.label(name)): name for name in names}

    none = keys(saved_feed.topics.none)
    wanted = keys(saved_feed.topics.all)
    for key in wanted.keys() & none.keys():
        yield (*at, "topics"), f'no item has all of `all` and none of `none`: "{wanted[key]}" is in both'
    either = keys(saved_feed.topics.any)
    if either and either.keys() <= none.keys():
        yield (*at, "topics"), "no item has any of `any` and none of `none`: all of the former are in the latter"
