"""A connection, over a real socket: what it says when the application fails."""

from __future__ import annotations

import asyncio
import logging
import socket

import pytest

from feedd.serve.counters import Counters
from feedd.serve.messages import Request, Response, text
from feedd.serve.protocol import Connection, Connections


def failing(request: Request) -> Response:
    """An application with a mistake in it."""
    if request.path == b"/wrong":
        raise OSError("the disk is gone")
    return text(200, "well")


async def talk(*requests: bytes) -> list[bytes]:
    """What the application's server answers to each of these, on connections of their own."""
    connections = Connections(failing, Counters(), 10)
    loop = asyncio.get_running_loop()
    sock = socket.create_server(("127.0.0.1", 0))
    answers = []
    async with await loop.create_server(lambda: Connection(connections), sock=sock):
        for request in requests:
            reader, writer = await asyncio.open_connection(*sock.getsockname())
            writer.write(request)
            answers.append(await reader.read())
            writer.close()
            await writer.wait_closed()
    return answers


def test_a_mistake_in_the_application_is_logged_and_ends_one_connection(caplog: pytest.LogCaptureFixture) -> None:
    end = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with caplog.at_level(logging.ERROR):
        wrong, well = asyncio.run(talk(b"GET /wrong" + end, b"GET /" + end))
    assert wrong.startswith(b"HTTP/1.1 500 ")
    assert b"disk" not in wrong  # what went wrong is for the log
    assert well.startswith(b"HTTP/1.1 200 ")
    assert "the disk is gone" in caplog.text
