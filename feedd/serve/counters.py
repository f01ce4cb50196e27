"""Counting: answered requests in; counts of answers, and the subscribers of each service, out."""

from __future__ import annotations

import re
from collections import OrderedDict, defaultdict

from feedd.patterns import late_pattern
from feedd.serve.messages import Response

_SUBSCRIBERS = late_pattern(rb"(\d{1,9})\s+(?:subscribers?|readers?|users?)\b", re.IGNORECASE)
_NAME = late_pattern(rb"[\w.-]{1,40}")
_MAX_READERS = 10_000  # pairs of reader and feed that are remembered
_SUCCESSES = (200, 206, 226, 304)


class Counters:
    """Counts what was answered since the start."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, int], int] = defaultdict(int)  # by kind and status
        self.sent = 0  # bytes of bodies
        self._subscribers: OrderedDict[tuple[str, str], int] = OrderedDict()

    def count(self, answer: Response, sent: int, user_agent: bytes | None) -> None:
        """Counts an answer. `sent`: bytes of its body that are sent. A service that fetches for many readers says their
        number in its User-Agent.
        """
        self.answers[answer.kind, answer.status] += 1
        self.sent += sent
        if not user_agent or answer.kind != "feed" or answer.status not in _SUCCESSES:
            return
        if found := _SUBSCRIBERS.search(user_agent):
            name = _NAME.match(user_agent)
            key = (answer.path, name[0].decode("ascii", "replace") if name else "unknown")
            self._subscribers[key] = int(found[1])
            self._subscribers.move_to_end(key)
            if len(self._subscribers) > _MAX_READERS:
                self._subscribers.popitem(last=False)

    def subscribers(self) -> dict[tuple[str, str], int]:
        """How many subscribers each service last said it has, by path and service."""
        return dict(self._subscribers)
