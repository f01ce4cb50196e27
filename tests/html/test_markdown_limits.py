"""Markdown that is meant to stall a parser: what 200 KB cost beside 20 KB, and what is left of more than a book."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable

import pytest

from feedd.html import content
from feedd.html.markdown import markdown, wiki_targets
from feedd.model import Item

SMALL, LARGE = 20_000, 200_000  # characters
RATIO, FLOOR = 15, float(os.environ.get("FEEDD_STALLED", "0.5"))  # the floor in seconds of processor time

REPEATS = [
    *(
        "[",
        "![",
        "[[",
        "![[",
        "[a](",
        "[a](<b",
        "[a](b '",
        '[a](b "',
        "[a](b (",
        "[a][b",
        "[a]: u\n",
        "[a\n",
        "[a]:",
        "[[x",
    ),
    *("[[a]] ", "[[a|b]]", "![[a.jpg|5]]", "[[a|", "![a", "[a](b.md) ", "[^1] ", "[^", "[^1]: a\n", "[^a]: "),
    *("*a ", "*a_ ", "a**b c* ", "**x* ", "*", "_a", "~~a ", "~a~~b ", "`a ", "```\n", "> ```\n", "```\na\n```\n"),
    *(
        "<",
        "<a ",
        '<a href="',
        "<a href='b.md'>",
        "<!--",
        "a <!--a ",
        "a <?",
        "a <![CDATA[",
        "a <!A ",
        "<http:",
        "a <b>",
    ),
    *(
        "&",
        "&#1;",
        "&lt;",
        "\\",
        "\\[",
        "> ",
        "- ",
        "1. ",
        "- > ",
        "> - ",
        "- a\n",
        "> a\nb\n",
        ">\n",
        "- a\n\n",
        "\t",
        "-\t",
    ),
    *(
        "|",
        "a|b\n",
        "a|b\n-|-\n",
        "|a",
        "$",
        "$a ",
        "$$a ",
        "$a{",
        "$a\n",
        "$$\n",
        "- [ ] a\n",
        "- [x] ",
        " ",
        "\n",
        "a  \n",
    ),
    *(
        "a\n=\n",
        "# ",
        "# a #\n",
        "http://",
        "http://a.b/c ",
        "http://a.b/_c_ ",
        "http://a.b/(",
        "://",
        "h",
        "%%",
        "%% a ",
        "%% `",
    ),
    *(
        "%%a%%",
        "%%\n",
        "%%\n\n",
        "a %%\n\n",
        "> [!info] a\n\n",
        "> [!info\n",
        "[!i]",
        "***\n",
        "- - -a\n",
        "\ufdd0",
        "\ufdd00\ufdd1",
    ),
    *("é*ü_", "a\r", "\0", "    a\n", "<div>\n", "</a>", "<code>", "[a]: b 'c\n", "> [a]: <\n", "b.md ", "href=b.md "),
]
SHAPES: dict[str, Callable[[int], str]] = {
    "reference definitions in the lazy part of a quotation": lambda size: "> " + "[a]: u\n" * (size // 7),
    "half a definition in the lazy part of a quotation": lambda size: "> x\n" + '[a]: b "\n' * (size // 9),
    "labels that differ": lambda size: "".join(f"[a{number}]: u\n" for number in range(size // 12)),
    "a long definition that is used often": lambda size: f"[a]: /{'u' * 900}\n\n" + "[a] " * (size // 4),
    "brackets in brackets": lambda size: "[" * (size // 2) + "a" + "]" * (size // 2),
    "links in links": lambda size: "[" * (size // 5) + "a" + "](u)" * (size // 5),
    "pictures in pictures": lambda size: "![" * (size // 6) + "a" + "](u)" * (size // 6),
    "emphasis in emphasis": lambda size: "*a **b " * (size // 14) + "c** d* " * (size // 14),
    "runs of backticks that grow": lambda size: "".join(f"e{'`' * each}" for each in range(int((2 * size) ** 0.5))),
    "lists in lists": lambda size: "".join(f"{' ' * (2 * each)}- a\n" for each in range(int(size**0.5))),
    "lines in deep quotations": lambda size: f"{'>' * 300}a\n" * (size // 302),
    "lines in deep lists": lambda size: "- " * 150 + "a\n" + f"{' ' * 300}b\n" * (size // 302),
    "a lazy line after deep quotations": lambda size: ">" * 1000 + "a\n" + "b\n" * (size // 2),
    "a table of many columns": lambda size: "|" + "a|" * (size // 4) + "\n|" + "-|" * (size // 4) + "\n",
    "a table of many rows": lambda size: "|a|\n|-|\n" + "|a|\n" * (size // 4),
    "rows that lack their cells": lambda size: f"|{'a|' * (size // 8)}\n|{'-|' * (size // 8)}\n" + "|\n" * (size // 4),
    "footnotes that refer to the next": lambda size: (
        "[^0]\n\n" + "".join(f"[^{each}]: x[^{each + 1}]\n\n" for each in range(size // 18))
    ),
    "a footnote that is referred to often": lambda size: f"{'[^1] ' * (size // 10)}\n\n[^1]: {'a' * (size // 2)}",
    "footnotes in footnotes": lambda size: "".join(f"[^{each}]: " for each in range(size // 9)),
    "blanks inside a line": lambda size: f"a{' ' * size}b",
    "an address with brackets": lambda size: f"http://a.b/{'(' * (size // 2)}{')' * (size // 2)}",
    "an address with full stops": lambda size: f"http://a.b/{'.' * size}",
    "comments beside code": lambda size: "%% `%%` " * (size // 8),
    "comments that open code": lambda size: "%%\n```\n%%\n\n" * (size // 11),
    "one comment after much text": lambda size: "a " * (size // 2) + "%%b%%",
    "formulas without an end": lambda size: "$$" + "a" * size,
    "one long line of words": lambda size: "word " * (size // 5),
}


def cost(shape: Callable[[int], str], size: int) -> float:
    """The least processor time of three tries, in seconds, that it takes to read a body."""
    body = shape(size)
    least = float("inf")
    for _ in range(3):
        gc.collect()
        begun = time.process_time()
        markdown(body, {"a": "https://site.example/a"}.get)
        wiki_targets(body)
        least = min(least, time.process_time() - begun)
        if least < FLOOR / 3:
            break
    return least


@pytest.mark.parametrize("unit", REPEATS)
def test_a_repeat_costs_in_proportion_to_its_length(unit: str) -> None:
    large = cost(lambda size: unit * (size // len(unit)), LARGE)
    assert large <= FLOOR or large <= RATIO * cost(lambda size: unit * (size // len(unit)), SMALL)


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_costs_in_proportion_to_its_length(name: str) -> None:
    large = cost(SHAPES[name], LARGE)
    assert large <= FLOOR or large <= RATIO * cost(SHAPES[name], SMALL)


def written(body: str, **fields: object) -> str:
    item = Item(title="A page", link="https://news.example/", body=body, **fields)  # type: ignore[arg-type]
    return content.entry_texts(item, base_url="https://site.example/", page_url=lambda _: None)[0]


MORE = content.LONGEST_BODY + 50_000


@pytest.mark.parametrize(
    ("body", "begins", "ends"),
    [
        ("word " * (MORE // 5), "<p>word word", "word</p>\n<p>…</p>"),
        ("# A page\n\n" + "word " * (MORE // 5), "<p>word word", "word</p>\n<p>…</p>"),
        ("a" * MORE, "<p>aaa", "aaa</p>\n<p>…</p>"),
        ("字" * MORE, "<p>字字", "字字</p>\n<p>…</p>"),
        ("A line.\n\n" * (MORE // 9), "<p>A line.</p>", "<p>A line.</p>\n<p>…</p>"),
        ("A line.\n" + "b" * MORE, "<p>A line.\nbbb", "bbb</p>\n<p>…</p>"),
        ("[a](" + "b" * MORE, "<p>[a](bbb", "bbb</p>\n<p>…</p>"),
    ],
)
def test_a_longer_body_than_a_book_is_cut_and_says_so(body: str, begins: str, ends: str) -> None:
    shown = written(body)
    assert shown.startswith(begins)
    assert shown.endswith(ends)
    assert len(shown) > content.LONGEST_BODY * 0.7


@pytest.mark.parametrize(
    ("body", "begins", "ends"),
    [
        ("<p>" + "word " * (MORE // 5) + "</p>", "<p>word word", "word\n…</p>"),
        ("<p>word</p>" * (MORE // 11), "<p>word</p><p>", "word\n…</p>"),
        ("a" * MORE, "aaa", "aaa\n…"),
        ("<p>First</p>" + "a" * MORE, "<p>First</p>aaa", "aaa\n…"),
        (f'<p>First</p><img src="data:{"a" * MORE}"><p>Last</p>', "<p>First</p>", "<p>First</p>\n…"),
    ],
)
def test_longer_html_than_a_book_is_cut_and_says_so(body: str, begins: str, ends: str) -> None:
    shown = written(body, body_format="html")
    assert shown.startswith(begins)
    assert shown.endswith(ends)


def test_a_command_that_reads_no_markdown_does_not_wait_for_the_parser() -> None:
    import subprocess

    code = "import sys, feedd.cli.main, feedd.html.content; sys.exit('pyromark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
