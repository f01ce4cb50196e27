"""Tables: a ranking in; the lines of a table with bars, as wide as a terminal or as the contents, out."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TextIO

from feedd.cli.output import painted
from feedd.inspect.explanations import RankedEntry, TopList
from feedd.items.printable import visible
from feedd.select.ranking import Order, relative
from feedd.select.views import ORDERS

_BAR, _PROVIDER, _NARROW, _LEAST = 14, 22, 8, 24  # cells of a bar, of a provider at most and least, of a title
_UNLIMITED = 10_000
_EIGHTHS = " ▏▎▍▌▋▊▉"


def table(ranking: TopList, now: datetime, stream: TextIO) -> Iterator[str]:
    """A line for each entry: rank, bar, number, title, provider, age. Bar and number show the quality in a list ordered
    by quality, else the heat. A list that is not by rank has no bars. The age of an admitted entry counts from its
    admission.

    Lines are cut to a terminal, or to COLUMNS where that is set: providers first, then titles.
    """
    entries = ranking.entries
    shown = [(visible(entry.title), visible(entry.provider or "")) for entry in entries]
    numbers = [_number(entry, ranking) for entry in entries]
    ages = [age(now, entry.since or entry.published) for entry in entries]
    rank, number, old = len(str(len(entries))), _widest(numbers), _widest(ages)
    titles, providers = _widest(title for title, _ in shown), _widest(provider for _, provider in shown)
    left = _columns(stream) - rank - number - old - 3 * 2
    bars = ORDERS[ranking.order].is_rank and left - _BAR - 2 >= _LEAST
    left -= _BAR + 2 if bars else 0
    provider = min(providers, _PROVIDER, max(left - titles - 2, _NARROW))
    provider = provider if left - provider - 2 >= _LEAST else 0
    left -= provider + 2 if provider else 0
    title = max(min(left, titles), 1)
    strengths = _strengths(ranking) if bars else []
    blocks = (stream.encoding or "").lower().startswith("utf")
    for at, entry in enumerate(entries):
        parts = [painted(str(entry.rank).rjust(rank), "dim", stream)]
        parts += [painted(bar(strengths[at], blocks=blocks), "yellow", stream)] if bars else []
        parts += [painted(numbers[at].rjust(number), "bold", stream), fitted(shown[at][0], title)]
        parts += [fitted(shown[at][1], provider)] if provider else []
        yield "  ".join((*parts, painted(ages[at].rjust(old), "dim", stream)))


def _number(entry: RankedEntry, ranking: TopList) -> str:
    number = entry.quality if ranking.order == "quality" else entry.heat
    return "-" if number is None else f"{number:.4g}"


def _strengths(ranking: TopList) -> list[float]:
    """The strength of each entry relative to the first entry, by the number that orders the list."""
    keys = [entry.key for entry in ranking.entries]
    best = keys[0] if keys else None
    order: Order = "quality" if ranking.order == "quality" else "heat"
    return [0.0 if key is None or best is None else relative(key, best, order) for key in keys]


def _columns(stream: TextIO) -> int:
    """The cells of a line. In a pipe a line is unlimited, unless COLUMNS is set."""
    if stream.isatty():
        return shutil.get_terminal_size().columns
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() and int(columns) else _UNLIMITED


def _widest(column: Iterable[str]) -> int:
    return max(map(cells, column), default=0)


def bar(part: float, *, blocks: bool) -> str:
    """A bar that fills `part` of its cells (0 to 1). `blocks`: in eighths of a cell."""
    if not blocks:
        return ("#" * round(part * _BAR)).ljust(_BAR)
    full, eighths = divmod(round(min(max(part, 0.0), 1.0) * _BAR * 8), 8)
    return ("█" * full + (_EIGHTHS[eighths] if eighths else "")).ljust(_BAR)


def cells(words: str) -> int:
    """How many cells of a terminal a text takes."""
    return sum(_width(letter) for letter in words)


def _width(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Me", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1


def fitted(words: str, width: int) -> str:
    """A text in exactly `width` cells, cut with an ellipsis if it is wider."""
    taken, kept = 0, ""
    if cells(words) > width:
        for letter in words:
            taken += _width(letter)
            if taken > width - 1:
                break
            kept += letter
        words = kept.rstrip() + "…"
    return words + " " * (width - cells(words))


def age(now: datetime, then: datetime) -> str:
    """The time since `then`: in minutes, hours, days, or years."""
    seconds = max((now - then).total_seconds(), 0)
    for unit, length, most in (("min", 60, 120), ("h", 3600, 48), ("d", 86400, 730)):
        if seconds < length * most:
            return f"{seconds // length:.0f} {unit}"
    return f"{seconds // (365.25 * 86400):.0f} y"
