"""Views, decided: which feeds have which, what is in them and in which order, and what is hot."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedd.model import FeedId
from feedd.select.ranking import RankKey, RankSettings, by_rank
from feedd.select.views import ADMISSION_VIEWS, MEMBER_VIEWS, PERIOD_VIEWS, VIEWS, Views, find_view
from feedd.select.views.threshold import Threshold
from feedd.select.views.view_options import ViewOptions

ALL, BOATS = FeedId("all", ""), FeedId("topic", "boats")
HOT, TOP = "hot", "top"
KINDS = {"members": MEMBER_VIEWS, "admissions": ADMISSION_VIEWS, "periods": PERIOD_VIEWS}
MOMENT = datetime(2024, 5, 6, tzinfo=UTC)
HEATS = st.dictionaries(st.integers(0, 50), st.floats(0, 100), max_size=30)


def test_a_feed_has_the_views_that_are_made_for_its_family() -> None:
    views = Views(feeds=("topics",), top=10, hot=Threshold(60))
    assert list(views.for_feed(ALL)) == []
    assert list(views.for_feed(BOATS)) == [BOATS._replace(view=HOT), BOATS._replace(view=TOP)]
    assert views.has(BOATS._replace(view=HOT))
    assert not views.has(ALL._replace(view=HOT))
    assert not Views(feeds=("topics",), top=10).has(BOATS._replace(view=HOT))


def test_a_saved_feed_has_the_views_that_it_says_else_those_of_its_family_if_it_is_configured() -> None:
    views = Views(feeds=("saved",), top=10, hot=Threshold(60), saved={"mine": (TOP,), "other": None})
    found = {key: [each.view for each in views.for_feed(FeedId("saved", key))] for key in ("mine", "other", "former")}
    assert found == {"mine": [TOP], "other": [HOT, TOP], "former": []}


def test_every_view_has_members_of_one_kind() -> None:
    found = {kind: [view.name for view in views] for kind, views in KINDS.items()}
    assert found == {"members": [TOP], "admissions": [HOT], "periods": ["digest/daily", "digest/weekly"]}
    assert sorted(name for names in found.values() for name in names) == sorted(VIEWS)


def test_every_option_of_a_view_is_one_that_is_configured() -> None:
    assert {option for view in VIEWS.values() for option in view.options} < set(ViewOptions.__struct_fields__)


def test_a_view_is_on_when_its_option_says_so() -> None:
    assert Views().names == ()
    assert Views(top=1).names == (TOP,)
    assert Views(hot=Threshold(1), digest=("weekly",)).names == (HOT, "digest/weekly")


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 9), st.text(max_size=3)), unique_by=lambda each: each[2]))
def test_what_is_hot_is_by_admission_then_by_rank_and_all_else_by_rank(entries: list[tuple[int, float, str]]) -> None:
    keyed = [(admitted, RankKey(heat, 0.0, MOMENT, name)) for admitted, heat, name in entries]
    assert sorted(keyed, key=lambda each: VIEWS[HOT].sort_key(*each)) == sorted(keyed)
    assert sorted(keyed, key=lambda each: VIEWS[TOP].sort_key(*each)) == sorted(keyed, key=lambda each: each[1])
    assert sorted(keyed, key=lambda each: find_view(ALL).sort_key(*each)) == sorted(keyed, key=lambda each: each[1])


def test_a_view_that_is_no_longer_known_is_like_its_feed() -> None:
    former = find_view(ALL._replace(view="former"))
    assert former is find_view(BOATS)
    assert former.limit(Views(top=1)) is None


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
