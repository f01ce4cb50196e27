"""WebSub, as a publisher: a hub and the address of a changed document in; the hub's answer out.

The Recommendation (W3C WebSub, section 3) does not say how hubs are told. All hubs accept a form-encoded POST with
`hub.mode=publish`. Most hubs read the document's address in `hub.url` (PubSubHubbub 0.3, section 7.1), some in
`hub.topic`: feedd sends both. Each document has its own request, since some hubs silently drop all but the first few
documents of a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlencode

from feedd.deliver.http.kept_connections import KeptConnections
from feedd.items.printable import visible

if TYPE_CHECKING:
    from feedd.deliver.http.http_client import HttpAnswer

_HUB_IS_AWAY = (429, 502, 503, 504)  # the hub as a whole has to be left alone for a while
_TRY_AGAIN = (408, 425)  # failures that do not judge the request
_MAX_READ = 65536  # bytes of an answer that are read: more than anybody is shown
_MAX_SHOWN = 120  # characters of an answer that are shown


class HubAnswer(NamedTuple):
    """The outcome of an announcement.

    "taken": the hub has it. "refused": the hub will never take it. "failed": it may be tried again. "away": the hub
    takes no announcements now. `after`: the seconds that the hub asks to wait, at least.
    """

    outcome: Literal["taken", "refused", "failed", "away"]
    words: str = ""
    after: int | None = None


def judge(status: int, words: str, headers: Mapping[str, str], now: datetime) -> HubAnswer:
    """The meaning of an answer with this status. `words` are the hub's own."""
    after = retry_after(headers.get("retry-after", ""), now)
    if 200 <= status < 300:
        return HubAnswer("taken")
    if status in _HUB_IS_AWAY:
        return HubAnswer("away", words, after)
    if status in _TRY_AGAIN or status >= 500:
        return HubAnswer("failed", words, after)
    return HubAnswer("refused", words)


def retry_after(value: str, now: datetime) -> int | None:
    """Retry-After (RFC 9110, section 10.2.3) in seconds."""
    if value.strip().isascii() and value.strip().isdigit():
        return int(value.strip()[:9])
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0, int((until - now).total_seconds()))


class Hubs(KeptConnections):
    """Makes announcements over kept connections. May be used by several threads. Times are seconds."""

    moved = (301, 302, 307, 308)  # repeat the request there; not 303: after it, the request was processed
    hops = 5

    def __call__(self, hub: str, topic: str) -> HubAnswer:
        """Tells a hub that the document at the URL `topic` has changed. Raises nothing."""
        try:
            return self._publish(hub, {"hub.mode": "publish", "hub.topic": topic, "hub.url": topic})
        except self._no_answer as error:
            if error.reason == "time":
                return HubAnswer("away", f"no answer within {self._answer:g} s")
            return HubAnswer("refused" if error.reason == "address" else "away", str(error))
        except Exception as error:  # noqa: BLE001 - after any failure the announcement waits
            return HubAnswer("failed", f"{type(error).__name__}: {error}")

    def _publish(self, url: str, form: dict[str, str]) -> HubAnswer:
        headers = [("Content-Type", "application/x-www-form-urlencoded")]

        def judged(answer: HttpAnswer) -> HubAnswer:
            return judge(answer.status, self._words(answer), answer.headers, self._now())

        found = self._follow("POST", url, self._deadline(), judged, headers, urlencode(form).encode())
        return found or HubAnswer("refused", f"more than {self.hops} redirections")

    def _words(self, answer: HttpAnswer) -> str:
        """Status and reason, and the beginning of the hub's text, if it is plain text and comes in time."""
        body = b""
        with suppress(self._no_answer):
            for part in answer.parts(_MAX_READ):
                body += part
        words = f"{answer.status} {answer.reason}".strip()
        if answer.headers.get("content-type", "").startswith("text/plain"):
            text = visible(" ".join(body[:_MAX_READ].decode("utf-8", "replace").split()))
            words += f": {text[:_MAX_SHOWN]}" if text else ""
        return words
