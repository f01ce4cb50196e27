"""Looking at media: shown entries in; the files beside the items that they show, and stale documents, out.

    files of entries -- places, choose --> paths -- stamp --> read, if it changed --> names of documents

What is published is in the ledger afterwards. The files themselves are written by `publish/write_media.py`.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping

from feedd.items.local_files import all_places, choose, places
from feedd.items.references import suffix
from feedd.model import Problem
from feedd.render.site_info import SiteInfo
from feedd.run.fingerprints import reads_otherwise
from feedd.run.missing_files import NOT_THERE, is_elsewhere, is_missed, note_of
from feedd.run.pass_context import PassContext
from feedd.run.scan import ScanResult
from feedd.select.views import MEMBER_VIEWS
from feedd.store.item_source import ItemSource, MediaStamp, Scan, Unavailable
from feedd.store.ledger.media.media_rows import MediaFile, MediaUse, Referring
from feedd.store.ledger.session import LedgerSession

_DIGEST = 16  # bytes
_UNREAD = MediaStamp(-2, -2, -2)
_Uses = Mapping[int, MediaUse]
_Files = Mapping[str, MediaFile]


def look_at_media(context: PassContext, source: ItemSource, seen: ScanResult) -> None:
    """Brings the ledger's media up to date, in the caller's transaction. A file is read if its stamp has changed. The
    documents that show it are stale then.
    """
    ledger, site = context.ledger, context.settings.site
    if not ledger.media.are_of_use() or not _is_due(ledger, site, seen):
        return
    try:
        listing = seen.look if isinstance(seen.look, Scan) else source.scan(sys.maxsize)
    except Unavailable:
        return
    files_before, uses_before = ledger.media.files(), ledger.media.uses()
    look = _Look(context, source, listing, files_before)
    uses = {each.file: look.resolve(each) for each in look.referring}
    ledger.media.keep_files(files_before, look.files)
    ledger.media.keep_uses(uses_before, uses)
    changed = [
        each.entry
        for each in look.referring
        if _shows(uses_before, files_before, each.file) != _shows(uses, look.files, each.file)
    ]
    mark_showing(ledger, changed)


def mark_showing(ledger: LedgerSession, entries: Iterable[int]) -> None:
    """Marks all documents that show `entries` to be made again."""
    entries = sorted(entries)
    if not entries:
        return
    feeds = {feed for each in ledger.members.memberships(entries).values() for feed in each}
    every = ledger.feeds.all()
    numbers = {record.feed: identity for identity, record in every.items()}
    lists = (every.get(numbers[feed]._replace(view=view.name)) for feed in feeds for view in MEMBER_VIEWS)
    ledger.feeds.mark_stale(feeds.union(view.feed for view in lists if view is not None))
    ledger.archives.mark_stale(ledger.archives.holding(entries))
    ledger.entry_pages.mark_stale(entries)


def media_name(data: bytes, path: str) -> str:
    """The name of the document that has these bytes. `path` gives its suffix."""
    digest = hashlib.blake2b(data, digest_size=_DIGEST).hexdigest()
    return f"{digest}.{suffix(path).replace('jpeg', 'jpg')}"


class _Look:
    """A look at the files that shown entries refer to."""

    def __init__(self, context: PassContext, source: ItemSource, listing: Scan, before: _Files) -> None:
        self._site = context.settings.site
        self._source = source
        self._unreadable = listing.unreadable
        self._before = before
        self._again = reads_otherwise(context.ledger, context.settings)
        hidden = (path for path in before if path.startswith(listing.unreadable)) if listing.unreadable else ()
        self._there = all_places((*listing.media, *hidden))
        self.referring = context.ledger.media.referring(pages=self._site.pages)
        self.files: dict[str, MediaFile] = {}

    def resolve(self, referring: Referring) -> MediaUse:
        """What a file refers to. Looks at each file of media once."""
        found: list[tuple[str, str]] = []
        notes: list[Problem] = []
        for key in referring.media:
            path = choose(places(key, referring.path), self._there) or ""
            if path and path not in self.files:
                self.files[path] = self._look(path)
            found.append((key, path))
            problem = self.files[path].problem if path else NOT_THERE
            if problem and (path or is_missed(key, self._site, has_link=referring.has_link)):
                notes.append(note_of(key, referring.path, problem, self._site, has_link=referring.has_link))
        return MediaUse(referring.media, tuple(found), tuple(dict.fromkeys(notes)))  # a file may have two keys

    def _look(self, path: str) -> MediaFile:
        before = self._before.get(path, MediaFile(_UNREAD, ""))
        if path.startswith(self._unreadable) and path in self._before:
            return before
        stamp = self._source.media_stamp(path)
        if stamp is None:
            return MediaFile(_UNREAD, "", "it has gone")
        elsewhere = is_elsewhere(path, self._site)
        is_known = bool(before.problem) or (elsewhere == (not before.name))
        if stamp == before.stamp and is_known and not self._again:
            return before
        return MediaFile(stamp, "") if elsewhere else self._read(path, stamp)

    def _read(self, path: str, stamp: MediaStamp) -> MediaFile:
        data = self._source.read_media(path)
        if data is None:
            return MediaFile(_UNREAD, "", "it has gone")
        if isinstance(data, Problem):
            return MediaFile(stamp, "", data.reason)
        return MediaFile(stamp, media_name(data, path))


def _is_due(ledger: LedgerSession, site: SiteInfo, seen: ScanResult) -> bool:
    """Whether media may have changed. A glance tells of the paths where something happened."""
    if isinstance(seen.look, Scan):
        return True
    others = set(seen.look.looked_at).difference(seen.look.there, seen.changes.removed)
    return bool(others) or ledger.media.is_behind(pages=site.pages)


def _shows(uses: _Uses, files: _Files, file: int) -> list[tuple[str, str, str]]:
    """What an entry shows of media: keys, names or paths, and whether the file cannot be published."""
    use = uses.get(file)
    found = [(key, path, files.get(path)) for key, path in use.found] if use else []
    return [(key, each.name or path, (each.problem and "-") or "") for key, path, each in found if each]
