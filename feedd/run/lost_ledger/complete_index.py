"""Completing a recovery index of which a part is damaged: the index and what feeds show, in; the index with it, out."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from feedd.decide.id_claims import guid_in
from feedd.render.recovery.recovery_index import ShownEntry, ShownFeed, path_key
from feedd.render.recovery.window_facts import OldWindows
from feedd.run.lost_ledger.read_index import FoundIndex
from feedd.store.ledger.adoption.minted_paths import paths_by_id


def complete_index(found: FoundIndex, windows: OldWindows, paths: Collection[str]) -> FoundIndex:
    """The index with the entries that feeds show and the index does not have. Their texts are not known. Of other
    entries that are missing nothing is known, so nothing comes in below the oldest entry that a feed shows. `paths`:
    the files that are there.
    """
    if found.has_all_entries:
        return found
    known = {each.id for each in found.entries}
    missing = [each for each in windows.entries if each.id not in known]
    oldest = {each.id: each.oldest for each in windows.windows}
    feeds = tuple(_closed_below(each, oldest.get(each.id)) for each in found.feeds)
    return replace(found, entries=(*found.entries, *_without_texts(missing, paths)), feeds=feeds)


def _closed_below(feed: ShownFeed, oldest: int | None) -> ShownFeed:
    edge = (oldest, "") if oldest is not None else None
    return feed if edge is None or (feed.floor is not None and feed.floor > edge) else replace(feed, floor=edge)


def _without_texts(entries: Collection[ShownEntry], paths: Collection[str]) -> Iterator[ShownEntry]:
    by_id = paths_by_id(paths, {each.id for each in entries if each.link is None})
    for each in entries:
        path = path_key(by_id[each.id]) if each.id in by_id else b""
        yield replace(each, text=b"", path=path, guid=guid_in(each.id))
