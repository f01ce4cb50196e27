"""Reading back: a document that was published, in; its entries, as subscribers have them, out."""

from __future__ import annotations

import json
from typing import Any

from lxml import etree
from msgspec import Struct

from feedd.render import FORMATS, assets, opml, page_shell, redirects
from feedd.render.atom import DELETED_ENTRY, TOMBSTONES
from feedd.render.generator_marks import is_feed_of_ours
from feedd.render.recovery.index_parts import is_index

_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


class Seen(Struct, frozen=True):
    """An entry in a document: text as it stands there. `categories` are the names that readers show."""

    title: str
    link: str
    published: str
    updated: str
    content: str
    summary: str = ""
    categories: tuple[str, ...] = ()


def read_back(file: str, data: bytes) -> dict[str, Seen] | None:
    """The entries of a document, by id, in its order; None if feedd writes no such document under this name."""
    try:
        if file == FORMATS["json"].file:
            return {item["id"]: _json_item(item) for item in json.loads(data)["items"]}
        if file not in (FORMATS["atom"].file, FORMATS["rss"].file):
            return None
        root = _parsed(data)
        if file == FORMATS["atom"].file:
            return {_text(entry, f"{_ATOM}id"): _atom_entry(entry) for entry in root.iter(f"{_ATOM}entry")}
        return {_text(item, "guid"): _rss_item(item) for item in root.iter("item")}
    except (ValueError, KeyError, TypeError, RecursionError, etree.XMLSyntaxError):
        return None


class FeedHead(Struct, frozen=True):
    """What a feed says of itself: its own address, its id, and when it was updated, as text."""

    own: str | None
    id: str | None = None
    updated: str = ""


def feed_head(file: str, data: bytes) -> FeedHead | None:
    """The head of a feed; None if feedd writes no such document under this name."""
    if read_back(file, data) is None:
        return None
    own, _ = feed_links(file, data)
    if file != FORMATS["atom"].file:
        return FeedHead(own)
    root = _parsed(data)
    return FeedHead(own, _text(root, f"{_ATOM}id") or None, _text(root, f"{_ATOM}updated"))


def tombstones_in(data: bytes) -> list[tuple[str, str]]:
    """The ids of the withdrawn entries that an Atom document names, and when they were withdrawn, as text; none for
    another document.
    """
    if DELETED_ENTRY.encode() not in data:
        return []
    try:
        root = _parsed(data)
    except (ValueError, etree.XMLSyntaxError):
        return []
    return [(each.get("ref", ""), each.get("when", "")) for each in root.iter(f"{{{TOMBSTONES}}}{DELETED_ENTRY}")]


def listed_feeds(opml_list: bytes) -> list[str]:
    """The addresses of the feeds in a list that feedd wrote; none for another document."""
    try:
        root = _parsed(opml_list)
    except (ValueError, etree.XMLSyntaxError):
        return []
    return [url for each in root.iter("outline") if (url := each.get("xmlUrl"))]


def feed_links(file: str, data: bytes) -> tuple[str | None, tuple[str, ...]]:
    """The address that a feed gives as its own, and its hubs. For documents that `read_back` can read."""
    if file == FORMATS["json"].file:
        feed = json.loads(data)
        return feed.get("feed_url"), tuple(hub["url"] for hub in feed.get("hubs", ()))
    links = _parsed(data).xpath("/*/a:link | /rss/channel/a:link", namespaces={"a": _ATOM[1:-1]})
    by_rel = [(link.get("rel"), link.get("href", "")) for link in links]
    own = next((href for rel, href in by_rel if rel == "self"), None)
    return own, tuple(href for rel, href in by_rel if rel == "hub")


def _parsed(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def is_ours(data: bytes) -> bool:
    """Whether a document carries feedd's mark."""
    head = data[:8192]
    marks = (
        page_shell.PAGE_MARK,
        opml.OPML_START,
    )
    of_site = assets.is_ours(head) or head.startswith(redirects.REDIRECTS_MARK) or is_index(head)
    return of_site or is_feed_of_ours(data) or any(mark in head for mark in marks)


def _json_item(item: dict[str, Any]) -> Seen:
    return Seen(
        item["title"],
        item.get("url", ""),
        item["date_published"],
        item["date_modified"],
        item["content_html"] if "content_html" in item else item["content_text"],
        item.get("summary", ""),
        tuple(item.get("tags", ())),
    )


def _atom_entry(entry: etree._Element) -> Seen:
    link = entry.find(f"{_ATOM}link[@rel='alternate']")
    return Seen(
        _text(entry, f"{_ATOM}title"),
        "" if link is None else link.get("href", ""),
        _text(entry, f"{_ATOM}published"),
        _text(entry, f"{_ATOM}updated"),
        _text(entry, f"{_ATOM}content"),
        _text(entry, f"{_ATOM}summary"),
        tuple(category.get("term", "") for category in entry.iter(f"{_ATOM}category")),
    )


def _rss_item(item: etree._Element) -> Seen:
    return Seen(
        _text(item, "title"),
        _text(item, "link"),
        _text(item, "pubDate"),
        "",
        _text(item, _CONTENT),
        _text(item, "description"),
        tuple(category.text or "" for category in item.iter("category")),
    )


def _text(parent: etree._Element, name: str) -> str:
    return parent.findtext(name) or ""
