"""The application: a Request in; its Answer out, from the documents of a shelf.

    path --> Shelf --> 200 or 304 with the document | 301, 410 | 404, 405

What a proxy in front may change is left to it: nothing here depends on who asks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes, urlsplit

from feedd.disk.served import is_public
from feedd.serve.answers import Answer, Application, Request, answer, text
from feedd.serve.conditional import accepted, is_current
from feedd.serve.shelf import CODINGS, Shelf

_VERSION = re.compile(rb"v=[0-9a-f]+")
_METHODS = "GET, HEAD, OPTIONS"
_MISSING = text(404, "There is no such document. The page at the root lists all feeds.")
_READ_ONLY = text(405, "This is a place to read from.", [("Allow", _METHODS)])
_GONE = text(410, "This feed is no more. Readers may stop asking for it.")
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
    """Gives out the documents of a shelf. `others` are applications for paths of their own."""

    def __init__(self, shelf: Shelf, base_url: str, others: Mapping[bytes, Application]) -> None:
        self._shelf = shelf
        self._prefix = urlsplit(base_url).path.encode() or b"/"
        self._others = others

    def __call__(self, request: Request) -> Answer:
        """The answer to a request."""
        if other := self._others.get(request.path):
            return other(request)
        if request.method not in (b"GET", b"HEAD"):
            return _OPTIONS if request.method == b"OPTIONS" else _READ_ONLY
        path = _path(request.path, self._prefix)
        if path is None:
            return _MISSING
        kept = self._shelf.find(path, lasting=bool(request.query) and _VERSION.fullmatch(request.query) is not None)
        if kept is None:
            return self._elsewhere(path, request.path)
        headers = request.headers
        codings = headers.get(b"accept-encoding")
        variant = kept.variant(accepted(codings, CODINGS) if codings else ())
        tags, date = headers.get(b"if-none-match"), headers.get(b"if-modified-since")
        if is_current(tags, date, variant.tag, variant.last_modified):
            return variant.unchanged
        return variant.given

    def _elsewhere(self, path: str, raw: bytes) -> Answer:
        """What there is to say where no document is."""
        if self._shelf.is_folder(path):
            return _moved(raw + b"/")
        fate = self._shelf.fate(path)
        if fate:
            return _moved(_prefix_of(raw, self._prefix) + quote(fate.removesuffix("index.html")).encode())
        return _MISSING if fate is None else _GONE


def _prefix_of(raw: bytes, prefix: bytes) -> bytes:
    return prefix if raw.startswith(prefix) else b"/"


@lru_cache(maxsize=8192)
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
    return text(301, "It has moved.", [("Location", where.decode("ascii")), ("Access-Control-Allow-Origin", "*")])
