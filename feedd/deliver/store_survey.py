"""Surveys of an object store: whose place it is, whether it heeds conditions, and which of its objects differ from what
the ledger knows, in; uploads that mend it out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from feedd.deliver.put_object import beginning
from feedd.deliver.upload_order import is_uploaded, level_of
from feedd.render import FORMATS, OPML, PAGE
from feedd.render.assets import ASSETS
from feedd.render.recovery.index_parts import is_index_part
from feedd.select.archives import document_name
from feedd.store.document_store import is_media_document
from feedd.store.ledger.uploads.object_rows import KnownObject
from feedd.store.object_stores.object_store import (
    ABSENT,
    AccessRefused,
    ObjectChanged,
    ObjectMissing,
    ObjectStore,
    StoredObject,
    StoreError,
    StoreFull,
    StoreUnreachable,
)

if TYPE_CHECKING:
    from feedd.store.ledger.uploads.upload_rows import UploadRows

MARKER = ".feedd-site"  # the object that says whose place it is
_TYPE = "text/plain; charset=utf-8"
_NO_ETAG = "0" * 32
_PAGE_SIZE = 1000
_BEGINNING = 65536  # bytes in which a document says that feedd made it
_NAMES = {*(each.file for each in FORMATS.values()), PAGE.file, OPML, *ASSETS}


class NotOurs(Exception):
    """The place belongs to another site."""


class HeedsNothing(Exception):
    """The store ignores conditions of puts."""


def marker(key: str) -> bytes:
    """The bytes of the marker of a site. Its key stays secret."""
    name = hashlib.blake2b(key.encode(), digest_size=16, person=b"feedd marker").hexdigest()
    return f"feedd publishes the site {name} here\n".encode()


def claim(store: ObjectStore, key: str, note: Callable[[], None], *, take_over: bool, unconditional: bool) -> None:
    """Marks a place as the place of a site, after `note`; calls nothing if it is marked so. `take_over`: also if it is
    marked by another site. Raises NotOurs, HeedsNothing or StoreError.
    """
    ours = marker(key)
    found, etag = _marker(store)
    if found == ours:
        return
    if found is not None and not take_over:
        raise NotOurs
    note()
    condition = None if unconditional else etag or ABSENT
    try:
        store.put(MARKER, ours, content_type=_TYPE, condition=condition)
    except ObjectChanged:
        raise NotOurs from None  # since a moment ago
    except (AccessRefused, ObjectMissing, StoreFull, StoreUnreachable):
        raise
    except StoreError:
        if condition is None:
            raise
        raise HeedsNothing from None


def _marker(store: ObjectStore) -> tuple[bytes | None, str | None]:
    try:
        return store.get(MARKER, _BEGINNING)
    except ObjectMissing:
        return None, None


def heeds_conditions(store: ObjectStore, key: str) -> bool:
    """Whether a store refuses puts whose conditions do not hold. The marker is there. Raises StoreError."""
    for condition in (ABSENT, _NO_ETAG):
        try:
            store.put(MARKER, marker(key), content_type=_TYPE, condition=condition)
        except ObjectChanged:
            continue
        except (AccessRefused, ObjectMissing, StoreFull, StoreUnreachable):
            raise
        except StoreError:
            return False
        return False
    return True


class StoreSurvey:
    """Compares what a store lists with what the ledger knows, and queues what mends it. What is missing is put again,
    what is no document any more is deleted, and what another has changed is looked at when its turn comes.
    """

    def __init__(self, store: ObjectStore, rows: UploadRows, target: str, base_url: str, now: int) -> None:
        self._store = store
        self._rows = rows
        self._target = target
        self._base_url = base_url
        self._now = now

    def compare(self, *, take_over: bool) -> None:
        """Makes the comparison. `take_over`: the objects that are there are feedd's own from now on, and documents that
        feedd no longer has are deleted. Raises StoreError, after which what is missing is not known.
        """
        stored = self._rows.stored
        with stored.comparison():
            for page in pages(self._store.list()):
                stored.saw(each.key for each in page)
                self._compare(page, take_over=take_over)
            with self._rows.together():
                stored.forget_unseen(self._target)
                self._queue(filter(is_uploaded, self._rows.unseen_documents(self._target)))

    def _compare(self, page: list[StoredObject], *, take_over: bool) -> None:
        page = [each for each in page if is_uploaded(each.key)]
        paths = [each.key for each in page]
        ours = self._ours(page) if take_over else set()  # asks the store, so before the transaction
        with self._rows.together():  # a pass may have changed all of this since
            known, documents = self._rows.stored.objects(self._target, paths), self._rows.documents_among(paths)
            gone = self._rows.unqueued(self._target, [path for path in known if path not in documents])
            others = {
                each.key: each.etag for each in page if each.key not in known or known[each.key].etag != each.etag
            }
            if take_over:
                theirs = {path: etag for path, etag in others.items() if path in ours | documents}
                noted = {path: known[path].noted for path in theirs if path in known}  # perhaps still under way
                changed = {path: KnownObject(etag, noted=noted.get(path, ())) for path, etag in theirs.items()}
                gone |= changed.keys() - documents
            else:
                settled = {path: each for path, each in known.items() if each.etag is not None and not each.noted}
                changed = {path: settled[path]._replace(digest=None) for path in others if path in settled}
            for path, each in changed.items():
                self._rows.stored.keep_object(self._target, path, each)
            self._queue(documents.intersection(changed))
            self._queue(gone, deletes=True)

    def _ours(self, page: list[StoredObject]) -> set[str]:
        """The paths of a page at which documents are, or are left."""
        paths = [each.key for each in page]
        known, documents = self._rows.stored.objects(self._target, paths), self._rows.documents_among(paths)
        others = {each.key for each in page if each.key not in known or known[each.key].etag != each.etag} - documents
        return documents | set(filter(self._is_left, sorted(others)))

    def _is_left(self, path: str) -> bool:
        """Whether an object is a document of an earlier ledger, whose entries may be withdrawn since."""
        from feedd.render.readback import is_ours  # late: libraries for XML take long to load

        if is_media_document(path):
            return True
        is_named_so = document_name(path) in _NAMES or is_index_part(path)
        return is_named_so and is_ours(beginning(self._store.get(path, _BEGINNING)[0]))

    def _queue(self, paths: Iterable[str], *, deletes: bool = False) -> None:
        for path in paths:
            level = level_of(path, deletes=deletes, withdraws=deletes)
            url = self._base_url + quote(path)
            self._rows.add([self._target], path, url, level, self._now, deletes=deletes)


def pages(objects: Iterator[StoredObject]) -> Iterator[list[StoredObject]]:
    """The objects of a listing, many together."""
    page: list[StoredObject] = []
    for each in objects:
        page.append(each)
        if len(page) == _PAGE_SIZE:
            yield page
            page = []
    yield page
