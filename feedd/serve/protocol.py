"""HTTP/1.1 on one connection: bytes in, answers out. The time and memory that a client may use are bounded.

    bytes --> httptools --> Request --> Application --> Response --> bytes
                               +-- while the client does not take what it has: waits, and is not read further

All answers are made at once, so that a connection has no tasks. A large file follows as the client takes it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from email.utils import formatdate
from typing import cast

import httptools

from feedd.patterns import late_pattern
from feedd.serve.counters import Counters
from feedd.serve.file_sending import FileSending
from feedd.serve.messages import Application, Request, Response, split_target, text

_log = logging.getLogger("feedd")

HEAD_BYTES = 16 * 1024  # of a request, from its beginning to the end of its headers
HEAD_SECONDS = 10.0  # for the same
ANSWER_SECONDS = 60.0  # until the client has taken an answer, or a good part of one
IDLE_SECONDS = 75.0  # between two requests: longer than proxies keep a connection open
_MAX_WAITING = 100  # requests of a connection that wait for the client to take earlier answers

_MALFORMED = text(400, "This is no request that can be understood.")
_TOO_LARGE = text(431, "The head of this request is too large.")
_TOO_MANY = text(503, "There are too many connections.", [("Retry-After", "10")])
_BROKEN = text(500, "Something is wrong here. It is not your request.")
_LAST_MODIFIED = late_pattern(rb"Last-Modified: [^\r]*")
_MIN_PROGRESS = 64 * 1024  # bytes of a longer answer that a client has to take in ANSWER_SECONDS


class Connections:
    """All connections of a server, and what the connections share. Ends connections whose time is over."""

    def __init__(self, application: Application, counters: Counters, most: int) -> None:
        self.application = application
        self.counters = counters
        self.most = most
        self.open: set[Connection] = set()
        self._ticking = False
        self.now = 0.0  # of time.monotonic, and the date to send: as of the last second
        self.seconds = 0
        self.date = b""

    def add(self, connection: Connection) -> bool:
        """Takes a new connection in. Returns whether there is room for it."""
        self.open.add(connection)
        if not self._ticking:
            self._ticking = True
            self._tick()
        return len(self.open) <= self.most

    def look_at_clock(self) -> None:
        """Reads the clock: the time of the last tick may lie before the change of a document."""
        self.seconds = int(time.time())
        self.date = b"Date: " + formatdate(self.seconds, usegmt=True).encode()

    def _tick(self) -> None:
        self.now = time.monotonic()
        self.look_at_clock()
        for connection in [each for each in self.open if each.deadline < self.now]:
            if not connection.goes_on():
                connection.transport.abort()
        self._ticking = bool(self.open)
        if self._ticking:
            asyncio.get_running_loop().call_later(1.0, self._tick)

    async def close(self, grace: float) -> None:
        """Ends all connections, once what was answered is sent; after `grace` seconds, at once."""
        for connection in self.open:
            connection.transport.close()
        until = time.monotonic() + grace
        while self.open and time.monotonic() < until:
            await asyncio.sleep(0.02)
        for connection in self.open:
            connection.transport.abort()


class Connection(asyncio.Protocol):
    """One client."""

    transport: asyncio.Transport
    deadline = float("inf")  # of time.monotonic: when the connection is ended, whatever it does

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._parser = httptools.HttpRequestParser(self)
        self._client = ""
        self._target = b""
        self._headers: dict[bytes, bytes] = {}
        self._head_bytes = 0
        self._in_head = True
        self._read = 0  # bytes that came at once; a request in few bytes cannot be too large, and is not measured
        self._size = 0
        self._waiting: deque[tuple[Request, bool]] = deque()
        self._sending: FileSending | None = None
        self._held_up = False  # the client does not take what it has
        self._left = 0  # bytes that the client had not taken at the last look
        self._over = False  # nothing more is read

    # What the event loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come."""
        self.transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self._client = str(peer[0]) if isinstance(peer, tuple) and peer else ""
        has_room = self._connections.add(self)
        self._allow(HEAD_SECONDS)
        if not has_room:
            self._end_with(_TOO_MANY)

    def connection_lost(self, _error: Exception | None) -> None:
        """The client has gone."""
        self._connections.open.discard(self)
        self._stop_sending()
        self._over = True

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._over:
            return
        self._read = len(data)
        if self._in_head:
            if not self._head_bytes:
                self._allow(HEAD_SECONDS)
            self._head_bytes += self._read
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._close()  # it was answered; there is nothing else to be spoken here
        except httptools.HttpParserError:
            self._end_with(_MALFORMED)
        else:
            if self._in_head and self._head_bytes > HEAD_BYTES:
                self._end_with(_TOO_LARGE)

    def eof_received(self) -> bool:
        """The client will say no more. Returns True: the transport stays open, as the client may wait for an answer."""
        if not self._waiting:
            self._close()
        self._over = True
        return True

    def pause_writing(self) -> None:
        """The client does not take what it has."""
        self._held_up = True
        if self._sending:
            self._sending.hold()
        self._left = self.transport.get_write_buffer_size()
        self._allow(ANSWER_SECONDS)

    def resume_writing(self) -> None:
        """The client has taken most of what it was sent."""
        self._held_up = False
        self._allow(IDLE_SECONDS)
        if self._sending:
            self._sending.resume()
        else:
            self._go_on()

    def goes_on(self) -> bool:
        """Whether a client whose time is over may have more time, since it has taken a good part meanwhile."""
        before, self._left = self._left, self.transport.get_write_buffer_size()
        if not self._held_up or self._left > before - _MIN_PROGRESS:
            return False
        self._allow(ANSWER_SECONDS)
        return True

    # What the parser tells

    def on_message_begin(self) -> None:
        """A request begins."""
        self._target = b""
        self._headers = {}
        self._size = 0
        if not self._in_head:
            self._in_head = True
            self._head_bytes = 0

    def on_url(self, part: bytes) -> None:
        """A part of its target."""
        self._target += part
        if self._read > HEAD_BYTES:
            self._size += len(part)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its headers."""
        if self._read > HEAD_BYTES:
            self._size += len(name) + len(value) + 4  # with colon, blank and the end of the line
        name = name.lower()
        before = self._headers.get(name)
        self._headers[name] = value if before is None else before + b", " + value

    def on_headers_complete(self) -> None:
        """All that is needed to answer."""
        self._in_head = False
        self._head_bytes = 0
        if self._over:
            return
        if self._size > HEAD_BYTES:
            self._end_with(_TOO_LARGE)
            return
        version, host = self._parser.get_http_version(), self._headers.get(b"host")
        if version == "1.1" and (host is None or b"," in host):  # RFC 9112, 3.2
            self._end_with(_MALFORMED)
            return
        request = Request(self._parser.get_method(), *split_target(self._target), self._headers, self._client)
        has_body = b"content-length" in self._headers or b"transfer-encoding" in self._headers
        stays = self._parser.should_keep_alive() and version == "1.1" and not has_body
        if not self._held_up and not self._sending:
            self._answer(request, stays)
        elif len(self._waiting) < _MAX_WAITING:
            self.transport.pause_reading()
            self._waiting.append((request, stays))
        else:
            self._close()

    # What is said

    def _answer(self, request: Request, stays: bool) -> None:
        try:
            answer = self._connections.application(request)
        except Exception:  # noqa: BLE001 - one request that fails must not be the last
            _log.exception("a request could not be answered because of a mistake in feedd; please report it")
            answer, stays = _BROKEN, False
        body = b"" if request.method == b"HEAD" else answer.body
        self._allow(IDLE_SECONDS)
        self._connections.counters.count(answer, len(body), request.headers.get(b"user-agent"))
        head = answer.head
        if answer.modified > self._connections.seconds:
            self._connections.look_at_clock()
        if answer.modified > self._connections.seconds:  # RFC 9110, 8.8.2.1: it must not be later than Date
            head = _LAST_MODIFIED.sub(self._connections.date.replace(b"Date", b"Last-Modified"), head)
        if isinstance(body, bytes):
            self._send(head, body, stays)
        else:
            self._send(head, b"", stays)
            self._sending = FileSending(body, self._send_piece, self.transport.abort)
            if self._held_up:
                self._sending.hold()
        if not stays:
            self._close()

    def _go_on(self) -> None:
        """Answers what waits, as far as the client takes the answers."""
        while self._waiting and not self._held_up and not self._sending:
            self._answer(*self._waiting.popleft())
        if self._waiting or self._sending:
            return
        if self._over:
            self._close()
        elif not self.transport.is_closing():
            self.transport.resume_reading()

    def _send_piece(self, piece: bytes) -> None:
        self._allow(IDLE_SECONDS)
        if not piece or self.transport.is_closing():
            self._stop_sending()
            self._go_on()
        else:
            self.transport.write(piece)

    def _stop_sending(self) -> None:
        if self._sending:
            self._sending.hold()
            self._sending = None

    def _send(self, head: bytes, body: bytes, stays: bool) -> None:
        end = b"\r\n\r\n" if stays else b"\r\nConnection: close\r\n\r\n"
        whole = head + self._connections.date + end
        if len(body) < HEAD_BYTES:
            self.transport.write(whole + body)
        else:
            self.transport.writelines((whole, body))

    def _end_with(self, answer: Response) -> None:
        """Answers an improper request and closes the connection. Sends no answer if earlier requests still wait for
        theirs.
        """
        self._connections.counters.count(answer, len(answer.body), None)
        if not self._waiting and not self._sending and isinstance(answer.body, bytes):
            self._send(answer.head, answer.body, stays=False)
        self._close()

    def _close(self) -> None:
        """Ends the connection, once all answers are sent, or when the time for sending is over."""
        self._over = True
        self._waiting.clear()
        if not self._sending:
            self.transport.close()

    def _allow(self, seconds: float) -> None:
        self.deadline = self._connections.now + seconds
