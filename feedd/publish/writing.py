"""Writing: documents in; files in the feeds' directory, and an account of what was done, out.

    Documents of a feed -- thread --> written beside, renamed --> kept in the ledger, by the thread of the pass

The disk is waited for in a thread of its own, so that the next documents are made meanwhile.
"""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

from feedd.core.render import pages
from feedd.disk.feeds import DocumentStat, FeedsDirectory
from feedd.disk.published import Published
from feedd.model import Document, Problem
from feedd.publish.announcing import Announcing

INDEX = "index.html"
_AHEAD = 8  # feeds whose documents may wait for the disk


class _Written(NamedTuple):
    """What became of a document: whether its file had to be written, and how it looks now."""

    document: Document
    changed: bool
    stat: DocumentStat | None


class DocumentWriter:
    """Writes documents and keeps account of what was written, deleted, and what could not be."""

    def __init__(self, directory: FeedsDirectory, published: Published, announcing: Announcing) -> None:
        self._directory = directory
        self._published = published
        self._announcing = announcing
        self._index_is_ours = INDEX in published.documents()
        self.written: list[str] = []
        self.deleted: list[str] = []
        self.failed: list[Problem] = []

    def put_all(self, made: Iterable[tuple[int, list[Document]]]) -> Iterator[tuple[int, bool]]:
        """Writes the documents of feeds, one feed after another; says of each whether all could be written."""
        waiting: deque[tuple[int, list[tuple[str, Future[_Written]]]]] = deque()
        with ThreadPoolExecutor(1, "feedd-writer") as disk:
            for feed, documents in made:
                waiting.append((feed, [(each.path, disk.submit(self._write, each)) for each in documents]))
                if len(waiting) > _AHEAD:
                    yield self._settled(*waiting.popleft())
            while waiting:
                yield self._settled(*waiting.popleft())

    def put_site(self, documents: Iterable[Document]) -> bool:
        """Writes the documents about the site; False if one could not be written."""
        done = [self._attempt(each.path, partial(self._keep, None, partial(self._write, each))) for each in documents]
        return all(done)

    def delete(self, paths: Iterable[str]) -> None:
        """Deletes documents that feedd wrote and that are no longer published."""
        for path in paths:
            self._attempt(path, partial(self._delete, path))

    def _settled(self, feed: int, documents: list[tuple[str, Future[_Written]]]) -> tuple[int, bool]:
        done = [self._attempt(path, partial(self._keep, feed, written.result)) for path, written in documents]
        return feed, all(done)

    def _write(self, document: Document) -> _Written:
        if document.path == INDEX and not self._index_is_ours and self._is_of_others(INDEX):
            raise FileExistsError(errno.EEXIST, "there is a page that feedd did not make; move it away")
        changed = self._directory.write(document)
        return _Written(document, changed, self._directory.stat(document.path))

    def _keep(self, feed: int | None, result: Callable[[], _Written]) -> None:
        document, changed, stat = result()
        if changed:
            self.written.append(document.path)
        if stat is not None:
            self._announcing.kept(document.path, stat, changed=changed)
            self._published.keep_document(document.path, feed, stat, document.made_from)

    def _is_of_others(self, path: str) -> bool:
        data = self._directory.read(path)
        return data is not None and pages.MARK not in data

    def _delete(self, path: str) -> None:
        if self._directory.delete(path):
            self.deleted.append(path)
        self._published.forget_document(path)
        self._announcing.deleted(path)

    def _attempt(self, path: str, act: Callable[[], None]) -> bool:
        try:
            act()
        except OSError as error:
            self.failed.append(Problem(path, f"cannot be written: {error.strerror or error}"))
            return False
        return True
