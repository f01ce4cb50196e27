"""Counts leaks in any number of damaged files: `python tests/leaks.py 60000 [FIRST]`.

Each number from FIRST on makes two files: one with sealed text, and one with a mark that withholds. Both are read as a
pass reads them, in portions. A sealed text leaks if 12 characters of it stand in what a file became, or in a message
about it. A file leaks that a person sees to be withheld, if it is published, or if its last good version stays.

It ends with the number of leaks of each kind, and with the numbers by which to make them again.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import msgspec
from wide_mutants import Mutant, sealed_mutant, withheld_mutant

from feedd.items.parse import parse_all
from feedd.items.parsing.parsed import Parsed
from feedd.items.withholding.meaning import folded, withheld

PORTION = 500


def strings(value: Any) -> Iterator[str]:
    """All texts in what a file became."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from strings(name)
            yield from strings(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from strings(part)


def seen_in(parsed: Parsed) -> str:
    """Whatever stands in what a file became, as a reader sees it."""
    said = " ".join(strings(msgspec.to_builtins(parsed)))
    said = unescape(unescape(said)).replace("\\n", " ").replace("\u00a0", " ")
    return " ".join(said.split()).lower()


def is_published(parsed: Parsed) -> bool:
    """Whether a subscriber may see the item, or its last good version."""
    if parsed.item is None:
        return not parsed.withheld_while_broken
    return withheld(parsed.item, default_listed=True) is None and folded(parsed.item) is None


def leaks(mutant: Mutant, parsed: Parsed) -> bool:
    """Whether a sealed text comes out, or a withheld file is published."""
    if not mutant.seal:
        return mutant.is_withheld and is_published(parsed)
    seal, said = mutant.seal.lower(), seen_in(parsed)
    return any(seal[at : at + 12] in said for at in range(max(len(seal) - 11, 1)))


def leaking(make: Callable[[int], Mutant], numbers: range) -> Iterator[tuple[str, int]]:
    """The kind and the number of each file that leaks."""
    for start in range(0, len(numbers), PORTION):
        portion = numbers[start : start + PORTION]
        made = [make(number) for number in portion]
        read = parse_all([(f"{number}.md", each.data) for number, each in zip(portion, made, strict=True)], _nothing)
        for number, mutant, parsed in zip(portion, made, read, strict=True):
            if leaks(mutant, parsed):
                yield mutant.kind, number


def _nothing(_: int) -> None:
    return None


def main(count: int, first: int) -> int:
    total = 0
    for words, make in (("sealed text", sealed_mutant), ("marks that withhold", withheld_mutant)):
        found = list(leaking(make, range(first, first + count)))
        total += len(found)
        print(f"{count} files with {words}: {len(found)} leaks", flush=True)
        for kind, times in Counter(kind for kind, _ in found).most_common():
            print(f"  {times} x {kind}: {' '.join(str(number) for each, number in found if each == kind)[:100]}")
    return min(total, 1)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
