"""WebSub, as a publisher: a hub and the address of a document that changed, in; what the hub answered, out.

The Recommendation (W3C WebSub, section 3) leaves it to hubs how they are told. They have in common a form-encoded POST
with `hub.mode=publish`; the document's address is `hub.url` to most (PubSubHubbub 0.3, section 7.1) and `hub.topic` to
some, so both are sent. There is one request for each document: some hubs silently drop all but the first few of many.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urljoin

from feedd import __version__

if TYPE_CHECKING:
    import httpx

_MOVED = (301, 302, 307, 308)  # the same request is made there: none of them says that this one was processed
_AWAY = (429, 502, 503, 504)  # the hub as a whole has to be left alone for a while
_PASSING = (408, 425)  # failures that are no judgement of the request
_HOPS = 5
_IN_ALL = 3  # times the patience for one answer: for all of one announcement, with where it is redirected
_READ = 65536  # bytes of an answer; none is longer that can be shown to anybody
_SHOWN = 120  # characters of it
_NUMBER = re.compile(r"^\[Errno -?\d+\] ")


class Answer(NamedTuple):
    """What became of one announcement.

    "taken": the hub has it. "refused": it will never have it. "failed": this one may be tried again. "away": the hub
    cannot be told anything now. `after` is how many seconds it asked for, at least.
    """

    outcome: Literal["taken", "refused", "failed", "away"]
    words: str = ""
    after: int | None = None


def judge(status: int, words: str, headers: Mapping[str, str], now: datetime) -> Answer:
    """What an answer of this status means. `words` are the hub's own."""
    after = _seconds(headers.get("retry-after", ""), now)
    if 200 <= status < 300:
        return Answer("taken")
    if status in _AWAY:
        return Answer("away", words, after)
    if status in _PASSING or status >= 500:
        return Answer("failed", words, after)
    return Answer("refused", words)


def _seconds(retry_after: str, now: datetime) -> int | None:
    """Retry-After (RFC 9110, section 10.2.3) in seconds."""
    if retry_after.strip().isascii() and retry_after.strip().isdigit():
        return int(retry_after.strip()[:9])
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0, int((until - now).total_seconds()))


class Hubs:
    """Tells hubs, over connections that are kept. May be used by several threads. Times are seconds."""

    def __init__(
        self,
        connect: float = 5.0,
        answer: float = 10.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        import httpx  # takes a tenth of a second, which nobody should wait for who has nothing to tell

        logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log each request
        self._httpx = httpx
        self._answer = answer
        self._now = now
        self._client = httpx.Client(
            timeout=httpx.Timeout(answer, connect=connect),
            headers={"User-Agent": f"feedd/{__version__} (+https://github.com/feedd/feedd)"},
        )

    def __call__(self, hub: str, topic: str) -> Answer:
        """Tells a hub that the document at the URL `topic` has changed. Raises nothing."""
        try:
            return self._tell(hub, {"hub.mode": "publish", "hub.topic": topic, "hub.url": topic})
        except self._httpx.TimeoutException:
            return Answer("away", f"no answer within {self._answer:g} s")
        except self._httpx.InvalidURL as error:
            return Answer("refused", f"its address cannot be used ({error})")
        except self._httpx.UnsupportedProtocol:
            return Answer("refused", "it redirects to what is not http or https")
        except (self._httpx.HTTPError, OSError) as error:
            return Answer("away", _NUMBER.sub("", str(error)) or type(error).__name__)
        except Exception as error:  # noqa: BLE001 - whatever it is, the announcement waits
            return Answer("failed", f"{type(error).__name__}: {error}")

    def close(self) -> None:
        """Closes the connections that are not in use."""
        self._client.close()

    def _tell(self, url: str, form: dict[str, str]) -> Answer:
        until = time.monotonic() + _IN_ALL * self._answer
        for _ in range(_HOPS):
            with self._client.stream("POST", url, data=form) as response:
                body = _beginning(response, until)
                location = response.headers.get("location")
                if response.status_code not in _MOVED or not location:
                    return judge(response.status_code, _words(response, body), response.headers, self._now())
            url = urljoin(url, location)
        return Answer("refused", f"more than {_HOPS} redirections")


def _beginning(response: httpx.Response, until: float) -> bytes:
    """The answer's body, or the first of one that is long or comes slowly. To the end where it is short, so that the
    connection is kept. `until` is of time.monotonic.
    """
    body = b""
    for chunk in response.iter_raw(_READ):
        body += chunk
        if len(body) >= _READ or time.monotonic() > until:
            break
    return body


def _words(response: httpx.Response, body: bytes) -> str:
    """Status and reason, and what the hub says in plain text."""
    words = f"{response.status_code} {response.reason_phrase}".strip()
    if response.headers.get("content-type", "").startswith("text/plain"):
        said = " ".join(body.decode("utf-8", "replace").split())
        said = "".join(letter for letter in said if letter.isprintable())
        words += f": {said[:_SHOWN]}" if said else ""
    return words
