"""HTTP on one connection: uvicorn's protocol, with bounds to what a client may take in time and memory."""

from __future__ import annotations

import time
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD = 16 * 1024  # bytes of a request before its headers end
HEAD_SECONDS = 10.0  # from the beginning of a connection or request to the end of its headers
ANSWER_SECONDS = 60.0  # from there until the client has taken all of the answer
IDLE_SECONDS = 65  # between two requests: a little longer than proxies keep a connection open


class BoundedProtocol(HttpToolsProtocol):
    """A connection that ends when it takes too long or too much. `sweep` has to be called now and then.

    uvicorn by itself waits for ever for the end of a request's headers, keeps as many of them as come, and waits for
    ever for a client to take its answer.
    """

    deadline: float  # of time.monotonic
    _head = 0  # bytes of the request whose headers have not ended

    def connection_made(self, transport: Any) -> None:
        """A client has come."""
        super().connection_made(transport)
        self.deadline = time.monotonic() + HEAD_SECONDS
        self._idle = False
        self._heard_all = False

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._idle:
            self._idle = False
            self._head = 0
            self.deadline = time.monotonic() + HEAD_SECONDS
        self._head += len(data)
        before = self._head
        super().data_received(data)
        if before == self._head and self._head > HEAD and not self.transport.is_closing():
            self._refuse(b"431 Request Header Fields Too Large")

    def eof_received(self) -> bool | None:  # type: ignore[override] # which says that nothing is ever returned
        """The client will say no more; it may still wait for what it asked."""
        self._heard_all = True
        cycle: Any = self.cycle  # None before the first request
        return cycle is not None and not cycle.response_complete

    def on_headers_complete(self) -> None:
        """A request is known."""
        self._head = 0
        self.deadline = time.monotonic() + ANSWER_SECONDS
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """An answer is on its way."""
        super().on_response_complete()
        self._idle = not self.pipeline
        if self._heard_all and self._idle:
            self.transport.close()
        self.deadline = time.monotonic() + IDLE_SECONDS + 5  # which uvicorn ends by itself, if all was taken

    def _refuse(self, status: bytes) -> None:
        self.transport.write(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        self.transport.close()


def sweep(connections: set[Any]) -> None:
    """Ends the connections whose time is over, at once and with whatever waits in them."""
    now = time.monotonic()
    for connection in [each for each in connections if each.deadline < now]:
        connection.transport.abort()
