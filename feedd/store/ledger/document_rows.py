"""What is remembered of documents: the files that were written, each as it was left."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from feedd.store.document_store import DocumentStamp


class WrittenDocument(NamedTuple):
    """A document's file as it was left, and what its entries were made from."""

    path: str
    stat: DocumentStamp
    made_from: bytes


class DocumentRows:
    """Documents, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def all(self) -> dict[str, tuple[int | None, DocumentStamp]]:
        """Every document that was written, the feed it shows (None for those about the site), and its file."""
        rows = self._db.execute("SELECT path, feed, size, mtime_ns, inode FROM documents")
        return {path: (feed, DocumentStamp(size, mtime, inode)) for path, feed, size, mtime, inode in rows}

    def has_any(self) -> bool:
        """Whether any document was written."""
        return self._db.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is not None

    def find(self, path: str) -> tuple[DocumentStamp, bytes] | None:
        """How a document's file was left, and what its entries were made from; None for one that is not known."""
        return self.find_all([path]).get(path)

    def find_all(self, paths: Sequence[str]) -> dict[str, tuple[DocumentStamp, bytes]]:
        """The documents of `paths` that are known: how each file was left, and what its entries were made from."""
        marks = ", ".join("?" * len(paths))
        rows = self._db.execute(
            f"SELECT path, size, mtime_ns, inode, made_from FROM documents WHERE path IN ({marks})",  # noqa: S608
            paths,
        ).fetchall()
        return {path: (DocumentStamp(*stat), made_from or b"") for path, *stat, made_from in rows}

    def keep(self, feed: int | None, documents: Iterable[WrittenDocument]) -> None:
        """Keeps how the files of a feed's documents look, and what their entries were made from."""
        self._db.executemany(
            "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?)",
            [(path, feed, *stat, made_from) for path, stat, made_from in documents],
        )

    def forget(self, path: str) -> None:
        """Forgets a document that was deleted."""
        self._db.execute("DELETE FROM documents WHERE path = ?", (path,))
