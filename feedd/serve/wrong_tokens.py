"""A limit for wrong tokens: who asks with one, in; how long they have to wait, out. A right token is never limited.

The limit makes no token safer, which is safe by its length. It keeps those who try from costing more than others do.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

_PERIOD = 60.0  # seconds
_OF_ONE, _OF_ALL = 20, 300  # wrong tokens in a period, of one client and of all
_MOST_CLIENTS = 10_000  # that are remembered


class WrongTokens:
    """Counts wrong tokens by client. `clock` is in seconds, and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0  # the end of this period
        self._of_all = 0
        self._by_client: OrderedDict[str, int] = OrderedDict()

    def count(self, client: str) -> int:
        """Counts a wrong token of a client. Returns how many seconds the client has to wait, or 0."""
        now = self._clock()
        if now >= self._until:
            self._until, self._of_all = now + _PERIOD, 0
            self._by_client.clear()
        self._of_all += 1
        self._by_client[client] = self._by_client.pop(client, 0) + 1
        if len(self._by_client) > _MOST_CLIENTS:
            self._by_client.popitem(last=False)
        is_over = self._of_all > _OF_ALL or self._by_client[client] > _OF_ONE
        return max(1, round(self._until - now)) if is_over else 0
