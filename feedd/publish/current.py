"""Which of all the feeds that ever were are published."""

from __future__ import annotations

from collections.abc import Collection

from feedd.core.assemble import FeedHead, Site, folder_of
from feedd.core.retired import is_forgotten, retired_folders
from feedd.disk.published import FeedRecord


def head_of(record: FeedRecord, count: int = 0) -> FeedHead:
    """A feed as listings show it; `count` is that of its entries."""
    return FeedHead(record.identity, record.id, record.slug, record.label, record.updated, count)


def current_feeds(records: Collection[FeedRecord], site: Site) -> tuple[list[FeedRecord], dict[str, str | None]]:
    """The feeds that are published, with their views; and the folders of those that are no more, as core/retired.py
    has them, and those of saved feeds that are no longer configured.
    """
    forgotten = [each for each in records if is_forgotten(each.identity, site) and not each.identity.view]
    gone = dict.fromkeys(map(_folder, forgotten)) | retired_folders(map(head_of, records), site)
    return [each for each in records if _is_current(each, gone, site)], gone


def _is_current(record: FeedRecord, gone: Collection[str], site: Site) -> bool:
    if record.identity.view and not site.views.has(record.identity):
        return False
    return not gone or _folder(record) not in gone


def _folder(record: FeedRecord) -> str:
    return folder_of(record.identity.base, record.slug).removesuffix("/")
