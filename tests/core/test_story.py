"""Stories: who belongs together whatever the order of arrival, who leads, and who else tells it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedd.core import titles
from feedd.core.stories import (
    Story,
    StorySettings,
    Teller,
    as_related,
    coverage_alone,
    in_words,
    keys_of,
    merged,
    split_keys,
    stories,
    teller,
)
from feedd.model import Item, Provider, Related

DAY = 86400
TITLE = "Amber lighthouse outgrows the narrow harbour again"


def told(
    number: int,
    *related: str,
    title: str = "x",
    by: str | None = None,
    day: float = 0,
    link: str | None = None,
    quality: float | None = None,
    rules: StorySettings | None = None,
    **state: bool,
) -> Teller:
    """An entry with a link of its own, and what it lists as related."""
    item = Item(
        title,
        link or f"https://news.example/{number}",
        related=tuple(Related("r", each) for each in related),
        provider=Provider(by) if by else None,
        quality=quality,
    )
    return teller(number, f"tag:{number:04}", item, int(day * DAY), rules or StorySettings(), **state)


def together(*tellers: Teller, **choices: Any) -> list[tuple[int, ...]]:
    """The stories of several entries."""
    rules = StorySettings(**choices)
    return [story.members for story in stories(tellers, rules) if len(story.members) > 1]


# Who belongs together


@pytest.mark.parametrize(
    ("tellers", "expected"),
    [
        ((told(1), told(2)), []),
        ((told(1, "https://news.example/2"), told(2)), [(1, 2)]),
        ((told(1, "http://www.news.example/2/?utm_source=x"), told(2)), [(1, 2)]),
        ((told(1, "https://a.example/"), told(2, "https://a.example/")), [(1, 2)]),
        ((told(1, "https://news.example/2"), told(2), told(3, "https://news.example/2")), [(1, 2, 3)]),
        ((told(1, "https://news.example/2"), told(2, "https://news.example/3"), told(3)), [(1, 2, 3)]),
        ((told(1, "https://news.example/2"), told(2, day=7)), [(1, 2)]),
        ((told(1, "https://news.example/2"), told(2, day=7.001)), []),
        (
            (
                told(1, "https://a.example/"),
                told(2, "https://a.example/", day=6),
                told(3, "https://a.example/", day=12),
            ),
            [(1, 2, 3)],
        ),
        ((told(1, by="A", title=TITLE), told(2, by="B", title=TITLE)), [(1, 2)]),
        ((told(1, by="A", title=TITLE), told(2, by="B", title=TITLE.upper() + "!")), [(1, 2)]),
        ((told(1, by="A", title=TITLE), told(2, by="B", title=TITLE.replace("narrow", "narow"))), [(1, 2)]),
        ((told(1, by="A", title=TITLE), told(2, by="B", title=f"Update: {TITLE}")), [(1, 2)]),
        ((told(1, by="A", title=TITLE), told(2, by="B", title=TITLE, day=8)), []),
        (
            (
                told(1, by="A", title=TITLE),
                told(2, by="B", title="Amber lighthouse outgrows the narrow harbour of Birmingham"),
            ),
            [],
        ),
        ((told(1, by="A", title=f"{TITLE} 12"), told(2, by="B", title=f"{TITLE} 13")), []),
        ((told(1, by="A", title=TITLE), told(2, by="a", title=TITLE)), []),
        ((told(1, by="A", title=TITLE), told(2, by="A", title=TITLE), told(3, by="B", title=TITLE)), [(1, 2, 3)]),
        ((told(1, by="A", title="Weekly letter"), told(2, by="B", title="Weekly letter")), []),
    ],
)
def test_entries_that_share_a_link_or_nearly_a_title_are_one_story(
    tellers: tuple[Teller, ...], expected: list[tuple[int, ...]]
) -> None:
    assert together(*tellers) == expected
    assert together(*reversed(tellers)) == expected


def test_titles_can_be_switched_off() -> None:
    off = StorySettings(titles=False)
    assert stories([told(1, by="A", title=TITLE, rules=off), told(2, by="B", title=TITLE, rules=off)], off)[
        0
    ].members == (1,)


def test_the_window_is_a_setting() -> None:
    assert together(told(1, "https://news.example/2"), told(2, day=2), window=DAY) == []


# Who leads


@pytest.mark.parametrize(
    ("tellers", "lead"),
    [
        ((told(1, quality=10.0), told(2, "https://news.example/1", quality=20.0)), 2),
        ((told(1), told(2, "https://news.example/1", quality=0.0)), 2),
        ((told(1, day=1), told(2, "https://news.example/1")), 2),
        ((told(2), told(1, "https://news.example/2")), 1),
        ((told(1, quality=10.0, led=True), told(2, "https://news.example/1", quality=20.0)), 1),
        ((told(1, quality=10.0, led=True), told(2, "https://news.example/1", quality=20.0, led=True)), 2),
        ((told(1, quality=10.0), told(2, "https://news.example/1", quality=20.0, shown=False)), 1),
    ],
)
def test_the_best_leads_then_the_earliest_unless_another_has_been_seen_to_lead(
    tellers: tuple[Teller, ...], lead: int
) -> None:
    assert [story.lead for story in stories(tellers, StorySettings())] == [lead]


# Who else tells it


def test_coverage_counts_each_provider_once_and_not_the_leads_own() -> None:
    lead = Item(
        "x",
        "https://a.example/1",
        provider=Provider("A", "a.example"),
        quality=9.0,
        related=(
            Related("r", "https://b.example/1", provider="B", domain="b.example"),
            Related("r", provider="a"),
            Related("r", domain="B.example"),
            Related("r", domain="c.example"),
            Related("r"),
        ),
    )
    other = Item(
        "x", "https://d.example/1", provider=Provider("D"), related=(Related("r", "https://a.example/1", provider="b"),)
    )
    both = [teller(number, str(number), item, 0, StorySettings()) for number, item in enumerate((lead, other))]
    assert stories(both, StorySettings()) == [Story((0, 1), 0, ("B", "c.example", "D"))]
    assert coverage_alone(lead) == 2
    assert coverage_alone(other) == 1


@pytest.mark.parametrize(
    ("item", "number"),
    [
        (Item("x"), 0),
        (Item("x", related=(Related("r"), Related("r"))), 0),
        (Item("x", related=(Related("r", provider="a"), Related("r", provider="A"))), 1),
        (Item("x", provider=Provider("News"), related=(Related("r", provider="NEWS"), Related("r", provider="b"))), 1),
        (Item("x", related=(Related("r", domain="a.example"),)), 1),
    ],
)
def test_an_item_that_is_a_story_by_itself_counts_what_it_lists(item: Item, number: int) -> None:
    assert coverage_alone(item) == number


def test_related_coverage_has_each_link_once_and_never_the_entrys_own() -> None:
    item = Item("x", "https://a.example/1", related=(Related("first", "https://b.example/1"), Related("no link")))
    others = [
        as_related(Item(title, link), None)  # type: ignore[arg-type]
        for title, link in (
            ("again", "http://www.b.example/1/"),
            ("own", "http://a.example/1"),
            ("new", "https://c.example/"),
            ("no link", None),
        )
    ]
    assert [each.title for each in merged(item, others)] == ["first", "no link", "new"]


def test_what_moved_is_said_in_a_line() -> None:
    assert in_words([], 0) == ""
    assert in_words([("A", 0)], 0) == '1 story changed: "A" now covered by 1 provider'
    assert in_words([("A", 2), ("B", 1), ("C", 1)], 1) == (
        '3 stories changed: "A" now covered by 3 providers; "B" now covered by 2 providers and others; '
        "1 entry has another rank"
    )


# Keys


WORDS = st.sampled_from(sorted({*TITLE.split(), *["while", "neighbours", "sleep", "under", "a", "12", "2024"]}))


@given(st.lists(WORDS, min_size=6, max_size=10, unique=True), st.data())
@settings(max_examples=200, deadline=None)
def test_titles_that_differ_in_a_word_have_a_key_in_common(found: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(found) - 1))
    if not found[at].isalpha():
        return
    other = [*found[:at], *data.draw(st.sampled_from(([], ["replaced"], [found[at], "added"]))), *found[at + 1 :]]
    if len(other) >= titles.FEWEST and all(
        len([word for word in each if word.isalpha()]) >= 4 for each in (found, other)
    ):
        assert set(titles.keys(" ".join(found))) & set(titles.keys(" ".join(other)))


def test_an_item_has_keys_for_its_links_and_its_title() -> None:
    item = Item(TITLE, "https://a.example/1", related=(Related("r", "https://b.example/1"), Related("r")))
    assert len(set(split_keys(keys_of(item, b"a" * 16)))) == 6
    assert keys_of(Item("Short"), None) == b""


# Whatever the order


LINKS = tuple(f"https://news.example/{number}" for number in range(6))
TITLES = (TITLE, TITLE + " now", "A wholly different thing that happened in Norfolk", "x")
ENTRIES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(LINKS), max_size=2),
        st.sampled_from(TITLES),
        st.sampled_from((None, "A", "B", "C")),
        st.integers(0, 30),
        st.sampled_from((None, 5.0, 7.0)),
        st.booleans(),
    ),
    max_size=14,
)


def as_tellers(entries: Iterable[tuple[Any, ...]]) -> list[Teller]:
    return [
        told(number, *related, title=title, by=by, day=day / 2, quality=quality, shown=shown)
        for number, (related, title, by, day, quality, shown) in enumerate(entries)
    ]


@given(ENTRIES, st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_the_order_of_arrival_does_not_matter(entries: list[tuple[Any, ...]], random_: Any) -> None:
    tellers = as_tellers(entries)
    expected = stories(tellers, StorySettings())
    assert sorted(member for story in expected for member in story.members) == list(range(len(tellers)))
    random_.shuffle(tellers)
    assert stories(tellers, StorySettings()) == expected


@given(ENTRIES)
@settings(max_examples=300, deadline=None)
def test_entries_are_one_story_if_a_chain_of_near_ones_leads_from_one_to_the_other(
    entries: list[tuple[Any, ...]],
) -> None:
    tellers = as_tellers(entries)
    groups = [{each.entry} for each in tellers]
    for one in tellers:
        for other in tellers:
            if len(stories([one, other], StorySettings())) == 1:
                joined = [group for group in groups if one.entry in group or other.entry in group]
                groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    assert sorted(map(sorted, groups)) == sorted(sorted(story.members) for story in stories(tellers, StorySettings()))
