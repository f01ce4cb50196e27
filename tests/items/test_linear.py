"""No text stalls feedd: what an item costs grows with its size and no faster, whatever stands in it.

Each piece of `adversarial.py` is repeated to 20 KB and to 200 KB and goes through parsing and through all that makes
the content of an entry. Time is the processor's. The times that are compared are measured one after the other, and
compared again if they are too far apart: what other processes take from the one seldom leaves the other alone.
"""

from __future__ import annotations

import gc
import json
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from statistics import median

import pytest
from adversarial import KINDS, SHAPES, TEMPLATE_SHAPES, TEMPLATES

from feedd.html import content
from feedd.items.parse import parse
from feedd.items.references import references
from feedd.items.withholding import written_out
from feedd.model import Item

SMALL, LARGE = 20_000, 200_000
GROWTH = 15  # ten would be linear; what fits a cache is a little faster
SECONDS = 2.0
ORDINARY = 10
TOO_FAST_TO_JUDGE = 0.6  # seconds
TRIES = 12  # other processes on the machine take the cache, and with it time
# Without it a fifth of each kind is tried, in half a minute; with it everything, in an hour.
EVERYTHING = bool(os.environ.get("FEEDD_ADVERSARIAL"))
BODIES = ("Markdown", "HTML")
WORDS = "Some words of *no* importance, and [a link](https://a.example/b) to read on.\n\n"
FIELDS = (
    *("title", "name", "excerpt", "bio", "webUrl", "ampUrl", "website", "twitter", "featuredContent", "videoId"),
    *("publishedDateTime", "published", "quality", "heat", "provider", "topics", "category", "type", "tags"),
    *("locale", "length", "price", "members", "images", "related", "secured", "unknown"),
    *("author", "date", "description", "permalink", "cover", "enclosure", "episode", "keywords", "slug", "created"),
)
# Where a text stands in files of other formats. Quotes and line ends in it end a text where they will.
FORMS: dict[str, Callable[[str], str]] = {
    "TOML": lambda text: f"+++\ntitle = 'x'\nsummary = {json.dumps(text, ensure_ascii=False)}\n+++\n",
    "TOML, as it is": lambda text: f"+++\ntitle = 'x'\n{text}\n+++\n",
    "TOML of several lines": lambda text: f'+++\ntitle = "x"\nsummary = """\n{text}\n"""\n+++\n',
    "TOML in a block": lambda text: f"```toml\ntitle = 'x'\n{text}\n```\n",
    "JSON": lambda text: f'{{\n"title": "x",\n"summary": {json.dumps(text)}\n}}\n',
    "JSON, as it is": lambda text: f'{{\n"title": "x",\n{text}\n}}\n',
    "headers": lambda text: f"Title: x\nSummary: {text}\n",
    "headers in a comment": lambda text: f"<!--\n.. title: x\n.. tags: {text}\n-->\n",
    "headers, as it is": lambda text: f"Title: x\n{text}\n",
    "no front matter": lambda text: f"{text}\n",
    "an element with Markdown": lambda text: f"---\ntitle: x\n---\n<div markdown='1'>\n{text}\n</div>\n",
    "a heading": lambda text: f"# {text}\n",
    "a comment above": lambda text: f"<!-- {text}\n---\ntitle: x\n---\n",
    "a file in a mail": lambda text: f"> title: x\n> draft: true\n{text}\n",
    "a file in a string": lambda text: f'"{text}title: x\\ndraft: true\\n"\n',
    "headers in a body": lambda text: f"---\ntitle: x\n---\nText\n{text}\ntitle: x\n",
    "an empty front matter": lambda text: f"---\n---\n{text}\n",
}
STYLES = ("plain", "double", "single", "block", "list", "mapping")


def repeated(unit: str, size: int) -> str:
    return (unit * (size // len(unit) + 1))[:size]


ORDINARY_TEXT = repeated(WORDS, LARGE)


@pytest.fixture(autouse=True, scope="module")
def only_garbage_of_the_items() -> Iterator[None]:
    """What the search for garbage takes depends on the items alone, as it does in a worker: not on other tests."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def cost(way: str, text: str) -> float:
    """The seconds that an item takes in which the text stands as its body or in a field."""
    name, data = item(way, text)
    start = time.process_time()
    parsed = parse(name, data)
    if parsed.item:
        content.entry_texts(parsed.item, base_url="https://site.example/", page_url=lambda _: None)
    return time.process_time() - start


def cost_of_markdown(text: str) -> float:
    """The seconds that the Markdown of an entry takes beside its content."""
    shown = Item(title="A title", link="https://news.example/a", body=text)
    refers = references(shown, "https://site.example/")
    html, _ = content.entry_texts(shown, base_url="https://site.example/", page_url=lambda _: None, refers=refers)
    start = time.process_time()
    content.markdown_text(shown, html, page_url=lambda _: None, refers=refers)
    return time.process_time() - start


def item(way: str, text: str) -> tuple[str, bytes]:
    """The name and the bytes of the item's file. A way is "Markdown", "HTML" or "field style"."""
    front, body = "", ""
    if way in FORMS:
        return "a.md", FORMS[way](text).encode("utf-8", "surrogatepass")
    if way in ("Markdown", "HTML", "MDX"):
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
    suffix = {"HTML": "html", "MDX": "mdx"}.get(way, "md")
    source = f"---\ntitle: A title\nwebUrl: https://news.example/a\n{front}\n---\n{body}"
    return f"a.{suffix}", source.encode("utf-8", "surrogatepass")


def fault(
    measured: Callable[[str], float], small: str, large: str, *, too_fast: float = TOO_FAST_TO_JUDGE
) -> str | None:
    """What is wrong with the seconds measured for the larger text. None as soon as one of the tries finds nothing."""
    found = None
    for _ in range(TRIES):
        took = measured(large)
        if took > SECONDS and took > ORDINARY * min(measured(ORDINARY_TEXT) for _ in range(3)):
            found = f"{took:.2f} s"
        elif took > too_fast and took > GROWTH * (before := median(measured(small) for _ in range(5))):
            found = f"{before:.3f} s, then {took:.2f} s"
        else:
            return None
    return found


def faults(way: str, unit: str) -> list[str]:
    found = fault(partial(cost, way), repeated(unit, SMALL), repeated(unit, LARGE))
    return [f"{way} of {unit!r}: {found}"] if found else []


def sample(kind: str, way: str) -> tuple[str, ...]:
    """The pieces of a kind to try: other fifths of them in each way."""
    units = KINDS[kind]
    return units if EVERYTHING or len(units) < 25 else units[len(way) % 5 :: 5]


@pytest.mark.parametrize("way", BODIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_body_takes_a_time_that_grows_with_its_size(kind: str, way: str) -> None:
    assert [line for unit in sample(kind, way) for line in faults(way, unit)] == []


@pytest.mark.parametrize("way", ["Markdown", "MDX"])
@pytest.mark.parametrize("unit", TEMPLATES)
def test_marks_of_template_languages_take_a_time_that_grows_with_their_number(unit: str, way: str) -> None:
    assert faults(way, unit) == []


@pytest.mark.parametrize("way", ["Markdown", "MDX"])
@pytest.mark.parametrize("shape", TEMPLATE_SHAPES)
def test_template_languages_built_to_be_slow_take_a_time_that_grows_with_their_size(shape: str, way: str) -> None:
    assert fault(partial(cost, way), TEMPLATE_SHAPES[shape](SMALL), TEMPLATE_SHAPES[shape](LARGE)) is None


@pytest.mark.parametrize("way", BODIES)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_body_built_to_be_slow_takes_a_time_that_grows_with_its_size(shape: str, way: str) -> None:
    assert fault(partial(cost, way), SHAPES[shape](SMALL), SHAPES[shape](LARGE)) is None


@pytest.mark.parametrize("kind", KINDS)
def test_the_markdown_of_an_entry_takes_a_time_that_grows_with_its_size(kind: str) -> None:
    texts = [(unit, repeated(unit, SMALL), repeated(unit, LARGE)) for unit in sample(kind, "source")]
    found = {unit: fault(cost_of_markdown, small, large) for unit, small, large in texts}
    assert {unit: words for unit, words in found.items() if words} == {}


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


@pytest.mark.parametrize("kind", KINDS)
def test_front_matter_of_other_formats_takes_a_time_that_grows_with_its_size(kind: str) -> None:
    forms = list(FORMS)
    offset = list(KINDS).index(kind)
    chosen = [
        (way, unit)
        for number, unit in enumerate(sample(kind, "form"))
        for way in (forms if EVERYTHING else [forms[(number + offset) % len(forms)]])
    ]
    assert [line for way, unit in chosen for line in faults(way, unit)] == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "unit",
    [
        *("a.", "[", "{a=", "[[a]]\n", "a = 1\n", "[a.b]\n", '"', "'", '"""', "\\", "<!--", "# ", "#", "+++\n"),
        *("```\n", "- ", "hidden: true\n", "status = 'draft'\n", "Title: x\n", "{/*", "a: b\n  ", "\u2028", ", "),
        *('\\n\\"', "%0Atitle: ", "&amp;quot;", "<p>draft: ", "ured:", "secu", "ecured: x\n", "draft: "),
        *('"a": {', "draft: true a: ", "```yaml\n", ".. secured x ", " Slug: ", "*a* = "),
    ],
)
def test_what_is_repeated_in_front_matter_takes_a_time_that_grows_with_its_size(form: str, unit: str) -> None:
    assert faults(form, unit) == []


@pytest.mark.parametrize("before", ["- " * 20 + "z ", "- x" * 15 + " z "])
def test_lines_below_a_title_with_many_signs_before_it_take_a_time_that_grows_with_their_number(before: str) -> None:
    def seconds(lines: str) -> float:
        start = time.process_time()
        assert any(written_out.readings(f"{before}title: x\n{before}topics: y\n{lines}"))
        return time.process_time() - start

    unit = f"{before.replace('-', ' ')[:-2]}   y\n"
    assert fault(seconds, repeated(unit, SMALL), repeated(unit, LARGE)) is None


@pytest.mark.parametrize("unit", [f"{'=' * 60}\n", "index 1\n", "--- a\n+++ b\n", "diff \n", "\\"])
def test_what_other_programs_write_takes_a_time_that_grows_with_its_size(unit: str) -> None:
    def seconds(lines: str) -> float:
        start = time.process_time()
        list(written_out.readings(f"{lines}title: x\n"))  # all of them
        return time.process_time() - start

    assert fault(seconds, repeated(unit, SMALL), repeated(unit, LARGE)) is None


@pytest.mark.parametrize("unit", ["`", "~", " ", "`~"])
def test_a_file_in_utf_16_takes_a_time_that_grows_with_its_size(unit: str) -> None:
    def seconds(line: str) -> float:
        data = line.encode("utf-16")
        start = time.process_time()
        parse("a.md", data)
        return time.process_time() - start

    assert fault(seconds, repeated(unit, SMALL), repeated(unit, LARGE)) is None


@pytest.mark.parametrize(
    "unit",
    ["heat ", "heat\u200bheat", "published\u00a0", "secured: ", "{draft", "removed, ", "? deleted\n", "' secured: "],
)
def test_a_name_of_a_field_takes_a_time_that_grows_with_its_size(unit: str) -> None:
    assert faults("unknown name", unit) == []


def test_what_grows_faster_than_its_size_is_noticed() -> None:
    def seconds(text: str) -> float:
        start = time.process_time()
        for _ in range(len(text) // 1000):
            text.replace("x", "y")
        return time.process_time() - start

    assert fault(seconds, "x" * SMALL, "x" * LARGE, too_fast=0) is not None


def test_what_grows_with_its_size_but_takes_too_long_is_noticed() -> None:
    assert fault(lambda text: len(text) / LARGE * (0.1 if text == ORDINARY_TEXT else 3), "x" * SMALL, "x" * LARGE)


@pytest.mark.parametrize(("power", "is_fault"), [(1, False), (1.5, True), (2, True)])
def test_other_processes_on_the_machine_change_no_judgement(power: float, is_fault: bool) -> None:
    delays = cycle((1.9, 1.0, 1.0, 1.2, 1.0, 1.7, 1.0))  # a try takes six of them: each of its times has each delay

    def seconds(text: str) -> float:
        return (len(text) / LARGE) ** power * next(delays)

    assert (fault(seconds, "x" * SMALL, "x" * LARGE) is not None) == is_fault
