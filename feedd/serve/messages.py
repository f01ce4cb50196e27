"""What a connection and an application exchange: a Request in, a Response out. Responses are made ready to be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import NamedTuple

Headers = Iterable[tuple[str, str]]


class Request(NamedTuple):
    """The head of a request. `path` and `query` are as they were sent. Names of headers are in lower case. A header
    that came several times holds all its values, separated by commas.
    """

    method: bytes
    path: bytes
    query: bytes
    headers: Mapping[bytes, bytes]


class Response(NamedTuple):
    """A response: its head without the empty line at the end, and its body. `kind`: what the body is; `path`: where it
    is from.
    """

    status: int
    head: bytes
    body: bytes
    kind: str
    path: str
    modified: int = 0  # seconds since 1970: what Last-Modified says, if the head has it


Application = Callable[[Request], Response]


def response(
    status: int, headers: Headers, body: bytes = b"", kind: str = "none", path: str = "", modified: int = 0
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
