"""Servers of audio and video files: the address of a file in; its size and media type, or why not, out.

A server is asked with HEAD (RFC 9110, section 9.3.2). A server that does not answer HEAD, or does not say the size, is
asked for the first byte: then the size stands in `Content-Range` (section 14.4).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from feedd.deliver.http.kept_connections import KeptConnections
from feedd.deliver.websub import retry_after
from feedd.items.printable import visible
from feedd.patterns import late_pattern

if TYPE_CHECKING:
    from feedd.deliver.http.http_client import HttpAnswer

_FINAL = (404, 401, 410, 429)  # another method would be answered likewise
_MAX_SHOWN = 120  # characters of an answer that are shown
_TOTAL = late_pattern(r"bytes\s+[0-9]+-[0-9]+/([0-9]{1,15})", re.IGNORECASE)
_MEDIA_TYPE = late_pattern(r"(?:audio|video)/[a-z0-9][a-z0-9.+-]{0,60}", re.IGNORECASE)


class FileAnswer(NamedTuple):
    """The size of a file in bytes, or None with the reason in `words`. `media_type`: of audio and video alone.
    `after`: the seconds that the server asks to wait, at least.
    """

    size: int | None
    media_type: str | None = None
    words: str = ""
    after: int | None = None


class FileServers(KeptConnections):
    """Asks servers for sizes over kept connections. Times are seconds."""

    moved = (301, 302, 303, 307, 308)
    hops = 10  # counters of downloads redirect from one to the next

    def __call__(self, url: str) -> FileAnswer:
        """What the server says of the file at `url`. Raises nothing."""
        until = self._deadline()
        try:
            found, status = self._ask("HEAD", url, until)
            if found.size is None and status not in _FINAL:
                found, _ = self._ask("GET", url, until)
        except self._no_answer as error:
            words = f"no answer within {self._answer:g} s" if error.reason == "time" else str(error)
            return FileAnswer(None, words=words)
        except Exception as error:  # noqa: BLE001 - after any failure the file is asked for later
            return FileAnswer(None, words=f"{type(error).__name__}: {error}")
        return found

    def _ask(self, method: str, url: str, until: float) -> tuple[FileAnswer, int]:
        """The answer to one method, and its status. Follows redirections. Raises NoAnswer."""
        headers = [("Accept-Encoding", "identity")] + ([("Range", "bytes=0-0")] if method == "GET" else [])

        def judged(answer: HttpAnswer) -> tuple[FileAnswer, int]:
            return judge_file(answer.status, answer.reason, answer.headers, self._now()), answer.status

        found = self._follow(method, url, until, judged, headers)
        return found or (FileAnswer(None, words=f"more than {self.hops} redirections"), _FINAL[0])


def judge_file(status: int, reason: str, headers: Mapping[str, str], now: datetime) -> FileAnswer:
    """The meaning of an answer with this status. `reason` is the server's own word for it."""
    if status in (200, 206):
        size = _size(status, headers)
        found = _MEDIA_TYPE.match(headers.get("content-type", "").strip())
        if size is not None:
            return FileAnswer(size, found[0].lower() if found else None)
        return FileAnswer(None, words="it does not say the size")
    words = visible(f"{status} {reason}".strip())[:_MAX_SHOWN]
    return FileAnswer(None, words=words, after=retry_after(headers.get("retry-after", ""), now))


def _size(status: int, headers: Mapping[str, str]) -> int | None:
    """The size that an answer says; None if it says none, or 0: nobody publishes an empty file."""
    if headers.get("content-encoding", "identity") not in ("", "identity"):
        return None
    if status == 206:
        found = _TOTAL.fullmatch(headers.get("content-range", "").strip())
        return int(found[1]) or None if found else None
    written = headers.get("content-length", "").strip()
    return int(written) or None if written.isascii() and written.isdigit() and len(written) < 16 else None
