"""Front matter: which texts are read as what, and what is said, at which line, of those that cannot be read."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedd.items.front_matter import plain_yaml
from feedd.items.front_matter.formats import split
from feedd.items.front_matter.libyaml import MAX_DEPTH, locate, read_any_tree
from feedd.items.front_matter.yaml import SEAL_LENGTH, FrontMatterError, decode, read_tree

REALISTIC = """\
category: news
title: "Deep Learning Network Predicts Cancer Cells\u2019 Metastatic Potential"
excerpt: 'Cancer cells that initiate metastasis, or: "the spread", are different.'
publishedDateTime: 2023-05-03T08:45:00Z
webUrl: https://www.technologynetworks.com/cancer-research/news/deep-learning?a=b#c
type: article
quality: 39
heat: -1
published: false

provider:
  name: technologynetworks
  domain: technologynetworks.com

topics:
  - Machine Learning
  - AI
tags: [a, "b, c", null]

images:
  - url: "https://assets.technologynetworks.com/372869-640x360.jpg?cb=20230503"
    width: 640
    # as measured
    height: 360

related:
- title: "Researchers \\"develop\\" a model"
  provider:
    name: News Medical
    secured: sealed text of a provider
  images:
    - url: /a.jpg
secured: "jlQWd+6BuBj1x9HzWfAFwFwvSo2UBb7G2GdcGDgH5OKaxiEQTd0GHcTyoWF4XIXUQ4p3GALk6vs72Tj5nGWE=="
"""


# Splitting a file


@pytest.mark.parametrize(
    ("data", "front", "body"),
    [
        (b"---\ntitle: a\n---\nbody\n", "title: a\n", "body\n"),
        (b"---\ntitle: a\n---", "title: a\n", ""),
        (b"---\n---\nbody", "", "body"),
        (b"---\ntitle: a\n...\nbody", "title: a\n", "body"),
        (b"--- \ntitle: a\n---\t \nbody", "title: a\n", "body"),
        (b"\xef\xbb\xbf---\ntitle: a\n---\nbody", "title: a\n", "body"),
        (b"---\r\ntitle: a\r\n---\r\nbody\r\n", "title: a\n", "body\n"),
        (b"---\rtitle: a\r---\rbody\r", "title: a\n", "body\n"),
        (b"---\ntitle: a\n---\n---\nrule\n---\n", "title: a\n", "---\nrule\n---\n"),
        (b"---\ntitle: a\n----\n--- x\n ---\n---\nbody", "title: a\n----\n--- x\n ---\n", "body"),
        ("---\ntitle: \u4eba\n---\n\u5de5".encode(), "title: \u4eba\n", "\u5de5"),
    ],
)
def test_a_file_is_split_at_its_two_lines_of_dashes(data: bytes, front: str, body: str) -> None:
    assert split(decode(data))[:2] == (front, body)


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", None, "the file is empty"),
        (b" \n\t\r\n", None, "the file is empty"),
        (b"\xef\xbb\xbf", None, "the file is empty"),
        (b"----\ntitle: a\n---\n", 1, "the opening `---` is missing"),
        (b"---title: a\n---\n", 1, "the opening `---` is missing"),
        (b"title: a\n---\n", 1, "the opening `---` is missing"),
        (b"---\ntitle: a\nbody\n", 1, "never closed: a second line `---` is missing"),
        (b"---\ntitle: a\n----\n", 1, "never closed: a second line `---` is missing"),
        (b"\xff---\ntitle: a\n---\n", 1, "not UTF-8: byte 0xff"),
        (b"---\ntitle: a\xe9\n---\n", 2, "not UTF-8: byte 0xe9"),
        (b"---\r\ntitle: a\r\nexcerpt: \xc3(\r\n---\r\n", 3, "not UTF-8: byte 0xc3"),
        (b"---\rtitle: a\rexcerpt: \xc3(\r---\r", 3, "not UTF-8: byte 0xc3"),
        (b"---\ntitle: a\n---\nbody\n\xed\xa0\x80", 5, "not UTF-8: byte 0xed"),
        ("---\ntitle: a\n---\n".encode("utf-16"), 1, "not UTF-8 but UTF-16; save the file as UTF-8"),
        ("---\ntitle: a\n---\n".encode("utf-16-le"), 1, "not UTF-8 but UTF-16; save the file as UTF-8"),
        ("---\ntitle: a\n---\n".encode("utf-16-be"), 1, "not UTF-8 but UTF-16; save the file as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_split_is_refused_with_the_line(data: bytes, line: int | None, words: str) -> None:
    with pytest.raises(FrontMatterError) as refusal:
        split(decode(data))
    assert refusal.value.line == line
    assert words in refusal.value.reason


# Reading the tree


@pytest.mark.parametrize(
    ("front", "tree"),
    [
        (
            "a: No\nb: 2020-01-01\nc: 1.10\nd: 0x1F\ne: 1:30\n",
            {"a": "No", "b": "2020-01-01", "c": "1.10", "d": "0x1F", "e": "1:30"},
        ),
        ("a: ~\nb: null\nc:\nd: NULL\n", dict.fromkeys("abcd")),
        ("a: ''\nb: \"\"\nc: 'null'\nd: \"~\"\n", {"a": "", "b": "", "c": "null", "d": "~"}),
        ("a: !!str null\nb: !!int 5\n", {"a": "null", "b": "5"}),
        ("a: |\n  one\n   two\n\nb: >-\n  one\n  two\n", {"a": "one\n two\n", "b": "one two"}),
        ("a: one\n  two\n", {"a": "one two"}),
        ('a: "one\n  two\\\n  \\x41\\u4eba"\n', {"a": "one twoA\u4eba"}),
        ("a: 'it''s'\n", {"a": "it's"}),
        ("{a: b, c: [d, {e: f}]}\n", {"a": "b", "c": ["d", {"e": "f"}]}),
        ("a:\n- b\n-\n- - c\n", {"a": ["b", None, ["c"]]}),
        ("? a\n: b\n", {"a": "b"}),
        ("a: &x b\n", {"a": "b"}),
        ("a b: c\n'd': e\n-f: g\n", {"a b": "c", "d": "e", "-f": "g"}),
        ("a: b # said\n# alone\n", {"a": "b"}),
        ("a: b", {"a": "b"}),
        ("a: one\u2028two\u0085three\n", {"a": "one two three"}),
        ("---\na: b\n...\n", {"a": "b"}),
    ],
)
def test_every_scalar_is_the_text_that_was_written_or_nothing(front: str, tree: dict[str, Any]) -> None:
    assert read_tree(front)[:2] == read_any_tree(front)[:2] == (tree, [])


HINTS = {
    "tab": "a tab character indents the line; indent with spaces",
    "quote": "a closing quote is missing",
    "colon": 'a text with ": " in it needs quotes around it',
    "indent": "check the indentation of this line, that quotes inside quotes are written as",
    "flow": "check the quotes, commas and brackets on this line and above it",
    "name": "a field is written as `name: value`",
    "control": "remove the control character",
    "alias": "names a value that is not given above it",
    "fields": "expected fields, one `name: value` a line",
    "deep": "nested too deeply",
}


@pytest.mark.parametrize(
    ("front", "line", "words"),
    [
        ("title: a\n\tb: c\n", 3, HINTS["tab"]),
        ("title: a\nprovider:\n\tname: c\n", 4, HINTS["tab"]),
        ("title: a\ntopics:\n  - b\n\t- c\n", 5, HINTS["tab"]),
        ('title: a\nexcerpt: "never closed\nquality: 3\nheat: 4\n', 3, HINTS["quote"]),
        ("title: a\nexcerpt: 'never closed\nquality: 3\n", 3, HINTS["quote"]),
        ('title: a\nexcerpt: "ends in a backslash\\"\nquality: 3\n', 3, HINTS["quote"]),
        ('title: "a\nheat: 3\nexcerpt: "b"\n', 2, HINTS["quote"]),
        ('title: "a\ntopics: ["b", "c"]\nheat: 3\n', 2, HINTS["quote"]),
        ("title: 'a\nexcerpt: don't\nheat: 3\n", 2, HINTS["quote"]),
        ('title: a\nprovider:\n  name: "b\n  domain: c.org\nheat: 3\nexcerpt: "d"\n', 4, HINTS["quote"]),
        ('title: a\ntopics:\n- "b\n- "c"\n', 4, HINTS["quote"]),
        ('title: "a\n\nexcerpt: "b\n', 2, HINTS["quote"]),
        # It is not sure where the quote is missing: with a quote at the end of the first line, less could be read.
        ('title: "a\n  b "c" d"\nheat: 3\n', 3, HINTS["indent"]),
        ('title: a\nexcerpt: |\n  b: "c\n  d: e\nurl: "f" g\n', 6, "begins with a quotation"),
        ("title: a: b: c\n", 2, HINTS["colon"]),
        ("title: a\nexcerpt: one\n  two: three\n", 4, HINTS["colon"]),
        ("title: a\n b: c\n", 3, HINTS["colon"]),
        ("stray\ntitle: a\n", 3, HINTS["colon"]),
        ("title: a\ntopics: [b, c\nquality: 3\n", 4, HINTS["flow"]),
        ("title: a\ntopics: [b, c\n", 4, HINTS["flow"]),
        ("title: a\nprovider: {name: b\n", 4, HINTS["flow"]),
        ("title: a\ntopics: [b, c]]\n", 3, HINTS["indent"]),
        ('title: "a" b\n', 2, "a text that begins with a quotation needs quotes around all of it"),
        ("title: a\ntags:\n  - 'b' c\n", 4, "a text that begins with a quotation needs quotes around all of it"),
        ('title: a\nexcerpt: "one "two" three"\n', 3, HINTS["indent"]),
        ("title: a\n- b\n", 3, HINTS["indent"]),
        ("title: a\ntopics:\n  - b\n - c\n", 5, HINTS["indent"]),
        ("title: a\nstray\nheat: 3\n", 4, HINTS["name"]),
        ("title: a\nexcerpt: @b\n", 3, "a text that begins with @ needs quotes around it"),
        ("title: a\nexcerpt: `b`\n", 3, "a text that begins with ` needs quotes around it"),
        ("title: a\nexcerpt: %b\n", 3, "a text that begins with % needs quotes around it"),
        ('title: a\nexcerpt: "\\q"\n', 3, "between double quotes, a backslash is written twice"),
        ('title: a\nexcerpt: "C:\\Users\\udo"\n', 3, "between double quotes, a backslash is written twice"),
        ('title: a\nexcerpt: "\\x1"\n', 3, "between double quotes, a backslash is written twice"),
        ('title: a\nexcerpt: "C:\\path"\n', 3, "between double quotes, a backslash is written twice"),
        ('title: a\nexcerpt: "\\ud800"\n', 3, "an escape such as \\ud800 is half of a character; write the character"),
        ('title: a\nexcerpt: "\\udf89\\ud83c"\n', 3, "is half of a character; write the character itself"),
        ("title:\u00a0a\nquality: 3\n", 2, "a no-break space (U+00A0) stands after the colon; write an ordinary space"),
        ("title:\u00a0a\n", 2, "a no-break space (U+00A0) stands after the colon; write an ordinary space"),
        ("title: a\nprovider:\n  name:\u202fb\n  domain: c.d\n", 4, "a no-break space (U+202F) stands after the colon"),
        ("title: a\nheat:\u3000b\nquality: 3\n", 3, "a space of another kind (U+3000) stands after the colon"),
        ("title\uff1aa\nquality: 3\n", 2, "a full-width colon stands after the name; write `:` and a space"),
        ("title\uff1a a\n", 2, "a full-width colon stands after the name; write `:` and a space"),
        ("title:a\nquality: 3\n", 2, "a space is missing after the colon"),
        ("title: a\nheat:3\n\nquality: 3\n", 3, "a space is missing after the colon"),
        ("title = a\nquality: 3\n", 2, "a field is written with a colon, as `name: value`"),
        ("title: 'a\\'b'\n", 2, "an apostrophe is written twice, without a backslash"),
        ("title: a\nrelated:\n- {title: b #1, heat: 3}\n", 4, "` #` begins a comment, also in a list"),
        ("title: \u201ca: b\u201d\n", 2, "curly quotes are none; write straight ones"),
        ("title: a\nexcerpt: **b** c\n", 3, "a text that begins with * needs quotes around it"),
        ("title: *b* c\n", 2, "a text that begins with * needs quotes around it"),
        ("title: [b] c\n", 2, "a text that begins with [ needs quotes around it"),
        ("title: {b} c\n", 2, "a text that begins with { needs quotes around it"),
        ("title: > b\n", 2, "a text that begins with > or | needs quotes around it"),
        ("title: - b\n", 2, "a text that begins with - and a space needs quotes around it"),
        ("title: a\ncategory: & b\n", 3, "a text that begins with & needs quotes around it"),
        ("title: ? b\n", 2, "a text that begins with ? and a blank needs quotes around it"),
        ("title: a\ntags: [b, c #, d]\n", 3, "` #` begins a comment, also in a list"),
        ("title: a\ntags: [#b, c]\nheat: 3\nquality: 4\n", 3, "` #` begins a comment, also in a list"),
        ("title: a\ntags: [#b, c]\n", 3, "` #` begins a comment, also in a list"),
        ("title: 'b's c'\n", 2, "an apostrophe ends the text; write it twice, or use double quotes"),
        ("title: a\ntags:\n  - @b\n", 4, "a text that begins with @ needs quotes around it"),
        ("title: a\nexcerpt: !e!x b\n", 3, "not valid YAML"),
        ("title: a\nexcerpt: b\x00c\n", 3, HINTS["control"]),
        ("title: a\nexcerpt: b\nheat: \x07\n", 4, HINTS["control"]),
        ("title: a\nexcerpt: \x7f\n", 3, HINTS["control"]),
        ("title: a\u2028b\u0085c\nheat: *d\n", 3, HINTS["alias"]),
        ("title: *a\n", 2, HINTS["alias"]),
        ("title: a\nheat: 3\ntitle: b\n", 4, "`title` is given twice; keep one"),
        ('title: a\n"title": b\n', 3, "`title` is given twice; keep one"),
        ("title: a\nprovider:\n  name: b\n  name: c\n", 5, "`name` is given twice; keep one"),
        ("title: a\nimages: [{url: b, url: c}]\n", 3, "`url` is given twice; keep one"),
        ("- a\n- b\n", 2, HINTS["fields"]),
        ("only a text\n", 2, HINTS["fields"]),
        ("", 1, "the front matter is empty"),
        ("\n\n", 1, "the front matter is empty"),
        ("# title: a\n", 1, "the front matter is empty"),
        ("title: a\n? [b]\n: c\n", 3, "the name of a field has to be plain text"),
        ("title: a\n{b: c}: d\n", 3, "the name of a field has to be plain text"),
        ("title: a\ntags: " + "[" * 40 + "]" * 40 + "\n", 3, HINTS["deep"]),
        ("title: a\ntags: " + "[" * 100_000 + "\n", 3, HINTS["deep"]),
        ("title: a\ntags: " + "[{b: " * 50_000 + "\n", 3, HINTS["deep"]),
        ("title: a\ntags:\n  " + "- " * 100_000 + "b\n", 4, HINTS["deep"]),
        ("title: a\ntags:\n  " + "- " * 40 + "b\n", 4, HINTS["deep"]),
        ("".join(f"{' ' * depth}a:\n" for depth in range(MAX_DEPTH + 9)), MAX_DEPTH + 3, HINTS["deep"]),
        ("{title: a}\npublished: false\n", 3, HINTS["flow"]),
        ("title: a\n--- \npublished: false\n", 3, "a second document is not expected here"),
        ("a" * 1100 + ": b\n", 2, "not valid YAML"),
    ],
)
def test_broken_front_matter_is_refused_with_line_and_reason(front: str, line: int, words: str) -> None:
    with pytest.raises(FrontMatterError) as refusal:
        read_tree(front)
    assert words in refusal.value.quoting
    assert refusal.value.line == line


@pytest.mark.parametrize(
    ("front", "tree"),
    [
        (r'a: "Party \uD83C\uDF89 time"', {"a": "Party \U0001f389 time"}),
        (r'a: "\ud83d\ude00\ud83d\ude00"', {"a": "\U0001f600\U0001f600"}),
        (
            r'{"a": "\ud83c\uDF89", "b": ["\udbff\udfff", "caf\u00e9"]}',
            {"a": "\U0001f389", "b": ["\U0010ffff", "caf\u00e9"]},
        ),
        (r'a: "\\ud83c\\udf89 \ud83c\udf89 \\\ud83c\udf89"', {"a": "\\ud83c\\udf89 \U0001f389 \\\U0001f389"}),
        (r"a: '\ud83c\udf89'", {"a": r"\ud83c\udf89"}),
        (r"a: \ud83c\udf89 b", {"a": r"\ud83c\udf89 b"}),
    ],
)
def test_a_character_that_json_escapes_in_two_halves_is_read_as_the_character(front: str, tree: dict[str, Any]) -> None:
    assert read_tree(split(f"---\n{front}\n---\n").front).tree == tree


def test_a_billion_laughs_are_refused_soon() -> None:
    laughs = 'a: &a ["lol", "lol"]\n' + "".join(
        f"{name}: &{name} [*{before}, *{before}]\n"
        for before, name in zip("abcdefghijklmnopqrst", "bcdefghijklmnopqrstu", strict=True)
    )
    with pytest.raises(FrontMatterError, match="aliases stand for too much"):
        read_tree(laughs)


@pytest.mark.parametrize(
    ("front", "tree"),
    [
        ("a: &x b\nc: *x\n", {"a": "b", "c": "b"}),
        ("a: &x [b, {c: d}]\ne: [*x, *x]\n", {"a": ["b", {"c": "d"}], "e": [["b", {"c": "d"}]] * 2}),
        ("a: &x\n  b: c\nd:\n  <<: *x\n  e: f\n", {"a": {"b": "c"}, "d": {"b": "c", "e": "f"}}),
        ("a: &x {b: c}\nd: {<<: [*x], b: e}\n", {"a": {"b": "c"}, "d": {"b": "e"}}),
        ("a: &x b\na2: &x c\nd: *x\n", {"a": "b", "a2": "c", "d": "c"}),
        ("a: b\na: b\n", {"a": "b"}),
        ("a:\tb\t\nc: d\n", {"a": "b", "c": "d"}),
    ],
)
def test_aliases_and_values_that_are_repeated_are_read(front: str, tree: dict[str, Any]) -> None:
    assert read_tree(front).tree == tree


@pytest.mark.parametrize(
    "front",
    ["secured: &x hidden\na: *x\n", "secured:\n  b: &x hidden\na: [*x]\n", "secured: {b: &x {c: d}}\na: {<<: *x}\n"],
)
def test_no_alias_stands_for_sealed_text(front: str) -> None:
    with pytest.raises(FrontMatterError, match="an alias stands for sealed text"):
        read_tree(front)


@pytest.mark.parametrize(
    ("front", "tree", "seals"),
    [
        ("a: b\nsecured: '  hidden text '\n", {"a": "b"}, ["hidden text"]),
        ("a: b\nSECURED: " + "x" * 99 + "\n", {"a": "b"}, ["x" * SEAL_LENGTH]),
        ("a:\n  b: c\n  secured: hidden\n", {"a": {"b": "c"}}, ["hidden"]),
        ("a:\n  - secured: hidden\n  - b: c\n", {"a": [{}, {"b": "c"}]}, ["hidden"]),
        ("a: b\nsecured: |\n  hidden\n  text\n", {"a": "b"}, ["hidden\ntext"]),
        ("a: b\nsecured:\n  c: hidden\n  d: [text, {e: deep}]\n", {"a": "b"}, ["hidden", "text", "deep"]),
        ("a: {b: [{'secured': hidden, c: d}]}\n", {"a": {"b": [{"c": "d"}]}}, ["hidden"]),
        ("a: b\nsecured:\n", {"a": "b"}, []),
        ("secured: hidden\n", {}, ["hidden"]),
        ("a: b\nsecured: one\nsecured: two\n", {"a": "b"}, ["one", "two"]),
    ],
)
def test_a_sealed_field_is_in_no_tree_and_only_its_beginning_is_told(
    front: str, tree: dict[str, Any], seals: list[str]
) -> None:
    assert read_tree(front)[:2] == read_any_tree(front)[:2] == (tree, seals)


@pytest.mark.parametrize(
    "front",
    [
        "title: a\nsecured: *hidden1\n",
        "title: a\nsecured: {hidden1: b, hidden1: c}\n",
        "title: a\nsecured:\n  hidden1: b\n  hidden1: c\n",
        "title: a\nsecured: [[*hidden1]]\n",
        "title: a\nsecured: !hidden1!x b\n",
        "title: a\nsecured: hidden1: hidden2\n",
        "title: a\nsecured: @hidden1\n",
        'title: a\nsecured: "hidden1 \\hidden2"\n',
        'title: a\nsecured: "hidden1"hidden2"\n',
        "title: a\nsecured: hidden1\nhidden2\n",
        "title: a\nsecured: 'hidden1\n",
        "title: a\nsecured: [hidden1\n",
        "title: a\nsecured: hidden1\x07\n",
    ],
)
def test_no_words_about_a_broken_sealed_field_quote_it(front: str) -> None:
    with pytest.raises(FrontMatterError) as refusal:
        read_tree(front)
    assert "hidden" not in refusal.value.reason
    assert refusal.value.line is not None


# Lines of fields


def test_every_field_and_entry_of_a_list_is_located_at_the_line_where_it_stands() -> None:
    lines = locate(REALISTIC)
    assert lines["category",] == 2
    assert lines["provider",] == 12
    assert lines["provider", "domain"] == 14
    assert lines["topics", 1] == 18
    assert lines["tags", 1] == 19
    assert lines["images", 0] == lines["images", 0, "url"] == 22
    assert lines["images", 0, "height"] == 25
    assert lines["related", 0, "provider", "secured"] == 31
    assert lines["secured",] == 34


def test_lines_are_those_of_the_file_whatever_else_breaks_a_line_in_yaml() -> None:
    assert locate("a: 'b\u2028c\u2029d\x85e'\nf:\n  - g\n", first_line=1) == {
        ("a",): 1,
        ("f",): 2,
        ("f", 0): 3,
    }


# The plain reader agrees with libyaml


def agrees(front: str) -> bool:
    """Whether the plain reader took the text, and if so, whether libyaml reads the same."""
    plain = plain_yaml.read(front)
    if plain is None:
        return False
    tree, seals = plain
    assert (tree, [seal.strip()[:SEAL_LENGTH] for seal in seals], len(seals)) == read_any_tree(front)[:3]
    return True


@pytest.mark.parametrize(
    "front",
    [
        REALISTIC,
        "a: b\n",
        'a: \'b\'\nc: "d \\" \\\\ \\/ e"\nf: [g, "h, i", null]\n',
        "a:\n- b\n- c\nd:\n  - e\n",
        "a:\n  - b: c\n    d: e\n  - f: g\n",
        "a: http://b/c?d=e#f:g\nh: -1\ni: 12:30\nj: (k) l-m + n\n",
        "# said\na: b\n\n  # said\nc: \u4eba\u5de5\n",
        "a: \nb: null\nsecured: hidden\n",
        'a: [https://b/c.jpg, "http://d/e?f=g, h"]\n',
    ],
)
def test_plain_front_matter_takes_the_short_way(front: str) -> None:
    assert agrees(front)


NAMES = ("a", "b", "title", "k_1", "secured", "Secured", "null", "on")
FIELDS = st.sampled_from(
    (*NAMES, "a b", '"q"', "'q'", "1", "~", "-a", "a-b", "<<", "\u00e9", "?", "&x a", "", "a" * 1030)
)
MARKS = st.sampled_from((": ", ": ", ": ", ":", ":  ", " : ", ":\t", ":\u00a0", "", ": \n"))
PLAIN = ("b", "b c", "1", "-1", "1.10", "12:30", "2020-01-01", "http://b/c?d#e", '"b"', "'b'", "[b, c]", "null", "")
NASTY = (
    *(
        "~",
        "Null",
        '""',
        "''",
        '"b" c',
        '"b\\"c"',
        '"b\\\\"',
        '"\\/"',
        '"\\n"',
        '"\\x41"',
        "'it''s'",
        "'it's'",
        '"b',
        "'b",
    ),
    *(
        '"b" ',
        '"b" # c',
        "'b' # c",
        "b: c",
        "b :c",
        "b : c",
        ": b",
        ":",
        "b:",
        "# c",
        "b # c",
        "b #c",
        "b#c",
        "- b",
        "-b",
    ),
    *(
        "- ",
        "-",
        "--",
        "---",
        "...",
        "- - b",
        "-  b",
        "? b",
        "?b",
        "&b",
        "&b c",
        "*b",
        "!!str b",
        "!b",
        "|",
        ">-",
        "|\n  b",
    ),
    *(
        "{}",
        "{b: c}",
        "{",
        "}",
        "[",
        "]",
        "[]",
        "[ ]",
        '[b, "c, d", ]',
        "[b,c,]",
        "[,b]",
        "[b,,c]",
        '["b" "c"]',
        '["b"c]',
    ),
    *(
        '[b"c]',
        "[null, ~]",
        '["b" , c ]',
        "[b ? c]",
        "[? b]",
        "[b: c]",
        "[b:c]",
        "[b #c]",
        "[b#c]",
        "[-1]",
        "[- b]",
        "[b]c",
    ),
    *("https://b/c?d=e&f", "[https://b, c]", '["https://b, c", d]', "[b https://c]", "[https://]", "[https://b:1]"),
    *("[https:b]", "[xhttps://b?, c]", "[ftp://b]", "[https://b:]", "[https://b #c]", "[https://b\\n]", "http://"),
    *("[[b]]", "[b\n, c]", '["null", ""]', "[b'c]", "[b@c, d%e]", "[b*c, d&e, f!g, h|i]", "[\u00e9]", "[b\u00a0]"),
    *("@b", "`b", "%b", "0x1", "(b", "/b", "+", "=", ".5", ",b", "b, c", "\\", "b\\", "\\n", "no", "y", "_"),
    *(
        "\u00e9",
        "\u4eba\u5de5",
        "\u00a0",
        "\u00a0b",
        "b\u00a0",
        "b:\u00a0c",
        "b\u00a0#c",
        "b\u2028c",
        "b\u2029",
        "b\x85c",
    ),
    *("\u200b", "\ufeff", "\ufeffb", "\ufffe", "\uffff", "\ufffd", "\ud800", "\U0001f600", "\u00d7", "\u3000b"),
    *("\x7f", "\x80", "\0", "\x1b", "\r", "\t", "b\tc", "\tb", "b\t", "b  ", " b", "b   c", "b" * 1100),
)
VALUES = st.one_of(
    st.sampled_from(PLAIN),
    st.sampled_from(NASTY),
    st.builds("{}{}{}".format, st.sampled_from(NASTY), st.sampled_from(("", " ")), st.sampled_from((*NASTY, *PLAIN))),
)
CONTEXTS = (
    *(
        "a: {}",
        "a: b{}",
        "a: b {}",
        "a: {}b",
        "a: {} b",
        "a: '{}'",
        'a: "{}"',
        "a: [{}]",
        "a: [b, {}]",
        "a: [b{}]",
        "a:\n  {}",
    ),
    *(
        "a:\n- {}",
        "a:\n  - b{}",
        "a:\n  - b: {}",
        "a: b\n  {}",
        "a: b\n{}",
        "{}\na: b",
        "{}: b",
        "b{}: b",
        "a:{}b",
        "- {}",
    ),
    *("a:\n  b: c\n {}", "a:\n  - b\n  {}", "a:\n  - b: c\n    {}", "a: b\n\n  # said\n{}: c", "secured: {}"),
)


@pytest.mark.parametrize("context", CONTEXTS)
def test_the_plain_reader_agrees_with_libyaml_about_every_nasty_value(context: str) -> None:
    for value in (*NASTY, *PLAIN):
        agrees(context.format(value) + "\n")


def test_the_plain_reader_agrees_with_libyaml_about_nasty_values_side_by_side() -> None:
    short = [value for value in (*NASTY, *PLAIN) if len(value) < 6]
    for one in short:
        for other in short:
            agrees(f"a: {one}{other}\n")
            agrees(f"a: {one} {other}\n")


DASHES = st.sampled_from(("", "", "", "- ", "- ", "-  ", "- - ", "-"))
INDENTS = st.sampled_from((0, 0, 0, 1, 2, 2, 2, 3, 4, 4, 6)).map(" ".__mul__)
LINES = st.one_of(
    st.builds("{}{}{}{}{}".format, INDENTS, DASHES, st.sampled_from(NAMES), st.just(": "), st.sampled_from(PLAIN)),
    st.builds("{}{}{}".format, INDENTS, DASHES, st.sampled_from((*PLAIN, "a:", "b:"))),
    st.builds("{}{}{}{}{}".format, INDENTS, DASHES, FIELDS, MARKS, VALUES),
    st.builds("{}{}{}".format, INDENTS, DASHES, VALUES),
    st.sampled_from(("", "  ", "# said", "   # said", "\t", " \t")),
)
TEXTS = st.builds("{}{}".format, st.lists(LINES, max_size=9).map("\n".join), st.sampled_from(("\n", "\n", "\n", "")))


@given(TEXTS)
@settings(max_examples=1500, deadline=None)
def test_the_plain_reader_is_silent_or_agrees_with_libyaml(front: str) -> None:
    agrees(front)


@pytest.mark.parametrize("first", ["k:", "k:\n- l: m", "k:\n  -  l:"])
def test_the_plain_reader_agrees_with_libyaml_about_indentation(first: str) -> None:
    entries = ("a:", "b: c", "- d", "-  e: f", "- g:", "secured: h")
    lines = [" " * indent + entry for indent in range(5) for entry in entries]
    for chosen in itertools.product(lines, ["", *lines], ["", "b: c", "  b: c", "   b: c", "     b: c"]):
        agrees("\n".join((first, *chosen)) + "\n")


@given(
    st.text(st.characters(exclude_categories=()), max_size=9),
    st.sampled_from(("a: {}", "a: b{}c", 'a: "{}"', "a: [{}]")),
)
@settings(max_examples=700, deadline=None)
def test_the_plain_reader_agrees_with_libyaml_about_every_character(text: str, form: str) -> None:
    agrees(form.format(text) + "\n")


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The realistic front matter with a few places cut, doubled or overwritten."""
    text = REALISTIC
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from((0, 0, 1, 1, 2, 5, 40)))
        patch = draw(
            st.one_of(st.sampled_from((*NASTY, *PLAIN, "\n", "\n  ", "  ", text[start:end] * 2)), st.text(max_size=2))
        )
        text = text[:start] + patch + text[end:]
    return text


@given(mutated())
@settings(max_examples=700, deadline=None)
def test_the_plain_reader_agrees_with_libyaml_about_damaged_front_matter(front: str) -> None:
    agrees(front)


@given(st.one_of(TEXTS, mutated()))
@settings(max_examples=300, deadline=None)
def test_what_can_be_read_can_be_located(front: str) -> None:
    front = front.encode("utf-8", "replace").decode().replace("\r", "\n")  # a decoded file has neither
    try:
        tree, _, _, is_plain = read_tree(front)
    except FrontMatterError as error:
        assert error.line is None or 1 <= error.line <= front.count("\n") + front.count("\r") + 3
        return
    lines = locate(front)
    assert all((name,) in lines for name in tree)
    assert not is_plain or all(plain_yaml.line_of(front, name) == lines[name,] - 2 for name in tree)
    assert all(2 <= line <= front.count("\n") + 2 for line in lines.values())


@pytest.mark.parametrize(
    "front",
    [
        " " * 200_000 + "!\n",
        "a:" + " " * 200_000 + "!\n",
        "-" + " " * 200_000 + "!\n",
        "a: [b" + " " * 200_000 + '"]\n',
        "a: " + "b#" * 100_000 + " #\n",
        'a: "' + '\\"' * 100_000 + "\n",
        "a" * 200_000 + "!\n",
    ],
)
def test_a_long_line_takes_no_more_time_than_its_length(front: str) -> None:
    start = time.process_time()
    agrees(front)
    assert time.process_time() - start < 2
