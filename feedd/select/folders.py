"""Folders of feeds: the identity of a feed, in; the folder of its documents, and its id, out."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from msgspec import Struct

from feedd.model import FeedId

FOLDERS = {
    "all": "",
    "saved": "saved/",
    "topic": "topics/",
    "provider": "providers/",
    "author": "authors/",
    "language": "languages/",
}
NAMED_KINDS = ("topic", "provider", "author", "language")  # kinds of feeds that items bring about, by names


class FeedSummary(Struct, frozen=True):
    """A feed as it is kept: identity, id, slug, label, `updated`, and perhaps the number of its entries."""

    identity: FeedId
    id: str
    slug: str
    label: str
    updated: datetime
    count: int = 0


def feed_folder(identity: FeedId, slug: str) -> str:
    """The folder of a feed's documents, below the feeds' directory: "", `topics/SLUG/` or `topics/SLUG/VIEW/`."""
    base = f"{FOLDERS[identity.kind]}{slug}/" if slug else ""
    return f"{base}{identity.view}/" if identity.view else base


def feed_id(authority: str, identity: FeedId, slug: str) -> str:
    """The tag: URI (RFC 4151) of a new feed."""
    return f"tag:{authority}:" + "/".join(filter(None, (identity.kind, quote(slug), identity.view)))
