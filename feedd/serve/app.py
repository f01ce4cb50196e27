"""The application: a Request in; its Response out, from the documents of a cache.

    path --> DocumentCache --> 200 or 304 with the document | 301, 410 | 404, 405

What a proxy in front may change is left to it: nothing here depends on who asks.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes, urlsplit

from feedd.serve.cache import DocumentCache
from feedd.serve.conditional import accepted, is_current
from feedd.serve.messages import Application, Request, Response, response, text
from feedd.serve.representation import CODINGS, CachedDocument
from feedd.store.served import TooLarge, is_public

_log = logging.getLogger("feedd")

_LONGEST_PATH = 4096  # bytes, as it was sent
_SHORT = ("Cache-Control", "max-age=300")  # for what may be otherwise soon
_METHODS = "GET, HEAD, OPTIONS"
_MISSING = text(
    404, "There is no such document. The page at the root lists all feeds.", [("Cache-Control", "max-age=60")]
)
_LATER = text(503, "This cannot be read just now.", [("Retry-After", "60"), ("Cache-Control", "no-store")])
_TOO_LARGE = text(403, "This file is too large to be served from memory.", [_SHORT])
_READ_ONLY = text(405, "This is a place to read from.", [("Allow", _METHODS)])
_GONE = text(410, "This feed is no more. Readers may stop asking for it.", [_SHORT])
_OPTIONS = response(
    204,
    [
        ("Allow", _METHODS),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", _METHODS),
        ("Access-Control-Allow-Headers", "If-None-Match, If-Modified-Since"),
        ("Access-Control-Max-Age", "86400"),
    ],
)


class Documents:
    """Gives out the documents of a cache."""

    def __init__(self, shelf: DocumentCache, base_url: str) -> None:
        self._shelf = shelf
        self._prefix = urlsplit(base_url).path.encode() or b"/"
        self._others: dict[bytes, Application] = {}

    def also(self, others: Mapping[bytes, Application]) -> None:
        """Has other applications answer for some paths."""
        self._others.update(others)

    def __call__(self, request: Request) -> Response:
        """The answer to a request."""
        if other := self._others.get(request.path):
            return other(request)
        if request.method not in (b"GET", b"HEAD"):
            return _OPTIONS if request.method == b"OPTIONS" else _READ_ONLY
        if request.path + b"/" == self._prefix:
            return _moved(self._prefix)
        for path in _paths(request.path, self._prefix) if len(request.path) <= _LONGEST_PATH else ():
            try:
                kept = self._shelf.find(path)
                elsewhere = self._elsewhere(path) if kept is None else None
            except TooLarge:
                return _TOO_LARGE
            except OSError as error:  # it may be there, and cannot be read just now
                _log.error("%s cannot be read: %s", path, error.strerror)
                return _LATER
            if kept is not None:
                return self._given(kept, request)
            if elsewhere is not None:
                return elsewhere
        return _MISSING

    def _given(self, kept: CachedDocument, request: Request) -> Response:
        """A document, or that it is as it was."""
        headers = request.headers
        codings = headers.get(b"accept-encoding")
        variant = kept.variant(accepted(codings, CODINGS) if codings else (), request.query)
        tags, date = headers.get(b"if-none-match"), headers.get(b"if-modified-since")
        if is_current(tags, date, variant.tag, variant.last_modified):
            return variant.unchanged
        return variant.given

    def _elsewhere(self, path: str) -> Response | None:
        """What there is to say where no document is; None if nothing is known of the path. A redirection leads to an
        address below the base URL, which a proxy takes the path away from or not.
        """
        if self._shelf.is_folder(path):
            return _moved(self._prefix + quote(path).encode() + b"/")
        fate = self._shelf.fate(path)
        if fate:
            return _moved(self._prefix + quote(fate.removesuffix("index.html")).encode())
        return None if fate is None else _GONE


@lru_cache(maxsize=1024)
def _paths(raw: bytes, prefix: bytes) -> tuple[str, ...]:
    """The paths of documents, relative to the feeds' directory, that a request may mean, the likeliest first.

    A proxy may or may not take the path of the base URL away before it asks.
    """
    found = [_path(raw[len(prefix) :])] if raw.startswith(prefix) else []
    if raw.startswith(b"/") and prefix != b"/":
        found.append(_path(raw[1:]))
    return tuple(path for path in found if path is not None)


def _path(raw: bytes) -> str | None:
    """The path of a document; None if it can be none."""
    try:
        path = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return None
    if path == "" or path.endswith("/"):
        path += "index.html"
    return path if is_public(path) and path.isprintable() else None


def _moved(where: bytes) -> Response:
    headers = [("Location", where.decode("ascii")), ("Access-Control-Allow-Origin", "*"), _SHORT]
    return text(301, "It has moved.", headers)
