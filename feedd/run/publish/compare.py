"""Comparison: documents on the disk and in the ledger in; missing, altered and unwanted documents out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from feedd.render import FORMATS, OPML, PAGE, redirects
from feedd.render.assets import ASSETS
from feedd.render.content_codings import ENCODINGS, head
from feedd.render.recovery.index_parts import is_index_part, possible_names
from feedd.render.site_info import SiteInfo
from feedd.run.active_feeds import active_feeds
from feedd.run.pass_context import PassContext
from feedd.select.archives import archive_in
from feedd.select.folders import feed_folder
from feedd.select.slugs import slug_in
from feedd.store.document_store import DocumentStore, is_media_document
from feedd.store.ledger.archives.archive_rows import ArchiveKey
from feedd.store.ledger.session import LedgerSession

WRITING = "writing"  # "begun" from the commit before documents are written to the commit after


def wanted_names(site: SiteInfo) -> set[str]:
    """The names of the files of a site. A document with another name is no longer wanted."""
    pages = {PAGE.file, *ASSETS} if site.pages else set()
    names = {FORMATS[name].file for name in site.formats} | {OPML, redirects.FILE} | pages
    return names | {name + ENCODINGS[encoding].suffix for name in names for encoding in site.precompress}


def wanted_paths(
    site: SiteInfo, retired: Collection[str], slugs: Collection[str], archives: Mapping[str, int] | None = None
) -> Callable[[str], bool]:
    """A test for the paths of wanted documents. The name has to be wanted; the feed not `retired`, or the entry's slug
    one of `slugs`. `archives`: the number of the newest archive, by the folder of the feed.
    """
    newest = archives or {}
    names = wanted_names(site)
    if not retired:
        names = {name for name in names if not name.startswith(redirects.FILE)}

    def wanted(path: str) -> bool:
        if (place := archive_in(path)) is not None:
            if place.file not in names or place.folder.removesuffix("/") in retired:
                return False
            return place.number <= newest.get(place.folder, -1)
        folder, _, name = path.rpartition("/")
        slug = slug_in(path)
        return name in names and (folder not in retired if slug is None else slug in slugs)

    return wanted


class Discrepancies(NamedTuple):
    """Documents that differ from the ledger. `feeds`: with a missing or altered document; `site`: a document about the
    site is. `unwanted`: no longer wanted; `lost`: unknown to the ledger. `pages`: slugs of entries with missing or
    altered pages. `media`: missing or altered documents of media; `parts`: such parts of the recovery index.
    `archives`: with a missing or altered document. `doubtful`: more documents may have changed unnoticed.
    """

    feeds: frozenset[int] = frozenset()
    site: bool = False
    unwanted: Sequence[str] = ()
    lost: Sequence[str] = ()
    doubtful: bool = False
    pages: frozenset[str] = frozenset()
    media: frozenset[str] = frozenset()
    archives: frozenset[ArchiveKey] = frozenset()
    parts: frozenset[str] = frozenset()


def compare_with_ledger(
    ledger: LedgerSession, store: DocumentStore, wanted: Callable[[str], bool], lost: Sequence[str], *, indexed: bool
) -> Discrepancies:
    """The discrepancies of the documents that the ledger knows, with `lost` passed through. `indexed`: the recovery
    index is wanted.
    """
    feeds: set[int] = set()
    archives: set[ArchiveKey] = set()
    pages: set[str] = set()
    media: set[str] = set()
    parts: set[str] = set()
    site = False
    unwanted: list[str] = []
    for path, (feed, stat) in ledger.documents.all().items():
        if is_media_document(path):
            if store.stat(path) != stat:
                media.add(path)
        elif is_index_part(path):
            if not indexed:
                unwanted.append(path)
            elif store.stat(path) != stat:
                parts.add(path)
        elif not wanted(path):
            unwanted.append(path)
        elif store.stat(path) != stat:
            if feed is not None and (place := archive_in(path)) is not None and place.number:
                archives.add(ArchiveKey(feed, place.number))
            elif feed is not None:
                feeds.add(feed)
            elif slug := slug_in(path):
                pages.add(slug)
            else:
                site = True
    return Discrepancies(
        frozenset(feeds),
        site,
        unwanted,
        lost,
        pages=frozenset(pages),
        media=frozenset(media),
        archives=frozenset(archives),
        parts=frozenset(parts),
    )


def compare(context: PassContext, store: DocumentStore, *, everything: bool) -> Discrepancies:
    """The discrepancies since the last pass. Without `everything`, only lost documents, after an interrupted pass."""
    ledger, settings = context.ledger, context.settings
    interrupted = was_interrupted(ledger)
    lost = unknown_documents(ledger, store) if interrupted or not ledger.documents.has_any() else []
    doubtful = interrupted or not ledger.documents.has_any()
    if not everything:
        return Discrepancies(lost=lost, doubtful=doubtful)
    retired = active_feeds(ledger.feeds.all().values(), settings.selection).retired
    wanted = wanted_paths(settings.site, retired, ledger.entry_pages.wanted(), newest_archives(ledger))
    found = compare_with_ledger(ledger, store, wanted, lost, indexed=settings.recovery_index)
    found = found._replace(doubtful=doubtful)
    if not lost and (
        found.feeds or found.site or found.pages or found.archives or found.parts
    ):  # perhaps this ledger is older than the documents
        found = found._replace(lost=unknown_documents(ledger, store))
    return found


def newest_archives(ledger: LedgerSession) -> dict[str, int]:
    """The number of the newest archive of each feed with archives, by the folder of the feed."""
    if not ledger.archives.has_any():
        return {}
    folders = {each.feed: feed_folder(each.identity, each.slug) for each in ledger.feeds.all().values()}
    return {folders[feed]: newest for feed, newest in ledger.archives.all_newest().items()}


def unknown_documents(ledger: LedgerSession, store: DocumentStore) -> list[str]:
    """Documents of feedd that this ledger does not know, from an earlier ledger or a killed pass. Their entries may be
    withdrawn since.
    """
    known = ledger.documents.all().keys()
    names = [*(each.file for each in FORMATS.values()), PAGE.file, *ASSETS, OPML, redirects.FILE]
    found = store.found([*names, *(name + each.suffix for name in names for each in ENCODINGS.values())])
    found += [path for path in possible_names() if store.stat(path) is not None]
    unknown = [path for path in found if path not in known]
    if unknown:
        from feedd.render.readback import is_ours  # late: libraries for XML take long to load

        unknown = [path for path in unknown if is_ours(head(path, store.read(path) or b""))]
    return [*unknown, *(path for path in store.found_media() if path not in known)]


def was_interrupted(ledger: LedgerSession) -> bool:
    """Whether the last pass with documents to write was interrupted."""
    return ledger.state.setting(WRITING) == "begun"
