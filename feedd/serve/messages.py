"""What a connection and an application exchange: a Request in, a Response out. Responses are made ready to be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import NamedTuple

Headers = Iterable[tuple[str, str]]


class Request(NamedTuple):
    """The head of a request. `path` and `query` are as they were sent; names of headers are in lower case, and one
    that came several times holds all its values, separated by commas.
    """

    method: bytes
    path: bytes
    query: bytes
    headers: Mapping[bytes, bytes]


class Response(NamedTuple):
    """A response: its head, but for the line that ends it, and its body. `kind` is what it gives, from `path`."""

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
    """An answer with these headers; what else the protocol asks for is added."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in headers)]
    if status not in (HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT):
        lines.append(f"Content-Length: {len(body)}")
    return Response(status, "\r\n".join([*lines, ""]).encode("latin-1", "replace"), body, kind, path, modified)


def text(status: int, words: str, headers: Headers = ()) -> Response:
    """An answer in plain words."""
    own = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
    return response(status, [*own, *headers], f"{words}\n".encode())
