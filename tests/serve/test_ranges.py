"""Range requests (RFC 9110, section 14), without a connection: which part of a document a header names."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedd.serve.counters import Counters
from feedd.serve.messages import Request, Response, response
from feedd.serve.protocol import Connection, Connections
from feedd.serve.ranges import byte_range
from feedd.store.served import FileBytes, FileChanged

TEN = b"0123456789"
WHOLE, NONE = None, b""


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (b"bytes=0-0", b"0"),
        (b"bytes=2-4", b"234"),
        (b"bytes=7-", b"789"),
        (b"bytes=7-99", b"789"),
        (b"bytes=-3", b"789"),
        (b"bytes=-99", TEN),
        (b"bytes=0-", TEN),
        (b"Bytes = 2-4 ", b"234"),  # range units are case-insensitive
        (b"bytes=10-", NONE),
        (b"bytes=10-9", WHOLE),  # the first is after the last: no range at all
        (b"bytes=-0", NONE),
        (b"bytes=99999999999999999-", NONE),
        (b"bytes=" + b"9" * 5000 + b"-", WHOLE),
        (b"bytes=0-1,3-4", WHOLE),
        (b"bytes=4-2", WHOLE),
        (b"bytes=", WHOLE),
        (b"bytes=-", WHOLE),
        (b"bytes=--1", WHOLE),
        (b"bytes=+1-2", WHOLE),
        (b"bytes=1_0-", WHOLE),
        (b"bytes=\xb2-", WHOLE),
        (b"bytes=1-2\xa0", WHOLE),
        (b"bits=0-1", WHOLE),
        (b"0-1", WHOLE),
        (b"", WHOLE),
    ],
)
def test_a_range_names_a_part_of_a_document(header: bytes, part: bytes | None) -> None:
    found = byte_range(header, len(TEN))
    assert (None if found is None else TEN[found]) == part


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 30))
def test_a_part_is_what_lies_between_two_places(first: int, last: int, length: int) -> None:
    data = bytes(range(length))
    found = byte_range(b"bytes=%d-%d" % (first, last), length)
    if last < first:
        assert found is None
    else:
        assert found is not None
        assert data[found] == data[first : last + 1]


@pytest.mark.parametrize("header", [b"bytes=0-", b"bytes=-1", b"bytes=0-0"])
def test_an_empty_document_has_no_parts(header: bytes) -> None:
    assert byte_range(header, 0) == slice(0)


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(1, 9))
def test_a_file_that_is_not_read_is_cut_as_bytes_are(start: int, end: int, low: int, high: int, most: int) -> None:
    whole = FileBytes(lambda place, size: TEN[place : place + size], 0, 10)
    cut, expected = whole[start:end][low:high], TEN[start:end][low:high]
    assert len(cut) == len(expected)
    assert b"".join(cut.pieces(most)) == expected


# Sending


class Shelf:
    """An application that gives out one large file, and knows how much of it was read."""

    size = 1 << 30
    gone_at = size

    def __init__(self) -> None:
        self.read = 0

    def part(self, place: int, size: int) -> bytes:
        if place >= self.gone_at:
            raise FileChanged
        self.read = place + size
        return bytes(size)

    def __call__(self, request: Request) -> Response:
        if request.path == b"/small":
            return response(200, [], b"small")
        size = self.size if request.path == b"/large" else 3 << 20
        return response(200, [], FileBytes(self.part, 0, size))


async def serve(shelf: Shelf, sent: bytes, most: int) -> bytes:
    """What a client hears that reads so many bytes, and sees meanwhile that the server keeps no more than it has to."""
    connections = Connections(shelf, Counters(), 10)
    sock = socket.create_server(("127.0.0.1", 0))
    loop = asyncio.get_running_loop()
    async with await loop.create_server(lambda: Connection(connections), sock=sock):
        reader, writer = await asyncio.open_connection(*sock.getsockname())
        writer.write(sent)
        heard = bytearray()
        with contextlib.suppress(ConnectionResetError):
            while len(heard) < most and (part := await reader.read(min(65536, most - len(heard)))):
                heard += part
                assert shelf.read - len(heard) < 16 << 20  # what sockets hold is the system's affair
        writer.transport.abort()
    return bytes(heard)


def ask(path: bytes, more: bytes = b"") -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n" + more + b"\r\n"


def test_of_a_large_file_only_a_piece_is_read_before_the_client_has_taken_the_one_before() -> None:
    shelf = Shelf()
    heard = asyncio.run(serve(shelf, ask(b"/large"), 40 << 20))
    assert b"Content-Length: 1073741824\r\n" in heard[:200]
    assert len(heard) == 40 << 20


def test_requests_that_come_with_that_for_a_file_are_answered_after_it() -> None:
    sent = ask(b"/small") + ask(b"/file") + ask(b"/small") + ask(b"/file") + ask(b"/small", b"Connection: close\r\n")
    heard = asyncio.run(serve(Shelf(), sent, 1 << 30))
    bodies = [part.partition(b"\r\n\r\n")[2] for part in re.split(rb"(?=HTTP/1\.1 200)", heard) if part]
    assert bodies == [b"small", bytes(3 << 20), b"small", bytes(3 << 20), b"small"]


def test_a_connection_that_is_to_end_ends_after_its_file() -> None:
    heard = asyncio.run(serve(Shelf(), ask(b"/file", b"Connection: close\r\n"), 1 << 30))
    assert len(heard.partition(b"\r\n\r\n")[2]) == 3 << 20


def test_a_file_that_is_replaced_while_it_is_sent_is_broken_off() -> None:
    shelf = Shelf()
    shelf.gone_at = 2 << 20
    heard = asyncio.run(serve(shelf, ask(b"/file") + ask(b"/small"), 1 << 30))
    assert b"Content-Length: 3145728\r\n" in heard[:200]
    assert len(heard) < 3 << 20
