"""Markdown that is meant to stall a parser: what 200 KB cost beside 20 KB, and what is left of more than a book."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable

import pytest

from feedd.html import content
from feedd.html.markdown.markdown_to_html import markdown, wiki_targets
from feedd.model import Item

SMALL, LARGE = 20_000, 200_000  # characters
RATIO, FLOOR = 15, float(os.environ.get("FEEDD_STALLED", "0.5"))  # the floor in seconds of processor time

REPEATS = [
    *(
        "[",
        "![",
        "[[",
        "^[",
        "^[a b] ",
        "^[[a](b)",
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
MARK = '\n<p>… <a href="https://news.example/">Read the whole text</a></p>'
SENTENCE = "Ships sail by night. "


@pytest.mark.parametrize(
    ("body", "begins", "ends"),
    [
        ("word " * (MORE // 5), "<p>word word", "word</p>"),
        (SENTENCE * (MORE // 21), "<p>Ships sail", "night.</p>"),
        ("# A page\n\n" + "word " * (MORE // 5), "<p>word word", "word</p>"),
        ("a" * MORE, "<p>aaa", "aaa</p>"),
        ("字" * MORE, "<p>字字", "字字</p>"),
        ("船は夜に走る。「はい。」" * (MORE // 12), "<p>船は", "る。「はい。」</p>"),
        ("जहाज़ चलते हैं। " * (MORE // 15), "<p>जहाज़", "हैं।</p>"),
        ("A line.\n\n" * (MORE // 9), "<p>A line.</p>", "<p>A line.</p>"),
        ("A line.\n" + "b" * MORE, "<p>A line.\nbbb", "bbb</p>"),
        ("[a](" + "b" * MORE, "<p>[a](bbb", "bbb</p>"),
        ("words [and a link](https://a.example/) " * (MORE // 39), "<p>words", "</a> words</p>"),
        ("a &amp;" * (MORE // 7), "<p>a &amp;a &amp;", "&amp;a</p>"),
        (
            "| a | b |\n|--|--|\n" + "| One. Two | three |\n" * (MORE // 21),
            "<table>",
            "three</td>\n</tr>\n</tbody>\n</table>",
        ),
        ("- " + SENTENCE * (MORE // 21), "<ul><li>Ships", "night.</li>\n</ul>"),
        ("```\n" + "x. y = 1\n    z\n" * (MORE // 15) + "```", "<pre><code>x.", "z\n</code></pre>"),
        ("```js\n" + "x=1;" * (MORE // 4) + "\n```", "<pre><code>x=1;", "</code></pre>"),
        ("<!-- " + "b " * MORE + "-->\n<!-- c -->\n" + SENTENCE * (MORE // 21), "<p>Ships", "night.</p>"),
    ],
)
def test_a_longer_body_than_a_book_is_cut_and_says_so(body: str, begins: str, ends: str) -> None:
    shown = written(body)
    assert shown.startswith(begins)
    assert shown.endswith(ends + MARK)
    assert len(shown) > content.LONGEST_BODY * 0.7


@pytest.mark.parametrize(
    ("body", "begins", "ends"),
    [
        ("<p>" + "word " * (MORE // 5) + "</p>", "<p>word word", "word</p>"),
        ("<p>" + SENTENCE * (MORE // 21) + "</p>", "<p>Ships sail", "night.</p>"),
        ("<p>word</p>" * (MORE // 11), "<p>word</p><p>", "word</p>"),
        ("<p>" + "<b>a word</b> " * (MORE // 13), "<p><b>a word", "<b>a</b></p>"),
        ("<div><p>" + "船は夜に走る。" * (MORE // 7), "<div><p>船は", "走る。</p></div>"),
        ("a" * MORE, "aaa", "aaa"),
        ("<p>First</p>" + "a" * MORE, "<p>First</p>aaa", "aaa"),
    ],
)
def test_longer_html_than_a_book_is_cut_and_says_so(body: str, begins: str, ends: str) -> None:
    shown = written(body, body_format="html")
    assert shown.startswith(begins)
    assert shown.endswith(ends + MARK)
    assert len(shown) > content.LONGEST_BODY * 0.7


@pytest.mark.parametrize(
    ("body", "body_format"),
    [
        (f'<p>First</p><img src="data:image/png;base64,{"a" * MORE}"><p>Last</p>', "html"),
        (f"<div data-props='{{{'a' * MORE}}}'><p>First</p><p>Last</p></div>", "html"),
        (f'<img src="data:{"a" * MORE}"><p>First</p><p>Last</p>', "html"),
        (f"![](data:image/png;base64,{'a' * MORE})\n\nFirst\n\nLast", "markdown"),
        (f"First\n\n![][one]\n\nLast\n\n[one]: <data:image/png;base64,{'a' * MORE}>", "markdown"),
    ],
)
def test_what_nobody_sees_of_a_body_takes_no_room_in_it(body: str, body_format: str) -> None:
    shown = written(body, body_format=body_format)
    assert shown.index("First") < shown.index("Last")
    assert "whole text" not in shown
    assert len(shown) < 200


@pytest.mark.parametrize(
    "character",
    ["👩\u200d👩\u200d👧\u200d👦", "👍🏽", "🇦🇹", "e\u0301\u0323", "नि", "한", "น้ำ", "❤\ufe0f"],
)
def test_a_cut_parts_no_character(character: str) -> None:
    for extra in range(len(character) + 1):
        shown = written("x" * extra + character * (MORE // len(character)))
        text = shown.removesuffix("</p>" + MARK).removeprefix("<p>" + "x" * extra)
        assert not text.replace(character, "")


def test_a_body_whose_cut_part_shows_nothing_leads_to_the_whole() -> None:
    assert written("<div hidden>" + "word " * (MORE // 5), body_format="html") == MARK.lstrip()


def test_a_summary_says_nothing_of_the_cut() -> None:
    item = Item(title="A page", body="- a word\n" * (MORE // 9))
    shown, summary = content.entry_texts(item, base_url="https://site.example/", page_url=lambda _: None)
    assert shown.endswith("\n<p>…</p>")
    assert summary.startswith("a word a word")


def test_a_command_that_reads_no_markdown_does_not_wait_for_the_parser() -> None:
    import subprocess

    code = "import sys, feedd.cli.main, feedd.html.content; sys.exit('pyromark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
