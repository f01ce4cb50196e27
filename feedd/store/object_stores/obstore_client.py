"""A place in a real object store, through obstore: requests in; objects, or a StoreError, out.

Credentials come from where the clients of each kind of store look: the environment, the profile of AWS, the role of the
machine. They are kept by obstore alone. A copy of an ObstoreClient in another process looks for them again.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from feedd.store.object_stores.aws_profile import read_aws_profile
from feedd.store.object_stores.installed_client import NOT_INSTALLED
from feedd.store.object_stores.object_store import (
    ABSENT,
    AccessRefused,
    BrokeOff,
    Condition,
    ObjectChanged,
    ObjectMissing,
    StoredObject,
    StoresNotInstalled,
)
from feedd.store.object_stores.store_url import StoreUrl
from feedd.store.object_stores.store_words import explained

if TYPE_CHECKING:
    from obstore import GetResult, ObjectMeta
    from obstore.store import AzureStore, GCSStore, S3Store

_T = TypeVar("_T")
_ATTEMPTS = 3  # of what broke off in the middle; obstore itself sends a request again that failed before its answer
_PAUSE = 0.2  # seconds before the second attempt
_PAGE = 1000
_ENDPOINTS = {
    "s3": ("AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"),
    "gs": ("GOOGLE_BASE_URL",),
    "az": ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"),
}
_CLIENT: dict[str, Any] = {
    "allow_http": True,  # only where the address of the endpoint says so
    "connect_timeout": timedelta(seconds=5),
    "read_timeout": timedelta(seconds=10),
    "timeout": timedelta(seconds=300),  # of the largest object
}
_LARGE = 1024 * 1024  # bytes of a body: it takes long to send, and meanwhile nothing is read
_LARGE_BODIES = {name: value for name, value in _CLIENT.items() if name != "read_timeout"}
_RETRIES: dict[str, Any] = {
    "max_retries": 5,
    "retry_timeout": timedelta(seconds=15),
    "backoff": {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=3), "base": 2},
}


class ObstoreClient:
    """An ObjectStore behind an address. Nothing is asked before the first request."""

    def __init__(self, url: StoreUrl) -> None:
        self.url = url
        self._opened: S3Store | GCSStore | AzureStore | None = None
        self._for_large_bodies: S3Store | GCSStore | AzureStore | None = None

    def __reduce__(self) -> tuple[type[ObstoreClient], tuple[StoreUrl]]:
        return ObstoreClient, (self.url,)

    def __repr__(self) -> str:
        return f"ObstoreClient({str(self.url)!r})"

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """All objects whose keys begin with `prefix`, which is "" or ends in `/`, in pages."""
        import_obstore()
        import obstore

        try:
            with _without_panic():
                for page in obstore.list(self._store(), prefix or None, chunk_size=_PAGE):
                    yield from map(_stored, page)
        except Exception as error:  # noqa: BLE001 - obstore raises many kinds
            raise self._explained(error, prefix) from None

    def list_folder(self, prefix: str) -> tuple[Sequence[StoredObject], Sequence[str]]:
        """The objects directly in a folder, and the prefixes of the folders in it. `prefix` is "" or ends in `/`."""
        import_obstore()
        import obstore

        found = self._tried(prefix, lambda: obstore.list_with_delimiter(self._store(), prefix or None))
        return tuple(map(_stored, found["objects"])), [f"{each}/" for each in found["common_prefixes"]]

    def head(self, key: str) -> StoredObject | None:
        """An object without its bytes; None if it is missing."""
        import_obstore()
        import obstore

        try:
            return _stored(self._tried(key, lambda: obstore.head(self._store(), key)))
        except ObjectMissing:
            return None

    def get(self, key: str, at_most: int | None = None) -> tuple[bytes, str]:
        """The bytes of an object, and its ETag. `at_most`: no more than its first bytes."""
        import_obstore()
        import obstore

        def read() -> tuple[bytes, str]:
            found = obstore.get(self._store(), key)
            body = bytes(found.bytes()) if at_most is None else _beginning(found, at_most)
            wanted = found.meta["size"] if at_most is None else min(at_most, found.meta["size"])
            if len(body) != wanted:
                raise ConnectionError("body error")
            return body, _etag(found.meta)

        return self._tried(key, read)

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
        import_obstore()
        import obstore

        headers = {"Content-Type": content_type, "Cache-Control": cache_control, "Content-Encoding": content_encoding}
        mode = self._mode(key, condition)
        attributes: Any = {name: value for name, value in headers.items() if value}
        try:
            with _without_panic():
                store = self._store() if len(body) < _LARGE else self._store_for_large_bodies()
                done = obstore.put(store, key, body, attributes=attributes, mode=mode, use_multipart=False)
        except Exception as error:  # noqa: BLE001 - obstore raises many kinds
            raise self._explained(error, key) from None
        return (done["e_tag"] or "").strip('"')

    def delete(self, key: str) -> None:
        """Deletes an object. A missing object is no error."""
        import_obstore()
        import obstore

        with contextlib.suppress(ObjectMissing):
            self._tried(key, lambda: obstore.delete(self._store(), key))

    def _mode(self, key: str, condition: Condition) -> Any:
        """The condition as obstore has it. Google's store knows objects by generations, not by ETags."""
        if condition is None:
            return "overwrite"
        if condition == ABSENT:
            return "create"
        if self.url.scheme != "gs":
            return {"e_tag": f'"{condition}"'}
        import obstore

        found = self._tried(key, lambda: obstore.head(self._store(), key))
        if _etag(found) != condition:
            raise ObjectChanged(f"{self.url}/{key}: another object is there than expected")
        return {"e_tag": found["e_tag"], "version": found["version"]}

    def _tried(self, key: str, request: Callable[[], _T]) -> _T:
        """What a request gives that can be sent again."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with _without_panic():
                    return request()
            except Exception as error:  # noqa: BLE001 - obstore raises many kinds
                why = self._explained(error, key)
                if not isinstance(why, BrokeOff) or attempt == _ATTEMPTS:
                    raise why from None
            time.sleep(_PAUSE * attempt)
        raise AssertionError

    def _explained(self, error: Exception, key: str) -> Exception:
        place = f"{self.url}/{key}" if key else str(self.url)
        return explained(error, "".join(c if c.isprintable() else ascii(c)[1:-1] for c in place), self.url.scheme)

    def _store(self) -> S3Store | GCSStore | AzureStore:
        if self._opened is None:
            self._opened = _open(self.url, _CLIENT)
        return self._opened

    def _store_for_large_bodies(self) -> S3Store | GCSStore | AzureStore:
        if self._for_large_bodies is None:
            self._for_large_bodies = _open(self.url, _LARGE_BODIES)
        return self._for_large_bodies


def import_obstore() -> None:
    """Imports the client. Raises StoresNotInstalled."""
    try:
        import obstore  # noqa: F401
    except ImportError:
        raise StoresNotInstalled(NOT_INSTALLED) from None


@contextlib.contextmanager
def _without_panic() -> Iterator[None]:
    """Makes an error of what obstore takes for the end of the program, such as an address that it cannot use."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise RuntimeError("panic") from None


def _check_endpoints(found: Mapping[str, str]) -> None:
    """Raises AccessRefused if an endpoint is no address. `found`: by where it was found; "" is none."""
    for place, endpoint in found.items():
        parts = urlsplit(endpoint)
        if endpoint and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise AccessRefused(f"{place} is no address such as https://store.example:9000; correct it")


def _open(url: StoreUrl, client: dict[str, Any]) -> S3Store | GCSStore | AzureStore:
    from obstore.store import AzureStore, GCSStore, S3Store

    options: dict[str, Any] = {
        "prefix": url.prefix.rstrip("/") or None,
        "client_options": client,
        "retry_config": _RETRIES,
    }
    _check_endpoints({name: os.environ.get(name, "") for name in _ENDPOINTS[url.scheme]})
    if url.scheme == "gs":
        return GCSStore(url.bucket, **options)
    if url.scheme == "az":
        return AzureStore(url.bucket, **options)
    options["disable_bulk_delete"] = True  # not all stores that speak S3 know it
    profile = read_aws_profile()
    if profile.region and not (os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")):
        options["region"] = profile.region
    if profile.endpoint and not any(map(os.environ.get, _ENDPOINTS["s3"])):
        _check_endpoints({"`endpoint_url` in the profile": profile.endpoint})
        options["endpoint"] = profile.endpoint
    if profile.credentials:
        options["credential_provider"] = profile.credentials
    return S3Store(url.bucket, **options)


def _beginning(found: GetResult, at_most: int) -> bytes:
    """The first bytes of an object. No range is asked for: an empty object has none."""
    body = b""
    for part in found.stream(min_chunk_size=1):
        body += bytes(part)
        if len(body) >= at_most:
            break
    return body[:at_most]


def _stored(meta: ObjectMeta) -> StoredObject:
    return StoredObject(meta["path"], meta["size"], _etag(meta), meta["last_modified"].timestamp())


def _etag(meta: ObjectMeta) -> str:
    """The ETag without quotes, which some listings leave out."""
    return (meta["e_tag"] or "").strip('"')
