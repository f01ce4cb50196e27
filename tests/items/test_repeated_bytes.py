"""Files that are mostly a few bytes, repeated: what a damaged disk or a program that was stopped leaves."""

from __future__ import annotations

import pytest

from feedd.items.parsing.parsed import refused
from feedd.items.parsing.repeated_bytes import without_repetitions
from feedd.model import Problem

_MEGABYTE = 1_000_000
_RUNS = [b"\0", b" ", b"\n", b"\r\n", b"-", b":", b"a", b"\xff", b" \0", b"\0\0\0 ", "\u200b".encode(), b"- a:b\n"]


def _is_withheld(data: bytes) -> bool:
    return refused("a.md", data, Problem("a.md", "too large")).withheld_while_broken


@pytest.mark.parametrize("unit", _RUNS)
@pytest.mark.parametrize("head", [b"", b"---\ntitle: x\n---\n", b"odd"])
def test_little_is_left_of_a_long_repetition_at_any_place(unit: bytes, head: bytes) -> None:
    run = unit * (_MEGABYTE // len(unit))
    assert len(without_repetitions(head + run + b"end" + run + head)) < 10_000


@pytest.mark.parametrize("data", [b"", b"a" * 3_000, bytes(range(256)) * 100, b"line after line of text\n" * 99])
def test_a_short_repetition_and_a_text_stay_as_they_are(data: bytes) -> None:
    assert without_repetitions(data) == data


@pytest.mark.parametrize("unit", [b"{", b"[", b'"', b"```\n", b"(a)"])
def test_signs_whose_number_matters_are_all_left(unit: bytes) -> None:
    assert without_repetitions(unit * 9_000) == unit * 9_000


def test_what_follows_a_repetition_keeps_its_place_in_the_characters_of_utf_16() -> None:
    data = ("x" * 50_001 + "---\npublished: false\n").encode("utf-16-le")
    short = without_repetitions(data).decode("utf-16-le")
    assert len(short) < 5_000
    assert short.endswith("x---\npublished: false\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"---\ntitle: x\npublished: false\n---\n"),
        (b"---\ntitle: x\npubl", b"ished: false\n---\n"),
        (b"---\ntitle: x\npublished", b": false\n---\n"),
        (b"---\ntitle: x\npublished:", b"false\n---\n"),
        (b"---\ntitle: x\npublished: false\n---\n", b""),
        (b"---\ntitle: x", b"\0p\0u\0b\0l\0i\0s\0h\0e\0d\0:\0 \0f\0a\0l\0s\0e\0\n\0-\0-\0-\0\n"),
    ],
)
@pytest.mark.parametrize("many", [5, _MEGABYTE, _MEGABYTE + 1])
def test_a_mark_is_seen_beside_any_number_of_nul_bytes_and_across_them(before: bytes, after: bytes, many: int) -> None:
    assert _is_withheld(before + b"\0" * many + after)


@pytest.mark.parametrize("fill", [b" ", b"\t", b"\xff"])
def test_a_mark_is_seen_above_any_number_of_bytes(fill: bytes) -> None:
    assert _is_withheld(b"---\npublished: false\n" + fill * _MEGABYTE)


@pytest.mark.parametrize("fill", [b" ", b"\t"])
@pytest.mark.parametrize("many", [2_000, _MEGABYTE])
def test_a_mark_is_seen_across_any_number_of_blanks(fill: bytes, many: int) -> None:
    assert _is_withheld(b"---\ntitle: x\npublished" + fill * many + b": false\n---\n")
