"""Names of feeds: a folder or a title, as typed, in; the feeds with that name, and their rankings, out."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from difflib import get_close_matches

from feedd.inspect.explanations import RankedEntry, TopList
from feedd.inspect.preview import Preview
from feedd.render.assembly.assemble_feed import list_feed, sort_key
from feedd.run.active_feeds import feed_summary
from feedd.select.folders import feed_folder
from feedd.select.ranking import RankSettings, by_rank, effective_heat
from feedd.select.settings import feed_policy
from feedd.select.topics import name_key
from feedd.select.views import View, find_view
from feedd.select.views.view_kind import AdmissionView
from feedd.store.ledger.feed_rows import FeedRecord
from feedd.store.ledger.member_rows import Shown

_MAX_SUGGESTIONS = 3  # names that are suggested


def find_feeds(preview: Preview, what: str) -> list[FeedRecord]:
    """The feeds that a name can mean: the feed or view in the folder `what`, else all feeds with the title `what`."""
    records = preview.maker.current()
    folder = _normalised(what) or "all"
    for record in records:
        if folder == folder_name(record):
            return [record]
    wanted = name_key(what)
    return [record for record in records if not record.identity.view and wanted in _titles(preview, record)]


def suggest_folders(preview: Preview, what: str) -> list[str]:
    """The folders of feeds and views whose folder or title resembles `what`, the most similar first."""
    folders: dict[str, list[str]] = defaultdict(list)
    for record in preview.maker.current():
        folder = folder_name(record)
        for name in {folder, folder.rpartition("/")[2], *_titles(preview, record)}:
            folders[name].append(folder)
    likest = get_close_matches(
        name_key(_normalised(what)), folders, n=_MAX_SUGGESTIONS * 4, cutoff=0.6
    )  # a feed has up to 4 names
    return list(dict.fromkeys(folder for name in likest for folder in folders[name]))[:_MAX_SUGGESTIONS]


def folder_name(record: FeedRecord) -> str:
    """The folder of a feed as a person would type it."""
    return feed_folder(record.identity, record.slug).removesuffix("/") or "all"


def _normalised(folder: str) -> str:
    """A folder without empty parts and dots: `./topics//ai/` is `topics/ai`."""
    return "/".join(part for part in folder.split("/") if part not in ("", "."))


def _titles(preview: Preview, record: FeedRecord) -> tuple[str, str]:
    listed = list_feed(feed_summary(record), preview.site)
    return name_key(listed.label), name_key(listed.title)


def top_list(preview: Preview, feed: FeedRecord, count: int) -> TopList:
    """The first `count` entries of a feed by rank, or of a view."""
    kind = find_view(feed.identity)
    feed_rank = feed_policy(feed.identity, feed.slug, preview.selection).rank
    rank = kind.rank(feed_rank) if feed.identity.view else by_rank(feed_rank)
    maker = preview.maker
    members = maker.ordered(feed.feed) if feed.identity.view else [shown for shown, _ in maker.ranking(feed)]
    entries = (_ranked(number, shown, rank, kind) for number, shown in enumerate(members[:count], start=1))
    return TopList(
        feed=feed_folder(feed.identity, feed.slug) or "./",
        title=list_feed(feed_summary(feed), preview.site).title,
        feed_order=feed_rank.order,
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
