"""Pages of entries: stale pages in; documents, written or deleted, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from feedd.render import PAGE
from feedd.render.content_codings import ENCODINGS
from feedd.render.site_info import SiteInfo
from feedd.run.publish.compare import wanted_paths
from feedd.run.publish.make_documents import DocumentMaker
from feedd.run.publish.make_entries import Failed
from feedd.run.publish.write import DocumentWriter
from feedd.run.publish.write_pictures import PicturesElsewhere
from feedd.select.slugs import entry_folder, slug_in
from feedd.store.ledger.session import LedgerSession

_TOGETHER = 3000  # pages whose entries are in memory together


def put_entry_pages(
    ledger: LedgerSession,
    stale: Mapping[int, str],
    maker: DocumentMaker,
    writer: DocumentWriter,
    site: SiteInfo,
    pictures: PicturesElsewhere,
) -> list[Failed]:
    """Writes the pages of `stale` entries (by number, with slugs), and deletes the pages of entries without page. A
    page that could not be written or deleted stays stale. `pictures` sees the pages. Returns the entries whose pages
    cannot be made.
    """
    shown = ledger.entry_pages.among(sorted(stale)) if site.pages else []
    wanted = set(shown)
    gone = {entry: slug for entry, slug in stale.items() if entry not in wanted}
    ledger.entry_pages.mark_fresh([entry for entry, slug in gone.items() if writer.delete_known(page_files([slug]))])
    all_failed: list[Failed] = []
    for start in range(0, len(shown), _TOGETHER):
        portion = ledger.entry_pages.shown(shown[start : start + _TOGETHER])
        for made, failed in maker.entry_pages(portion, many=len(shown) > _TOGETHER):
            all_failed += failed
            for _, document in made:
                pictures.of_page(document)
            done = [entry for entry, document in made if writer.put_site([document])]
            ledger.entry_pages.mark_fresh(done)
    return all_failed


def doomed_pages(ledger: LedgerSession, *, all_of_them: bool) -> list[str]:
    """The page documents of stale entries without page. `all_of_them`: of all stale entries."""
    stale = ledger.entry_pages.stale()
    kept = set() if all_of_them else {each.record.entry for each in ledger.entry_pages.shown(sorted(stale))}
    paths = page_files(slug for entry, slug in stale.items() if entry not in kept)
    return [path for path in paths if ledger.documents.find(path) is not None]


def still_unwanted(paths: Sequence[str], ledger: LedgerSession, site: SiteInfo) -> list[str]:
    """The documents among `paths` that are still unwanted. They were unwanted before the pass, but an entry may be
    shown again.
    """
    if not any(map(slug_in, paths)):
        return list(paths)
    wanted = wanted_paths(site, (), ledger.entry_pages.wanted())
    return [path for path in paths if slug_in(path) is None or not wanted(path)]


def page_files(slugs: Iterable[str]) -> list[str]:
    """The files of entries' pages, plain and encoded."""
    suffixes = ("", *(each.suffix for each in ENCODINGS.values()))
    return [entry_folder(slug) + PAGE.file + suffix for slug in slugs for suffix in suffixes]
