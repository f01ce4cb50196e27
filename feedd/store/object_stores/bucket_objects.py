"""A key in; the object, or why it is no item, out."""

from __future__ import annotations

from feedd.store.item_source import FetchedVersion
from feedd.store.object_stores.object_cache import CachedObject
from feedd.store.object_stores.object_store import ObjectMissing, ObjectStore, StoreError
from feedd.store.object_stores.object_tree import version_of

ODD = "its key may begin or end with `/`, which has no path; rename it"


def get_object(store: ObjectStore, path: str, most: int, expected: FetchedVersion | None) -> CachedObject:
    """An object, or its beginning if it has more than `most` bytes. `expected`: its version as far as it is known.
    Raises StoreError.
    """
    size = expected[0] if expected is not None else most + 1
    body, etag = store.get(path, at_most=most + 1 if size > most else None)
    if len(body) > most >= size:  # it grew since it was listed
        body = body[: most + 1]
    size = max(len(body), size if expected is not None and len(body) > most else 0)
    return CachedObject(path, version_of(size, etag), b"", body)


def why_unread(error: StoreError) -> str:
    """Why an item cannot be read."""
    if isinstance(error, ObjectMissing):
        return f"it is listed, but cannot be had; if it stays so, {ODD}"
    return f"cannot be read: {error}"
