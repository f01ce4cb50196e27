"""One pass, on a page: item files in, documents and a Report out.

    scan --> ScanResult --> read --> ReadFiles --> identify --> Identified --> decide_entries --> EntryChanges
                                                                                                       |
    update_windows <-- Candidates, StaleDocuments <-- collect_candidates, find_stale <-- tell_stories <+
          |
          +--> Selection --> write_documents (make_documents, write) --> WriteResult --> make_report --> Report
                                   |
                                   +--> refuse: what cannot be made is a problem, and `update_entries` runs again

Stages apply rules. The rules are in decide/ (which file wins, what moves a date, which entries are one story) and in
select/ (which feeds, which members, which order).

`remember` brings the ledger up to date in one transaction, before any document is written: so an id is never published
and then forgotten. `write_documents` makes what is stale, in a transaction of its own. A pass that dies in between
leaves its feeds stale, and the next pass makes them again. With nothing to do, nothing is written.

Each stage returns what it found as a value. Bodies are in memory a portion at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from feedd.decide.changes import Changes
from feedd.model import Report
from feedd.run.agree_on_site import keep_key
from feedd.run.fingerprints import keep_inputs, selects_otherwise
from feedd.run.make_report import Updated, make_report
from feedd.run.pass_context import PassContext
from feedd.run.publish.compare import compare
from feedd.run.publish.write_documents import ToWrite, begin_writing, document_maker, write_documents
from feedd.run.remarks.settings_remarks import settings_remarks
from feedd.run.remarks.unheeded_audiences import UnheededAudiences, in_vain
from feedd.run.scan import ScanResult, keep_seen
from feedd.run.seams import Seams
from feedd.run.site_state import keep_site_state, site_state
from feedd.run.update.close_digests import close_periods
from feedd.run.update.look_at_media import look_at_media
from feedd.run.update.look_at_pictures import look_at_pictures
from feedd.store.item_source import ItemSource, Scan
from feedd.store.ledger.codec import ReadFile


class Remembered(Struct, frozen=True):
    """The result of the first half of a pass. `next_period`: when the next digest is due. `all_anew`: whether every
    document has to be made anew. `audiences`: how many items name an audience in vain; 0 also if this was said before.
    `remarks`: about settings.
    """

    updated: Updated
    next_period: datetime | None
    all_anew: bool
    audiences: int
    remarks: tuple[str, ...]


def run_pass(context: PassContext, seams: Seams, seen: ScanResult, key: str, remarks: tuple[str, ...]) -> Report:
    """Makes the pass, after a look at the items' directory. `key` is that of the site."""
    ledger, changes, documents = context.ledger, seen.changes, seams.documents
    discrepancies = compare(context, documents, everything=isinstance(seen.look, Scan))
    with ledger.transaction():
        remembered = remember(context, seams.items, seen)
        keep_key(ledger, key)
    if seams.claim.key() != key:
        seams.claim.keep_key(key)
    remarks += remembered.remarks
    if remembered.all_anew:
        remarks += tuple(document_maker(context, documents).mistaken())
    if remembered.audiences:
        remarks += (in_vain(remembered.audiences),)
    to_write = ToWrite(discrepancies, len(changes.changed), remembered.all_anew)
    delivery = seams.deliver(ledger, context.settings.site, context.now)
    written = write_documents(context, seams, delivery, to_write, partial(refuse, context, seams.items, seen))
    ledger.settle()
    seen = replace(seen, problems=(*seen.problems, *seams.items.hindrance().problems))
    return make_report(
        context, seen, remembered.updated, remembered.next_period, written, (*remarks, *context.executor.remarks())
    )


def remember(context: PassContext, source: ItemSource, seen: ScanResult) -> Remembered:
    """Reads changed files and brings the ledger up to date, in the caller's transaction."""
    ledger, settings, changes = context.ledger, context.settings, seen.changes
    everything = selects_otherwise(ledger, settings)
    updated = Updated()
    unread: list[str] = []
    unheeded = UnheededAudiences()
    described = settings.site.probe and ledger.probes.has_new()
    keep_seen(ledger, seen)
    if changes.is_any or everything or described or ledger.entries.due(context.now):
        from feedd.run.read import read_files  # late: parsing takes longer to load than a pass that finds nothing

        files = _noted(read_files(context, source, changes.changed), unread, unheeded)
        updated = update_entries(context, files, changes, everything=everything)
    digests = close_periods(context)
    ledger.feeds.mark_stale(digests.feeds)
    look_at_media(context, source, seen)
    look_at_pictures(context)
    all_anew = begin_writing(context, everything=everything)
    hindrance = source.hindrance()
    again = (*hindrance.again, *unread) if hindrance.problems else hindrance.again
    ledger.state.keep_glanced(again)  # files to read again count as changed then
    keep_inputs(ledger, settings)
    return Remembered(
        updated, digests.next_end, all_anew, unheeded.to_say(ledger, settings.reading), settings_remarks(context)
    )


def _noted(files: Iterable[list[ReadFile]], unread: list[str], unheeded: UnheededAudiences) -> Iterator[list[ReadFile]]:
    """The same files. Those without an item are noted in `unread`: where reading was hindered, that may be why."""
    for portion in files:
        unheeded.add(portion)
        unread.extend(file.path for file in portion if file.item is None)
        yield portion


def update_entries(
    context: PassContext, files: Iterable[list[ReadFile]], changes: Changes, *, everything: bool
) -> Updated:
    """Takes in files, in portions, and brings entries, stories, members and stale feeds up to date. `everything`: not
    only what these files touch. Raises TooManyGuesses if they are the first files, and say too little.
    """
    from feedd.run.reading_summary import certain
    from feedd.run.remarks.early_entries import EarlyEntries
    from feedd.run.update.collect_candidates import CandidateCollector
    from feedd.run.update.decide_entries import decide_entries, save_entries
    from feedd.run.update.feed_registry import FeedRegistry
    from feedd.run.update.find_stale import StaleFinder
    from feedd.run.update.follow_renames import RenameFollower
    from feedd.run.update.identify import choose_authority, identify
    from feedd.run.update.keep_in_archives import adapt_archives
    from feedd.run.update.tell_stories import StoryUpdater
    from feedd.run.update.update_windows import update_windows

    ledger, settings = context.ledger, context.settings
    is_first, is_recovered = ledger.entries.is_empty(), ledger.index_marks.known_by() is not None
    authority = choose_authority(ledger, settings.authority, settings.default_authority)
    feeds = FeedRegistry(ledger, settings.selection, authority)
    if everything:
        adapt_archives(ledger, feeds, settings.selection.archives)
    stale = StaleFinder(ledger, is_private=settings.selection.only is not None)
    early = EarlyEntries(context.now)
    candidates = CandidateCollector(ledger, feeds, settings.selection)

    if is_first and not settings.accept_guesses:
        files = certain(files)
    known = identify(context, files, changes, authority, everything=everything)
    stories = StoryUpdater(ledger, settings, context.now, known.minted, whole=everything or known.are_many)
    renames = RenameFollower(ledger, changes.removed)
    for decided in decide_entries(context, known, authority):
        saved = save_entries(context, stories.add(decided), read=True)
        renames.add(saved)
        stale.add(saved)
        early.add(saved)
        candidates.add(saved)
        del decided, saved  # their bodies, before the next portion is loaded
    for told in stories.recluster():
        saved = save_entries(context, told.changes, read=False)
        stale.add_told(told, saved)
        candidates.add_told(saved)
        del told, saved
    renames.follow()
    stale.add_files(changes, known.moved)
    if settings.site.probe:
        stale.add_described(ledger.probes.take_new())
    selection = update_windows(context, feeds, candidates.result(), stale.result())
    keep_site_state(ledger, max(site_state(ledger), selection.site))
    if is_recovered:
        ledger.index_marks.mark_read()
    return Updated("" if is_first or is_recovered else stories.in_words(), frozenset(stale.withdrawn), early.in_words())


def refuse(context: PassContext, source: ItemSource, seen: ScanResult, failed: dict[int, str]) -> None:
    """Takes back the items of entries that cannot be published, for these reasons: their files have problems."""
    from feedd.run.read import without_item

    paths = context.ledger.files.drop_items(failed)
    refused = [without_item(path, failed[entry], withheld_while_broken=False) for entry, path in paths.items()]
    update_entries(context, [refused], Changes(tuple(sorted(paths.values()))), everything=False)
    look_at_media(context, source, seen)
    look_at_pictures(context)
