"""The mirror: addresses of pictures in the ledger in; pictures fetched, made anew and kept, or why not, out.

    ledger: addresses -- due, newest entries first --> fetch --> encode --> files, and ledger: pictures
                                                                                   |
    documents with the pictures <-- the next pass <-- `arrived` -------------------+

A pass never waits for a picture. A picture that is here is not fetched again. Hosts are asked several at a time, each
for one picture at a time. The mirror has its own connection to the ledger and holds it for moments only.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from feedd.deliver.mirror.encoded_picture import EncodedPicture, EncodedRendition, Unsuitable
from feedd.deliver.mirror.encoding import encoded
from feedd.deliver.mirror.picture_servers import PictureServers
from feedd.deliver.mirror.public_addresses import Addresses
from feedd.html.shown_pictures import MirrorRules
from feedd.model import MirroredPicture, Rendition
from feedd.store.errors import Busy, Damaged, Unusable
from feedd.store.ledger.media.picture_rows import PictureRows, WantedPicture, open_pictures
from feedd.store.picture_files import PictureFiles, picture_digest

FIRST_WAIT = 600  # seconds until a picture is asked for again, doubled each time
LONGEST_WAIT = 7 * 86400
LASTING_WAIT = 86400  # seconds until a picture is asked for again that will hardly be there, doubled each time
GIVE_UP = 4  # times after which such a picture is given up
_TOGETHER = 24  # pictures after which the ledger is looked at again
_HOSTS = 4  # that are asked at a time
LONGEST_SLEEP = 60.0  # seconds: clocks are set, and machines are suspended

Encode = Callable[[bytes], EncodedPicture | Unsuitable]


class Mirrored(NamedTuple):
    """The outcome for one picture: it is here, or `words` say why not. `wait`: seconds until it is asked for again;
    None if it is given up. `private`: the private feed that shows it.
    """

    url: str
    picture: MirroredPicture | None = None
    words: str = ""
    wait: int | None = 0
    is_here: bool = True
    private: str = ""

    @property
    def named(self) -> str:
        """The picture as logs and reports call it. What private entries show, nobody else may learn."""
        return f"a picture of the private feed {self.private}" if self.private else f"the picture {self.url}"


class _Brought(NamedTuple):
    wanted: WantedPicture
    made: EncodedPicture | None
    words: str = ""
    lasting: bool = False
    after: int | None = None


class PictureMirror:
    """Mirrors the pictures that the ledger of a state directory wants, as long as they take less than `room` bytes.
    `rules` says from which hosts. `private`: the private feed whose pictures they are; `public`: the state directory of
    the public site, which may have the same pictures.
    """

    def __init__(
        self,
        state: Path,
        room: int = 0,
        rules: MirrorRules | None = None,
        addresses: Addresses | None = None,
        encode: Encode = encoded,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        servers: Callable[[Addresses | None], PictureServers] = lambda addresses: PictureServers(addresses=addresses),
        private: str = "",
        public: Path | None = None,
    ) -> None:
        self._state = state
        self.room = room
        self.rules = rules or MirrorRules()
        self._files = PictureFiles(state)
        self._addresses = addresses
        self._encode = encode
        self._now = now
        self._connect = servers
        self._private = private
        self._public = public
        self._servers: PictureServers | None = None
        self._unkept: list[_Brought] = []  # what is not in the ledger yet

    def fetch_all(self, seconds: float) -> list[Mirrored]:
        """Fetches all pictures that are due, for about so many seconds. Raises Busy, Unusable or Damaged."""
        until, found = time.monotonic() + seconds, list[Mirrored]()
        try:
            while (turned := self.turn(lambda: time.monotonic() >= until)) or self._unkept:
                found += turned
                if time.monotonic() >= until:
                    break
            return found
        finally:
            self.close()

    def turn(self, stopping: Callable[[], bool]) -> list[Mirrored]:
        """Fetches some pictures that are due, until `stopping`. Returns what was kept; nothing if nothing is due.
        Raises Busy, Unusable or Damaged; what could not be kept is kept in the next turn.
        """
        with open_pictures(self._state) as rows:
            if rows is None:
                self._unkept.clear()
                return []
            kept = [Mirrored(url, private=self._private) for url in rows.here_already()]
            kept += self._keep(rows)
            due = rows.due(self._seconds(), _TOGETHER) if rows.total() <= self.room else []  # else a pass makes room
        if self._servers is None and due:
            self._servers = self._connect(self._addresses)
        if self._servers is not None:
            self._servers.take_from = self.rules.take_from
        self._bring_all(_by_host(due), stopping)
        with open_pictures(self._state) as rows:
            kept += self._keep(rows) if rows is not None else []
        return kept

    def until_due(self) -> float | None:
        """The seconds until a picture is due; None if none ever is. Raises Busy, Unusable or Damaged."""
        with open_pictures(self._state) as rows:
            if rows is None or rows.total() > self.room:
                return None
            due = rows.next_due()
        return None if due is None else min(max(0.0, due - self._seconds()), LONGEST_SLEEP)

    def close(self) -> None:
        """Closes the connections."""
        if self._servers is not None:
            self._servers.close()
            self._servers = None

    def _bring_all(self, hosts: list[list[WantedPicture]], stopping: Callable[[], bool]) -> None:
        """Fetches and encodes pictures, those of one host one after the other."""
        waiting, errors = deque(hosts), list[Exception]()

        def work() -> None:
            try:
                while waiting and not errors:
                    for each in waiting.popleft():
                        if stopping():
                            return
                        self._unkept.append(self._bring(each))
            except Exception as error:  # noqa: BLE001 - it is raised where the pictures were asked for
                errors.append(error)

        # No pool: at the end of the process, Python would wait for the threads of a pool.
        threads = [threading.Thread(target=work, daemon=True) for _ in range(min(_HOSTS, len(hosts)))]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        if errors:
            raise errors[0]

    def _bring(self, wanted: WantedPicture) -> _Brought:
        """Fetches and encodes one picture, if the public site does not have it."""
        if self._public is not None and (known := _of_public(self._public, wanted.url)) is not None:
            return _Brought(wanted, known)
        assert self._servers is not None  # noqa: S101 - the caller has connected
        fetched = self._servers(wanted.url)
        if fetched.data is None:
            return _Brought(wanted, None, fetched.words, fetched.lasting, fetched.after)
        try:
            made = self._encode(fetched.data)
        except OSError as error:
            return _Brought(wanted, None, f"it cannot be decoded now: {error.strerror}")
        return (
            _Brought(wanted, None, made.reason, lasting=True)
            if isinstance(made, Unsuitable)
            else _Brought(wanted, made)
        )

    def _keep(self, rows: PictureRows) -> list[Mirrored]:
        kept: list[Mirrored] = []
        while self._unkept:
            kept.append(self._kept(rows, self._unkept[0]))
            self._unkept.pop(0)
        return kept

    def _kept(self, rows: PictureRows, brought: _Brought) -> Mirrored:
        url, words, made = brought.wanted.url, brought.words, brought.made
        if made is not None:
            try:
                with rows.transaction():  # so that a pass which looks for needless files sees both or none
                    picture = self._written(made)
                    rows.arrived(url, picture)
                return Mirrored(url, picture, private=self._private)
            except OSError as error:
                words = f"it cannot be kept: {error.strerror or error}"
        wait = _wait(brought)
        rows.failed(url, None if wait is None else self._seconds() + wait, words)
        return Mirrored(url, None, words, wait, is_here=False, private=self._private)

    def _written(self, made: EncodedPicture) -> MirroredPicture:
        """A picture whose files are kept. Raises OSError."""
        found = MirroredPicture(
            _rendition(made.whole),
            _rendition(made.thumbnail),
            _rendition(made.whole_webp) if made.whole_webp is not None else None,
            _rendition(made.thumbnail_webp) if made.thumbnail_webp is not None else None,
        )
        for each in (made.whole, made.thumbnail, made.whole_webp, made.thumbnail_webp):
            if each is not None:
                self._files.write(_rendition(each).name, each.data)
        return found

    def _seconds(self) -> int:
        return int(self._now().timestamp())


def _of_public(state: Path, url: str) -> EncodedPicture | None:
    """A picture that a state directory has; None if it has none, or cannot be read now."""
    try:
        with open_pictures(state) as rows:
            known = rows.picture(url) if rows is not None else None
    except (Busy, Unusable, Damaged):
        return None
    if known is None:
        return None
    files = PictureFiles(state)
    whole, thumbnail = (_encoded(files, each) for each in (known.whole, known.thumbnail))
    others = (_encoded(files, each) if each is not None else None for each in (known.whole_webp, known.thumbnail_webp))
    whole_webp, thumbnail_webp = others
    return EncodedPicture(whole, whole_webp, thumbnail, thumbnail_webp) if whole and thumbnail else None


def _encoded(files: PictureFiles, known: Rendition) -> EncodedRendition | None:
    data = files.read(known.name)
    suffix = known.name.rpartition(".")[2]
    return None if data is None else EncodedRendition(suffix, known.width, known.height, data)


def _wait(brought: _Brought) -> int | None:
    """The seconds until a picture is asked for again that could not be had; None: it is given up."""
    failures = brought.wanted.failures
    if brought.lasting:
        return None if failures + 1 >= GIVE_UP else LASTING_WAIT << failures
    return min(max(FIRST_WAIT << min(failures, 30), brought.after or 0), LONGEST_WAIT)


def _rendition(made: EncodedRendition) -> Rendition:
    return Rendition(f"{picture_digest(made.data)}.{made.suffix}", made.width, made.height, len(made.data))


def _by_host(wanted: Iterable[WantedPicture]) -> list[list[WantedPicture]]:
    """The same pictures, by their hosts."""
    hosts: dict[str, list[WantedPicture]] = {}
    for each in wanted:
        try:
            host = urlsplit(each.url).netloc.rpartition("@")[2]
        except ValueError:
            host = ""
        hosts.setdefault(host, []).append(each)
    return list(hosts.values())
