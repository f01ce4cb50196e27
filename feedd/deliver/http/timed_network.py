"""A network for httpcore: connections whose reads and writes end with the deadline of the whole answer."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore

_MAX_ADDRESSES = 4  # addresses of a name that are tried
_deadline: ContextVar[float] = ContextVar("deadline")  # of time.monotonic, for the request of this thread


@contextmanager
def deadline_in(seconds: float) -> Iterator[None]:
    """Ends each read and write of this thread after so many seconds in all."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


class TimedNetwork(httpcore.SyncBackend):
    """Connections to the `addresses` of a host. Their reads and writes end with the deadline of the request."""

    def __init__(self, addresses: Callable[[str, int], Sequence[str]]) -> None:
        super().__init__()
        self._addresses = addresses

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first of the addresses that takes one. Raises httpcore.ConnectError or a time-out."""
        last: Exception | None = None
        for address in dict.fromkeys(self._addresses(host, port)[:_MAX_ADDRESSES]):
            try:
                found_there = super().connect_tcp(address, port, _left(timeout), local_address, socket_options)
                return _TimedStream(found_there)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last or httpcore.ConnectError("no address")


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(timeout: float | None) -> float:
    """The seconds that a step may take: at most the seconds left for the whole answer. Raises httpcore.ReadTimeout."""
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if timeout is None else min(left, timeout)
