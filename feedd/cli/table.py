"""A ranking, in; the lines of a table with bars, as wide as a terminal or as the contents, out."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import TextIO

from feedd.cli.words import painted
from feedd.core.explain import TopList

_BAR, _PROVIDER, _LEAST = 14, 22, 16  # cells of a bar, of a provider at most, of a title at least
_EIGHTHS = " ▏▎▍▌▋▊▉"


def table(ranking: TopList, now: datetime, stream: TextIO) -> Iterator[str]:
    """A line for each entry: rank, bar, heat, title, provider, age. Titles are cut only on a terminal; a narrow one
    has no bars, and a very narrow one no providers.
    """
    wide = not stream.isatty()
    columns = 10_000 if wide else shutil.get_terminal_size().columns
    blocks = (stream.encoding or "").lower().startswith("utf")
    rank = len(str(len(ranking.entries)))
    heats = [f"{entry.heat:.4g}" for entry in ranking.entries]
    ages = [age(now, entry.published) for entry in ranking.entries]
    heat, old = max(map(len, heats), default=0), max(map(len, ages), default=0)
    provider = min(max((cells(entry.provider or "") for entry in ranking.entries), default=0), _PROVIDER)
    left = columns - rank - heat - old - 3 * 2
    bars = left - _BAR - 2 - provider - 2 >= _LEAST
    left -= _BAR + 2 if bars else 0
    provider = provider if left - provider - 2 >= _LEAST else 0
    left -= provider + 2 if provider else 0
    title = max(min(left, max((cells(entry.title) for entry in ranking.entries), default=0)), 1)
    for number, entry in enumerate(ranking.entries):
        parts = [painted(str(entry.rank).rjust(rank), "dim", stream)]
        parts += [painted(bar(entry.strength, blocks=blocks), "yellow", stream)] if bars else []
        parts += [painted(heats[number].rjust(heat), "bold", stream), fitted(entry.title, title)]
        parts += [fitted(entry.provider or "", provider)] if provider else []
        yield "  ".join((*parts, painted(ages[number].rjust(old), "dim", stream)))


def bar(part: float, *, blocks: bool) -> str:
    """A bar that fills this part of its cells, of 1; in eighths of a cell where there are `blocks`."""
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
    """A text in exactly so many cells, cut with an ellipsis if it has more."""
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
    """How long ago that was: in minutes, hours, days, or years."""
    seconds = max((now - then).total_seconds(), 0)
    for unit, length, most in (("min", 60, 120), ("h", 3600, 48), ("d", 86400, 730)):
        if seconds < length * most:
            return f"{seconds // length:.0f} {unit}"
    return f"{seconds // (365.25 * 86400):.0f} y"
