"""Titles: a title in; its words, keys by which those like it are found, and whether two are nearly equal, out.

Titles are nearly equal if they differ in a word that was added, left out or misspelt, in the order of their words, in
capitals or in punctuation. Two that differ in a number are not: `Episode 12` is another than `Episode 13`.
"""

from __future__ import annotations

import re
from zlib import crc32

from msgspec import Struct

NEAR = 90.0  # of 100: what words, sorted, have to have in common
FEWEST = 5  # words; shorter titles are equal by chance

_WORD = re.compile(r"\w+")
_LONGEST = 1_000  # characters that are compared: what that takes grows with the square of them
_SKETCH = 4  # the longest words, which say most


class Title(Struct, frozen=True, gc=False):
    """A title as it is compared: its words, sorted and joined; and those of them that hold a digit."""

    words: str
    numbers: tuple[str, ...]


def normalised(title: str) -> Title | None:
    """A title as it is compared; None if it is too short to be."""
    words = _words(title)
    return Title(" ".join(sorted(words)), tuple(sorted(_numbers(words)))) if len(words) >= FEWEST else None


def keys(title: str) -> list[int]:
    """Keys of 32 bits. Two titles have one in common if their words are the same but for one that was added, left out
    or replaced; and few that are not alike do.

    They are made of all but one of the longest words: that word apart, two such titles have the same.
    """
    words = _words(title)
    if len(words) < FEWEST:
        return []
    numbers = _numbers(words)
    distinct = sorted({*words}.difference(numbers) if numbers else {*words})
    if len(distinct) < _SKETCH:
        return []
    distinct.sort(key=len, reverse=True)
    digests = [crc32(word.encode()) for word in distinct[:_SKETCH]]
    whole = sum(digests) + (crc32(" ".join(sorted(numbers)).encode()) if numbers else 0)
    return [(whole - each) & 0xFFFFFFFF for each in digests]


def _words(title: str) -> list[str]:
    folded = title[:_LONGEST].casefold()
    return folded.split() if folded.replace(" ", "").isalpha() else _WORD.findall(folded)


def _numbers(words: list[str]) -> list[str]:
    return [] if "".join(words).isalpha() else [word for word in words if not word.isalpha()]


def nearly_equal(one: Title, other: Title) -> bool:
    """Whether two titles are nearly equal."""
    if one == other:
        return True
    from rapidfuzz import fuzz

    return one.numbers == other.numbers and fuzz.ratio(one.words, other.words, score_cutoff=NEAR) > 0
