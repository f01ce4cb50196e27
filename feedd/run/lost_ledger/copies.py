"""Copies of what was published: the public address, or a place in an object store, in; documents out.

Bytes and times are bounded. A redirection to another origin is not followed: what lies there is not this site's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from urllib.parse import quote, urlsplit

from feedd import __version__
from feedd.deliver.http.http_client import Client, NoAnswer, redirected
from feedd.run.lost_ledger.published_copy import Unreached
from feedd.store.object_stores.object_store import ObjectMissing, ObjectStore, StoreError
from feedd.store.served import NO_DOCUMENT

_MOST_BYTES = 16 * 1024 * 1024  # of a document
_ANSWER_SECONDS, _PART_SECONDS, _ALL_SECONDS = 30.0, 15.0, 300.0
_TRIES = 2  # a server may have closed a connection that was kept
_HOPS = 5
_MOVED = (301, 302, 303, 307, 308)
_NOT_THERE = (404, 410)
_NO_CACHE = [("Accept-Encoding", "identity"), ("Cache-Control", "no-cache")]


class BucketCopy:
    """A copy in an object store, a PublishedCopy. `where`: its address, in words."""

    hint = ""

    def __init__(self, store: ObjectStore, where: str) -> None:
        self._store = store
        self.name = where

    def read(self, path: str) -> bytes | None:
        """The bytes of a document; None if there is no such document. Raises Unreached."""
        try:
            data, _ = self._store.get(path, _MOST_BYTES + 1)
        except ObjectMissing:
            return None
        except StoreError as error:
            raise Unreached(f"{self.name} cannot be read: {error}") from None
        if len(data) > _MOST_BYTES:
            raise Unreached(f"{path} in {self.name} is larger than {_MOST_BYTES // 1024**2} MiB")
        return data

    def rest(self) -> None:
        """Closes nothing: the client of stores closes its connections itself."""


class SiteCopy:
    """The documents at the public address, a PublishedCopy. `base_url` ends in `/`. `seconds`: that an answer may
    take.
    """

    def __init__(
        self, base_url: str, seconds: float = _ANSWER_SECONDS, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = base_url
        self.hint = ""
        self._seconds = seconds
        self._monotonic = monotonic
        self._until = monotonic() + _ALL_SECONDS
        self._client = Client(f"feedd/{__version__}", _PART_SECONDS, _PART_SECONDS)

    def read(self, path: str) -> bytes | None:
        """The bytes of a document; None if there is no such document. Raises Unreached."""
        for tries_left in reversed(range(_TRIES)):
            try:
                return self._read(self.name + quote(path))
            except NoAnswer as error:
                if not tries_left or error.reason == "time":
                    raise Unreached(f"{self.name} cannot be reached: {error}") from None
        return None

    def rest(self) -> None:
        """Closes the connections. A later `read` opens others."""
        self._client.close()

    def _read(self, url: str) -> bytes | None:
        for _ in range(_HOPS):
            seconds = min(self._seconds, self._until - self._monotonic())
            if seconds <= 0:
                raise Unreached(f"{self.name} is too slow: what was published did not come in {_ALL_SECONDS:g} s")
            with self._client.ask("GET", url, seconds, _NO_CACHE) as answer:
                location = answer.headers.get("location")
                if answer.status not in _MOVED or not location:
                    return self._body(url, answer.status, answer.headers.get("content-encoding", ""), answer.parts)
            url = redirected(url, location)
            if _origin(url) != _origin(self.name):
                raise Unreached(f"{self.name} redirects to {url}, which is another site; is base_url right?")
        raise Unreached(f"{self.name} redirects more than {_HOPS} times")

    def _body(self, url: str, status: int, coding: str, parts: Callable[[int], Iterable[bytes]]) -> bytes | None:
        if status in _NOT_THERE:
            if b"".join(parts(len(NO_DOCUMENT) + 1)).strip() == NO_DOCUMENT.encode():
                self.hint = ", for it is served from here, or by another feedd without feeds"
            return None
        if status != 200:
            raise Unreached(f"{url} answers {status}")
        if coding.strip().lower() not in ("", "identity"):
            raise Unreached(f"{url} is sent as {coding}, which was not asked for")
        body = bytearray()
        for part in parts(_MOST_BYTES + 1):
            body += part
        if len(body) > _MOST_BYTES:
            raise Unreached(f"{url} is larger than {_MOST_BYTES // 1024**2} MiB")
        return bytes(body)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        raise NoAnswer("address", "it redirects to what is no address") from None
    return parts.scheme, parts.hostname, port or {"http": 80, "https": 443}.get(parts.scheme)
