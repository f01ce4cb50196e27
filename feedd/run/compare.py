"""Comparison: documents as they are and as the ledger knows them, in; what is missing, altered or not wanted, out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from feedd.render import FORMATS, OPML, PAGE, redirects
from feedd.render.assets import ASSETS
from feedd.render.content_codings import ENCODINGS
from feedd.render.site_info import SiteInfo
from feedd.select.entry_slugs import slug_in
from feedd.store.documents import FeedsDirectory
from feedd.store.ledger.session import LedgerSession


def wanted_names(site: SiteInfo) -> set[str]:
    """The names of the files that a site has; a document of another name is no longer wanted."""
    pages = {PAGE.file, *ASSETS} if site.pages else set()
    names = {FORMATS[name].file for name in site.formats} | {OPML, redirects.FILE} | pages
    return names | {name + ENCODINGS[encoding].suffix for name in names for encoding in site.precompress}


def wanted_paths(site: SiteInfo, retired: Collection[str], slugs: Collection[str]) -> Callable[[str], bool]:
    """Which documents are wanted: those with a name that is, of a feed that is not `retired`, or of an entry with one
    of these `slugs`.
    """
    names = wanted_names(site)
    if not retired:
        names = {name for name in names if not name.startswith(redirects.FILE)}

    def wanted(path: str) -> bool:
        folder, _, name = path.rpartition("/")
        slug = slug_in(path)
        return name in names and (folder not in retired if slug is None else slug in slugs)

    return wanted


class Discrepancies(NamedTuple):
    """What does not look as it was left: feeds with a missing or altered document, whether a document about the site
    is, documents that are no longer wanted, and those that the ledger does not know. `pages` are the slugs of entries
    whose pages are missing or altered. `doubtful`: others may have changed without its having been kept.
    """

    feeds: frozenset[int] = frozenset()
    site: bool = False
    unwanted: Sequence[str] = ()
    lost: Sequence[str] = ()
    doubtful: bool = False
    pages: frozenset[str] = frozenset()


def compare_with_ledger(
    ledger: LedgerSession, directory: FeedsDirectory, wanted: Callable[[str], bool], lost: Sequence[str]
) -> Discrepancies:
    """What is amiss with the documents that the ledger knows, and `lost`, which it does not know."""
    feeds: set[int] = set()
    pages: set[str] = set()
    site = False
    unwanted: list[str] = []
    for path, (feed, stat) in ledger.documents.all().items():
        if not wanted(path):
            unwanted.append(path)
        elif directory.stat(path) != stat:
            if feed is not None:
                feeds.add(feed)
            elif slug := slug_in(path):
                pages.add(slug)
            else:
                site = True
    return Discrepancies(frozenset(feeds), site, unwanted, lost, pages=frozenset(pages))
