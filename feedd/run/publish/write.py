"""Writing: documents in; files in the feeds' directory, and a WriteResult, out.

    Documents of a feed -- thread --> encoded, written beside, renamed --> kept in the ledger, by the thread of the pass

For many documents, the disk is waited for in a thread of its own, so that the next documents are made meanwhile.
"""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from feedd.model import Document, Problem
from feedd.render import PAGE, redirects
from feedd.render.assets import ASSETS
from feedd.render.content_codings import ENCODINGS
from feedd.run.publish.delivery import Delivery
from feedd.store.document_store import DocumentStamp, DocumentStore, Written
from feedd.store.ledger.archives.archive_rows import ArchiveKey
from feedd.store.ledger.document_rows import WrittenDocument
from feedd.store.ledger.session import LedgerSession

if TYPE_CHECKING:
    from concurrent.futures import Future

_SHARED_NAMES = frozenset({PAGE.file, *ASSETS, redirects.FILE})  # names that other people's files may have
_LOST_BYTES = b"\0 \r\n"  # the contents of a file after a loss of power
_WITHDRAWN = "; deleted, since it may show what is withheld now"
_AHEAD = 8  # feeds whose documents may wait for the disk
F = TypeVar("F", int, ArchiveKey)  # whose documents are written
_Outcome = list[Written] | OSError  # of a document: its files, or why it could not be written


class WriteResult(Struct, frozen=True):
    """The paths of written and deleted documents, the failures, the number of waiting announcements, and remarks."""

    written: tuple[str, ...]
    deleted: tuple[str, ...]
    failed: tuple[Problem, ...]
    announcements: int
    remarks: tuple[str, ...] = ()


class DocumentWriter:
    """Writes documents with their encodings, and records the written, deleted and failed documents.

    Waiting for the disk takes one thread. Encoding computes, outside of the interpreter's lock: it takes `threads`. The
    documents of `withdrawing` feeds and archives show items that are now withheld. If such a document cannot be
    replaced, it is deleted. While there are such feeds, the same holds for documents about the site.

    A pass may be killed after it renamed a document and before it committed. Then no hub was told, and the next pass
    finds the document already written. `doubtful`: the last pass was interrupted, or the ledger is new. Then a document
    whose stamp is not the ledger's counts as changed.
    """

    def __init__(
        self,
        store: DocumentStore,
        ledger: LedgerSession,
        delivery: Delivery,
        precompress: Iterable[str] = (),
        threads: int = 1,
        withdrawing: Collection[int | ArchiveKey] = (),
        *,
        doubtful: bool = False,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._delivery = delivery
        self._withdrawing = withdrawing
        self._doubtful = doubtful
        self._encodings = [ENCODINGS[name] for name in precompress]
        self._threads = threads if self._encodings else 1
        self._written: list[str] = []
        self._deleted: list[str] = []
        self._failed: list[Problem] = []
        self.remarks: tuple[str, ...] = ()

    def result(self) -> WriteResult:
        """The result so far."""
        waiting = self._delivery.waiting()
        failed = tuple(self._failed)
        return WriteResult(tuple(self._written), tuple(self._deleted), failed, waiting, self.remarks)

    def put_all(self, made: Iterable[tuple[F, list[Document]]], feeds: int) -> Iterator[tuple[F, bool]]:
        """Writes the documents of so many feeds or archives, one after another. Yields each, and whether all its
        documents were written.
        """
        if feeds <= _AHEAD and not self._encodings:  # the disk takes them all at once
            for feed, documents in made:
                yield feed, self._keep_all(feed, documents, self._write_all(documents))
            return
        from concurrent.futures import ThreadPoolExecutor  # late: most passes write a few documents

        waiting: deque[tuple[F, list[Document], Future[list[_Outcome]]]] = deque()
        with ThreadPoolExecutor(self._threads, "feedd-writer") as disk:
            for feed, documents in made:
                waiting.append((feed, documents, disk.submit(self._write_all, documents)))
                if len(waiting) > _AHEAD:
                    yield self._settled(*waiting.popleft())
            while waiting:
                yield self._settled(*waiting.popleft())

    def put_site(self, documents: Sequence[Document]) -> bool:
        """Writes the documents about the site; False if one could not be written."""
        return self._keep_all(None, documents, self._write_all(documents))

    def put_unencoded(self, document: Document) -> bool:
        """Writes a document about the site without encodings; False if it could not be written."""
        try:
            return self._keep_all(None, [document], [self._store.write(document)])
        except OSError as error:
            self._fail(document.path, error)
            return False

    def fail(self, problem: Problem) -> None:
        """Records a document that could not be written."""
        self._failed.append(problem)

    def delete(self, paths: Iterable[str], *, withdraws: bool = True) -> bool:
        """Deletes documents of feedd. `withdraws`: they may show what is withheld now. Returns False if one could not
        be deleted.
        """
        done = [self._delete(path, withdraws=withdraws or bool(self._withdrawing)) for path in paths]
        return all(done)

    def delete_if_withdrawing(self, path: str) -> None:
        """Deletes a document that could not be written, if documents show what is withheld now."""
        if self._withdrawing:
            self.delete([path])

    def delete_known(self, paths: Sequence[str]) -> bool:
        """Deletes the documents among `paths` that feedd wrote. Returns False if one could not be deleted."""
        return self.delete(self._ledger.documents.find_all(paths))

    def _settled(self, feed: F, documents: list[Document], written: Future[list[_Outcome]]) -> tuple[F, bool]:
        return feed, self._keep_all(feed, documents, written.result())

    def _write_all(self, documents: Sequence[Document]) -> list[_Outcome]:
        """Writes documents, in any thread. Returns the outcome of each."""
        return [self._write(each) for each in documents]

    def _write(self, document: Document) -> _Outcome:
        try:
            if document.path.rpartition("/")[2] in _SHARED_NAMES and self._is_foreign(document.path):
                raise FileExistsError(errno.EEXIST, "there is a file that feedd did not make; move it away")
            encoded = [Document(document.path + each.suffix, each.encode(document.data)) for each in self._encodings]
            return self._store.write(document, encoded)
        except OSError as error:
            return error

    def _keep_all(
        self, feed: int | ArchiveKey | None, documents: Sequence[Document], outcomes: Sequence[_Outcome]
    ) -> bool:
        """Records the outcomes of documents. Returns False if one could not be written."""
        complete = True
        kept: list[WrittenDocument] = []
        withdrawn = bool(self._withdrawing) and (feed is None or feed in self._withdrawing)
        for document, outcome in zip(documents, outcomes, strict=True):
            if isinstance(outcome, OSError):
                self._fail(document.path, outcome, after=_WITHDRAWN if withdrawn else "")
                complete = False
                if withdrawn:
                    self.delete([document.path, *(document.path + each.suffix for each in self._encodings)])
                continue
            for path, changed, stat, error in outcome:
                if error is not None:
                    self._fail(path, error)
                    complete = False
                if changed:
                    self._written.append(path)
                if stat is not None:
                    if changed or (self._doubtful and not self._is_as_left(path, stat)):
                        self._delivery.changed(path, withdraws=withdrawn)
                    kept.append(WrittenDocument(path, stat, document.fingerprints if path == document.path else b""))
        self._ledger.documents.keep(feed.feed if isinstance(feed, ArchiveKey) else feed, kept)
        return complete

    def _is_as_left(self, path: str, stat: DocumentStamp) -> bool:
        known = self._ledger.documents.find(path)
        return known is not None and known[0] == stat

    def _is_foreign(self, path: str) -> bool:
        from feedd.render.readback import is_ours

        data = self._store.read(path)
        return data is not None and not is_ours(data) and bool(data.strip(_LOST_BYTES))

    def _delete(self, path: str, *, withdraws: bool) -> bool:
        theirs = path.rpartition("/")[2] in _SHARED_NAMES and self._is_foreign(path)
        try:
            if not theirs and self._store.delete(path):
                self._deleted.append(path)
        except OSError as error:
            self._fail(path, error, "deleted")
            return False
        self._ledger.documents.forget(path)
        self._delivery.deleted(path, withdraws=withdraws)
        return True

    def _fail(self, path: str, error: OSError, what: str = "written", after: str = "") -> None:
        self._failed.append(Problem(path, f"cannot be {what}: {error.strerror or error}{after}"))
