"""The protocol of a store of documents: reading, comparing, writing and deleting. `documents.py` answers from a local
folder.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from feedd.items.references import MEDIA_FOLDER, PICTURES_FOLDER
from feedd.model import Document
from feedd.patterns import late_pattern

_MEDIA_DOCUMENT = late_pattern(rf"(?:{MEDIA_FOLDER}|{PICTURES_FOLDER})[0-9a-f]{{32}}\.[a-z0-9]{{2,5}}")


def is_media_document(path: str) -> bool:
    """Whether a document is a file of media, or a picture: its name is the digest of its bytes."""
    return _MEDIA_DOCUMENT.fullmatch(path) is not None


class DocumentStamp(NamedTuple):
    """The stamp of a document's file. It is still the written file if its stamp is the same. `size` is in bytes,
    `mtime_ns` in ns.
    """

    size: int
    mtime_ns: int
    inode: int


class Written(NamedTuple):
    """The result of writing a file. `changed`: it was written; `stat`: its stamp now; `error`: why it could not be
    written.
    """

    path: str
    changed: bool
    stat: DocumentStamp | None
    error: OSError | None = None


class SiteClaim(Protocol):
    """Which site the documents of a store belong to, and the right to publish there. Its key is kept beside them."""

    def hold(self) -> None:
        """Keeps others, with a ledger of their own, from publishing there until `release`. Raises Busy or Unusable."""

    def release(self) -> None:
        """Lets others publish there, if this has kept them from it."""

    def key(self) -> str | None:
        """The key of the site; None if none is known."""

    def keep_key(self, key: str) -> None:
        """Keeps the key of the site, where it can be written."""

    def mismatch(self) -> str:
        """What to do where the ledger has another key, in words."""


class DocumentStore(Protocol):
    """Documents, each with a path of its own, relative and with `/`. A reader sees the old or the new document.

    Documents are written from several threads; all else is asked by one.
    """

    def look_anew(self) -> None:
        """Forgets what may have changed between two passes. To be called before each pass."""

    def stat(self, path: str) -> DocumentStamp | None:
        """The state of a document; None if it is missing. Two states of a document are never equal."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a document; None if there is none that can be read."""

    def is_absent(self, path: str) -> bool:
        """Whether there is surely no document at a path: what cannot be looked at may be there."""

    def read_as(self, path: str, left: DocumentStamp) -> bytes | None:
        """The bytes of a document that is as it was left; None if it is another, or cannot be read."""

    def write(self, document: Document, encoded: Sequence[Document] = ()) -> list[Written]:
        """Has a document, and beside it its encodings; what became of each. A document that is as it has to be is not
        touched. An encoding that cannot be written is taken away, and its error returned. Raises OSError and leaves the
        old document, if the new one cannot be written.
        """

    def found(self, names: Collection[str]) -> list[str]:
        """The paths of documents with these names, where feeds and entries have theirs, sorted."""

    def found_media(self) -> list[str]:
        """The paths of documents of media, sorted."""

    def delete(self, path: str) -> bool:
        """Deletes a document; True if there was one. Raises OSError if it cannot be deleted."""

    def claim(self, state: Path) -> SiteClaim:
        """Which site the documents belong to, as it concerns who publishes with the state directory `state`."""
