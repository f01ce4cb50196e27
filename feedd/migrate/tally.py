"""How a proposal reads a folder: the files that were read with it in; numbers, and words about them, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from feedd.items.foreign.foreign_names import normal
from feedd.items.withholding.meaning import is_publishable
from feedd.model import Item
from feedd.store.ledger.codec import ReadFile

_decode_item = msgspec.msgpack.Decoder(Item).decode
MOST_REASONS = 3
_MEANT = {
    "title": ("title", "headline", "heading"),
    "date": ("date", "datetime"),
    "summary": ("summary", "description", "abstract", "teaser", "excerpt"),
}
# Beginnings of names that speak of something else than the text.
_OF_OTHERS = (
    "sub",
    "short",
    "seo",
    "meta",
    "og",
    "twitter",
    "image",
    "menu",
    "nav",
    "sidebar",
    "link",
    "toc",
    "series",
)
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class Tally(Struct, frozen=True):
    """What became of the files of a folder. `withheld` are drafts, hidden texts and those of the future; `undated` and
    `unlinked` are counted among all that were accepted. `example` is the link of the newest item on the site that is
    not withheld. `refused` are reasons, with the field, and their numbers. `refused_first` is the path of a file,
    with the line, for each of them. `unread` are the names of fields without a use, with the numbers of their files.
    """

    files: int
    withheld: int
    undated: int
    unlinked: int
    example: str | None
    refused: tuple[tuple[str, int], ...]
    refused_first: dict[str, str] = {}
    unread: tuple[tuple[str, int], ...] = ()

    @property
    def accepted(self) -> int:
        """The number of files that are items."""
        return self.files - sum(number for _, number in self.refused)


def tally(files: Iterable[ReadFile], now: datetime, site_url: str | None, *, default_listed: bool) -> Tally:
    """The numbers of the files. `default_listed`: whether a text is published that does not say so."""
    total = withheld = undated = unlinked = 0
    newest: tuple[datetime, str] | None = None
    refused: Counter[str] = Counter()
    unread: Counter[str] = Counter()
    first: dict[str, str] = {}
    for file in files:
        total += 1
        if file.item is None:
            reason, place = _refusal(file)
            refused[reason] += 1
            first[reason] = min(place, first.get(reason, place))
            continue
        unread.update(file.unread)
        item = _decode_item(file.item)
        is_shown = is_publishable(item, now, default_listed=default_listed)
        withheld += not is_shown
        undated += item.published is None
        unlinked += item.link is None
        if is_shown and item.link is not None and site_url and item.link.startswith(site_url):
            this = (item.published or _LONG_AGO, item.link)
            newest = this if newest is None else max(newest, this)
    reasons, names = tuple(refused.most_common()), tuple(unread.most_common())
    return Tally(total, withheld, undated, unlinked, newest and newest[1], reasons, first, names)


def _refusal(file: ReadFile) -> tuple[str, str]:
    """Why a file is no item, with the name of the field, and where: its path, with the line."""
    problem = next((each for each in file.problems if each.kind == "problem"), None)
    if problem is None:
        return "it cannot be read", file.path
    reason = f"{problem.field}: {problem.reason}" if problem.field else problem.reason
    return reason, f"{file.path}:{problem.line}" if problem.line else file.path


def meant_fields(found: Tally) -> dict[str, str]:
    """The names of fields without a use that most files have, and that plainly mean a title, a date or a summary."""
    meant: dict[str, str] = {}
    for name, number in found.unread:
        plain = normal(name.rpartition(".")[2])
        if 2 * number <= found.accepted or "." in name:
            continue
        for meaning, ends in _MEANT.items():
            if plain.endswith(ends) and not plain.startswith(_OF_OTHERS):
                meant.setdefault(meaning, name)
    return {meaning: meant[meaning] for meaning in _MEANT if meaning in meant}


def summary(found: Tally, generator: str) -> str:
    """The numbers in a sentence."""
    words = [f"{found.files:,} {'file' if found.files == 1 else 'files'}"]
    words += [f"{found.undated:,} without a date"] if found.undated else []
    words += [f"{found.unlinked:,} without a link"] if found.unlinked else []
    words += [f"{found.withheld:,} held back"] if found.withheld else []
    bad = found.files - found.accepted
    words += [f"{bad:,} that cannot be read"] if bad else []
    return f"{generator or 'No generator'}: {', '.join(words)}"
