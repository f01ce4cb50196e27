"""Views, decided: which feeds have which, and what is hot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedd.model import FeedId
from feedd.select.ranking import RankSettings
from feedd.select.views import HOT, TOP, Threshold, Views, by_rank

ALL, BOATS = FeedId("all", ""), FeedId("topic", "boats")
HEATS = st.dictionaries(st.integers(0, 50), st.floats(0, 100), max_size=30)


def test_a_feed_has_the_views_that_are_made_for_its_family() -> None:
    views = Views(feeds=("topics",), top=10, hot=Threshold(60))
    assert list(views.of(ALL)) == []
    assert list(views.of(BOATS)) == [BOATS._replace(view=HOT), BOATS._replace(view=TOP)]
    assert views.has(BOATS._replace(view=HOT))
    assert not views.has(ALL._replace(view=HOT))
    assert not Views(feeds=("topics",), top=10).has(BOATS._replace(view=HOT))


def test_a_saved_feed_has_the_views_that_it_says_else_those_of_its_family_if_it_is_configured() -> None:
    views = Views(feeds=("saved",), top=10, hot=Threshold(60), saved={"mine": (TOP,), "other": None})
    found = {key: [each.view for each in views.of(FeedId("saved", key))] for key in ("mine", "other", "former")}
    assert found == {"mine": [TOP], "other": [HOT, TOP], "former": []}


@pytest.mark.parametrize(
    ("heats", "percent", "hot"),
    [
        ([], 50, []),
        ([90], 1, []),
        ([20, 90], 50, [90]),
        ([20, 90], 51, []),
        ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 90, [100]),
        ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 75, [90, 100]),
        ([50, 50, 50, 50], 1, []),
        ([10, 50, 50, 50], 25, [50, 50, 50]),
    ],
)
def test_a_percentile_is_passed_by_what_is_hotter_than_that_part_of_all(
    heats: list[float], percent: int, hot: list[float]
) -> None:
    passed = Threshold(percent, percent=True).passed_by(dict(enumerate(heats)))
    assert [heats[entry] for entry in sorted(passed)] == hot


@given(HEATS, st.integers(1, 99), st.randoms(use_true_random=False))
def test_what_is_hot_depends_neither_on_order_nor_leaves_out_what_is_hotter(
    heats: dict[int, float], percent: int, random_: st.DrawFn
) -> None:
    threshold = Threshold(percent, percent=True)
    shuffled = list(heats.items())
    random_.shuffle(shuffled)  # type: ignore[attr-defined]
    hot = threshold.passed_by(heats)
    assert hot == threshold.passed_by(dict(shuffled))
    coolest = min((heats[entry] for entry in hot), default=float("inf"))
    assert hot == {entry for entry, heat in heats.items() if heat >= coolest}
    assert len(hot) <= len(heats) * (100 - percent) / 100


@given(HEATS, st.floats(0, 100))
def test_a_heat_as_the_threshold_is_passed_from_it_on(heats: dict[int, float], number: float) -> None:
    assert Threshold(number).passed_by(heats) == {entry for entry, heat in heats.items() if heat >= number}


def test_a_list_is_by_heat_where_its_feed_is_by_date() -> None:
    assert by_rank(RankSettings(order="latest", unknown=3)) == RankSettings(order="heat", unknown=3)
    assert by_rank(RankSettings(order="quality")).order == "quality"
