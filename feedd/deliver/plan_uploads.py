"""Plans of uploads: the queue and what a store lists in; what an upload would do there, out. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from feedd.deliver.store_survey import pages
from feedd.deliver.upload_order import is_uploaded
from feedd.deliver.upload_target import PublishTarget
from feedd.store.ledger.uploads.upload_rows import UploadRows, open_uploads
from feedd.store.object_stores.object_store import ObjectStore, StoreError
from feedd.store.object_stores.obstore_client import ObstoreClient
from feedd.store.object_stores.store_url import StoreUrl


class UploadPlan(NamedTuple):
    """What an upload would do: paths to `put` and to `delete`; `missing`: to put again, since somebody deleted them.
    `altered`: somebody else has put another object there. `error`: why the store could not be looked at.
    """

    target: str
    put: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    error: str = ""


def plan_uploads(
    state: Path, target: PublishTarget, connect: Callable[[StoreUrl], ObjectStore] = ObstoreClient
) -> UploadPlan:
    """What an upload would do now. Raises Unusable or Damaged."""
    with open_uploads(state) as rows:
        if rows is None:
            return UploadPlan(target.name)
        known = rows.stored.target(target.name)
        queued = rows.queued(target.name)
        put = {path for path, deletes in queued if not deletes}
        delete = {path for path, deletes in queued if deletes}
        if known is None or known.form != target.form:
            put |= {path for paths in rows.documents() for path in paths if is_uploaded(path)}
        try:
            missing, altered = _differences(connect(target.url), rows, target.name)
        except StoreError as error:
            return UploadPlan(target.name, tuple(sorted(put)), tuple(sorted(delete)), error=str(error))
    again = missing - put - delete
    return UploadPlan(
        target.name, tuple(sorted(put)), tuple(sorted(delete)), tuple(sorted(again)), tuple(sorted(altered))
    )


def _differences(store: ObjectStore, rows: UploadRows, target: str) -> tuple[set[str], set[str]]:
    """The documents whose objects are missing, and the objects that somebody else has altered."""
    altered: set[str] = set()
    with rows.stored.comparison():
        for page in pages(store.list()):
            paths = [each.key for each in page]
            rows.stored.saw(paths)
            known = rows.stored.objects(target, paths)
            for each in page:
                left = known.get(each.key)
                if left is not None and left.etag not in (None, each.etag) and not left.noted:
                    altered.add(each.key)
        return set(filter(is_uploaded, rows.unseen_documents(target))), altered
