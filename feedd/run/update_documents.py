"""Updating: stale feeds in; their documents, written, out. What cannot be made is taken back, and the rest made again.

stale feeds --> documents --> files
     ^              |
     |              +--> entries that cannot be made
     +--- Work.refuse ---------+
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from feedd.items.withholding.meaning import is_publishable
from feedd.model import Document
from feedd.run.compare import Discrepancies
from feedd.run.executor.workers import MANY_ENTRIES, Workers
from feedd.run.pass_settings import PassSettings
from feedd.run.progress import Progress
from feedd.run.queue_deliveries import DeliveryQueue
from feedd.run.site_state import ENTRIES, FRESH, STALE, most
from feedd.run.work import WRITING, Work
from feedd.run.write import DocumentWriter
from feedd.store.documents import FeedsDirectory

if TYPE_CHECKING:
    from feedd.run.make_documents import DocumentMaker, Made
    from feedd.run.make_entries import Failed


class DocumentUpdate:
    """The part of a pass that makes documents what they have to be."""

    def __init__(
        self,
        work: Work,
        feeds: FeedsDirectory,
        settings: PassSettings,
        workers: Workers,
        progress: Progress,
        now: datetime,
    ) -> None:
        self._work = work
        self._feeds = feeds
        self._settings = settings
        self._workers = workers
        self._progress = progress
        self._now = now

    def maker(self) -> DocumentMaker:
        """What makes documents from the ledger as it is now."""
        return maker_of(self._work, self._feeds, self._settings, self._workers, self._now)

    def write(self, amiss: Discrepancies, announcing: DeliveryQueue, read: int, *, all_anew: bool) -> DocumentWriter:
        """Makes and writes the documents of stale feeds, and mends what is amiss. `read` is how many files were.

        An item of which no entry can be made is taken back, until there is none.
        """
        site = self._settings.site
        ledger = self._work.ledger
        withdrawing = ledger.feeds.withdrawing()
        writer = DocumentWriter(self._feeds, ledger, announcing, site.precompress, self._workers.count, withdrawing)
        while failed := self._write(amiss, announcing, writer, read, all_anew=all_anew):
            with self._work.ledger.transaction():
                self._work.refuse(failed, self._now)
        return writer

    def _write(
        self, amiss: Discrepancies, announcing: DeliveryQueue, writer: DocumentWriter, read: int, *, all_anew: bool
    ) -> dict[int, str]:
        """The same, once. Returns the entries that cannot be made, and why; no document that shows them is written."""
        work, ledger, limit = self._work, self._work.ledger, self._settings.selection.limit
        stale = ledger.feeds.stale() | amiss.feeds
        site = STALE if amiss.site else work.site()
        pages = work.ledger.entry_pages.stale() | work.ledger.entry_pages.of_slugs(amiss.pages)
        if not (stale or pages or site != FRESH or amiss.unwanted or amiss.lost):
            return {}
        from feedd.run.write_entry_pages import put_entry_pages, still_unwanted

        to_make = limit * len(stale if all_anew else amiss.feeds) + min(read, limit * len(stale))
        failures = _Failures()
        with self._work.ledger.transaction():
            maker = self.maker()
            fresh = stale & maker.retired()
            stale -= fresh
            complete_assets = site != STALE or writer.put_site(maker.assets())
            failures.add(put_entry_pages(ledger, pages, maker, writer, self._settings.site))
            made = maker.documents(stale, many=to_make >= MANY_ENTRIES)
            for done, (number, complete) in enumerate(writer.put_all(failures.taken_out(made)), start=1):
                fresh |= {number} if complete else set()
                self._progress("publishing", done, len(stale))
            ledger.feeds.mark_fresh(sorted(fresh))
            site = most(site, ENTRIES if maker.shows_all(stale) else FRESH)
            if site != FRESH:
                documents, failed = maker.site_documents(site)
                failures.add(failed)
                complete = not failures.reasons and writer.put_site(documents) and complete_assets
                work.keep_site(FRESH if complete else site)
            unwanted = set(still_unwanted(amiss.unwanted, ledger, self._settings.site))
            unwanted.update(maker.needless() if site == STALE else ())
            writer.delete(sorted(unwanted))
            lost_is_gone = writer.delete([path for path in amiss.lost if ledger.documents.find(path) is None])
            announcing.forget_other_hubs()
            if site == STALE:
                announcing.forget_other_addresses()
            if lost_is_gone and not failures.reasons:  # else it has to be looked for again: nothing else knows of it
                work.ledger.state.keep_setting(WRITING, "done")
        return failures.reasons


def maker_of(
    work: Work, feeds: FeedsDirectory, settings: PassSettings, workers: Workers, now: datetime
) -> DocumentMaker:
    """What makes documents from the ledger as it is now."""
    # Rendering takes longer to load than a pass takes that finds nothing to do.
    from feedd.run.fragment_reuse import FragmentReuse
    from feedd.run.make_documents import DocumentMaker

    leftovers = FragmentReuse(feeds, work.ledger, work.entry_mark(), pages=settings.site.pages)
    publishable = partial(is_publishable, now=now, default_listed=settings.default_listed)
    return DocumentMaker(work.ledger, settings.site, settings.selection, leftovers, publishable, workers)


class _Failures:
    """The entries that cannot be made, and why."""

    def __init__(self) -> None:
        self.reasons: dict[int, str] = {}

    def add(self, failed: Iterable[Failed]) -> None:
        """Takes note of members that failed."""
        self.reasons.update((member.record.entry, why) for member, why in failed)

    def taken_out(self, made: Iterable[Made]) -> Iterator[tuple[int, list[Document]]]:
        """The documents of those feeds that are whole."""
        for each in made:
            self.add(each.failed)
            if not each.failed:
                yield each.feed, each.documents
