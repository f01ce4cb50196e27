"""Documents of archives: stale archives in; documents, written or deleted, out."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator

from msgspec.structs import replace

from feedd import render
from feedd.model import ArchiveChain, Document
from feedd.render import FORMATS, PAGE
from feedd.render.assembly.assemble_feed import make_feed
from feedd.render.content_codings import ENCODINGS
from feedd.render.site_info import SiteInfo
from feedd.run.active_feeds import feed_summary
from feedd.run.executor.executor_protocol import MANY_ENTRIES
from feedd.run.pass_context import PassContext
from feedd.run.publish.feed_parts import FeedParts, Made, names_of
from feedd.run.publish.gather_members import MEMBERS_HELD
from feedd.run.publish.make_documents import DocumentMaker
from feedd.run.publish.make_entries import Failed
from feedd.run.publish.write import DocumentWriter
from feedd.run.publish.write_pictures import PicturesElsewhere
from feedd.select.archives import archive_path
from feedd.select.folders import feed_folder
from feedd.store.ledger.archives.archive_rows import ArchiveKey
from feedd.store.ledger.session import LedgerSession

_NAMES = (*(each.file for each in FORMATS.values()), PAGE.file)
_SUFFIXES = ("", *(each.suffix for each in ENCODINGS.values()))


class ArchiveMaker:
    """Gathers the inputs of the documents of archives, and has the documents made."""

    def __init__(self, ledger: LedgerSession, site: SiteInfo, maker: DocumentMaker) -> None:
        self._ledger = ledger
        self._site = site
        self._maker = maker
        self._gatherer = maker.gatherer
        self._reuse = maker.reuse
        self._archived: dict[bytes, dict[str, bytes]] = {}  # fragments in archives, of the last MEMBERS_HELD entries
        # fragments of the last feed with archives
        self._window: tuple[int, dict[bytes, dict[str, bytes]]] | None = None

    def archives(self, archives: Collection[ArchiveKey], *, many: bool) -> Iterator[Made]:
        """The documents of archives, sorted. `many`: probably at least MANY_ENTRIES entries have to be made."""
        return self._maker.make_all(map(self._parts, sorted(archives)), many=many)

    def _parts(self, archive: ArchiveKey) -> FeedParts:
        """The inputs of the documents of an archive. An entry that has just left the window is in its documents yet. If
        archives have another size now, the entry may be in the documents of one of the last archives before this one.
        """
        record, newest = self._maker.record(archive.feed), self._ledger.archives.newest(archive.feed)
        shown = self._ledger.archives.entries(archive)
        summary = feed_summary(replace(record, updated=self._ledger.archives.updated(archive)))
        feed = make_feed(summary, (each.provider_only() for each in shown), self._site)
        feed = replace(feed, hubs=(), chain=ArchiveChain(archive.number, newest))
        names = names_of(self._site, feed)
        paths = {name: feed.folder + archive_path(archive.number, render.file_name(name)) for name in names}
        self._archived |= self._reuse.reusable(paths)
        if self._window is None or self._window[0] != archive.feed:
            self._window = archive.feed, self._maker.fragments(record)
        there = ChainMap(self._archived, self._window[1])
        members = tuple(self._gatherer.members(self._gatherer.fingerprinted(shown), there, names))
        for fingerprint in list(self._archived)[:-MEMBERS_HELD]:
            del self._archived[fingerprint]
        return FeedParts(archive.feed, feed, members)


def put_archives(
    context: PassContext,
    stale: Collection[ArchiveKey],
    maker: DocumentMaker,
    writer: DocumentWriter,
    pictures: PicturesElsewhere,
) -> list[Failed]:
    """Writes the documents of stale archives. Returns the entries that cannot be made; documents that show them are not
    written. To be called before the documents that name new archives are written.
    """
    ledger, size = context.ledger, context.settings.selection.archives.size
    retired = maker.retired()
    to_make = [archive for archive in stale if archive.feed not in retired]
    failed: list[Failed] = []
    archive_maker = ArchiveMaker(ledger, context.settings.site, maker)
    made = archive_maker.archives(to_make, many=len(to_make) * size >= MANY_ENTRIES)
    fresh = set(stale).difference(to_make)
    seen = pictures.of_feeds(_without_failed(made, failed))
    for done, (archive, complete) in enumerate(writer.put_all(seen, len(to_make)), start=1):
        fresh |= {archive} if complete else set()
        context.cancellation.check()
        context.progress("publishing", done, len(to_make))
    ledger.archives.mark_fresh(sorted(fresh))
    return failed


def _without_failed(made: Iterable[Made], failed: list[Failed]) -> Iterator[tuple[ArchiveKey, list[Document]]]:
    for each in made:
        failed += each.failed
        if not each.failed:
            yield ArchiveKey(each.feed, each.archive), each.documents


def delete_doomed(ledger: LedgerSession, writer: DocumentWriter) -> None:
    """Deletes the documents of archives that are no more. To be called after the documents that named them are written.
    An archive whose documents cannot be deleted stays doomed.
    """
    doomed = ledger.archives.doomed()
    if not doomed:
        return
    feeds = {record.feed: record for record in ledger.feeds.all().values()}
    gone: list[ArchiveKey] = []
    for archive in doomed:
        folder = feed_folder(feeds[archive.feed].identity, feeds[archive.feed].slug)
        paths = [archive_path(archive.number, name) for name in _NAMES]
        if not ledger.archives.newest(archive.feed):
            paths.append(archive_path(0, PAGE.file))
        if writer.delete_known([folder + path + suffix for path in paths for suffix in _SUFFIXES]):
            gone.append(archive)
    ledger.archives.forget(gone)
    if gone:
        those = "1 archive is" if len(gone) == 1 else f"{len(gone)} archives are"
        writer.remarks += (f"{those} gone, as `archives` in the configuration asks",)
