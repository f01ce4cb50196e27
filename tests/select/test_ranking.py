"""Ranking: total orders, what a half-life means, and what coverage adds."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedd.select.ranking import MAX_HEAT, Order, RankSettings, effective_heat, heat_to_pass, rank_key

NOON = datetime(2024, 1, 31, 12, tzinfo=UTC)
DEFAULT = RankSettings()
ORDERS: tuple[Order, ...] = ("heat", "latest", "quality")


class Entry(NamedTuple):
    """What decides an entry's place."""

    heat: float | None = None
    quality: float | None = None
    coverage: int = 0


def ordered(order: Order, **entries: tuple[Entry, datetime]) -> str:
    rank = RankSettings(order=order)
    keys = {name: rank_key(item, published, name, rank) for name, (item, published) in entries.items()}
    return "".join(sorted(keys, key=keys.__getitem__, reverse=True))


@pytest.mark.parametrize(
    ("entry", "heat"),
    [
        (Entry(), 30.0),
        (Entry(quality=51.0), 51.0),
        (Entry(quality=0.0), 0.0),
        (Entry(quality=51.0, heat=20.0), 20.0),
        (Entry(heat=0.0), 0.0),
        (Entry(heat=69.0, coverage=2), 69.0),
        (Entry(quality=51.0, coverage=2), 71.0),
        (Entry(quality=59.0, coverage=1), 69.0),
        (Entry(coverage=1), 40.0),
    ],
)
def test_heat_is_the_curators_else_quality_or_the_unknown_and_ten_for_each_further_provider(
    entry: Entry, heat: float
) -> None:
    assert effective_heat(entry, DEFAULT) == heat


def test_the_unknown_and_the_weight_of_coverage_are_settings() -> None:
    assert effective_heat(Entry(coverage=2), RankSettings(unknown=5.0, coverage=1.5)) == 8.0


@pytest.mark.parametrize("hours", [0.5, 12.0, 48.0])
def test_after_a_half_life_an_entry_needs_twice_the_heat_to_keep_its_place(hours: float) -> None:
    rank = RankSettings(half_life=hours * 3600)
    old, age = Entry(heat=60.0), timedelta(hours=hours)
    new = rank_key(Entry(heat=30.0), NOON + age, "", rank).first
    assert new == rank_key(old, NOON, "", rank).first
    assert rank_key(Entry(heat=30.1), NOON + age, "", rank).first > new
    assert rank_key(Entry(heat=29.9), NOON + age, "", rank).first < new


def test_two_entries_keep_their_distance_as_time_goes_by() -> None:
    hot, new = Entry(heat=99.0), Entry(heat=3.0)
    distances = {
        round(
            rank_key(hot, NOON + shift, "", DEFAULT).first
            - rank_key(new, NOON + shift + timedelta(days=1), "", DEFAULT).first,
            6,
        )
        for shift in (timedelta(days=days) for days in (-9000, -1, 0, 1, 9000))
    }
    assert distances == {round(math.log2(33) - 0.5, 6)}


@pytest.mark.parametrize("heat", [-5.0, 0.0, 0.5, 1.0])
def test_heat_below_one_counts_as_one(heat: float) -> None:
    item = Entry(heat=heat)
    assert rank_key(item, NOON, "", DEFAULT).first == rank_key(Entry(heat=1.0), NOON, "", DEFAULT).first


LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    ("order", "entries", "expected"),
    [
        ("heat", {"a": (Entry(heat=9.0), NOON), "b": (Entry(heat=8.0), LATER)}, "ab"),
        ("heat", {"a": (Entry(heat=9.0), NOON), "b": (Entry(heat=9.0), LATER)}, "ba"),
        ("heat", {"a": (Entry(heat=9.0, quality=1.0), NOON), "b": (Entry(heat=9.0), NOON)}, "ab"),
        ("heat", {"a": (Entry(heat=9.0), NOON), "b": (Entry(heat=9.0), NOON)}, "ba"),
        ("latest", {"a": (Entry(heat=99.0), NOON), "b": (Entry(), LATER)}, "ba"),
        ("latest", {"a": (Entry(quality=99.0), NOON), "b": (Entry(), NOON)}, "ba"),
        (
            "quality",
            {"a": (Entry(quality=2.0), NOON), "b": (Entry(quality=1.0, heat=99.0), LATER)},
            "ab",
        ),
        ("quality", {"a": (Entry(quality=0.0), NOON), "b": (Entry(), LATER)}, "ab"),
        ("quality", {"a": (Entry(), NOON), "b": (Entry(), LATER)}, "ba"),
    ],
)
def test_entries_are_ordered_by_the_setting_then_quality_then_date_then_id(
    order: Order, entries: dict[str, tuple[Entry, datetime]], expected: str
) -> None:
    assert ordered(order, **entries) == expected


NUMBERS = st.one_of(st.none(), st.sampled_from((-1.0, 0.0, 5.0)), st.floats(-1e6, 1e308))
ENTRIES = st.builds(Entry, heat=NUMBERS, quality=NUMBERS, coverage=st.integers(0, 3))
DATES = st.one_of(
    st.sampled_from((NOON, LATER)), st.integers(-700_000, 2_000_000).map(lambda hours: NOON + timedelta(hours=hours))
)


@given(st.lists(st.tuples(ENTRIES, DATES), max_size=8), st.sampled_from(ORDERS), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_every_order_is_total(entries: list[tuple[Entry, datetime]], order: Order, random_: Any) -> None:
    rank = RankSettings(order=order)
    keys = [rank_key(item, published, f"tag:{number}", rank) for number, (item, published) in enumerate(entries)]
    assert len(set(keys)) == len(keys)
    assert all(math.isfinite(key.first) or order == "quality" for key in keys)
    assert not any(math.isnan(part) for key in keys for part in (key.first, key.second))
    shuffled = keys[:]
    random_.shuffle(shuffled)
    assert sorted(shuffled) == sorted(keys)


HEATS = st.floats(0, 300)


@given(HEATS, HEATS, st.integers(-3000, 3000), st.sampled_from(ORDERS), st.none() | st.floats(0, 90))
def test_the_number_that_passes_another_is_the_least_whole_one_that_does(
    heat: float, other: float, hours: int, order: Order, quality: float | None
) -> None:
    rank = RankSettings(order=order)
    above = rank_key(Entry(other, quality), NOON + timedelta(hours=hours), "a", rank)
    needed = heat_to_pass(above, NOON, rank)

    def passes(number: float) -> bool:
        entry = Entry(heat, number) if order == "quality" else Entry(number)
        return rank_key(entry, NOON, "b", rank) > above

    if needed is None:
        assert order == "latest" or not passes(MAX_HEAT)
        return
    assert needed == int(needed)
    assert passes(needed)
    if order == "heat" and needed > 2:
        assert not passes(needed - 1.01)
