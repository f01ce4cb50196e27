"""Servers of pictures: the address of a picture in; its bytes, or why there are none, out.

Nothing goes through a proxy: a proxy resolves names itself, and could be led to what only the proxy can reach.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from feedd.deliver.http.kept_connections import KeptConnections
from feedd.deliver.http.proxies import certificates
from feedd.deliver.mirror.public_addresses import Addresses, PublicAddresses
from feedd.deliver.websub import retry_after
from feedd.html.shown_pictures import MirrorRules
from feedd.items.printable import visible
from feedd.store.ledger.media.picture_rows import NOT_FROM_THERE

if TYPE_CHECKING:
    from feedd.deliver.http.http_client import HttpAnswer

MAX_BYTES = 20 << 20
_GONE = (401, 403, 404, 410, 451)  # what will hardly be there later
_MAX_SHOWN = 120  # characters of an answer that are shown


class FetchedPicture(NamedTuple):
    """The bytes of a picture, or None with the reason in `words`. `lasting`: it will hardly be there later. `after`:
    the seconds that the server asks to wait, at least.
    """

    data: bytes | None
    words: str = ""
    lasting: bool = False
    after: int | None = None


class PictureServers(KeptConnections):
    """Fetches pictures over kept connections. May be used by several threads. Times are seconds; `answer` is for a
    picture with all redirections. `addresses`: where to connect to. `take_from`: whether a picture may come from a URL;
    it is asked for each redirection, too.
    """

    moved = (301, 302, 303, 307, 308)
    hops = 6

    def __init__(
        self,
        connect: float = 5.0,
        answer: float = 30.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        environment: Mapping[str, str] = os.environ,
        addresses: Addresses | None = None,
    ) -> None:
        without_proxies = dict(certificates(environment))
        super().__init__(connect, answer, now, without_proxies, addresses or PublicAddresses())
        self.take_from: Callable[[str], bool] = MirrorRules().take_from

    def __call__(self, url: str) -> FetchedPicture:
        """The picture at `url`. Raises nothing."""
        if not self.take_from(url):
            return FetchedPicture(None, NOT_FROM_THERE, lasting=True)
        headers = [("Accept-Encoding", "identity")]
        try:
            found = self._follow("GET", url, self._deadline(), self._read, headers)
        except self._no_answer as error:
            words = f"no answer within {self._answer:g} s" if error.reason == "time" else str(error)
            return FetchedPicture(None, words, lasting=error.reason == "address")
        except Exception as error:  # noqa: BLE001 - after any failure the picture is asked for later
            return FetchedPicture(None, f"{type(error).__name__}: {error}")
        return found or FetchedPicture(None, f"more than {self.hops - 1} redirections", lasting=True)

    def _next(self, url: str, location: str) -> str:
        found = super()._next(url, location)
        if not self.take_from(found):
            raise self._no_answer("address", NOT_FROM_THERE)
        return found

    def _deadline(self) -> float:
        return time.monotonic() + self._answer

    def _read(self, answer: HttpAnswer) -> FetchedPicture:
        """What an answer holds. Raises NoAnswer."""
        if answer.status != 200:
            words = visible(f"{answer.status} {answer.reason}".strip())[:_MAX_SHOWN]
            after = retry_after(answer.headers.get("retry-after", ""), self._now())
            return FetchedPicture(None, words, answer.status in _GONE, after)
        if answer.headers.get("content-encoding", "identity") not in ("", "identity"):
            return FetchedPicture(None, "it comes with an encoding that nobody asked for", lasting=True)
        too_large = FetchedPicture(None, f"it has more than {MAX_BYTES >> 20} MiB", lasting=True)
        said = answer.headers.get("content-length", "").strip()
        if said.isascii() and said.isdigit() and (len(said) > 15 or int(said) > MAX_BYTES):
            return too_large
        data = bytearray()
        for part in answer.parts(MAX_BYTES + 1):
            data += part
        return too_large if len(data) > MAX_BYTES else FetchedPicture(bytes(data))
