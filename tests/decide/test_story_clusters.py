"""Stories: who belongs together whatever the order of arrival, who leads, and who else tells it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedd.decide.stories import title_similarity
from feedd.decide.stories.clusters import (
    MAX_RELATED,
    Story,
    StorySettings,
    as_related,
    build_stories,
    changes_in_words,
    make_candidate,
    providers_alone,
    story_keys,
)
from feedd.decide.stories.matching import MAX_KEY_USERS, KeyedEntry, StoryCandidate, matching_pairs, pairs, split_keys
from feedd.html.related_links import MAX_RELATED_SHOWN, merge_related
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
) -> StoryCandidate:
    """An entry with a link of its own, and what it lists as related."""
    item = Item(
        title,
        link or f"https://news.example/{number}",
        related=tuple(Related("r", each) for each in related),
        provider=Provider(by) if by else None,
        quality=quality,
    )
    return telling(number, item, int(day * DAY), rules or StorySettings(), **state)


def telling(number: int, item: Item, date: int, rules: StorySettings, **state: bool) -> StoryCandidate:
    return make_candidate(KeyedEntry(date, number, story_keys(item)), f"tag:{number:04}", item, rules, **state)


def told_by(candidates: Iterable[StoryCandidate], rules: StorySettings) -> list[Story]:
    """The stories that these tell, if nobody else does."""
    by_entry = {each.entry: each for each in candidates}
    rows = sorted(KeyedEntry(each.published, each.entry, each.keys) for each in by_entry.values())
    return build_stories(by_entry.values(), matching_pairs(by_entry, pairs(rows, int(rules.window))), rules)


def together(*candidates: StoryCandidate, **choices: Any) -> list[tuple[int, ...]]:
    """The stories of several entries."""
    rules = StorySettings(**choices)
    return [story.members for story in told_by(candidates, rules) if len(story.members) > 1]


# Who belongs together


@pytest.mark.parametrize(
    ("candidates", "expected"),
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
            [(1, 2)],
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
    candidates: tuple[StoryCandidate, ...], expected: list[tuple[int, ...]]
) -> None:
    assert together(*candidates) == expected
    assert together(*reversed(candidates)) == expected


def test_titles_can_be_switched_off() -> None:
    off = StorySettings(titles=False)
    assert told_by([told(1, by="A", title=TITLE, rules=off), told(2, by="B", title=TITLE, rules=off)], off)[
        0
    ].members == (1,)


def test_the_window_is_a_setting() -> None:
    assert together(told(1, "https://news.example/2"), told(2, day=2), window=DAY) == []


# Who leads


@pytest.mark.parametrize(
    ("candidates", "lead"),
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
    candidates: tuple[StoryCandidate, ...], lead: int
) -> None:
    assert [story.lead for story in told_by(candidates, StorySettings())] == [lead]


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
            Related("r", provider="B.example", domain="b.example"),  # as it is read where a file names no provider
            Related("r", domain="B.example"),
            Related("r", provider="c.example", domain="c.example"),
            Related("r"),
        ),
    )
    other = Item(
        "x", "https://d.example/1", provider=Provider("D"), related=(Related("r", "https://a.example/1", provider="b"),)
    )
    both = [telling(number, item, 0, StorySettings()) for number, item in enumerate((lead, other))]
    assert told_by(both, StorySettings()) == [Story((0, 1), 0, ("B", "c.example", "D"))]
    assert len(providers_alone(lead)) == 2
    assert len(providers_alone(other)) == 1


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
    assert len(providers_alone(item)) == number


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
    assert [each.title for each in merge_related(item, others)] == ["first", "no link", "new"]
    many = [Related(f"{number}", f"https://many.example/{number}") for number in range(MAX_RELATED_SHOWN + 1)]
    assert len(merge_related(item, many)) == len(merge_related(item, ())) + MAX_RELATED_SHOWN


def test_what_moved_is_said_in_a_line() -> None:
    assert changes_in_words([], 0) == ""
    assert changes_in_words([("A", 0)], 0) == '1 story changed: "A" now covered by 1 provider'
    assert changes_in_words([("A", 2), ("B", 1), ("C", 1)], 1) == (
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
    if len(other) >= title_similarity.MIN_WORDS and all(
        len([word for word in each if word.isalpha()]) >= 4 for each in (found, other)
    ):
        assert set(title_similarity.keys(" ".join(found))) & set(title_similarity.keys(" ".join(other)))


def test_an_item_has_keys_for_its_links_and_its_title() -> None:
    item = Item(TITLE, "https://a.example/1", related=(Related("r", "https://b.example/1"), Related("r")))
    assert len(set(split_keys(story_keys(item)))) == 6
    assert story_keys(Item("Short")) == b""


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


def as_candidates(entries: Iterable[tuple[Any, ...]]) -> list[StoryCandidate]:
    return [
        told(number, *related, title=title, by=by, day=day / 2, quality=quality, shown=shown)
        for number, (related, title, by, day, quality, shown) in enumerate(entries)
    ]


@given(ENTRIES, st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_the_order_of_arrival_does_not_matter(entries: list[tuple[Any, ...]], random_: Any) -> None:
    candidates = as_candidates(entries)
    expected = told_by(candidates, StorySettings())
    assert sorted(member for story in expected for member in story.members) == list(range(len(candidates)))
    random_.shuffle(candidates)
    assert told_by(candidates, StorySettings()) == expected


def reached(first: StoryCandidate, near: Iterable[tuple[StoryCandidate, StoryCandidate]]) -> list[StoryCandidate]:
    """All to which a chain of pairs leads."""
    found = [first]
    for each in found:
        found.extend(other for one, other in near if one is each and other not in found)
    return found


@given(ENTRIES)
@settings(max_examples=150, deadline=None)
def test_entries_are_one_story_if_a_chain_leads_from_one_to_the_other_and_is_no_longer_than_the_window(
    entries: list[tuple[Any, ...]],
) -> None:
    candidates, rules = as_candidates(entries), StorySettings()
    near = [(a, b) for a in candidates for b in candidates if a is not b and len(told_by([a, b], rules)) == 1]
    cells: dict[int, int | None] = {}
    for each in candidates:
        earlier = [pair for pair in near if max(one.published for one in pair) <= each.published]
        late = min(one.published for one in reached(each, earlier)) < each.published - rules.window
        cells[each.entry] = each.published // int(rules.window) if late else None
    kept = [(one, other) for one, other in near if cells[one.entry] == cells[other.entry]]
    expected = {tuple(sorted(one.entry for one in reached(each, kept))) for each in candidates}
    found = told_by(candidates, rules)
    assert {tuple(sorted(story.members)) for story in found} == expected
    dates = [[candidates[member].published for member in story.members] for story in found]
    assert all(max(each) - min(each) <= rules.window for each in dates)


def test_a_chain_is_one_story_in_its_first_window_and_then_one_for_each_by_the_calendar() -> None:
    chain = [told(day, f"https://news.example/{day - 1}", day=day) for day in range(3, 40)]
    assert together(*chain) == [
        tuple(range(3, 11)),
        tuple(range(11, 14)),
        *(tuple(range(day, day + 7)) for day in (14, 21, 28)),
        tuple(range(35, 40)),
    ]
    assert together(*chain[:20]) == [tuple(range(3, 11)), (11, 12, 13), tuple(range(14, 21)), (21, 22)]


def test_what_a_crowd_has_joins_nobody_further() -> None:
    home = "https://news.example/home"
    crowd = [told(number, home, day=number / 10) for number in range(MAX_KEY_USERS + 3)]
    assert together(*crowd) == [tuple(range(MAX_KEY_USERS))]
    at_once = [told(number, home) for number in range(MAX_KEY_USERS + 1)]
    assert together(*at_once) == []
    assert together(*at_once[:MAX_KEY_USERS]) == [tuple(range(MAX_KEY_USERS))]
    event = "https://news.example/event"
    assert together(*crowd, told(50, home, event, day=2.5), told(51, home, event, day=2.5))[1:] == [(50, 51)]
    assert together(*crowd, told(50, home, day=9.1))[1:] == [(21, 22, 50)]


def test_many_near_titles_and_long_lists_take_their_time_once() -> None:
    rules = StorySettings()
    series = [
        told(number, title=f"{TITLE} {'abcdefghij'[number % 10] * 3}", by=f"Provider {number % 7}", day=number / 9)
        for number in range(4000)
    ]
    assert len(told_by(series, rules)) > 3000
    listed = [f"https://r.example/{number}" for number in range(2000)]
    assert together(*(told(number, *listed) for number in range(10))) == [tuple(range(10))]
    further = told(1, *(f"https://a.example/{number}" for number in range(MAX_RELATED)), "https://news.example/2")
    assert together(further, told(2)) == []


def test_comparing_titles_takes_no_longer_than_titles_are_long() -> None:
    one, other = (
        title_similarity.normalised(f"{word} " + "many words of a title that goes on " * 100_000) for word in ("A", "B")
    )
    assert one is not None
    assert other is not None
    assert len(one.words) <= 1_000
    assert title_similarity.nearly_equal(one, other)
