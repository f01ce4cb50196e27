"""Active feeds: all feeds of the ledger in; the published feeds out."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from feedd.select.folders import FOLDERS, FeedSummary, feed_folder
from feedd.select.retired import is_forgotten, retired_folders
from feedd.select.settings import SelectionSettings
from feedd.store.ledger.feed_rows import FeedRecord


def feed_summary(record: FeedRecord, count: int = 0) -> FeedSummary:
    """A feed as listings show it. `count`: the number of its entries."""
    return FeedSummary(record.identity, record.id, record.slug, record.label, record.updated, count)


class ActiveFeeds(NamedTuple):
    """The published feeds with their views. `retired`: the folders of retired feeds, each with the folder of its
    successor or None. `wrong`: mistakes in the settings of retired feeds, in words.
    """

    feeds: list[FeedRecord]
    retired: dict[str, str | None]
    wrong: list[str]


def active_feeds(records: Collection[FeedRecord], selection: SelectionSettings) -> ActiveFeeds:
    """The published feeds among `records`. A feed that the configuration no longer has is retired."""
    feeds = [each for each in records if not each.identity.view]
    forgotten = [each for each in feeds if is_forgotten(each.identity, selection)]
    there = [each for each in feeds if not is_forgotten(each.identity, selection)]
    gone, wrong = retired_folders(map(feed_summary, there), selection)
    gone = dict.fromkeys(map(_folder, forgotten)) | gone
    private = {f"{FOLDERS['saved']}{name}" for name in selection.private}  # nobody learns that they are no more
    public = {folder: successor for folder, successor in gone.items() if folder not in private}
    return ActiveFeeds([each for each in records if _is_current(each, gone, selection)], public, wrong)


def _is_current(record: FeedRecord, gone: Collection[str], selection: SelectionSettings) -> bool:
    if record.identity.view and not selection.views.has(record.identity):
        return False
    return not gone or _folder(record) not in gone


def _folder(record: FeedRecord) -> str:
    return feed_folder(record.identity.base, record.slug).removesuffix("/")
