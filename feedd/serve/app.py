"""The application: a Request in; its Response out, from the documents of a cache.

    path --> DocumentCache --> 200, 206 or 304 with the document | 301, 410 | 404, 405, 412, 416

No answer depends on who asks: limits for single clients are left to a proxy in front.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes, urlsplit

from feedd.patterns import late_pattern
from feedd.select.slugs import slug_in
from feedd.serve.cache import DocumentCache
from feedd.serve.deltas import asks_for_delta, named_versions
from feedd.serve.messages import Application, Request, Response, response, text
from feedd.serve.ranges import partial
from feedd.serve.representation import CODINGS, CachedDocument
from feedd.serve.request_conditions import accepted, holds, is_current
from feedd.store.served import NO_DOCUMENT, TooLarge, is_public

_log = logging.getLogger("feedd")

_LONGEST_PATH = 4096  # bytes, as it was sent
_SHORT = ("Cache-Control", "max-age=300")  # for answers that may soon be different
_ESCAPED = late_pattern(rb"%[0-9A-Fa-f]{2}|[\x80-\xff]")
_METHODS = "GET, HEAD, OPTIONS"
_MISSING = text(404, NO_DOCUMENT, [("Cache-Control", "max-age=60")])
_LATER = text(503, "This cannot be read just now.", [("Retry-After", "60"), ("Cache-Control", "no-store")])
_TOO_LARGE = text(403, "This file is too large to be served from memory.", [_SHORT])
_READ_ONLY = text(405, "This is a place to read from.", [("Allow", _METHODS)])
_CHANGED = text(
    412, "It is another version now.", [("Cache-Control", "no-store"), ("Access-Control-Allow-Origin", "*")]
)
_GONE = text(410, "This feed is no more. Readers may stop asking for it.", [_SHORT])
_WITHDRAWN = text(410, "This entry was withdrawn.", [_SHORT])
_OPTIONS = response(
    204,
    [
        ("Allow", _METHODS),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", _METHODS),
        (
            "Access-Control-Allow-Headers",
            "A-IM, If-Match, If-Modified-Since, If-None-Match, If-Range, If-Unmodified-Since, Range",
        ),
        ("Access-Control-Max-Age", "86400"),
    ],
)


class Documents:
    """Gives out the documents of a cache."""

    def __init__(self, cache: DocumentCache, base_url: str, is_gone: Callable[[str], bool] = lambda _: False) -> None:
        """`is_gone` says of the slug of an entry whether its page is gone for good."""
        self._cache = cache
        self._is_gone = is_gone
        self._prefix = comparable(urlsplit(base_url).path.encode()) or b"/"
        self._others: dict[bytes, Application] = {}

    def give_over(self, others: Mapping[bytes, Application]) -> None:
        """Has other applications answer for their paths."""
        self._others.update(others)

    def __call__(self, request: Request) -> Response:
        """The answer to a request."""
        if other := self._others.get(request.path):
            return other(request)
        if request.method not in (b"GET", b"HEAD"):
            return _OPTIONS if request.method == b"OPTIONS" else _READ_ONLY
        if comparable(request.path) + b"/" == self._prefix:
            return _moved(self._prefix)
        for path in _paths(request.path, self._prefix) if len(request.path) <= _LONGEST_PATH else ():
            try:
                document = self._cache.find(path)
                elsewhere = self._elsewhere(path) if document is None else None
            except TooLarge:
                return _TOO_LARGE
            except OSError as error:  # a document may be there that cannot be read just now
                _log.error("%s cannot be read: %s", path, error.strerror)
                return _LATER
            if document is not None:
                return self._response_with(path, document, request)
            if elsewhere is not None:
                return elsewhere
        return _MISSING

    def _response_with(self, path: str, document: CachedDocument, request: Request) -> Response:
        """The answer with a document, by the conditions of the request in the order of RFC 9110, 13.2.2. It is 412 if a
        condition fails, 304 if the client's copy is current, else the delta or the part that it asks for, or 200.
        """
        headers = request.headers
        codings = headers.get(b"accept-encoding")
        representation = document.representation(accepted(codings, CODINGS) if codings else (), request.query)
        validators = representation.tag, representation.last_modified
        if not holds(headers.get(b"if-match"), headers.get(b"if-unmodified-since"), *validators):
            return _CHANGED
        if is_current(headers.get(b"if-none-match"), headers.get(b"if-modified-since"), *validators):
            return representation.not_modified
        tags = headers.get(b"if-none-match")
        if tags is not None and document.entries and asks_for_delta(headers):
            answer = self._delta(path, document, accepted(codings, CODINGS) if codings else (), tags)
            if answer is not None:
                return answer
        part = partial(headers, representation) if b"range" in headers and request.method == b"GET" else None
        return part or representation.full

    def _delta(self, path: str, document: CachedDocument, codings: Sequence[str], tags: bytes) -> Response | None:
        """The answer to a client that takes a delta: 304 if it has this version, 226 if it has a version of the last
        week. None if it has no known version, or the whole document is smaller.
        """
        versions = named_versions(tags)
        if document.version in versions:
            return document.not_modified(versions[document.version])
        known = next((each for each in versions if self._cache.states.find(path, each) is not None), None)
        return self._cache.delta(path, document, codings, known) if known else None

    def _elsewhere(self, path: str) -> Response | None:
        """The answer for a path without document: a redirection or 410; None if nothing is known of the path. A
        redirection leads below the base URL; a proxy may or may not take the path of the base URL away.
        """
        if self._cache.is_folder(path):
            return _moved(self._prefix + quote(path).encode() + b"/")
        slug = slug_in(path)
        if slug is not None and self._is_gone(slug):
            return _WITHDRAWN
        redirect_for = self._cache.redirect_for(path)
        if redirect_for:
            return _moved(self._prefix + quote(redirect_for.removesuffix("index.html")).encode())
        return None if redirect_for is None else _GONE


@lru_cache(maxsize=1024)
def _paths(raw: bytes, prefix: bytes) -> tuple[str, ...]:
    """The paths that a request may mean, relative to the feeds' directory, the likeliest first.

    A proxy may or may not take the path of the base URL away before it asks.
    """
    raw = comparable(raw)
    found = [document_path(raw[len(prefix) :])] if raw.startswith(prefix) else []
    if raw.startswith(b"/") and prefix != b"/":
        found.append(document_path(raw[1:]))
    return tuple(path for path in found if path is not None)


def comparable(path: bytes) -> bytes:
    """A path with escapes in capitals, and for each byte that needs an escape (RFC 3986, 6.2.2.1)."""
    if path.isascii() and b"%" not in path:
        return path
    return _ESCAPED.sub(lambda found: found[0].upper() if len(found[0]) > 1 else b"%%%02X" % found[0][0], path)


def document_path(raw: bytes) -> str | None:
    """The path of a document, of a path as it was sent; None if it can be none."""
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
