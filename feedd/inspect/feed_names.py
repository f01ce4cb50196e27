"""Naming: what a person calls a feed, in; the feeds that can be meant, and what they list, out."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from difflib import get_close_matches

from feedd.inspect.explanations import RankedEntry, TopList
from feedd.inspect.preview import Preview
from feedd.render.assemble import list_feed, sort_key
from feedd.run.active_feeds import feed_summary
from feedd.select.folders import feed_folder
from feedd.select.ranking import RankSettings, by_rank, effective_heat
from feedd.select.settings import feed_policy
from feedd.select.topics import name_key
from feedd.select.views import View, find_view
from feedd.select.views.view_kind import AdmissionView
from feedd.store.ledger.feed_rows import FeedRecord
from feedd.store.ledger.member_rows import Shown

_NAMED = 3  # feeds that a person may have meant


def named(preview: Preview, what: str) -> list[FeedRecord]:
    """The feeds that `what` can mean: the feed or view in that folder, else those of that title; several if feeds of
    different kinds have one.
    """
    records = preview.maker.current()
    folder = _plain(what) or "all"
    for record in records:
        if folder == folder_name(record):
            return [record]
    wanted = name_key(what)
    return [record for record in records if not record.identity.view and wanted in _titles(preview, record)]


def near(preview: Preview, what: str) -> list[str]:
    """The folders of feeds and views with a folder or a title like `what`, the likest first."""
    folders: dict[str, list[str]] = defaultdict(list)
    for record in preview.maker.current():
        folder = folder_name(record)
        for name in {folder, folder.rpartition("/")[2], *_titles(preview, record)}:
            folders[name].append(folder)
    likest = get_close_matches(name_key(_plain(what)), folders, n=_NAMED * 4, cutoff=0.6)  # a feed has up to 4 names
    return list(dict.fromkeys(folder for name in likest for folder in folders[name]))[:_NAMED]


def folder_name(record: FeedRecord) -> str:
    """The folder of a feed as a person would type it."""
    return feed_folder(record.identity, record.slug).removesuffix("/") or "all"


def _plain(folder: str) -> str:
    """A folder without what changes nothing: `./topics//ai/` is `topics/ai`."""
    return "/".join(part for part in folder.split("/") if part not in ("", "."))


def _titles(preview: Preview, record: FeedRecord) -> tuple[str, str]:
    listed = list_feed(feed_summary(record), preview.site)
    return name_key(listed.label), name_key(listed.title)


def ranking(preview: Preview, feed: FeedRecord, count: int) -> TopList:
    """The first `count` entries of a feed by rank, or of a view."""
    kind = find_view(feed.identity)
    of_feed = feed_policy(feed.identity, feed.slug, preview.selection).rank
    rank = kind.rank(of_feed) if feed.identity.view else by_rank(of_feed)
    maker = preview.maker
    members = maker.ordered(feed.feed) if feed.identity.view else [shown for shown, _ in maker.ranking(feed)]
    entries = (_ranked(number, shown, rank, kind) for number, shown in enumerate(members[:count], start=1))
    return TopList(
        feed=feed_folder(feed.identity, feed.slug) or "./",
        title=list_feed(feed_summary(feed), preview.site).title,
        feed_order=of_feed.order,
        order=kind.order(rank).name,
        of=len(members),
        entries=tuple(entries),
    )


def _ranked(number: int, shown: Shown, rank: RankSettings, kind: View) -> RankedEntry:
    record, item = shown.record, shown.item()
    key = sort_key(record, rank)
    has_key = kind.order(rank).is_rank and (rank.order != "quality" or record.quality is not None)
    return RankedEntry(
        rank=number,
        heat=effective_heat(record, rank),
        quality=record.quality,
        coverage=record.coverage,
        key=key.first if has_key else None,
        title=item.title,
        provider=item.provider.name if item.provider else None,
        published=key.published,
        id=record.id,
        link=item.link,
        since=datetime.fromtimestamp(shown.admitted_at, UTC) if isinstance(kind, AdmissionView) else None,
    )
