"""Kept connections: a request to a server in; what its last answer says, after all redirections, out."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from feedd import __version__

if TYPE_CHECKING:
    from feedd.deliver.http.http_client import HttpAnswer

_PATIENCE_FACTOR = 3  # a request with its redirections may take as many times as long as an answer
_Said = TypeVar("_Said")


class KeptConnections:
    """Asks servers over connections that are kept. May be used by several threads. Times are seconds.

    `moved`: the statuses of redirections. `hops`: how many requests they may lead to. `addresses` gives the addresses
    of a host and a port, or raises NoAnswer; without it the system does.
    """

    moved: tuple[int, ...]
    hops: int

    def __init__(
        self,
        connect: float = 5.0,
        answer: float = 10.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        environment: Mapping[str, str] = os.environ,
        addresses: Callable[[str, int], Sequence[str]] | None = None,
    ) -> None:
        from feedd.deliver.http.http_client import (  # few passes need them
            Client,
            NoAnswer,
            redirected,
            system_addresses,
        )

        self._no_answer = NoAnswer
        self._redirected = redirected
        self._answer = answer
        self._now = now
        agent = f"feedd/{__version__} (+https://github.com/feedd/feedd)"
        self._client = Client(agent, connect, answer, environment, addresses or system_addresses)

    def close(self) -> None:
        """Closes the connections that are not in use."""
        self._client.close()

    def _deadline(self) -> float:
        """When what begins now has taken too long, in seconds of time.monotonic."""
        return time.monotonic() + self._answer * _PATIENCE_FACTOR

    def _follow(
        self,
        method: str,
        url: str,
        until: float,
        read: Callable[[HttpAnswer], _Said],
        headers: Iterable[tuple[str, str]] = (),
        content: bytes = b"",
    ) -> _Said | None:
        """What `read` makes of the first answer that is no redirection; None after too many. Raises NoAnswer."""
        for _ in range(self.hops):
            seconds = min(self._answer, until - time.monotonic())
            with self._client.ask(method, url, seconds, headers, content) as answer:
                location = answer.headers.get("location")
                if answer.status not in self.moved or not location:
                    return read(answer)
            url = self._next(url, location)
        return None

    def _next(self, url: str, location: str) -> str:
        """Where a redirection leads. Raises NoAnswer if nobody may follow."""
        return self._redirected(url, location)
