"""What YAML drops: which words go without an error, and what is said of them."""

from __future__ import annotations

import pytest

from feedd.items.parse import parse
from feedd.items.parsing.parsed import Parsed

COMMENT = "what stands after ` #` is a comment; put the text in quotes"
TAG = "`!` and the word after it are a tag of YAML, and dropped; put the text in quotes"
ANCHOR = "`&` and the word after it are an anchor of YAML, and dropped; put the text in quotes"


def read(front: str) -> Parsed:
    return parse("a.md", f"---\n{front}---\nText.\n".encode())


@pytest.mark.parametrize(
    ("front", "notes"),
    [
        ("title: Fixes for issue #532 in it\n", [(2, "title", COMMENT)]),
        ("title: Fixes # in it\n", [(2, "title", COMMENT)]),
        ("title: x\nexcerpt: Read PR\t#12\nprovider: Studio #9\n", [(3, "excerpt", COMMENT), (4, "provider", COMMENT)]),
        ("title: x\nprovider:\n  name: Studio #9\n", [(4, "provider.name", COMMENT)]),
        ("title: x\ntopics:\n  - #ai\n  - b\n  - c #ml\n", [(4, "topics[0]", COMMENT), (6, "topics[2]", COMMENT)]),
        ("title: x\nimages:\n- url: /a.png\n  title: A #1\n", [(5, "images[0].title", COMMENT)]),
        ("title: x\nrelated:\n- title: A #1\n", [(4, "related[0].title", COMMENT)]),
        ("title: x\nwebUrl: https://a.example/ #b\n", [(3, "webUrl", COMMENT)]),
        ("title: x\nexcerpt: #todo\n", [(3, "excerpt", COMMENT)]),
        ("title: x\nexcerpt: one\n  two #3\n", [(3, "excerpt", COMMENT)]),
        ("title: x\ndescription: A #1\nauthor: Sam #2\n", [(3, "description", COMMENT), (4, "author", COMMENT)]),
        ("title: !Important news\n", [(2, "title", TAG)]),
        ("title: x\ntags: [!a b, c]\n", [(3, "tags[0]", TAG)]),
        ("title: &Pizza opens\n", [(2, "title", ANCHOR)]),
        ("title: x\ncategory: &news a #b\n", [(3, "category", ANCHOR)]),
    ],
)
def test_words_that_yaml_drops_from_a_text_are_noted(front: str, notes: list[tuple[int, str, str]]) -> None:
    parsed = read(front)
    assert parsed.item is not None
    assert [(note.line, note.field, note.reason) for note in parsed.problems] == notes
    assert {note.kind for note in parsed.problems} == {"note"}


def test_a_value_from_which_words_are_dropped_stays_as_yaml_reads_it() -> None:
    item = read("title: Fixes for issue #532\ntopics:\n  - #ai\n  - b\ntags: [!a b]\n").item
    assert item is not None
    assert (item.title, item.topics, item.tags) == ("Fixes for issue", ("b",), ("b",))


@pytest.mark.parametrize(
    "front",
    [
        *("title: 'Issue #532'\n", 'title: "a" # said\n', "title: C# and a#b\n", "title: x # \n", "title: x #\n"),
        *("title: x\nquality: 39 # as measured\n", "title: x\npublishedDateTime: 2024-05-01 # a day\n"),
        *("title: x\nexcerpt: # to be written\n", "title: x\n# said\n  # said\ntopics: # said\n  - a\n"),
        *("title: x\nunknown: a #b\nsecured: c #d\nmore: !e f\n", "title: !!str x\n", "title: x\nexcerpt: |\n  a #b\n"),
        *("title: x\nexcerpt: | # said\n  a\n", "title: Fish & chips!\n", "title: x\ntags: [a, b] # said\n"),
    ],
)
def test_a_comment_that_drops_no_words_of_a_text_is_not_noted(front: str) -> None:
    parsed = read(front)
    assert parsed.item is not None
    assert parsed.problems == ()


def test_a_title_that_is_a_comment_is_said_to_be_one() -> None:
    assert [str(problem) for problem in read("title: #news\n").problems] == [f"a.md:2: title: no title: {COMMENT}"]


@pytest.mark.parametrize(
    ("front", "line", "field", "words"),
    [
        ("title: x\ntopics:\n  -\u00a0a\n  - b\n", 3, "topics", "a no-break space (U+00A0) stands after the dash"),
        ("title: x\nprovider:\n\u00a0\u00a0name: b\n", 4, "\u00a0\u00a0name", "the line begins with a no-break space"),
        ("title: x\nprovider:\n  name:\u00a0b\n", 3, "provider", "a no-break space (U+00A0) stands after the colon"),
        ("title: x\nprovider:\n  name:\u3000b\n", 3, "provider", "a space of another kind (U+3000) stands after"),
    ],
)
def test_a_blank_that_yaml_takes_for_a_letter_is_a_problem(front: str, line: int, field: str, words: str) -> None:
    (problem,) = read(front).problems
    assert (problem.kind, problem.line, problem.field) == ("problem", line, field)
    assert problem.reason.startswith(words)


def test_a_blank_of_another_kind_within_a_text_is_none_of_yamls_business() -> None:
    parsed = read("title: Pourquoi\u00a0?\nexcerpt: |\n  a:\u00a0b\n  -\u00a0c\nprice: 5\u00a0\u20ac\n")
    assert parsed.item is not None
    assert parsed.problems == ()
