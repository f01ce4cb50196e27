"""The ledger's rows of documents: the written files, each as it was left."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from feedd.store.document_store import DocumentStamp


class WrittenDocument(NamedTuple):
    """A document's file as it was left. `made_from`: the fingerprints of its entries."""

    path: str
    stat: DocumentStamp
    made_from: bytes


class DocumentRows:
    """Documents, over an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def all(self) -> dict[str, tuple[int | None, DocumentStamp]]:
        """Every written document by path: its feed (None for documents about the site), and its stamp."""
        rows = self._db.execute("SELECT path, feed, size, mtime_ns, inode FROM documents")
        return {path: (feed, DocumentStamp(size, mtime, inode)) for path, feed, size, mtime, inode in rows}

    def below(self, folder: str) -> list[str]:
        """The written documents in a folder, whose path ends in "/"."""
        rows = self._db.execute("SELECT path FROM documents WHERE path > ? AND path < ?", (folder, f"{folder[:-1]}0"))
        return [path for (path,) in rows]

    def has_any(self) -> bool:
        """Whether any document was written."""
        return self._db.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is not None

    def find(self, path: str) -> tuple[DocumentStamp, bytes] | None:
        """The stamp of a document's file as it was left, and the fingerprints of its entries; None for an unknown
        document.
        """
        return self.find_all([path]).get(path)

    def find_all(self, paths: Sequence[str]) -> dict[str, tuple[DocumentStamp, bytes]]:
        """The known documents among `paths`: the stamp of each file as it was left, and the fingerprints of its
        entries.
        """
        placeholders = ", ".join("?" * len(paths))
        rows = self._db.execute(
            f"SELECT path, size, mtime_ns, inode, made_from FROM documents WHERE path IN ({placeholders})",  # noqa: S608
            paths,
        ).fetchall()
        return {path: (DocumentStamp(*stat), made_from or b"") for path, *stat, made_from in rows}

    def keep(self, feed: int | None, documents: Iterable[WrittenDocument]) -> None:
        """Keeps the stamps of a feed's documents, and the fingerprints of their entries."""
        self._db.executemany(
            "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?)",
            [(path, feed, *stat, made_from) for path, stat, made_from in documents],
        )

    def forget(self, path: str) -> None:
        """Forgets a document that was deleted."""
        self._db.execute("DELETE FROM documents WHERE path = ?", (path,))
