"""Text from outside: what it may do to a terminal, a log or a runner of CI, and what is shown in its place."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedd.items.printable import fault_lines, visible, visible_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        ("Grüße, 東京, 👩‍👩‍👧", "Grüße, 東京, 👩‍👩‍👧"),
        ("שלום עולם", "שלום עולם"),
        ("می‌خواهم نوشتن", "می‌خواهم نوشتن"),  # U+200C is spelling, in Persian
        ("x\n::error::y", r"x\n::error::y"),
        ("a\r\nb\tc", r"a\r\nb\tc"),
        ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("a\x85b\u2028c\u2029d\x0b\x0ce", r"a\x85b\u2028c\u2029d\x0b\x0ce"),
        ("gnp.\u202etxt.md", r"gnp.\u202etxt.md"),
        ("\u200f\u2066\u2069\u061c", r"\u200f\u2066\u2069\u061c"),
        ("\U000e0041", r"\U000e0041"),
        ("caf\udce9.md", r"caf\xe9.md"),
        ("\ud800", r"\ud800"),
        ("x ##[error]y", r"x #\x23[error]y"),
        ("##vso[task.complete]", r"#\x23vso[task.complete]"),
        ("## [Unreleased]", "## [Unreleased]"),
        (r"already \n", r"already \n"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(shown) == shown
    assert json.loads(visible_json(json.dumps(text, ensure_ascii=False))) == text


def hides(letter: str) -> bool:
    """By the Unicode database: it ends a line, controls a terminal, turns an order round, or is no character."""
    turning = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "B")
    return unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs") or unicodedata.bidirectional(letter) in turning


def test_no_character_of_unicode_does_anything_when_it_is_shown() -> None:
    letters = [chr(code) for code in range(sys.maxunicode + 1)]
    assert [letter for letter in letters if hides(letter) and visible(letter) == letter] == []
    changed = [letter for letter in letters if visible(letter) != letter]
    assert [letter for letter in changed if unicodedata.category(letter)[0] in "LMNPS"] == []
    assert all(visible(letter).isascii() and visible(letter).isprintable() for letter in changed)


@given(st.text(st.characters()))
def test_json_stays_the_value_that_it_was(text: str) -> None:
    written = visible_json(json.dumps({"key": [text]}, ensure_ascii=False, indent=2))
    assert json.loads(written) == {"key": [text]}
    assert not any(hides(letter) for letter in written.replace("\n", ""))
    assert len(written.split("\n")) == 5


def test_json_for_decoders_that_take_no_surrogates_shows_bytes_of_names_as_words_do() -> None:
    assert json.loads(visible_json('"caf\udce9"', unicode_only=True)) == r"caf\xe9"


def test_what_an_exception_says_takes_one_line() -> None:
    lines: list[str] = []
    try:
        json.loads("{}")["a\n  File forged\n::error::b\x1b[2J"]
    except KeyError as error:
        error.add_note("noted\n::error::c")
        lines += fault_lines(type(error), error, error.__traceback__)
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-3:] == [r"KeyError: 'a\n  File forged\n::error::b\x1b[2J'", "noted", r"\x3a:error::c"]
    assert not [line for line in lines if line.lstrip().startswith(("::", "File forged"))]
