"""Portions of uploads: the queue of an object store in; jobs with their documents, a bounded number, out."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil
from typing import Protocol
from urllib.parse import quote

from feedd.deliver.put_object import UploadJob, digest_of
from feedd.deliver.upload_order import level_of
from feedd.deliver.upload_outcomes import Uploaded, backoff
from feedd.deliver.upload_target import PublishTarget
from feedd.store.document_store import DocumentStamp
from feedd.store.ledger.uploads.late_rows import LatePut
from feedd.store.ledger.uploads.object_rows import KnownObject
from feedd.store.ledger.uploads.upload_rows import Upload, UploadRows

_PORTION = 256  # uploads
_PORTION_BYTES = 32 * 1024 * 1024
_FEW_SECONDS = 5
_NOTHING_LATE = LatePut((), 0)


class LeftDocuments(Protocol):
    """Where documents are read."""

    def look_anew(self) -> None:
        """Forgets what may have changed."""

    def read_as(self, path: str, left: DocumentStamp) -> bytes | None:
        """The bytes of a document that is as it was left; None if it is another."""


class UploadPortions:
    """The uploads of one target, in portions. `hold` is called before a portion is made. What was there already is
    counted in `done`. `monotonic` is a clock in seconds that is never set.
    """

    def __init__(
        self,
        target: PublishTarget,
        documents: LeftDocuments,
        done: Uploaded,
        hold: Callable[[], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._target = target
        self._documents = documents
        self._done = done
        self._hold = hold
        self._monotonic = monotonic
        self._ahead: float | None = None  # of the monotonic clock

    def queue_looks(self, rows: UploadRows, now: int) -> None:
        """Queues looks at the objects at which puts may have arrived late, as soon as nothing more can arrive."""
        set_forward = self._set_forward(now)
        if rows.late.next_due(self._target.name) is None:
            return
        if set_forward:
            with rows.together():
                rows.late.postpone(self._target.name, set_forward)
        with rows.together():
            to_look_at = rows.late.to_look_at(self._target.name, now)
            documents = rows.documents_among([path for path, _ in to_look_at])
            for path, withdraws in to_look_at:
                deletes = path not in documents
                level = level_of(path, deletes=deletes, withdraws=withdraws or deletes)
                url = self._target.base_url + quote(path)
                rows.add([self._target.name], path, url, level, now, deletes=deletes)

    def _set_forward(self, now: int) -> int:
        """By how many seconds the clock was set forward since the last call; 0 for a few."""
        before, self._ahead = self._ahead, now - self._monotonic()
        seconds = 0 if before is None else ceil(self._ahead - before)
        return seconds if seconds > _FEW_SECONDS else 0

    def next(self, rows: UploadRows, now: int, *, withdrawals: bool) -> list[UploadJob]:
        """The jobs of the next portion; none if nothing is due. Uploads that need no request are settled."""
        name = self._target.name
        while rows.next(name, now, 1, withdrawals=withdrawals):
            self._hold()
            self._documents.look_anew()
            jobs: list[UploadJob] = []
            size = 0
            with rows.together():
                due = rows.next(name, now, _PORTION, withdrawals=withdrawals)
                paths = [each.path for each in due]
                known, late = rows.stored.objects(name, paths), rows.late.at(name, paths)
                for upload in due:
                    size += upload.stamp.size if upload.stamp is not None else 0
                    if jobs and size > _PORTION_BYTES:
                        break
                    at = upload.path
                    job = self._job(rows, upload, known.get(at, KnownObject()), late.get(at, _NOTHING_LATE), now)
                    jobs += [] if job is None else [job]
            if jobs:
                return jobs
        return []

    def _job(self, rows: UploadRows, upload: Upload, known: KnownObject, late: LatePut, now: int) -> UploadJob | None:
        """The job of an upload; None if there is nothing to do now."""
        name = self._target.name
        if upload.deletes:
            return UploadJob(upload, known, late=late.noted, at=now)
        if upload.stamp is None and (known != KnownObject() or late.noted):
            return UploadJob(upload._replace(deletes=True), known, late=late.noted, at=now)
        if upload.stamp is None:
            rows.settle(name, upload)
            return None
        document = self._documents.read_as(upload.path, upload.stamp)
        if document is None:
            wait = backoff(upload.failures)
            rows.put_off(name, upload, now + wait, f"{upload.path} is not as feedd left it; the next pass mends it")
            return None
        digest = digest_of(document)
        is_to_look = late.noted and late.due <= now
        is_there = known.etag is not None and (known.digest, known.form, known.noted) == (digest, self._target.form, ())
        if is_there and not is_to_look:
            rows.settle(name, upload)
            self._done.kept += 1
            return None
        return UploadJob(upload, known, document, digest, self._target.form, late.noted, now)
