"""Characters that cannot be seen: which a name loses, and which change what is seen."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedd.items import invisible, text
from feedd.select.topics import name_key

ANY_TEXT = st.text(st.characters(exclude_categories=()))
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  # with a non-joiner that is part of its spelling
SINHALA = "\u0dc1\u0dca\u200d\u0dbb\u0dd3"
CODER = "\U0001f469\u200d\U0001f4bb"
HEALER = "\U0001f9d1\U0001f3fd\u200d\u2695\ufe0f"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "unseen",
    [
        *("\u200b", "\xad", "\u2060", "\ufeff", "\u200c", "\u200d", "\u034f", "\u061c", "\u180e", "\u115f", "\u3164"),
        *("\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u2064", "\U000e0041", "\U000e0001", "\ufff9"),
    ],
)
@pytest.mark.parametrize("name", ["{}AI", "A{}I", "AI{}", "{0}A{0}{0}I{0}", "Caf\xe9{} au lait"])
def test_what_cannot_be_seen_is_no_part_of_a_name(name: str, unseen: str) -> None:
    plain = name.replace("{}", "").replace("{0}", "")
    assert invisible.visible(name.format(unseen)) == plain
    assert name_key(name.format(unseen)) == name_key(plain)
    assert text.slug(name.format(unseen)) == text.slug(plain)


@pytest.mark.parametrize("name", [PERSIAN, SINHALA, CODER, HEALER, ENGLAND, "\u2764\ufe0f", "\u845b\U000e0100"])
def test_what_changes_a_name_to_the_eye_stays(name: str) -> None:
    assert invisible.visible(name) == name
    assert text.as_name(f"\u200b {name}\u2060") == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PERSIAN, PERSIAN.replace("\u200c", "")),
        (CODER, CODER.replace("\u200d", "")),
        (ENGLAND, ENGLAND.replace("\U000e0067\U000e007f", "\U000e0063\U000e007f")),
        (ENGLAND, "\U0001f3f4"),
        ("AI", "A I"),
        ("\uff21\uff29", "AI"),
    ],
)
def test_names_that_differ_to_the_eye_are_two(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u2764\ufe0f", "\u2764"),
        (f"{PERSIAN}\u200c", PERSIAN),
        (PERSIAN.replace("\u200c", "\u200c\u200c"), PERSIAN),
        ("\u845b\U000e0100", "\u845b"),
        ("AI\u00a0Labs", "ai  labs"),
        ("AI\u3000Labs\u200b", "AI Labs"),
        ("caf\u00e9", "Cafe\u0301\u200d"),
    ],
)
def test_spellings_that_look_the_same_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@given(ANY_TEXT)
def test_a_name_without_invisible_characters_stays_so(name: str) -> None:
    assert text.as_name(text.as_name(name)) == text.as_name(name)
    assert invisible.bare(invisible.bare(name)) == invisible.bare(name)


def test_every_format_character_of_unicode_is_known_but_those_that_are_seen() -> None:
    formats = {chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"}
    known = {each for each in formats if not invisible.bare(each)}
    seen = {unicodedata.name(each).split()[0] for each in formats - known}
    assert seen == {"ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN"}  # they stand above, below or around numbers and signs


def test_every_character_is_either_one_that_is_seen_or_one_of_those_that_may_be_left_out() -> None:
    listed = f"{invisible._SELECTORS}{invisible._NON_JOINER}{invisible._JOINER}{invisible._TAGS}{invisible._OTHERS}"
    is_listed = re.compile(f"[{listed}]").match
    characters = list(map(chr, range(sys.maxunicode + 1)))
    assert [each for each in characters if is_listed(each)] == [each for each in characters if not invisible.bare(each)]
    assert all(invisible.is_bare(each) is (invisible.bare(each) == each) for each in characters)


@given(
    st.lists(
        st.sampled_from(["a", "\n", "é", "人", "\u200b", "\ufeff", "\U000e0041"]).map(str.encode)
        | st.sampled_from([b"\xe2", b"\x80", b"\x8b", b"\xf3\xa0", b"\xff"])
    ).map(b"".join)
)
def test_a_file_is_bare_if_its_text_is(data: bytes) -> None:
    assert invisible.is_bare_file(data) == invisible.is_bare(data.decode("utf-8", "replace"))
