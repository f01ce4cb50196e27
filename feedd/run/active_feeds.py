"""Which of all the feeds that ever were are published."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from feedd.select.folders import FeedSummary, feed_folder
from feedd.select.retired import is_forgotten, retired_folders
from feedd.select.settings import SelectionSettings
from feedd.store.ledger.feed_rows import FeedRecord


def feed_summary(record: FeedRecord, count: int = 0) -> FeedSummary:
    """A feed as listings show it; `count` is that of its entries."""
    return FeedSummary(record.identity, record.id, record.slug, record.label, record.updated, count)


class ActiveFeeds(NamedTuple):
    """The feeds that are published, with their views; the folders of those that are no more, and what is wrong with
    what is said of them, as select/retired.py has it.
    """

    feeds: list[FeedRecord]
    retired: dict[str, str | None]
    wrong: list[str]


def active_feeds(records: Collection[FeedRecord], selection: SelectionSettings) -> ActiveFeeds:
    """Which of all feeds are published. A saved feed that is no longer configured is gone."""
    gone, wrong = retired_folders((feed_summary(each) for each in records if not each.identity.view), selection)
    forgotten = [each for each in records if is_forgotten(each.identity, selection) and not each.identity.view]
    gone = dict.fromkeys(map(_folder, forgotten)) | gone
    return ActiveFeeds([each for each in records if _is_current(each, gone, selection)], gone, wrong)


def _is_current(record: FeedRecord, gone: Collection[str], selection: SelectionSettings) -> bool:
    if record.identity.view and not selection.views.has(record.identity):
        return False
    return not gone or _folder(record) not in gone


def _folder(record: FeedRecord) -> str:
    return feed_folder(record.identity.base, record.slug).removesuffix("/")
