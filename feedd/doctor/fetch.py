"""Fetching: a URL in; the server's answer, byte for byte, or a Failure, out.

The bytes of an answer are bounded, as sent and as decoded. The time of each answer is bounded, and the time of the
whole examination.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from hashlib import blake2b
from types import TracebackType
from typing import Literal, NamedTuple, Self

from feedd import __version__
from feedd.deliver.http.http_client import Client, HttpAnswer, NoAnswer, redirected
from feedd.render.content_codings import ENCODINGS

MAX_BYTES = 16 * 1024 * 1024  # bytes of a document, as sent and as decoded: no feed reader accepts more
ANSWER_SECONDS = 30.0  # seconds for an answer
_EXAMINATION_FACTOR = 10  # the whole examination may take as many times as long
_IDLE_SECONDS = 15.0  # seconds until a server says something more
_MAX_SKIPPED = 64 * 1024  # bytes of an unneeded body that are read, to keep the connection
_HOPS = 10
_MOVED = (301, 302, 303, 307, 308)
_REMEDIES = {
    "name": "is base_url spelt right, and is the name registered?",
    "refused": "is a web server running, and on this port?",
    "TLS": "look at the certificate: its names, its dates, its chain",
    "environment": "mend the variable in the environment of this command",
    "address": "look at base_url, and at the server's redirections",
    "HTTP": "is it a web server, and is it sound?",
    "connection": "is the server up?",
}


class ServerAnswer(NamedTuple):
    """An answer. `url`: where it came from, after `hops` redirections. Names of headers are in lower case. `body`: the
    document, if wanted; `digest`: of the decoded document. `fault`: why both are missing.
    """

    url: str
    status: int
    headers: dict[str, str]
    body: bytes = b""
    digest: bytes = b""
    fault: str = ""
    hops: tuple[str, ...] = ()  # "301 to URL"


class Failure(NamedTuple):
    """No answer came. `words`: why; `remedy`: what to look at."""

    words: str
    remedy: str


class Fetcher:
    """Fetches from this machine over kept connections. `in_all`: seconds that an answer may take."""

    def __init__(self, in_all: float = ANSWER_SECONDS, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._in_all = in_all
        self._monotonic = monotonic
        self._until = monotonic() + _EXAMINATION_FACTOR * in_all
        patience = min(_IDLE_SECONDS, in_all)
        self._client = Client(f"feedd-doctor/{__version__}", patience, patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def fetch(
        self,
        url: str,
        method: str = "GET",
        *,
        wanted: Literal["document", "digest", "head"] = "head",
        coding: str = "identity",
        condition: tuple[str, str] | None = None,
    ) -> ServerAnswer | Failure:
        """The answer at `url`, after redirections, with as much of the body as is `wanted`. A document in another
        coding than `coding` is not decoded. `condition`: a header of a conditional request.
        """
        until = min(self._monotonic() + self._in_all, self._until)
        asked = [("Accept-Encoding", coding), *([condition] if condition else [])]
        hops: list[str] = []
        try:
            while len(hops) <= _HOPS:
                seconds = until - self._monotonic()
                if seconds <= 0:
                    return self._too_slow()
                with self._client.ask(method, url, seconds, asked) as answer:
                    location = answer.headers.get("location")
                    if answer.status not in _MOVED or not location:
                        return self._response(url, answer, wanted, coding)._replace(hops=tuple(hops))
                    for _ in answer.parts(_MAX_SKIPPED):
                        pass
                url = redirected(url, location)
                hops.append(f"{answer.status} to {url}")
        except NoAnswer as error:
            if error.reason == "time":
                return self._too_slow()
            return Failure(str(error), _REMEDIES[error.reason])
        return Failure(f"it redirects more than {_HOPS} times", "look at the server's redirections")

    def _too_slow(self) -> Failure:
        if self._monotonic() >= self._until:
            words = f"not asked any more: the examination has taken {_EXAMINATION_FACTOR * self._in_all:g} s"
            return Failure(words, "the server is very slow; try again with a longer --timeout")
        words = f"no whole answer within {self._in_all:g} s"
        return Failure(words, "is the server up, and its firewall open? --timeout waits longer")

    def _response(self, url: str, answer: HttpAnswer, wanted: str, coding: str) -> ServerAnswer:
        head = ServerAnswer(url, answer.status, answer.headers)
        sent = answer.headers.get("content-encoding", "identity").strip().lower() or "identity"
        if wanted == "head" or answer.status != 200 or (sent != coding and wanted == "digest"):
            for _ in answer.parts(_MAX_SKIPPED):
                pass
            return head
        if sent != coding:
            return head._replace(fault=f"sent as {sent}, which was not asked for")
        raw = answer.parts(MAX_BYTES + 1)
        parts = raw if coding == "identity" else _CODINGS[coding].decode(raw)
        return _with_document(head, parts, keep=wanted == "document")


_CODINGS = {each.token: each for each in ENCODINGS.values()}


def _with_document(head: ServerAnswer, parts: Iterable[bytes], *, keep: bool) -> ServerAnswer:
    """The answer with its document or digest, or with its `fault`."""
    digest, body, size = blake2b(digest_size=16), bytearray(), 0
    try:
        for part in parts:
            size += len(part)
            if size > MAX_BYTES:
                return head._replace(fault=f"larger than {MAX_BYTES // 1024**2} MiB, and not read further")
            digest.update(part)
            if keep:
                body += part
    except ValueError:
        return head._replace(fault="cannot be decoded")
    return head._replace(body=bytes(body), digest=digest.digest())
