"""Documents that show withheld items, deleted where nothing can be written: a ledger as a pass would leave it in."""

from __future__ import annotations

import contextlib

from feedd.render import PAGE
from feedd.run.publish.index_state import doomed_parts
from feedd.run.publish.write_entry_pages import doomed_pages
from feedd.run.publish.write_media import doomed_media
from feedd.run.publish.write_pictures import doomed_pictures
from feedd.select.archives import archive_in
from feedd.store.document_store import DocumentStore
from feedd.store.ledger.archives.archive_rows import ArchiveKey
from feedd.store.ledger.session import LedgerSession

_NAMED = 3  # documents


def withdraw(ledger: LedgerSession, feeds: DocumentStore) -> list[str]:
    """Deletes the documents that show withheld items; returns the paths of those deleted. Their feeds and archives are
    stale in the ledger, or will be when it can be written. So the next pass makes the documents again.
    """
    of_feeds = ledger.feeds.withdrawing()
    withdrawing = of_feeds | ledger.archives.withdrawing()
    doomed = withdrawing.union(ledger.archives.doomed()) if withdrawing else set()
    documents = ledger.documents.all() if withdrawing else {}
    showing = [path for path, (feed, _) in documents.items() if _made_of(path, feed) in doomed]
    showing += filter(_is_site_page, documents) if of_feeds else []
    showing += doomed_pages(ledger, all_of_them=bool(withdrawing))
    showing += [*doomed_media(ledger), *doomed_pictures(ledger)] if showing else []
    showing += doomed_parts(ledger) if showing else []
    return [path for path in showing if _deleted(feeds, path)]


def say_withdrawn(withdrawn: list[str]) -> str:
    """The end of a sentence that names the deleted documents; empty if there are none."""
    if not withdrawn:
        return ""
    named = ", ".join(withdrawn[:_NAMED]) + (f" and {len(withdrawn) - _NAMED} more" if len(withdrawn) > _NAMED else "")
    return f"; documents that show what is withheld now were deleted: {named}"


def _made_of(path: str, feed: int | None) -> int | ArchiveKey | None:
    """The feed or the archive whose entries a document shows; None for a document about the site."""
    found = archive_in(path)
    return feed if feed is None or found is None or not found.number else ArchiveKey(feed, found.number)


def _deleted(feeds: DocumentStore, path: str) -> bool:
    with contextlib.suppress(OSError):
        return feeds.delete(path)
    return False


def _is_site_page(path: str) -> bool:
    return path == PAGE.file or path.startswith(f"{PAGE.file}.")
