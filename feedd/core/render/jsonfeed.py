"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from feedd.core.render.generator import GENERATOR, label
from feedd.model import Entry, Feed

MARK = f"Made by {GENERATOR}"  # by which a document is known to be ours


def render(feed: Feed) -> bytes:
    """The feed as a JSON Feed document: UTF-8, indented, ending in a line break."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "user_comment": f"{MARK}. To subscribe, give this address to a feed reader: {feed.base}feed.json",
        "home_page_url": feed.home,
        "feed_url": f"{feed.base}feed.json",
        "description": feed.subtitle,
        "icon": feed.logo,
        "favicon": feed.icon,
        "authors": [_given({"name": feed.author.name, "url": feed.author.uri})],
        "language": feed.language,
        "items": [_item(entry) for entry in feed.entries],
    }
    return msgspec.json.format(msgspec.json.encode(_given(document)), indent=1) + b"\n"


def _item(entry: Entry) -> dict[str, Any]:
    uri = {"url": entry.author_uri} if entry.author_uri else {}
    return _given(
        {
            "id": entry.id,
            "url": entry.link,
            "title": entry.title,
            "content_html": entry.content,
            "summary": entry.summary or None,
            "image": entry.image.url if entry.image else None,
            "date_published": _date(entry.published),
            "date_modified": _date(entry.updated),
            "authors": [{"name": name} | uri for name in entry.authors],
            "tags": [label(category.label) for category in entry.categories],
            "language": entry.language,
        }
    )


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _date(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
