"""Old windows: feeds that were published, without a recovery index, in; their entries, and what each feed shows, out.

A window is what a feed showed: its newest entries. What it does not show is not known. The documents come from outside:
they may be of anybody, and damaged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote, unquote

from feedd.decide.identity import link_key
from feedd.items import dates, urls
from feedd.render import FORMATS, OPML
from feedd.render.generator_marks import is_feed_of_ours
from feedd.render.readback import FeedHead, Seen, feed_head, listed_feeds, read_back, tombstones_in
from feedd.render.recovery.recovery_index import ShownEntry, ShownTombstone
from feedd.render.recovery.window_facts import OldArchive, OldWindow, OldWindows, is_of_view, title_digest
from feedd.select.archives import ARCHIVE_FOLDER, archive_path, document_name
from feedd.select.slugs import slug_in
from feedd.select.views import PERIOD_VIEWS

_FIRST_FEEDS = tuple(each.file for each in FORMATS.values())
_DOCTYPE = b"<!DOCTYPE"  # no feed of feedd's has one, and entities are declared there


def read_windows(read: Callable[[str], bytes | None]) -> OldWindows | None:
    """The windows of the site whose documents `read` gives by their paths; None if there is no feed of feedd's."""
    first = next(((path, data) for path in _FIRST_FEEDS if (data := read(path)) is not None), None)
    if first is None or not is_feed_of_ours(first[1]):
        return None
    head = _head(*first)
    base = head.own.removesuffix(first[0]) if head is not None and head.own and head.own.endswith(first[0]) else ""
    listed = (f"{path.removesuffix(document_name(path))}{first[0]}" for path in _listed(read, base))
    paths = list(dict.fromkeys((first[0], *listed)))  # in one format: RSS may have another id than Atom
    windows: list[OldWindow] = []
    entries: dict[str, ShownEntry] = {}
    damaged: list[str] = []
    for path in paths:
        data = first[1] if path == first[0] else read(path)
        shown = _entries(path, data, base) if data is not None else None
        head = _head(path, data) if data is not None else None
        if data is None or shown is None or head is None:
            damaged.append(path)
            continue
        folder = path.removesuffix(path.rpartition("/")[2])
        for each in shown if not any(is_of_view(folder, view) for view in PERIOD_VIEWS) else ():
            entries.setdefault(each.id, each)
        oldest = min((each.published for each in shown), default=None)
        archives = list(_archives(read, path, base, entries, _newest_archive(path, base, data)))
        seen = (folder, head.id, _seconds(head.updated), len(shown), oldest, tuple(archives), tuple(_tombstones(data)))
        windows.append(OldWindow(*seen))
    return OldWindows(tuple(windows), tuple(entries.values()), tuple(damaged))


def _archives(
    read: Callable[[str], bytes | None], path: str, base: str, entries: dict[str, ShownEntry], newest: int
) -> Iterator[OldArchive]:
    """The archives of the feed whose document is at a path, up to the `newest`. Adds their entries to `entries`. An
    archive may be missing: what stood there was withdrawn.
    """
    folder, _, file = path.rpartition("/")
    for number in range(1, newest + 1):
        at = f"{folder}/{archive_path(number, file)}".lstrip("/")
        data = read(at)
        shown = _entries(at, data, base) if data is not None else None
        head = _head(at, data) if data is not None else None
        if shown is None or head is None:
            continue
        for each in shown:
            entries.setdefault(each.id, each)
        yield OldArchive(number, _seconds(head.updated) or 0, tuple(each.id for each in shown))


def _newest_archive(path: str, base: str, data: bytes) -> int:
    """The highest number of an archive that the document of a feed leads to; 0 if it leads to none."""
    folder = f"{base}{quote(path.removesuffix(document_name(path)))}{ARCHIVE_FOLDER}"
    if not base or ARCHIVE_FOLDER.encode() not in data:
        return 0
    several = {re.escape(each.encode()) for each in (folder, escape(folder))}
    numbers = re.findall(b"(?:" + b"|".join(sorted(several)) + rb")([0-9]{1,5})\.", data)
    return max(map(int, numbers), default=0)


def _tombstones(data: bytes) -> Iterator[ShownTombstone]:
    """The withdrawn entries that a feed names."""
    for entry_id, when in tombstones_in(data):
        if (withdrawn := _seconds(when)) is not None:
            yield ShownTombstone(entry_id, withdrawn)


def _listed(read: Callable[[str], bytes | None], base: str) -> list[str]:
    """The paths of the feeds in the list of feeds that are below the base URL."""
    data = read(OPML) if base else None
    found = listed_feeds(data) if data is not None and _DOCTYPE not in data else []
    return [unquote(url.removeprefix(base)) for url in found if url.startswith(base)]


def _head(path: str, data: bytes) -> FeedHead | None:
    if _DOCTYPE in data:
        return None
    return feed_head(document_name(path), data)


def _entries(path: str, data: bytes, base: str) -> list[ShownEntry] | None:
    """The entries in a document; None if it is not a feed of feedd's, or is damaged."""
    if _DOCTYPE in data or not is_feed_of_ours(data):
        return None
    found = read_back(document_name(path), data)
    if found is None:
        return None
    entries = [_entry(entry_id, seen, base) for entry_id, seen in found.items()]
    return [each for each in entries if each is not None]


def _entry(entry_id: str, seen: Seen, base: str) -> ShownEntry | None:
    published = _seconds(seen.published)
    if not entry_id or published is None:
        return None  # such as an entry of a list, which has no date there
    updated = _seconds(seen.updated)
    own_page = slug_in(unquote(seen.link.removeprefix(base))) if base and seen.link.startswith(base) else None
    own_page = own_page.rstrip("/") if own_page else None
    has_link = bool(seen.link) and not own_page
    return ShownEntry(
        entry_id,
        link_key(urls.canonical(seen.link)) if has_link else None,
        b"" if has_link else title_digest(seen.title),
        published,
        max(published, updated or published),
        slug=own_page,
    )


def _seconds(text: str) -> int | None:
    found = dates.read(text, UTC) if text else None
    return int(found.timestamp()) if isinstance(found, datetime) else None
