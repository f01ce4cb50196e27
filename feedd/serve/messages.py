"""What a connection and an application exchange: a Request in, a Response out. Responses are made ready to be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import NamedTuple

from feedd.store.served import FileBytes

Headers = Iterable[tuple[str, str]]
Body = bytes | FileBytes


class Request(NamedTuple):
    """The head of a request. `path` and `query` are as they were sent. Names of headers are in lower case. A header
    that came several times holds all its values, separated by commas. `client` is the address of who asks, empty for a
    local socket.
    """

    method: bytes
    path: bytes
    query: bytes
    headers: Mapping[bytes, bytes]
    client: str = ""


class Response(NamedTuple):
    """A response: its head without the empty line at the end, and its body. `kind`: what the body is; `path`: where it
    is from.
    """

    status: int
    head: bytes
    body: Body
    kind: str
    path: str
    modified: int = 0  # seconds since 1970: what Last-Modified says, if the head has it


Application = Callable[[Request], Response]


def response(
    status: int, headers: Headers, body: Body = b"", kind: str = "none", path: str = "", modified: int = 0
) -> Response:
    """A response with these headers. The status line and Content-Length are added."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in headers)]
    if status not in (HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT):
        lines.append(f"Content-Length: {len(body)}")
    return Response(status, "\r\n".join([*lines, ""]).encode("latin-1", "replace"), body, kind, path, modified)


def text(status: int, words: str, headers: Headers = ()) -> Response:
    """An answer in plain words."""
    own = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
    return response(status, [*own, *headers], f"{words}\n".encode())


def split_target(target: bytes) -> tuple[bytes, bytes]:
    """Path and query in the target of a request: in its origin form, or in the absolute one (RFC 9112, 3.2)."""
    if target.startswith(b"/") and b"?" not in target:
        return target, b""
    path, _, query = target.partition(b"?")
    if path[:7].lower() == b"http://" or path[:8].lower() == b"https://":
        path = b"/" + path.partition(b"://")[2].partition(b"/")[2]
    return path, query
