"""Puts and deletions: a document and the object that should be there in; the store's object, or why it is not, out.

An object is replaced only if it is the object that feedd put there, by its ETag. Where another is there, its bytes say
whose it is: a put that was killed before it was noted, or another publisher.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from typing import Literal, NamedTuple

from feedd.deliver.upload_order import freshness, is_text, media_type
from feedd.render.content_codings import ENCODINGS
from feedd.store.document_store import is_media_document
from feedd.store.ledger.uploads.object_rows import DIGEST_BYTES, KnownObject
from feedd.store.ledger.uploads.upload_rows import Upload
from feedd.store.object_stores.object_store import (
    ABSENT,
    AccessRefused,
    ObjectChanged,
    ObjectMissing,
    ObjectStore,
    StoreError,
    StoreFull,
    StoreUnreachable,
)

_ATTEMPTS = 3
_LARGEST = 32 * 1024 * 1024  # bytes of an object that may be a page or a feed of feedd
_PIECE = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_OF_THE_STORE = (AccessRefused, ObjectMissing, StoreFull, StoreUnreachable)  # other uploads will fail, too


class UploadJob(NamedTuple):
    """An upload, the object of before, and the document; None for a deletion. `form`: "", or an encoding's name.
    `late`: digests of documents whose puts may have arrived since. `at`: when it was made, in whole seconds, UTC.
    """

    upload: Upload
    known: KnownObject
    document: bytes | None = None
    digest: bytes = b""
    form: str = ""
    late: tuple[bytes, ...] = ()
    at: int = 0


class UploadOutcome(NamedTuple):
    """What became of a job. "foreign": somebody else's object is there. "unsent": nothing was asked. "failed": `words`
    say why; `of_the_store`: not for this object alone; `is_unanswered`: a put may still arrive. `known`: the object
    that is there now, None for no object. `sent`: something was changed.
    """

    job: UploadJob
    kind: Literal["done", "foreign", "failed", "unsent"]
    known: KnownObject | None = None
    sent: bool = False
    words: str = ""
    of_the_store: bool = False
    is_unanswered: bool = False


class ObjectBody(NamedTuple):
    """The bytes of an object, and what is said with them."""

    data: bytes
    media_type: str
    cache_control: str
    encoding: str


def digest_of(document: bytes) -> bytes:
    """The digest by which a document is known."""
    return hashlib.blake2b(document, digest_size=DIGEST_BYTES).digest()


def carry_out(
    store: ObjectStore, job: UploadJob, stopping: Callable[[], bool], *, unconditional: bool
) -> UploadOutcome:
    """Carries out a job. Raises nothing. Sends no second put when it is to stop."""
    try:
        if job.document is None:
            return _delete(store, job, unconditional=unconditional)
        if _is_as_put(store, job):
            return _done(job, job.known.etag, sent=False)
        body = _body(job.upload.path, job.document, job.form)
        if unconditional:
            return _done(job, _put(store, job, body, None), sent=True)
        return _replace(store, job, body, stopping)
    except StoreError as error:
        of_the_store = isinstance(error, _OF_THE_STORE)
        return UploadOutcome(
            job, "failed", words=str(error), of_the_store=of_the_store, is_unanswered=error.is_unanswered
        )
    except Exception as error:  # noqa: BLE001 - one document holds up no other
        words = f"{job.upload.path}: it failed ({type(error).__name__})"
        return UploadOutcome(job, "failed", words=words, is_unanswered=True)


def _is_as_put(store: ObjectStore, job: UploadJob) -> bool:
    """Whether the object is the right one already, where nothing but a late put can have changed it."""
    if job.known != KnownObject(job.known.etag, job.digest, job.form):
        return False
    found = store.head(job.upload.path)
    return found is not None and found.etag == job.known.etag


def _body(path: str, document: bytes, form: str) -> ObjectBody:
    kind = media_type(path)
    if form and is_text(kind):
        encoding = ENCODINGS[form]
        encoded = encoding.encode(document)
        if len(encoded) < len(document):
            return ObjectBody(encoded, kind, freshness(path), encoding.token)
    return ObjectBody(document, kind, freshness(path), "")


def _replace(store: ObjectStore, job: UploadJob, body: ObjectBody, stopping: Callable[[], bool]) -> UploadOutcome:
    path, known = job.upload.path, job.known
    etag = known.etag
    if etag is not None and known.digest is None:  # nobody knows its bytes: they may be right
        settled, etag = _compared(store, job, body, etag)
        if settled is not None:
            return settled
    for _ in range(_ATTEMPTS):
        try:
            return _done(job, _put(store, job, body, etag or ABSENT), sent=True)
        except ObjectMissing:
            if etag is None:
                raise  # there is no bucket
            etag = None
        except ObjectChanged:
            settled, etag = _compared(store, job, body, None)
            if settled is not None:
                return settled
        if stopping():  # perhaps for long: others may have deleted the document since
            return UploadOutcome(job, "failed", words=f"{path}: feedd ended before it was put")
    return UploadOutcome(job, "failed", words=f"{path}: another object is there at each look")


def _compared(
    store: ObjectStore, job: UploadJob, body: ObjectBody, expected: str | None
) -> tuple[UploadOutcome | None, str | None]:
    """The outcome, if the object that is there settles it; else the ETag to replace. `expected`: the ETag of an object
    that may be replaced, whatever it is.
    """
    try:
        data, etag = store.get(job.upload.path, _most(job, body.data))
    except ObjectMissing:
        return None, None
    if data == body.data:
        return _done(job, etag, sent=False), etag
    if etag == expected or _is_ours(data, job):
        return None, etag
    return UploadOutcome(job, "foreign"), etag


def _delete(store: ObjectStore, job: UploadJob, *, unconditional: bool) -> UploadOutcome:
    path, known = job.upload.path, job.known
    found = store.head(path)  # also of what was never put: a ledger that was put back from a copy does not know it
    if found is None:
        return UploadOutcome(job, "done")
    if not unconditional and found.etag != known.etag:
        data, _ = store.get(path, _most(job))
        if not _is_ours(data, job):
            return UploadOutcome(job, "foreign")
    store.delete(path)
    return UploadOutcome(job, "done", sent=True)


def _put(store: ObjectStore, job: UploadJob, body: ObjectBody, condition: str | None) -> str:
    return store.put(
        job.upload.path,
        body.data,
        content_type=body.media_type,
        cache_control=body.cache_control,
        content_encoding=body.encoding,
        condition=condition,
    )


def _done(job: UploadJob, etag: str | None, *, sent: bool) -> UploadOutcome:
    return UploadOutcome(job, "done", KnownObject(etag, job.digest, job.form), sent)


def _most(job: UploadJob, body: bytes = b"") -> int | None:
    """How many bytes of an object are looked at: one more than feedd put there, for somebody else's may be of any size.
    None: all of it, since a document of media may be of any size, too.
    """
    if is_media_document(job.upload.path):
        return len(body) + 1 if body else None
    return max(len(body), _LARGEST) + 1


def _is_ours(data: bytes, job: UploadJob) -> bool:
    """Whether bytes of an object are a document that feedd put there, or perhaps did."""
    ours: Collection[bytes | None] = {job.digest, job.known.digest, *job.known.noted, *job.late}
    return digest_of(data) in ours or digest_of(decoded(data)) in ours


def decoded(data: bytes) -> bytes:
    """The document in the bytes of an object, whether they are encoded or not. What would be too large for a document
    is not decoded.
    """
    if not data.startswith(_GZIP_MAGIC):
        return data
    pieces = (data[start : start + _PIECE] for start in range(0, len(data), _PIECE))
    found, size = [], 0
    try:
        for part in ENCODINGS["gzip"].decode(pieces):
            found.append(part)
            size += len(part)
            if size > _LARGEST:
                return data
    except ValueError:
        return data
    return b"".join(found)


def beginning(data: bytes) -> bytes:
    """The beginning of the document in the first bytes of an object, whether they are encoded or not."""
    if not data.startswith(_GZIP_MAGIC):
        return data
    try:
        return ENCODINGS["gzip"].head(data, _PIECE)
    except ValueError:
        return data
