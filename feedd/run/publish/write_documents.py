"""Writing documents: stale feeds in; their written documents out. Entries that cannot be made are refused first.

stale feeds --> documents --> files
^              |
|              +--> entries that cannot be made
+--- refuse -------------+
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from feedd.items.references import PICTURES_FOLDER
from feedd.model import Document
from feedd.run.executor.executor_protocol import MANY_ENTRIES
from feedd.run.fingerprints import entry_prefixes, keep_entry_prefixes, shows_otherwise
from feedd.run.pass_context import PassContext
from feedd.run.publish.compare import WRITING, Discrepancies, was_interrupted
from feedd.run.publish.delivery import Delivery
from feedd.run.publish.index_state import index_is_behind
from feedd.run.publish.site_state import SiteState, keep_site_state, site_state
from feedd.run.publish.write import DocumentWriter, WriteResult
from feedd.run.publish.write_media import doomed_media, media_are_behind, put_media
from feedd.run.publish.write_pictures import PicturesElsewhere, clear_pictures, doomed_pictures, put_pictures
from feedd.run.seams import Seams
from feedd.run.update.look_at_pictures import pictures_are_behind
from feedd.select.slugs import slug_in
from feedd.store.document_store import DocumentStore
from feedd.store.ledger.session import LedgerSession

if TYPE_CHECKING:
    from feedd.run.publish.make_documents import DocumentMaker, Made
    from feedd.run.publish.make_entries import Failed


class ToWrite(Struct, frozen=True):
    """The documents to write besides stale documents. `read`: the number of read files; `all_anew`: every document has
    to be made anew.
    """

    discrepancies: Discrepancies
    read: int
    all_anew: bool


def begin_writing(context: PassContext, *, everything: bool) -> bool:
    """Records in the caller's transaction that documents are about to be written. `everything`: each entry was decided
    again. Returns whether the documents of every feed have to be made again.
    """
    ledger, settings = context.ledger, context.settings
    others = shows_otherwise(ledger, settings)
    if everything or others:
        ledger.feeds.mark_all_stale()
        ledger.archives.mark_all_stale()
    if others:
        ledger.entry_pages.mark_all_stale()
        keep_site_state(ledger, SiteState.STALE)
    keep_entry_prefixes(ledger, settings)
    feeds = ledger.feeds.stale() or ledger.archives.stale() or ledger.archives.doomed()
    is_stale = feeds or ledger.entry_pages.stale() or media_are_behind(ledger) or pictures_are_behind(ledger)
    is_stale = is_stale or index_is_behind(context)
    if is_stale and not was_interrupted(ledger):
        ledger.state.keep_setting(WRITING, "begun")
    return everything or others


def write_documents(
    context: PassContext,
    seams: Seams,
    delivery: Delivery,
    to_write: ToWrite,
    refuse: Callable[[dict[int, str]], None],
) -> WriteResult:
    """Makes and writes the documents of stale feeds, and repairs altered documents.

    Items whose entries cannot be made are refused with the reason, until every entry can be made.
    """
    ledger, settings = context.ledger, context.settings
    withdrawing = ledger.feeds.withdrawing() | ledger.archives.withdrawing()
    threads, doubtful = context.executor.count, to_write.discrepancies.doubtful
    writer = DocumentWriter(
        seams.documents, ledger, delivery, settings.site.precompress, threads, withdrawing, doubtful=doubtful
    )
    while failed := _write_once(context, seams, delivery, to_write, writer):
        with ledger.transaction():
            refuse(failed)
    return writer.result()


def _write_once(
    context: PassContext,
    seams: Seams,
    delivery: Delivery,
    to_write: ToWrite,
    writer: DocumentWriter,
) -> dict[int, str]:
    """Writes the documents once. Returns the entries that cannot be made, with reasons. Documents that show them are
    not written.
    """
    ledger, settings, found = context.ledger, context.settings, to_write.discrepancies
    media = bool(found.media) or media_are_behind(ledger) or pictures_are_behind(ledger)
    if media:
        _put_media(ledger, seams, writer, found.media)
    stale = ledger.feeds.stale() | found.feeds
    site = SiteState.STALE if found.site else site_state(ledger)
    pages = ledger.entry_pages.stale() | ledger.entry_pages.with_slugs(found.pages)
    archives = ledger.archives.stale() | found.archives
    index = bool(found.parts) or index_is_behind(context)
    others = media or index or bool(ledger.archives.doomed())
    if not (stale or pages or archives or site or found.unwanted or found.lost or others):
        return {}
    from feedd.run.publish.write_archives import delete_doomed, put_archives
    from feedd.run.publish.write_entry_pages import put_entry_pages, still_unwanted
    from feedd.run.publish.write_index import put_index

    limit = settings.selection.limit
    to_make = limit * len(stale if to_write.all_anew else found.feeds) + min(to_write.read, limit * len(stale))
    failures, pictures = _Failures(), PicturesElsewhere()
    with ledger.transaction():
        maker = document_maker(context, seams.documents)
        put_index(context, writer, stale, found.parts)
        fresh = stale & maker.retired()
        stale -= fresh
        complete_assets = site != SiteState.STALE or writer.put_site(maker.assets())
        failures.add(put_entry_pages(ledger, pages, maker, writer, settings.site, pictures))
        failures.add(put_archives(context, archives, maker, writer, pictures))
        made = maker.documents(stale, many=to_make >= MANY_ENTRIES)
        seen = pictures.of_feeds(failures.taken_out(made))
        for done, (number, complete) in enumerate(writer.put_all(seen, len(stale)), start=1):
            fresh |= {number} if complete else set()
            context.cancellation.check()
            context.progress("publishing", done, len(stale))
        ledger.feeds.mark_fresh(sorted(fresh))
        ledger.probes.keep(maker.to_ask)
        pictures.keep(ledger)
        site = max(site, SiteState.ENTRIES if maker.shows_all(stale) else SiteState.FRESH)
        if site:
            made_of_site, failed = maker.site_documents(site)
            failures.add(failed)
            complete = not failures.reasons and writer.put_site(made_of_site) and complete_assets
            keep_site_state(ledger, SiteState.FRESH if complete else site)
        delete_doomed(ledger, writer)
        unwanted = set(still_unwanted(found.unwanted, ledger, settings.site))
        unwanted.update(maker.needless() if site == SiteState.STALE else ())
        writer.delete(sorted(unwanted), withdraws=any(map(slug_in, unwanted)))
        writer.delete(doomed_media(ledger), withdraws=False)
        if pictures_are_behind(ledger) or any(path.startswith(PICTURES_FOLDER) for path in found.lost):
            clear_pictures(ledger, seams.pictures, writer)
        lost_is_gone = writer.delete([path for path in found.lost if ledger.documents.find(path) is None])
        if (
            found.feeds or found.site or found.pages or found.parts or found.lost
        ):  # stores may have what this ledger does not know
            ledger.uploads.stored.look_again()
        writer.remarks += delivery.forget_other_targets()
        if site == SiteState.STALE:
            delivery.forget_other_addresses()
        if lost_is_gone and not failures.reasons:  # else look for it again: the ledger does not know it
            ledger.state.keep_setting(WRITING, "done")
    return failures.reasons


def _put_media(ledger: LedgerSession, seams: Seams, writer: DocumentWriter, altered: Collection[str]) -> None:
    """Writes the missing and the `altered` files that entries show. What is withheld now goes first."""
    with ledger.transaction():
        if ledger.feeds.withdrawing() or ledger.archives.withdrawing():
            writer.delete([*doomed_media(ledger), *doomed_pictures(ledger)], withdraws=False)
        put_media(ledger, seams.items, writer, altered)
        put_pictures(ledger, seams.pictures, writer, altered)


def document_maker(context: PassContext, documents: DocumentStore) -> DocumentMaker:
    """A DocumentMaker for the ledger as it is now."""
    from feedd.items.withholding.meaning import is_publishable  # late: as above
    from feedd.run.publish.fragment_reuse import FragmentReuse
    from feedd.run.publish.make_documents import DocumentMaker

    ledger, settings = context.ledger, context.settings
    reuse = FragmentReuse(documents, ledger, entry_prefixes(ledger, settings), settings.site)
    publishable = partial(is_publishable, now=context.now, default_listed=settings.default_listed)
    return DocumentMaker(ledger, settings.site, settings.selection, reuse, publishable, context.executor)


class _Failures:
    """The entries that cannot be made, and why."""

    def __init__(self) -> None:
        self.reasons: dict[int, str] = {}

    def add(self, failed: Iterable[Failed]) -> None:
        """Adds failed members."""
        self.reasons.update((member.record.entry, why) for member, why in failed)

    def taken_out(self, made: Iterable[Made]) -> Iterator[tuple[int, list[Document]]]:
        """The documents of the feeds without failed entries."""
        for each in made:
            self.add(each.failed)
            if not each.failed:
                yield each.feed, each.documents
