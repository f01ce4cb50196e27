"""The protocol of a place in an object store, and what it raises. `obstore_client.py` speaks to real stores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, Protocol

Condition = str | None  # of a put: ABSENT, the ETag of the object that is replaced, or None for any object or none
ABSENT: Literal["absent"] = "absent"


class StoreError(Exception):
    """A store did not do what it was asked. The text is one printable line, without credentials: it says why, and what
    to do. `is_unanswered`: the request may still be carried out.
    """

    is_unanswered = False


class ObjectMissing(StoreError):
    """There is no such object, or no such bucket."""


class ObjectChanged(StoreError):
    """The condition of a put does not hold: the object is there already, or is another than expected."""


class AccessRefused(StoreError):
    """The store does not accept the credentials, or there are none, or they do not suffice."""


class StoreUnreachable(StoreError):
    """The store cannot be reached, is busy, or broke off, again and again. A later try may succeed."""


class BrokeOff(StoreUnreachable):
    """The connection ended in the middle of an answer. The same request may succeed at once."""


class OddKey(StoreError):
    """An object has a key that the client cannot say, such as `a//b`. Nothing is known of its neighbours."""


class StoreFull(StoreError):
    """The store has no room."""


class StoresNotInstalled(StoreError):
    """The client of object stores is not installed."""


class StoredObject(NamedTuple):
    """An object as it is listed. `key` is relative to the place. `etag` has no quotes; it changes with the bytes.
    `modified` is seconds since 1970.
    """

    key: str
    size: int
    etag: str
    modified: float


class ObjectStore(Protocol):
    """A place in a store. Methods raise a StoreError. They may be called from several threads at once."""

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """All objects whose keys begin with `prefix`, which is "" or ends in `/`. A StoreError in the middle means that
        nothing is known of the rest. Raises OddKey, among others.
        """

    def list_folder(self, prefix: str) -> tuple[Sequence[StoredObject], Sequence[str]]:
        """The objects directly in a folder, and the prefixes of the folders in it. `prefix` is "" or ends in `/`."""

    def head(self, key: str) -> StoredObject | None:
        """An object without its bytes; None if it is missing."""

    def get(self, key: str, at_most: int | None = None) -> tuple[bytes, str]:
        """The bytes of an object, and its ETag. `at_most`: no more than its first bytes. Raises ObjectMissing."""

    def put(
        self,
        key: str,
        body: bytes,
        *,
        content_type: str,
        cache_control: str = "",
        content_encoding: str = "",
        condition: Condition = None,
    ) -> str:
        """Puts an object whole, and returns its ETag. Raises ObjectChanged if the condition does not hold."""

    def delete(self, key: str) -> None:
        """Deletes an object. A missing object is no error."""
