"""The mirrors of a public site and of its private feeds, as one: what each of their ledgers wants in; all outcomes out.

A private feed is a site of its own, so its pictures are kept in its own state directory and published in its own tree.
What the public site has already is copied from there and not fetched again. Nothing is copied the other way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path

from feedd.deliver.events import EventLog
from feedd.deliver.mirror.picture_mirror import LONGEST_SLEEP, Mirrored, PictureMirror
from feedd.deliver.mirror.public_addresses import Addresses
from feedd.html.shown_pictures import MirrorRules
from feedd.store.errors import Busy, Damaged, Unusable
from feedd.store.private_feeds.private_tree import PrivateTree


class AllMirrors:
    """Mirrors pictures for a state directory and its private feeds, from `use` on."""

    name = "mirroring pictures"

    def __init__(
        self, state: Path, addresses: Addresses | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._state = state
        self._addresses = addresses
        self._now = now
        self._mirrors: dict[str, PictureMirror] = {}

    def use(self, rules: MirrorRules, room: int, private: Collection[str]) -> None:
        """Mirrors by these rules from now on, for the public site and private feeds. Each may take `room` bytes."""
        mirrors: dict[str, PictureMirror] = {}
        for name in ("", *sorted(private)):
            mirrors[name] = self._mirrors.get(name) or self._made(name)
            mirrors[name].room, mirrors[name].rules = room, rules
        self._mirrors = mirrors

    def _made(self, name: str) -> PictureMirror:
        if not name:
            return PictureMirror(self._state, addresses=self._addresses, now=self._now)
        own = PrivateTree(self._state).state_of(name)
        return PictureMirror(own, addresses=self._addresses, now=self._now, private=name, public=self._state)

    def fetch_all(self, seconds: float) -> list[Mirrored]:
        """Fetches all pictures that are due, for about so many seconds. Raises Busy, Unusable or Damaged, after it has
        fetched for all sites where nothing is wrong.
        """
        until = time.monotonic() + seconds
        return self._of_each(lambda mirror: mirror.fetch_all(max(0.0, until - time.monotonic())), is_whole=True)

    def turn(self, stopping: Callable[[], bool]) -> list[Mirrored]:
        """Fetches some pictures for each site. Raises Busy, Unusable or Damaged if a site does so and
        nothing was fetched.
        """
        return self._of_each(lambda mirror: mirror.turn(stopping), is_whole=False)

    def _of_each(self, fetch: Callable[[PictureMirror], list[Mirrored]], *, is_whole: bool) -> list[Mirrored]:
        found, failure = list[Mirrored](), list[Exception]()
        for mirror in self._mirrors.values():
            try:
                found += fetch(mirror)
            except (Busy, Unusable, Damaged) as error:
                failure.append(error)
        if failure and (is_whole or not found):
            raise failure[0]
        return found

    def until_due(self) -> float | None:
        """The seconds until a picture is due, or a site that failed is looked at again; None if none ever is."""
        waits = list[float | None]()
        for mirror in self._mirrors.values():
            try:
                waits.append(mirror.until_due())
            except (Busy, Unusable, Damaged):
                waits.append(LONGEST_SLEEP)
        return min((each for each in waits if each is not None), default=None)

    def close(self) -> None:
        """Closes the connections."""
        for mirror in self._mirrors.values():
            mirror.close()

    def known(self, asked: Iterable[Mirrored]) -> int:
        """How many of these a pass can take."""
        return sum(each.is_here for each in asked)

    def say(self, events: EventLog, asked: Iterable[Mirrored]) -> None:
        """Tells the log what could not be had. What fails for one reason is one line: a network may be down."""
        alike: dict[tuple[str, str, int | None], list[Mirrored]] = {}
        for each in asked:
            if not each.is_here:
                alike.setdefault((each.private, each.words, each.wait), []).append(each)
        for (_, words, wait), several in alike.items():
            again = "it is given up" if wait is None else f"asking again in {wait} s"
            others = len(several) - 1
            are = f" and {others:,} other{'' if others == 1 else 's'} are" if others else " is"
            events.warning(f"{several[0].named}{are} not mirrored: {words}; {again}")

    def say_known(self, events: EventLog, known: int) -> None:
        """Tells the log what a pass takes next."""
        events.info("pictures mirrored", f"{known:,} picture{'' if known == 1 else 's'} mirrored", pictures=known)
