"""Signs: a mark is found in each text in which it stands, and in no other."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from support import examples

from feedd.signs import has_mark

MARKS = ("{{", "{%", "={", "```{", ":::", "](", "]:", "<!--", "{/*", " ^", "@/", "TOC]", "{::comment", "a")
PIECES = st.one_of(st.sampled_from(MARKS), st.text(st.characters(exclude_categories=()), max_size=5))


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=examples(500), deadline=None)
def test_a_mark_is_found_where_it_stands_and_nowhere_else(text: str) -> None:
    assert [has_mark(text, mark) for mark in MARKS] == [mark in text for mark in MARKS]
    assert has_mark(text, *MARKS) == any(mark in text for mark in MARKS)


def test_signs_that_do_not_stand_side_by_side_are_no_mark() -> None:
    assert not has_mark("{ a {", "{{")
    assert not has_mark("Words, in German: Grüße.", "{", "](")
