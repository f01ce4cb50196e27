"""The application: a request in, as ASGI has it; its answer out.

path --> Shelf --> 200 or 304 with the document | 301, 410 | 404, 405

What a proxy in front may change is left to it: nothing here depends on who asks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_to_bytes, urlsplit

from feedd.disk.served import is_public
from feedd.serve.conditional import accepted, is_current
from feedd.serve.shelf import CODINGS, Headers, Shelf
from feedd.serve.tally import Tally

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_METHODS = b"GET, HEAD, OPTIONS"
_PREFLIGHT: Headers = [
    (b"allow", _METHODS),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", _METHODS),
    (b"access-control-allow-headers", b"If-None-Match, If-Modified-Since"),
    (b"access-control-max-age", b"86400"),
]


class Answer(NamedTuple):
    """Status, headers and body of a response; `kind` is that of the document, for the tally."""

    status: int
    headers: Headers
    body: bytes = b""
    kind: str = "none"


class Documents:
    """Gives out the documents of a shelf. `others` are applications for paths of their own."""

    def __init__(self, shelf: Shelf, base_url: str, tally: Tally, others: dict[str, Application] | None = None) -> None:
        self._shelf = shelf
        self._prefix = urlsplit(base_url).path.encode() or b"/"
        self._tally = tally
        self._others = others or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            return
        if self._others and (other := self._others.get(scope["path"])):
            await other(scope, receive, send)
            return
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            headers[name] = headers[name] + b", " + value if name in headers else value
        method: str = scope["method"]
        answer = await self._answer(method, scope["raw_path"], headers)
        if b"content-length" in headers or b"transfer-encoding" in headers:
            # A body that nobody wants is not waited for.
            answer = answer._replace(headers=[*answer.headers, (b"connection", b"close")])
        sent = 0 if method == "HEAD" else len(answer.body)
        self._tally.count(answer.kind, answer.status, sent, scope["path"], headers.get(b"user-agent", b""))
        await respond(answer, send)

    async def _answer(self, method: str, raw: bytes, headers: dict[bytes, bytes]) -> Answer:
        if method not in ("GET", "HEAD"):
            if method == "OPTIONS":
                return Answer(204, _PREFLIGHT)
            return _words(405, "This is a place to read from.", [(b"allow", _METHODS)])
        path = _path(raw, self._prefix)
        if path is None:
            return _missing()
        kept = self._shelf.find(path)
        if kept is None:
            return self._elsewhere(path, raw)
        codings = accepted(headers[b"accept-encoding"], CODINGS) if b"accept-encoding" in headers else ()
        variant = await kept.variant(codings)
        if is_current(
            headers.get(b"if-none-match"), headers.get(b"if-modified-since"), variant.tag, variant.last_modified
        ):
            return Answer(304, variant.unchanged, b"", kept.kind)
        return Answer(200, variant.given, variant.body, kept.kind)

    def _elsewhere(self, path: str, raw: bytes) -> Answer:
        """What there is to say where no document is."""
        if self._shelf.is_folder(path):
            return _moved(raw.partition(b"?")[0] + b"/")
        fate = self._shelf.fate(path)
        if fate:
            return _moved(_prefix_of(raw, self._prefix) + quote(fate.removesuffix("index.html")).encode())
        if fate is not None:
            return _words(410, "This feed is no more. Readers may stop asking for it.")
        return _missing()


def _prefix_of(raw: bytes, prefix: bytes) -> bytes:
    return prefix if raw.startswith(prefix) else b"/"


@lru_cache(maxsize=8192)
def _path(raw: bytes, prefix: bytes) -> str | None:
    """The path of a document, relative to the feeds' directory; None if it can be none.

    A proxy may or may not take the path of the base URL away before it asks.
    """
    raw = raw.partition(b"?")[0]
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
    return _words(301, "It has moved.", [(b"location", where), (b"access-control-allow-origin", b"*")])


def _missing() -> Answer:
    return _words(404, "There is no such document. The page at the root lists all feeds.")


def _words(status: int, words: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> Answer:
    return text(status, words, [(b"x-content-type-options", b"nosniff"), *headers])


def text(status: int, words: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> Answer:
    """An answer in plain words."""
    body = f"{words}\n".encode()
    own = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    return Answer(status, [*own, *headers], body)


async def respond(answer: Answer, send: Send) -> None:
    """Sends an answer. The server leaves the body of one to HEAD out."""
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})
