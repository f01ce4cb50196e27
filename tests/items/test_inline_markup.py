"""Tags: what of a text that a person typed is formatting, and what is said; and how the text of HTML reads."""

from __future__ import annotations

from html import escape
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedd.items import inline_markup

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a <em class='x'>fine</em> <B>day</B>", "a fine day"),
        ("H<sub>2</sub>O and E = mc<sup>2</sup>", "H2O and E = mc2"),
        ('<a href="https://x.example/?a=b&c">Read</a> <code>f(x)</code>', "Read f(x)"),
        ("He <q>said <em>it</em></q>", "He “said it”"),
        ("<p><strong>One</strong></p>\n<p>two</p>", "One two"),
        ("one<br/>two<hr>three<wbr>four<br>five", "one two threefour five"),
        ("<ul><li>one</li><li>two</li></ul>", "one two"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1 2"),
        ('<img src="a.png" alt="A cat">A cat', "A cat"),
        ("a<script>alert('x')</script>b<!-- no -->c<style>p{}</style>", "a b c"),
        ("<!-- wp:paragraph -->\n<p>Text</p>\n<!-- /wp:paragraph -->", "Text"),
        ("<i>one <i>two</i> three</i>", "one two three"),
        ("<span\nlang=fr>oui</span >", "oui"),
    ],
)
def test_what_formats_a_text_is_left_out(typed: str, shown: str) -> None:
    assert inline_markup.folded(inline_markup.without_formatting(typed)[0]) == shown


@pytest.mark.parametrize(
    "typed",
    [
        "How to use the <video> element",
        "<video> and <audio>, </video> and </audio>",
        "The <title>, the <meta> and the <body>",
        "<meta name=viewport> explained",
        "If x<a and b>y then stop",
        "a<b and c>d</b>",
        "The <b> and <i> elements",
        "The <b> and </b> tags",
        "When </p> may be left out",
        "<p> or <div>?",
        "The <img> element and its alt",
        "List<String> where a < b",
        "<T extends Comparable<T>> in Java",
        "Vec<u8>, #include <stdio.h>, <user@example.com>",
        "how to open a <!-- comment",
        "Hiding text with <!-- comments --> in HTML",
        "Between <script> and </script>",
        "<script async> or <script defer>",
        "I <3 U",
        "<em unclosed",
        "<my-element>text</my-element>",
    ],
)
def test_what_is_said_of_tags_stays(typed: str) -> None:
    assert inline_markup.without_formatting(typed) == (typed, None)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("The fee is <s>80</s> 60 euro", "The fee is 60 euro"),
        ("It is <STRIKE>not <b>at all</b></STRIKE> free", "It is free"),
        ("<del datetime='2020'>a <del>b</del></del> c <s>d</s><em>e</em>", "c e"),
    ],
)
def test_what_is_struck_out_goes_with_a_note(typed: str, shown: str) -> None:
    plain, note = inline_markup.without_formatting(typed)
    assert inline_markup.folded(plain) == shown
    assert note == "what is struck out was left out"


@pytest.mark.parametrize("typed", ["<del>Cancelled</del>", "<p><s>Cancelled</s></p>", "<s>Cance</s><s>lled</s>"])
def test_a_text_that_is_struck_out_as_a_whole_stays(typed: str) -> None:
    plain, note = inline_markup.without_formatting(typed)
    assert inline_markup.folded(plain) == "Cancelled"
    assert note is None


@pytest.mark.parametrize(
    ("typed", "shown", "quoted"),
    [
        ("The <script>alert(1)</script> tag", "The tag", "<script>"),
        ("Hide <STYLE>p {}</STYLE> it", "Hide it", "<STYLE>"),
        ("A <script src='x'>f()</script>, and <b>c</b>", "A , and c", "<script>"),
    ],
)
def test_a_program_that_is_left_out_is_noted(typed: str, shown: str, quoted: str) -> None:
    plain, note = inline_markup.without_formatting(typed)
    assert inline_markup.folded(plain) == shown
    assert note == f"{quoted} was taken for a program and left out; write it with &lt; to have it shown"
    assert inline_markup.without_formatting(typed.replace(" ", ""))[1] is None


@pytest.mark.parametrize(
    ("typed", "shown", "quoted"),
    [
        ("Line breaks with <br> in HTML", "Line breaks with in HTML", "<br>"),
        ("Use <p> and </p>", "Use and", "<p>"),
        ("What is <hr/>?", "What is ?", "<hr/>"),
        ('See <img src="a.png"> here', "See here", '<img src="a.png">'),
    ],
)
def test_a_tag_that_is_left_out_where_a_word_stands_is_noted(typed: str, shown: str, quoted: str) -> None:
    plain, note = inline_markup.without_formatting(typed)
    assert inline_markup.folded(plain) == shown
    assert note == f"{quoted} was taken for formatting and left out; write it with &lt; to have it shown"


def test_what_formats_words_is_left_out_without_a_note() -> None:
    assert inline_markup.without_formatting("<p>A <em>fine</em> day</p><br>Two") == (" A fine day  Two", None)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Write <code>&amp;amp;</code> for &amp;", "Write &amp; for &"),
        ("<code>&amp;nbsp;</code> and <code>&amp;copy;</code>", "&nbsp; and &copy;"),
        ("CafÃ© instead of Café", "CafÃ© instead of Café"),
        ("&lt;video&gt; &amp;lt;b&amp;gt;", "<video> &lt;b&gt;"),
        ("one<br>two<p>three</p>f<b>ou</b>r", "one two three four"),
        ('<img alt="a > b, a < b" src="x">seen', "seen"),
        ('<a title="&quot;>&lt;" href="x">one</a> two', "one two"),
        ("10&nbsp;000\u202f€\n\tand <i> \u3000more</i>", "10\u00a0000\u202f€ and \u3000more"),
        ("one<!-- no -->two<script>x</script>three", "one two three"),
        ("a < b and 3 <4", "a < b and 3 <4"),
        ("&#128;&#x1F600;&notanentity; &copy 2020", "€\N{GRINNING FACE}¬anentity; © 2020"),
    ],
)
def test_html_reads_as_a_browser_shows_it_on_one_line(markup: str, text: str) -> None:
    assert inline_markup.markup_text(markup) == text


@given(ANY_TEXT)
def test_escaped_text_is_read_back_on_one_line(text: str) -> None:
    assert inline_markup.markup_text(f"<p>{escape(text)}</p>") == inline_markup.folded(text)


@given(ANY_TEXT)
def test_folded_text_stays_as_it_is(text: str) -> None:
    assert inline_markup.folded(inline_markup.folded(text)) == inline_markup.folded(text)


UNITS = [
    "<b>",
    "</b>",
    "<b><b></b>",
    "<b x='",
    '<b x="',
    '<i "<b" ',
    "<!--",
    "--><!--",
    "<script>",
    "</script><script>",
]


@pytest.mark.parametrize("unit", [*UNITS, "<img src=", "&amp;", "&#", " ", "\u00a0 ", "\u2028", "<a\n", '""<'])
def test_hostile_text_takes_linear_time(unit: str) -> None:
    def seconds(size: int) -> float:
        hostile = (unit * (size // len(unit) + 1))[:size]
        started = thread_time()
        inline_markup.without_formatting(hostile)
        inline_markup.markup_text(hostile)
        return thread_time() - started

    seconds(2_000)
    assert seconds(200_000) < max(15 * seconds(20_000), 2)
