"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from feedd.model import Enclosure, Entry, Feed
from feedd.render.enclosures import file_type
from feedd.render.entry_places import JSON
from feedd.render.generator_marks import COMMENT_MARK
from feedd.render.xml.feedgen_adapter import SOURCE, label
from feedd.select.archives import older_url

split = JSON.split
_ABOUT = "https://github.com/feedd/feedd/blob/main/docs/feeds.md"


def assemble(feed: Feed, fragments: Sequence[bytes]) -> bytes:
    """The feed as a JSON Feed document: UTF-8, indented, ending in a line break."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "user_comment": f"{COMMENT_MARK}. {feed.words.say('how_to_subscribe', address=f'{feed.base}feed.json')}",
        "home_page_url": feed.home,
        "feed_url": f"{feed.base}feed.json",
        "next_url": older_url(feed, "feed.json"),
        "description": feed.subtitle,
        "icon": feed.logo,
        "favicon": feed.icon,
        "authors": [_given({"name": feed.author.name, "url": feed.author.uri})],
        "language": feed.language,
        "_feedd": _said_of(feed),
        "hubs": [{"type": "WebSub", "url": hub} for hub in feed.hubs] or None,
        "items": [],
    }
    if feed.heats is not None:
        ranked = enumerate(zip(fragments, feed.heats, strict=True), start=1)
        fragments = [_ranked(fragment, rank, heat) for rank, (fragment, heat) in ranked]
    return JSON.with_entries(_formatted(_given(document)), fragments) + b"\n"


def _said_of(feed: Feed) -> dict[str, Any] | None:
    """What JSON Feed has no words for: that the feed is a list, or the number of an archive."""
    if feed.heats is not None:
        return {"about": _ABOUT, "treat_as": "list"}
    return {"about": _ABOUT, "archive": feed.chain.number} if feed.chain is not None and feed.chain.number else None


def _ranked(item: bytes, rank: int, heat: float) -> bytes:
    """An item with its place in a list, from 1, and its effective heat."""
    number = msgspec.json.encode(int(heat) if heat.is_integer() and heat < 1e15 else round(heat, 3))
    return item.removesuffix(JSON.END) + JSON.OURS + b'{"rank": %d, "heat": %s}' % (rank, number) + JSON.END


def fragment(entry: Entry) -> bytes:
    """The item's JSON object, as it stands in a document."""
    return split(_formatted({"items": [_item(entry)]}))[0]


def _formatted(document: dict[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=1)


def _item(entry: Entry) -> dict[str, Any]:
    return _given(
        {
            "id": entry.guid or entry.id,
            "url": entry.link,
            "title": entry.title,
            "content_html": entry.content,
            "content_text": entry.summary if entry.content is None else None,
            "summary": entry.summary or None,
            "image": entry.image.url if entry.image else None,
            "date_published": _date(entry.published),
            "date_modified": _date(entry.updated),
            "authors": [_given({"name": name, "url": uri}) for name, uri in entry.linked_authors()],
            "tags": [label(category.label) for category in entry.categories],
            "language": entry.language,
            "attachments": [_attachment(entry.enclosure)] if entry.enclosure else None,
            "_source": {"about": SOURCE, "markdown": entry.markdown} if entry.markdown else None,
        }
    )


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    return _given(
        {
            "url": enclosure.url,
            "mime_type": file_type(enclosure),
            "size_in_bytes": enclosure.size,
            "duration_in_seconds": enclosure.duration,
        }
    )


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _date(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
