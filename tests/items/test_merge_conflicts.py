"""Merge conflicts: which lines of a file are one, at which line it is reported, and what only looks like one."""

from __future__ import annotations

import time

import pytest

from feedd.items.parse import parse

SAID = "a merge conflict that is not resolved"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: x\n---\nAt.\n\n<<<<<<< HEAD\nNine.\n=======\nTen.\n>>>>>>> origin/draft\n", 6),
        ("---\ntitle: x\n---\n<<<<<<< ours\nNine.\n||||||| base\nEight.\n=======\nTen.\n>>>>>>> theirs\n", 4),
        ("---\ntitle: x\n---\nAt.\n<<<<<<<\nNine.\n=======\nTen.\n>>>>>>>\n", 5),
        ("---\ntitle: x\n---\nAt.\n<<<<<<< HEAD\n```\na\n```\n=======\n```\nb\n```\n>>>>>>> 1a2b3c4 (draft)\n", 5),
        ("---\ntitle: x\n---\nAt.\n<<<<<<< HEAD\n```\na\n=======\n```\nb\n```\n>>>>>>> draft\n```\n", 5),
        ("---\ntitle: x\n---\nAt.\n<<<<<<< HEAD\nNine.\n=======\nTen.\n", 5),
        ("---\ntitle: x\n---\nAt.\n<<<<<<< HEAD\nNine.\n>>>>>>> draft\n", 5),
        ("---\ntitle: x\n---\nAt.\nNine.\n=======\nTen.\n>>>>>>> origin/draft\n", 6),
        ("---\ntitle: x\n---\nAt.\n<<<<<<< Conflict 1 of 1\n+++++++ a\nNine.\n%%%%%%% b\nTen.\n>>>>>>> 1 ends\n", 5),
        ("---\ntitle: x\n---\n```\n<<<<<<< HEAD\n```\n\n<<<<<<< HEAD\nNine.\n=======\nTen.\n>>>>>>> b\n", 8),
        ("---\n<<<<<<< HEAD\ntitle: x\n=======\ntitle: y\n>>>>>>> draft\nquality: 3\n---\nText.\n", 2),
        ("---\ntitle: x\n<<<<<<< HEAD\nquality: 3\n||||||| 1a2b\n=======\nquality: 4\n>>>>>>> draft\n---\nText.\n", 3),
        ("---\ntitle: x\nquality: 3\n=======\nquality: 4\n>>>>>>> draft\n---\nText.\n", 4),
        ("---\ntitle: x\nquality: 4\n>>>>>>> draft\n---\nText.\n", 4),
        ('---\ntitle: "x\n<<<<<<< HEAD\ny\n=======\nz\n>>>>>>> draft\n"\n---\nText.\n', 3),
        ("---\ntitle: x\n<<<<<<< HEAD\nquality: 3\n---\nNine.\n=======\nquality: 4\n---\nTen.\n>>>>>>> draft\n", 3),
        ("<<<<<<< HEAD\n---\ntitle: x\n---\n=======\n---\ntitle: y\n---\n>>>>>>> draft\nText.\n", 1),
        ("---\ntitle: x\n<<<<<<< HEAD\nquality: 3\n=======\nquality: 4\n>>>>>>> draft\n", 3),
    ],
)
def test_a_merge_conflict_that_is_not_resolved_is_a_problem_at_its_line(text: str, line: int) -> None:
    for end in ("\n", "\r\n"):
        parsed = parse("a.md", text.replace("\n", end).encode())
        assert parsed.item is None
        assert [(problem.reason, problem.line) for problem in parsed.problems] == [(SAID, line)]
        assert not parsed.withheld_while_broken


def test_a_conflict_about_a_mark_that_withholds_withdraws_the_item() -> None:
    text = b"---\ntitle: x\n<<<<<<< HEAD\npublished: true\n=======\npublished: false\n>>>>>>> draft\n---\nText.\n"
    assert parse("a.md", text).withheld_while_broken


@pytest.mark.parametrize(
    "body",
    [
        "```\n<<<<<<< HEAD\nNine.\n=======\nTen.\n>>>>>>> draft\n```\n",
        "~~~diff\n<<<<<<< HEAD\nNine.\n=======\nTen.\n>>>>>>> draft\n~~~\n",
        "- How:\n\n  ```\n<<<<<<< HEAD\nNine.\n=======\nTen.\n>>>>>>> draft\n  ```\n",
        "Text:\n\n    <<<<<<< HEAD\n    Nine.\n    =======\n    Ten.\n    >>>>>>> draft\n",
        "<pre>\n<<<<<<< HEAD\nNine.\n=======\nTen.\n>>>>>>> draft\n</pre>\n",
        "Heading\n=======\n\nText.\n",
        "Heading\n=======\n\nOther\n=======\n\n> quoted\n",
        ">>>>>>> a deep quote\n",
        "Git writes `<<<<<<< HEAD` and `>>>>>>> draft`.\n",
        "<<<<<<<< eight\n========\n>>>>>>>> of them\n",
        " <<<<<<< HEAD\n =======\n >>>>>>> draft\n",
        "<<<<<<< HEAD is what git writes.\n",
        "a <<<<<<< b\n",
        "||||||| a\n",
    ],
)
def test_what_only_looks_like_a_merge_conflict_is_published(body: str) -> None:
    for end in ("\n", "\r\n"):
        parsed = parse("a.md", f"---\ntitle: x\n---\n{body}".replace("\n", end).encode())
        assert parsed.item is not None
        assert parsed.problems == ()


def test_a_body_of_markers_takes_no_more_time_than_its_length() -> None:
    start = time.process_time()
    for line in (">>>>>>> a\n", "=======\n", "<" * 7 + " " * 90 + "\n", "```\n<<<<<<< a\n"):
        parse("a.md", b"---\ntitle: x\n---\n" + line.encode() * 20_000)
    assert time.process_time() - start < 4
