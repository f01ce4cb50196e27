"""Which of all the feeds that ever were are published."""

from __future__ import annotations

from collections.abc import Collection

from feedd.core.assemble import FeedHead, Site, folder_of
from feedd.core.retired import retired_folders
from feedd.disk.published import FeedRecord


def head_of(record: FeedRecord, count: int = 0) -> FeedHead:
    """A feed as listings show it; `count` is that of its entries."""
    return FeedHead(record.identity, record.id, record.slug, record.label, record.updated, count)


def current_feeds(records: Collection[FeedRecord], site: Site) -> tuple[list[FeedRecord], dict[str, str | None]]:
    """The feeds that are published; and the folders of those that are no more, as core/retired.py has them."""
    gone = retired_folders(map(head_of, records), site)
    return [each for each in records if not gone or _folder(each) not in gone], gone


def _folder(record: FeedRecord) -> str:
    return folder_of(record.identity, record.slug).removesuffix("/")
