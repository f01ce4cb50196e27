"""Similarity of titles: titles in; keys by which similar titles are found, and whether two titles are nearly equal,
out.

Nearly equal titles differ in a word that was added, left out or misspelt, in the order of words, in capitals or in
punctuation. Titles that differ in a number are never nearly equal: `Episode 12` is not `Episode 13`.
"""

from __future__ import annotations

from zlib import crc32

from msgspec import Struct

from feedd.patterns import late_pattern

MIN_SIMILARITY = 90.0  # of 100: the least similarity of two titles, each with its words sorted
MIN_WORDS = 5  # words; shorter titles are equal by chance

_WORD = late_pattern(r"\w+")
_LONGEST = 1_000  # characters that are compared: the time grows with their square
_SKETCH = 4  # the number of longest words in the keys: long words say most


class Title(Struct, frozen=True, gc=False):
    """A title in the form in which titles are compared: its words, sorted and joined; and its words with digits."""

    words: str
    numbers: tuple[str, ...]


def normalised(title: str) -> Title | None:
    """A title in the form in which titles are compared; None if it is too short."""
    words = _words(title)
    return Title(" ".join(sorted(words)), tuple(sorted(_numbers(words)))) if len(words) >= MIN_WORDS else None


def keys(title: str) -> list[int]:
    """Keys of a title, of 32 bits each. Two titles have a key in common if they differ in a single word that was added,
    left out or replaced. Few other titles have.

    Each key hashes the four longest words without one of them, and all numbers. Titles that differ in that one word
    share the key.
    """
    words = _words(title)
    if len(words) < MIN_WORDS:
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

    return one.numbers == other.numbers and fuzz.ratio(one.words, other.words, score_cutoff=MIN_SIMILARITY) > 0
