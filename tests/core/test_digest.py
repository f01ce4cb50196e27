"""Digests, decided: which periods are closed, and what their entries look like."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedd.core.digest import (
    CADENCES,
    DAILY,
    MOST,
    WEEKLY,
    Line,
    Period,
    begun,
    closed_periods,
    dated,
    end_of,
    make_digest,
    next_end,
    place_in,
)

VIENNA = ZoneInfo("Europe/Vienna")
MOMENTS = st.integers(946684800, 2208988800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))  # 2000 to 2040
ZONES = st.sampled_from(["UTC", "Europe/Vienna", "America/St_Johns", "Pacific/Apia", "America/Santiago"]).map(ZoneInfo)
NOON = datetime(2024, 5, 15, 12, tzinfo=UTC)  # a Wednesday


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "cadence", "zone", "end"),
    [
        ("2024-05-15T12:00", DAILY, UTC, "2024-05-16T00:00"),
        ("2024-05-15T00:00", DAILY, UTC, "2024-05-16T00:00"),
        ("2024-05-15T12:00", DAILY, VIENNA, "2024-05-15T22:00"),
        ("2024-05-15T22:00", DAILY, VIENNA, "2024-05-16T22:00"),
        ("2024-03-30T23:00", DAILY, VIENNA, "2024-03-31T22:00"),  # 23 hours
        ("2024-10-26T22:00", DAILY, VIENNA, "2024-10-27T23:00"),  # 25 hours
        ("2024-09-07T12:00", DAILY, ZoneInfo("America/Santiago"), "2024-09-08T04:00"),  # a day without midnight
        ("2024-05-15T12:00", WEEKLY, UTC, "2024-05-20T00:00"),
        ("2024-05-13T00:00", WEEKLY, UTC, "2024-05-20T00:00"),
        ("2024-05-19T23:00", WEEKLY, VIENNA, "2024-05-26T22:00"),
    ],
)
def test_a_period_ends_at_the_next_local_midnight(after: str, cadence: str, zone: ZoneInfo, end: str) -> None:
    assert next_end(utc(after), cadence, zone) == utc(end)


def test_at_first_only_the_last_period_is_closed() -> None:
    assert closed_periods(None, NOON, DAILY, UTC) == [Period(utc("2024-05-14"), utc("2024-05-15"))]
    assert closed_periods(None, NOON, WEEKLY, UTC) == [Period(utc("2024-05-06"), utc("2024-05-13"))]


def test_what_was_missed_is_caught_up_but_not_without_end() -> None:
    last = utc("2024-05-12")
    assert closed_periods(last, NOON, DAILY, UTC) == [
        Period(utc(f"2024-05-{day}"), utc(f"2024-05-{day + 1}")) for day in (12, 13, 14)
    ]
    missed = closed_periods(utc("2020-05-12"), NOON, DAILY, UTC)
    assert len(missed) == MOST[DAILY]
    assert missed[-1].end == utc("2024-05-15")


def test_a_clock_that_is_set_back_closes_nothing_twice() -> None:
    assert closed_periods(NOON, NOON - timedelta(days=30), DAILY, UTC) == []


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=20)), st.sampled_from(CADENCES), ZONES, ZONES)
def test_periods_follow_each_other_whatever_the_time_zone_becomes(
    start: datetime, later: timedelta, cadence: str, zone: ZoneInfo, other: ZoneInfo
) -> None:
    first = closed_periods(None, start, cadence, zone)
    assert len(first) == 1
    assert first[0].start < first[0].end <= start
    then = closed_periods(first[-1].end, start + later, cadence, other)
    periods = [*first, *then] if len(then) < MOST[cadence] else then
    assert all(before.end == after.start for before, after in pairwise(periods))
    assert all(period.start < period.end <= start + later for period in then)
    longest = timedelta(days=8 if cadence == WEEKLY else 2, hours=2)  # Apia left out a day
    assert next_end(periods[-1].end, cadence, other) > start + later
    assert all(period.end - period.start <= longest for period in periods)


def line(title: str = "A title", **fields: object) -> Line:
    return Line(**({"title": title, "link": None, "provider": None, "published": NOON, "summary": ""} | fields))


def test_what_items_say_is_text_in_a_digest() -> None:
    period = Period(utc("2024-05-15"), utc("2024-05-16"))
    hostile = "<script>alert(1)</script>"
    made = make_digest("tag:x", "AI", period, UTC, [line(hostile, provider=hostile, summary=hostile)], 1)
    assert "<script" not in made.content
    assert made.content.count("&lt;script&gt;") == 3


@pytest.mark.parametrize(
    ("start", "end", "zone", "title", "ident"),
    [
        ("2024-05-15", "2024-05-16", UTC, "AI: 15 May 2024", "tag:x/2024-05-15T00:00Z"),
        ("2024-05-14T22:00", "2024-05-15T22:00", VIENNA, "AI: 15 May 2024", "tag:x/2024-05-14T22:00Z"),
        ("2024-05-13", "2024-05-20", UTC, "AI: 13 to 19 May 2024", "tag:x/2024-05-13T00:00Z"),
        ("2024-04-29", "2024-05-06", UTC, "AI: 29 April to 5 May 2024", "tag:x/2024-04-29T00:00Z"),
        ("2024-12-30", "2025-01-06", UTC, "AI: 30 December 2024 to 5 January 2025", "tag:x/2024-12-30T00:00Z"),
    ],
)
def test_a_digest_is_called_after_its_days(start: str, end: str, zone: ZoneInfo, title: str, ident: str) -> None:
    made = make_digest("tag:x", "AI", Period(utc(start), utc(end)), zone, [line()], 1)
    assert (made.title, made.id) == (title, ident)


def test_a_digest_says_how_many_there_were() -> None:
    period = Period(utc("2024-05-13"), utc("2024-05-20"))
    assert "<p>1 entry, hottest first.</p>" in make_digest("t", "AI", period, UTC, [line()], 1).content
    made = make_digest("t", "AI", period, UTC, [line("B", link="https://a.example/?a&b", provider="Herald")] * 2, 5)
    assert "<p>The 2 hottest of 5 entries.</p>" in made.content
    assert '<a href="https://a.example/?a&amp;b">B</a></strong> <small>Herald, 15 May</small>' in made.content


def test_a_digest_knows_what_it_names_by_its_link_or_title() -> None:
    period = Period(utc("2024-05-13"), utc("2024-05-20"))
    lines = [
        line("A", link="https://a.example/?a&b", summary='<a href="https://b.example/"> <strong>C</strong> <li>'),
        line("B", link="https://b.example/"),
        line("Q & A"),
    ]
    made = make_digest("tag:x", "AI: news", period, UTC, lines, 3)
    assert (dated(made), begun(made)) == ("13 to 19 May 2024", period.start)
    assert place_in(made, "another title", "https://a.example/?a&b") == (1, 3)
    assert place_in(made, "B", "https://b.example/") == (2, 3)
    assert place_in(made, "Q & A", None) == (3, 3)
    assert place_in(made, "B", "https://b.example/moved") is None
    assert place_in(made, "B", None) is place_in(made, "C", None) is None


@given(MOMENTS, st.sampled_from(CADENCES), ZONES)
def test_a_day_or_week_ends_after_what_is_in_it_at_a_local_midnight(
    moment: datetime, cadence: str, zone: ZoneInfo
) -> None:
    end = end_of(moment, cadence, zone)
    assert moment < end <= moment + timedelta(days=1 if cadence == DAILY else 7, hours=25)
    assert end == end_of(end - timedelta(seconds=1), cadence, zone)


def test_a_day_ends_once_though_clocks_go_back_over_its_midnight() -> None:
    zone = ZoneInfo("America/St_Johns")  # a minute after midnight, until 2011
    moment = utc("2005-10-30T02:45")
    assert moment.astimezone(zone).day == 29
    assert end_of(moment, DAILY, zone) == utc("2005-10-31T03:30")
