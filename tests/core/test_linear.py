"""No text stalls feedd: what an item costs grows with its size and no faster, whatever stands in it.

Each piece of `adversarial.py` is repeated to 20 KB and to 200 KB and goes through parsing and through all that makes
the content of an entry. Time is the processor's, and the best of a few: another process on the machine adds none.
"""

from __future__ import annotations

import json
import os
import time
from functools import cache

import pytest
from adversarial import KINDS, SHAPES

from feedd.core import content
from feedd.core.parse import parse

SMALL, LARGE = 20_000, 200_000
GROWTH = 15  # ten would be linear; what fits a cache is a little faster
SECONDS = 2.0
ORDINARY = 10
TOO_FAST_TO_JUDGE = 0.6  # seconds
TRIES = 4  # other processes on the machine take the cache, and with it time
# Without it a fifth of each kind is tried, in half a minute; with it everything, in an hour.
EVERYTHING = bool(os.environ.get("FEEDD_ADVERSARIAL"))
BODIES = ("Markdown", "HTML")
WORDS = "Some words of *no* importance, and [a link](https://a.example/b) to read on.\n\n"
FIELDS = (
    *("title", "name", "excerpt", "bio", "webUrl", "ampUrl", "website", "twitter", "featuredContent", "videoId"),
    *("publishedDateTime", "published", "quality", "heat", "provider", "topics", "category", "type", "tags"),
    *("locale", "length", "price", "members", "images", "related", "secured", "unknown"),
)
STYLES = ("plain", "double", "single", "block", "list", "mapping")


def cost(way: str, text: str) -> float:
    """The seconds that an item takes in which the text stands as its body or in a field."""
    name, data = item(way, text)
    start = time.process_time()
    parsed = parse(name, data)
    if parsed.item:
        content.entry_texts(parsed.item, base_url="https://site.example/", page_url=lambda _: None)
    return time.process_time() - start


def item(way: str, text: str) -> tuple[str, bytes]:
    """The name and the bytes of the item's file. A way is "Markdown", "HTML" or "field style"."""
    front, body = "", ""
    if way in ("Markdown", "HTML"):
        body = text
    else:
        field, style = way.split()
        indented = text.replace("\n", "\n  ")
        front = (
            field
            + {
                "plain": f": {text}",
                "double": f": {json.dumps(text, ensure_ascii=False)}",
                "single": f": '{indented.replace(chr(39), chr(39) * 2)}'",
                "block": f": |\n  {indented}",
                "list": f":\n- {text}",
                "mapping": f":\n  name: {text}",
                "name": f": a value\n? {json.dumps(text, ensure_ascii=False)}\n: a value",
            }[style]
        )
    suffix = "html" if way == "HTML" else "md"
    source = f"---\ntitle: A title\nwebUrl: https://news.example/a\n{front}\n---\n{body}"
    return f"a.{suffix}", source.encode("utf-8", "surrogatepass")


def repeated(unit: str, size: int) -> str:
    return (unit * (size // len(unit) + 1))[:size]


@cache
def ordinary(way: str) -> float:
    return min(cost(way, repeated(WORDS, LARGE)) for _ in range(3))


def fault(way: str, small: str, large: str) -> str | None:
    """What is wrong with the time for the larger text, if anything is."""
    took = cost(way, large)
    if took > TOO_FAST_TO_JUDGE:
        took = min(took, cost(way, large), cost(way, large))
    if took > max(SECONDS, ORDINARY * ordinary(way)):
        return f"{took:.2f} s"
    if took <= TOO_FAST_TO_JUDGE:
        return None
    before = min(cost(way, small) for _ in range(3))
    for _ in range(TRIES):
        if took <= GROWTH * before:
            return None
        took = min(took, cost(way, large))
    return f"{before:.3f} s, then {took:.2f} s"


def faults(way: str, unit: str) -> list[str]:
    found = fault(way, repeated(unit, SMALL), repeated(unit, LARGE))
    return [f"{way} of {unit!r}: {found}"] if found else []


def sample(kind: str, way: str) -> tuple[str, ...]:
    """The pieces of a kind to try: other fifths of them in each way."""
    units = KINDS[kind]
    return units if EVERYTHING or len(units) < 25 else units[len(way) % 5 :: 5]


@pytest.mark.parametrize("way", BODIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_body_takes_a_time_that_grows_with_its_size(kind: str, way: str) -> None:
    assert [line for unit in sample(kind, way) for line in faults(way, unit)] == []


@pytest.mark.parametrize("way", BODIES)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_body_built_to_be_slow_takes_a_time_that_grows_with_its_size(shape: str, way: str) -> None:
    assert fault(way, SHAPES[shape](SMALL), SHAPES[shape](LARGE)) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_takes_a_time_that_grows_with_its_size(kind: str) -> None:
    ways = [f"{field} {style}" for style in STYLES for field in FIELDS]
    # Unless everything is tried, each text goes into one field; in all kinds together each field comes up.
    offset = list(KINDS).index(kind)
    chosen = [
        (way, unit)
        for number, unit in enumerate(sample(kind, "field"))
        for way in (ways if EVERYTHING else [ways[(number * 7 + offset * 31) % len(ways)]])
    ]
    assert [line for way, unit in chosen for line in faults(way, unit)] == []


@pytest.mark.parametrize(
    "unit",
    ["heat ", "heat\u200bheat", "published\u00a0", "secured: ", "{draft", "removed, ", "? deleted\n", "' secured: "],
)
def test_a_name_of_a_field_takes_a_time_that_grows_with_its_size(unit: str) -> None:
    assert faults("unknown name", unit) == []


def test_what_grows_faster_than_its_size_is_noticed() -> None:
    def slow(text: str) -> None:
        for _ in range(len(text) // 1000):
            text.replace("x", "y")

    start = time.process_time()
    slow("x" * LARGE)
    large = time.process_time() - start
    start = time.process_time()
    slow("x" * SMALL)
    assert large > GROWTH * (time.process_time() - start)
