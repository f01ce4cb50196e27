"""Names in `images.not_from`: names and items in; words about each name that no item has anything of, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from feedd.html.shown_pictures import MirrorRules
from feedd.items.hosts import ascii_authority
from feedd.model import Item
from feedd.patterns import late_pattern

_HTTP = late_pattern("(?i)https?://")


class UnmatchedNames:
    """The names of providers and hosts in `not_from` that match no item so far. A host in a body counts wherever it
    stands there.
    """

    def __init__(self, not_from: Iterable[str]) -> None:
        self._left = list(dict.fromkeys(not_from))

    def add(self, item: Item) -> None:
        """Takes in an item."""
        if self._left:
            self._left = [name for name in self._left if not _matches(name.casefold(), item)]

    def notes(self) -> Iterator[str]:
        """What there is to say of each name that matched no item."""
        for name in self._left:
            yield f"no item has {name!r} as its provider, or a picture from there; only a redirection could lead there"


def _matches(name: str, item: Item) -> bool:
    rules = MirrorRules((name, ascii_authority(name)))
    if not rules.take(item) or name in item.body.casefold() or name in item.embed.casefold():
        return True
    return any(_HTTP.match(each.url) and not rules.take_from(each.url) for each in item.images)
