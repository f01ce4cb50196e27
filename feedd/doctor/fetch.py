"""Fetching: a URL in; what the server answered, byte for byte, or why nothing came, out."""

from __future__ import annotations

import logging
import ssl
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urljoin

import httpx

from feedd import __version__

_HOPS = 10
_LONGEST = 64 * 1024 * 1024  # bytes of a document that are read
_MOVED = (301, 302, 303, 307, 308)


class Response(NamedTuple):
    """An answer. `url` is where it came from, after `hops` redirections; names of headers are in lower case; `body` is
    as it was sent, encoded or not.
    """

    url: str
    status: int
    headers: dict[str, str]
    body: bytes = b""
    hops: tuple[str, ...] = ()  # "301 to URL"


class Failure(NamedTuple):
    """Nothing came. `words` say why, `remedy` what to look at."""

    words: str
    remedy: str


class Fetcher:
    """Fetches over connections that are kept, as from this machine. Times are seconds."""

    def __init__(self, patience: float = 15.0) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._patience = patience
        self._client = httpx.Client(
            timeout=patience, headers={"User-Agent": f"feedd-doctor/{__version__}", "Accept": "*/*"}
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def fetch(self, url: str, method: str = "GET", **headers: str) -> Response | Failure:
        """What `url` gives, after redirections. A header's name is written with `_` for `-`."""
        asked = {"Accept-Encoding": "identity"} | {name.replace("_", "-"): value for name, value in headers.items()}
        hops: list[str] = []
        try:
            while True:
                with self._client.stream(method, url, headers=asked) as answer:
                    location = answer.headers.get("location")
                    if answer.status_code not in _MOVED or not location:
                        body = _body(answer)
                        return Response(url, answer.status_code, _headers(answer), body, tuple(hops))
                url = urljoin(url, location)
                hops.append(f"{answer.status_code} to {url}")
                if len(hops) > _HOPS:
                    return Failure(f"it redirects more than {_HOPS} times", "look at the server's redirections")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return self._failure(error)

    def _failure(self, error: Exception) -> Failure:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLError):
                return Failure(f"TLS failed: {error}", "look at the certificate: its names, its dates, its chain")
            cause = cause.__cause__ or cause.__context__
        if isinstance(error, httpx.TimeoutException):
            return Failure(f"no answer within {self._patience:g} s", "is the server up, and its firewall open?")
        if "Name or service" in str(error) or "resolution" in str(error) or "No address" in str(error):
            return Failure("its name is not known (DNS)", "is base_url spelt right, and is the name registered?")
        if "refused" in str(error):
            return Failure("the connection was refused", "is a web server running, and on this port?")
        return Failure(str(error) or type(error).__name__, "is the server up?")


def _headers(answer: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}


def _body(answer: httpx.Response) -> bytes:
    body = bytearray()
    for chunk in answer.iter_raw():
        body += chunk
        if len(body) > _LONGEST:
            break
    return bytes(body)
