"""Which of all the feeds that ever were are published."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from feedd.core.assemble import FeedHead, Site, folder_of
from feedd.core.retired import retired_folders
from feedd.disk.published import FeedRecord


def head_of(record: FeedRecord, count: int = 0) -> FeedHead:
    """A feed as listings show it; `count` is that of its entries."""
    return FeedHead(record.identity, record.id, record.slug, record.label, record.updated, count)


class Current(NamedTuple):
    """The feeds that are published; the folders of those that are no more, and what is wrong with what is said of
    them, as core/retired.py has it.
    """

    feeds: list[FeedRecord]
    retired: dict[str, str | None]
    wrong: list[str]


def current_feeds(records: Collection[FeedRecord], site: Site) -> Current:
    """Which of all feeds are published."""
    gone, wrong = retired_folders(map(head_of, records), site)
    return Current([each for each in records if not gone or _folder(each) not in gone], gone, wrong)


def _folder(record: FeedRecord) -> str:
    return folder_of(record.identity, record.slug).removesuffix("/")
