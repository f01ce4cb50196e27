"""The file of those who may read private feeds: names and tokens in; who has a token, and whether it counts, out.

Of a token, only its SHA-256 digest is kept. A token has 192 random bits, so a digest tells nothing of it. Nobody can
choose a token whose digest is near another digest, so the time that a search for a digest takes tells nothing either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from feedd.store.errors import Unusable, Unwritable
from feedd.store.lock import Lock
from feedd.store.private_files import make_directory, read_private, replace_private

_TOKEN_BYTES = 24
_ABOUT = "Who may read private feeds: `feedd subscribers` writes this. Tokens are kept as SHA-256 digests."
_REMEDY = "put it back from a backup (`feedd restore`)"
_PATIENCE = 10.0  # seconds to wait for another process that changes the file


class Subscriber(Struct, frozen=True, omit_defaults=True):
    """Somebody with a token. `feeds` are names of private feeds; None: all of them. `digest` is hexadecimal."""

    name: str
    digest: str
    added: datetime
    feeds: tuple[str, ...] | None = None
    revoked: datetime | None = None

    def may_read(self, feed: str) -> bool:
        """Whether the token is for this feed, revoked or not."""
        return self.feeds is None or feed in self.feeds


class _Kept(Struct, frozen=True):
    subscribers: tuple[Subscriber, ...]  # a file without them was not written by feedd, which keeps the revoked, too
    about: str = _ABOUT


class NameTaken(Exception):
    """There is a subscriber of this name already."""


class NoSubscriber(Exception):
    """There is no subscriber of this name whose token counts."""


class SubscriberList:
    """The subscribers in a file. The file is read again when it has changed."""

    def __init__(self, path: Path, *, was_there: bool = False) -> None:
        """`was_there`: somebody was added before, so a missing file is lost."""
        self._path = path
        self._was_there = was_there
        self._look: tuple[int, ...] | None = None
        self._by_digest: dict[str, Subscriber] = {}

    def all(self) -> tuple[Subscriber, ...]:
        """The subscribers, in the order in which they were added. Raises Unusable."""
        try:
            data = read_private(self._path)
        except FileNotFoundError:
            if self._was_there:
                raise Unusable(f"{self._path} is gone, which held who may read private feeds; {_REMEDY}") from None
            return ()
        except OSError as error:
            raise Unusable(f"{self._path} cannot be read: {error.strerror}") from None
        try:
            return msgspec.json.decode(data, type=_Kept).subscribers
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Unusable(
                f"{self._path} does not hold subscribers as `feedd subscribers` writes them; move it away and {_REMEDY}"
            ) from None

    def find(self, token: str) -> Subscriber | None:
        """Who has a token, revoked or not; None if nobody has it. Raises Unusable, also if there is no file: it may be
        lost, and a lost file says of no token that it is wrong.
        """
        look = self._stamp()
        if look is None or look != self._look:
            self._by_digest = {each.digest: each for each in self.all()}
            self._look = look
        if look is None:
            raise Unusable(f"{self._path} is not there; put it back, or add a subscriber")
        return self._by_digest.get(_digest(token))

    def _stamp(self) -> tuple[int, ...] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns

    def add(self, name: str, feeds: Collection[str] | None, now: datetime) -> str:
        """Adds a subscriber. Returns the token, which is kept nowhere. `now` is aware. Raises NameTaken or Unusable."""
        from secrets import token_urlsafe  # late: passes make no tokens

        token = token_urlsafe(_TOKEN_BYTES)
        new = Subscriber(name, _digest(token), now.replace(microsecond=0), None if feeds is None else tuple(feeds))
        with _Changing(self._path):
            known = self.all()
            if any(each.name == name and each.revoked is None for each in known):
                raise NameTaken(name)
            self._keep((*known, new))
        return token

    def revoke(self, name: str, now: datetime) -> None:
        """Makes the token of a subscriber worthless. `now` is aware. Raises NoSubscriber or Unusable."""
        with _Changing(self._path):
            known = self.all()
            if not any(each.name == name and each.revoked is None for each in known):
                raise NoSubscriber(name)
            revoked = now.replace(microsecond=0)
            self._keep(
                tuple(
                    replace(each, revoked=revoked) if each.name == name and each.revoked is None else each
                    for each in known
                )
            )

    def _keep(self, subscribers: tuple[Subscriber, ...]) -> None:
        data = msgspec.json.format(msgspec.json.encode(_Kept(subscribers)), indent=2)
        try:
            replace_private(self._path, data + b"\n", outlives_power=True)
        except OSError as error:
            raise Unwritable(f"{self._path} cannot be written: {error.strerror}") from None


class _Changing:
    """The right to change the file, for one process at a time. Raises Unusable."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock(path.parent, f".{path.name}.lock", "changes the subscribers in")

    def __enter__(self) -> None:
        try:
            make_directory(self._path.parent)
        except OSError as error:
            raise Unwritable(f"{self._path.parent} cannot be made: {error.strerror}") from None
        self._lock.take(_PATIENCE)

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
