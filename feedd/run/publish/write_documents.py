"""Writing documents: stale feeds in; their written documents out. Entries that cannot be made are refused first.

    stale feeds --> documents --> files
         ^              |
         |              +--> entries that cannot be made
         |                           |
         +---------- refuse ---------+

A refused entry makes its feeds stale again, so that they are made without it.
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
from feedd.run.publish.write import DocumentWriter, WriteResult
from feedd.run.publish.write_media import doomed_media, media_are_behind, put_media
from feedd.run.publish.write_pictures import PicturesElsewhere, clear_pictures, doomed_pictures, put_pictures
from feedd.run.seams import Seams
from feedd.run.site_state import SiteState, keep_site_state, site_state
from feedd.run.update.look_at_pictures import pictures_are_behind
from feedd.select.slugs import slug_in
from feedd.store.document_store import DocumentStore
from feedd.store.ledger.archives.archive_rows import ArchiveKey
from feedd.store.ledger.session import LedgerSession

if TYPE_CHECKING:
    from feedd.run.publish.feed_parts import Made
    from feedd.run.publish.make_documents import DocumentMaker
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


class _Behind(Struct, frozen=True):
    """What has to be written: the numbers of `feeds`, the slugs of entries by their numbers (`pages`), `archives`, and
    the state of the `site`. `others`: other documents are to be written or deleted.
    """

    feeds: set[int]
    site: SiteState
    pages: dict[int, str]
    archives: set[ArchiveKey]
    others: bool

    def __bool__(self) -> bool:
        return bool(self.feeds or self.site or self.pages or self.archives or self.others)


def _find_behind(context: PassContext, found: Discrepancies, *, media: bool) -> _Behind:
    """What has to be written now. `media`: files that entries show were written or deleted."""
    ledger = context.ledger
    others = found.unwanted or found.lost or found.parts or index_is_behind(context) or ledger.archives.doomed()
    return _Behind(
        ledger.feeds.stale() | found.feeds,
        SiteState.STALE if found.site else site_state(ledger),
        ledger.entry_pages.stale() | ledger.entry_pages.with_slugs(found.pages),
        ledger.archives.stale() | found.archives,
        media or bool(others),
    )


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
    ledger, found = context.ledger, to_write.discrepancies
    media = _put_media(context, seams, writer, found.media)
    behind = _find_behind(context, found, media=media)
    if not behind:
        return {}
    from feedd.run.publish.write_archives import delete_doomed, put_archives
    from feedd.run.publish.write_entry_pages import put_entry_pages
    from feedd.run.publish.write_index import put_index

    failures, pictures = _Failures(), PicturesElsewhere()
    with ledger.transaction():
        maker = document_maker(context, seams.documents)
        with_archives = {each.feed for each in (*behind.archives, *ledger.archives.doomed())}
        put_index(context, writer, behind.feeds | with_archives, found.parts)
        has_assets = behind.site != SiteState.STALE or writer.put_site(maker.assets())
        failures.add(put_entry_pages(ledger, behind.pages, maker, writer, context.settings.site, pictures))
        failures.add(put_archives(context, behind.archives, maker, writer, pictures))
        _put_feeds(context, to_write, behind.feeds, maker, writer, pictures, failures)
        ledger.probes.keep(maker.gatherer.to_ask)
        pictures.keep(ledger)
        shows_all = maker.shows_all(behind.feeds - maker.retired())
        site = max(behind.site, SiteState.ENTRIES if shows_all else SiteState.FRESH)
        if site:
            _put_site(ledger, maker, writer, site, failures, has_assets=has_assets)
        delete_doomed(ledger, writer)
        needless = maker.needless() if site == SiteState.STALE else ()
        lost_is_gone = _delete_unwanted(context, seams, found, needless, writer)
        _forget_others(delivery, writer, site)
        if lost_is_gone and not failures.reasons:  # else look for it again: the ledger does not know it
            ledger.state.keep_setting(WRITING, "done")
    return failures.reasons


def _put_feeds(
    context: PassContext,
    to_write: ToWrite,
    stale: Collection[int],
    maker: DocumentMaker,
    writer: DocumentWriter,
    pictures: PicturesElsewhere,
    failures: _Failures,
) -> None:
    """Writes the documents of stale feeds. Adds the entries that cannot be made to `failures`."""
    limit, retired = context.settings.selection.limit, maker.retired()
    remade = stale if to_write.all_anew else to_write.discrepancies.feeds
    entries = limit * len(remade) + min(to_write.read, limit * len(stale))
    fresh = {number for number in stale if number in retired}
    to_make = [number for number in stale if number not in retired]
    made = maker.documents(to_make, many=entries >= MANY_ENTRIES)
    seen = pictures.of_feeds(failures.taken_out(made))
    for done, (number, complete) in enumerate(writer.put_all(seen, len(to_make)), start=1):
        fresh |= {number} if complete else set()
        context.cancellation.check()
        context.progress("publishing", done, len(to_make))
    context.ledger.feeds.mark_fresh(sorted(fresh))


def _put_site(
    ledger: LedgerSession,
    maker: DocumentMaker,
    writer: DocumentWriter,
    site: SiteState,
    failures: _Failures,
    *,
    has_assets: bool,
) -> None:
    """Writes the documents about the site that are stale by `site`, unless an entry of the pass cannot be made. Adds
    the entries that cannot be made to `failures`. `has_assets`: what pages load is there.
    """
    made, failed = maker.site_documents(site)
    failures.add(failed)
    complete = not failures.reasons and writer.put_site(made) and has_assets
    keep_site_state(ledger, SiteState.FRESH if complete else site)


def _forget_others(delivery: Delivery, writer: DocumentWriter, site: SiteState) -> None:
    """Forgets deliveries to places, and of addresses, that are no more."""
    writer.remarks += delivery.forget_other_targets()
    if site == SiteState.STALE:
        delivery.forget_other_addresses()


def _delete_unwanted(
    context: PassContext, seams: Seams, found: Discrepancies, needless: Iterable[str], writer: DocumentWriter
) -> bool:
    """Deletes the documents that shall not be there, `needless` ones too. Returns False if a document that the ledger
    does not know could not be deleted.
    """
    from feedd.run.publish.write_entry_pages import still_unwanted

    ledger = context.ledger
    unwanted = {*still_unwanted(found.unwanted, ledger, context.settings.site), *needless}
    writer.delete(sorted(unwanted), withdraws=any(map(slug_in, unwanted)))
    writer.delete(doomed_media(ledger), withdraws=False)
    if pictures_are_behind(ledger) or any(path.startswith(PICTURES_FOLDER) for path in found.lost):
        clear_pictures(ledger, seams.pictures, writer)
    lost_is_gone = writer.delete([path for path in found.lost if ledger.documents.find(path) is None])
    if found.feeds or found.site or found.pages or found.parts or found.lost:
        ledger.uploads.stored.look_again()  # stores may have what this ledger does not know
    return lost_is_gone


def _put_media(context: PassContext, seams: Seams, writer: DocumentWriter, altered: Collection[str]) -> bool:
    """Writes the missing and the `altered` files that entries show. What is withheld now goes first. Returns whether
    there was anything to write or delete.
    """
    ledger = context.ledger
    if not (altered or media_are_behind(ledger) or pictures_are_behind(ledger)):
        return False
    with ledger.transaction():
        if ledger.feeds.withdrawing() or ledger.archives.withdrawing():
            writer.delete([*doomed_media(ledger), *doomed_pictures(ledger)], withdraws=False)
        put_media(ledger, seams.items, writer, altered)
        put_pictures(ledger, seams.pictures, writer, altered, context.now)
    return True


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
