"""Writing pictures of other sites: public pictures of the ledger in; documents with their bytes, out.

    pictures/HASH.jpg  <-- the bytes in the state directory, named by their digest

A document is written before the feeds that name it. It is deleted in the pass in which no entry shows it any more, and
so is its file in the state directory if only withdrawn entries showed it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from feedd.items.references import PICTURES_FOLDER
from feedd.model import Document, Problem
from feedd.run.publish.write import DocumentWriter, F
from feedd.run.update.look_at_media import mark_showing
from feedd.run.update.look_at_pictures import mark_pictures_behind
from feedd.store.document_store import is_media_document
from feedd.store.ledger.session import LedgerSession
from feedd.store.picture_files import PictureFiles

_UNWRITTEN_WAIT = 600  # seconds: no host is asked in a circle while the disk is full


class PicturesElsewhere:
    """The addresses of pictures that entries show, gathered from the documents of a pass."""

    def __init__(self) -> None:
        self._in_feeds: dict[str, tuple[str, ...]] = {}
        self._on_pages: dict[str, tuple[str, ...]] = {}

    def of_feeds(self, made: Iterable[tuple[F, list[Document]]]) -> Iterator[tuple[F, list[Document]]]:
        """The same feeds, or archives, and documents, seen."""
        for feed, documents in made:
            for document in documents:
                self._in_feeds.update(document.elsewhere)
            yield feed, documents

    def of_page(self, document: Document) -> None:
        """Takes in the page of an entry."""
        self._on_pages.update(document.elsewhere)

    def keep(self, ledger: LedgerSession) -> None:
        """Keeps them in the ledger, in the caller's transaction."""
        is_changed = ledger.pictures.keep_uses(0, self._in_feeds.items())
        if ledger.pictures.keep_uses(1, self._on_pages.items()) or is_changed:
            ledger.pictures.publish_shown()  # a picture that an edited entry has shown is no longer public
            mark_pictures_behind(ledger)


def doomed_pictures(ledger: LedgerSession) -> list[str]:
    """The documents of pictures that no shown entry shows, sorted."""
    wanted = ledger.pictures.public()
    return [PICTURES_FOLDER + name for name in _known(ledger) if name not in wanted]


def put_pictures(
    ledger: LedgerSession, files: PictureFiles, writer: DocumentWriter, altered: Collection[str], now: datetime
) -> None:
    """Writes the missing and the `altered` documents of pictures. Where one cannot be written, the entries that show it
    are made with the original address, and the picture is fetched again: a while later, unless only its file is gone.
    """
    known = set(_known(ledger))
    lost: set[str] = set()
    unwritten: set[str] = set()
    for name, url in ledger.pictures.public().items():
        target = PICTURES_FOLDER + name
        if (name in known and target not in altered) or url in lost or url in unwritten:
            continue
        data = files.read(name)
        if data is None:
            writer.fail(Problem(target, "cannot be published: its file is gone or damaged; it is fetched again"))
            lost.add(url)
        elif not writer.put_unencoded(Document(target, data)):
            unwritten.add(url)
    if lost or unwritten:
        mark_showing(ledger, ledger.pictures.entries_showing(lost | unwritten))
        ledger.pictures.lose(lost)
        ledger.pictures.put_off(unwritten, int(now.timestamp()) + _UNWRITTEN_WAIT)


def clear_pictures(ledger: LedgerSession, files: PictureFiles, writer: DocumentWriter) -> None:
    """Deletes the documents and the files of pictures that are no longer wanted, in the caller's transaction."""
    if writer.delete(doomed_pictures(ledger), withdraws=False):
        files.keep_only(ledger.pictures.kept().keys())
        mark_pictures_behind(ledger, behind=False)


def _known(ledger: LedgerSession) -> list[str]:
    """The names of the written documents of pictures, sorted."""
    paths = filter(is_media_document, ledger.documents.below(PICTURES_FOLDER))
    return sorted(path.removeprefix(PICTURES_FOLDER) for path in paths)
