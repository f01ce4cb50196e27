"""The tally: answered requests in; counts, and who reads on behalf of how many, out."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from typing import NamedTuple

_SUBSCRIBERS = re.compile(rb"(\d{1,9})\s+(?:subscribers?|readers?|users?)\b", re.IGNORECASE)
_NAME = re.compile(rb"[\w.-]{1,40}")
_READERS = 10_000  # pairs of reader and feed that are remembered
_SUCCESSES = (200, 304)


class Answered(NamedTuple):
    """What requests have in common that are counted together."""

    kind: str
    status: int


class Tally:
    """Counts what was answered since the start."""

    def __init__(self) -> None:
        self.answers: Counter[Answered] = Counter()
        self.sent = 0  # bytes of bodies
        self._subscribers: OrderedDict[tuple[str, str], int] = OrderedDict()

    def count(self, kind: str, status: int, sent: int, path: str, user_agent: bytes) -> None:
        """Takes one answer in. Services that fetch for many say for how many in their User-Agent."""
        self.answers[Answered(kind, status)] += 1
        self.sent += sent
        if kind == "feed" and status in _SUCCESSES and (found := _SUBSCRIBERS.search(user_agent)):
            name = _NAME.match(user_agent)
            key = (path, name[0].decode("ascii", "replace") if name else "unknown")
            self._subscribers[key] = int(found[1])
            self._subscribers.move_to_end(key)
            if len(self._subscribers) > _READERS:
                self._subscribers.popitem(last=False)

    def subscribers(self) -> dict[tuple[str, str], int]:
        """How many subscribers each service last said it has, by path and service."""
        return dict(self._subscribers)
