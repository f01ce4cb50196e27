"""The application: a Request in; its Answer out, from the documents of a shelf.

    path --> Shelf --> 200 or 304 with the document | 301, 410 | 404, 405

What a proxy in front may change is left to it: nothing here depends on who asks.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes, urlsplit

from feedd.disk.served import TooLarge, is_public
from feedd.serve.answers import Answer, Application, Request, answer, text
from feedd.serve.conditional import accepted, is_current
from feedd.serve.kept import CODINGS
from feedd.serve.shelf import Shelf

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
_OPTIONS = answer(
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
    """Gives out the documents of a shelf."""

    def __init__(self, shelf: Shelf, base_url: str) -> None:
        self._shelf = shelf
        self._prefix = urlsplit(base_url).path.encode() or b"/"
        self._others: dict[bytes, Application] = {}

    def also(self, others: Mapping[bytes, Application]) -> None:
        """Has other applications answer for some paths."""
        self._others.update(others)

    def __call__(self, request: Request) -> Answer:
        """The answer to a request."""
        if other := self._others.get(request.path):
            return other(request)
        if request.method not in (b"GET", b"HEAD"):
            return _OPTIONS if request.method == b"OPTIONS" else _READ_ONLY
        path = _path(request.path, self._prefix) if len(request.path) <= _LONGEST_PATH else None
        if path is None:
            return _MISSING
        try:
            kept = self._shelf.find(path)
            fate = self._shelf.fate(path) if kept is None else None
        except TooLarge:
            return _TOO_LARGE
        except OSError as error:  # it may be there, and cannot be read just now
            _log.error("%s cannot be read: %s", path, error.strerror)
            return _LATER
        if kept is None:
            return self._elsewhere(path, request.path, fate)
        headers = request.headers
        codings = headers.get(b"accept-encoding")
        variant = kept.variant(accepted(codings, CODINGS) if codings else (), request.query)
        tags, date = headers.get(b"if-none-match"), headers.get(b"if-modified-since")
        if is_current(tags, date, variant.tag, variant.last_modified):
            return variant.unchanged
        return variant.given

    def _elsewhere(self, path: str, raw: bytes, fate: str | None) -> Answer:
        """What there is to say where no document is."""
        if self._shelf.is_folder(path):
            return _moved(raw + b"/")
        if fate:
            return _moved(_prefix_of(raw, self._prefix) + quote(fate.removesuffix("index.html")).encode())
        return _MISSING if fate is None else _GONE


def _prefix_of(raw: bytes, prefix: bytes) -> bytes:
    return prefix if raw.startswith(prefix) else b"/"


@lru_cache(maxsize=1024)
def _path(raw: bytes, prefix: bytes) -> str | None:
    """The path of a document, relative to the feeds' directory; None if it can be none.

    A proxy may or may not take the path of the base URL away before it asks.
    """
    if not raw.startswith(b"/"):
        return None
    try:
        path = unquote_to_bytes(raw[len(_prefix_of(raw, prefix)) :]).decode()
    except UnicodeDecodeError:
        return None
    if path == "" or path.endswith("/"):
        path += "index.html"
    return path if is_public(path) and path.isprintable() else None


def _moved(where: bytes) -> Answer:
    headers = [("Location", where.decode("ascii")), ("Access-Control-Allow-Origin", "*"), _SHORT]
    return text(301, "It has moved.", headers)
