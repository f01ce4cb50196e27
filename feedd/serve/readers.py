"""Readers: an application in; the same application, which notes the first answer to a reader, out.

Requests by a name of this machine are not a reader's, unless a proxy passed them on. They come with trying feedd out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address

from feedd.serve.messages import Application, Request, Response

_SUCCESSES = (200, 206, 226, 304)
_OF_PROXIES = (b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host")


class ReaderNotes:
    """Answers as `application` does. `note` gets words about the first reader, and says whether it has kept them."""

    def __init__(self, application: Application, note: Callable[[str], bool]) -> None:
        self._application = application
        self._note = note
        self._waits = True  # for the first reader

    def __call__(self, request: Request) -> Response:
        """The answer to a request."""
        answer = self._application(request)
        if self._waits and answer.kind == "feed" and answer.status in _SUCCESSES and _is_reader(request):
            self._waits = False  # also where the note cannot be kept: another try for each request would cost too much
            at = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
            self._note(f"a reader was given {answer.path} at {at}")
        return answer


def _is_reader(request: Request) -> bool:
    headers = request.headers
    return any(name in headers for name in _OF_PROXIES) or not _is_loopback(headers.get(b"host", b""))


@lru_cache(maxsize=64)
def _is_loopback(host: bytes) -> bool:
    """Whether a Host header names this machine, as seen from itself (RFC 6761, section 6.3)."""
    name = host.decode("latin-1").strip().lower()
    name = name[1 : name.find("]")] if name.startswith("[") else name.partition(":")[0]
    if name in ("", "localhost") or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
