"""Digests, decided: which periods are closed, and what their entries look like."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedd.decide.periods import (
    MAX_CAUGHT_UP,
    DigestLine,
    Period,
    closed_periods,
    make_digest,
    next_end,
    next_period_start,
    period_end,
    period_in_words,
    period_start,
    position_in,
    without_entries,
)
from feedd.select.views.digest_view import CADENCES, DAILY, WEEKLY

VIENNA = ZoneInfo("Europe/Vienna")
MOMENTS = st.integers(946684800, 2208988800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))  # 2000 to 2040
ZONES = st.sampled_from(["UTC", "Europe/Vienna", "America/St_Johns", "Pacific/Apia", "America/Santiago"]).map(ZoneInfo)
NOON = datetime(2024, 5, 15, 12, tzinfo=UTC)  # a Wednesday


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "cadence", "zone", "end"),
    [
        ("2024-05-15T12:00", DAILY, UTC, "2024-05-17T00:00"),  # what is left of a day is part of the next
        ("2024-05-15T02:00", DAILY, UTC, "2024-05-16T00:00"),
        ("2024-05-15T00:00", DAILY, UTC, "2024-05-16T00:00"),
        ("2024-05-15T12:00", DAILY, VIENNA, "2024-05-16T22:00"),
        ("2024-05-15T22:00", DAILY, VIENNA, "2024-05-16T22:00"),
        ("2024-03-30T23:00", DAILY, VIENNA, "2024-03-31T22:00"),  # 23 hours
        ("2024-10-26T22:00", DAILY, VIENNA, "2024-10-27T23:00"),  # 25 hours
        ("2024-09-07T04:00", DAILY, ZoneInfo("America/Santiago"), "2024-09-08T04:00"),  # a day without midnight
        ("2024-05-15T12:00", WEEKLY, UTC, "2024-05-20T00:00"),
        ("2024-05-13T00:00", WEEKLY, UTC, "2024-05-20T00:00"),
        ("2024-05-19T23:00", WEEKLY, VIENNA, "2024-05-26T22:00"),
        ("2024-05-16T04:00", WEEKLY, UTC, "2024-05-27T00:00"),
    ],
)
def test_a_period_ends_at_the_next_local_midnight_that_leaves_it_long_enough(
    after: str, cadence: str, zone: ZoneInfo, end: str
) -> None:
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
    assert len(missed) == MAX_CAUGHT_UP[DAILY]
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
    periods = [*first, *then] if len(then) < MAX_CAUGHT_UP[cadence] else then
    assert all(before.end == after.start for before, after in pairwise(periods))
    assert all(period.end <= start + later for period in then)
    assert next_end(periods[-1].end, cadence, other) > start + later
    shortest = timedelta(days=4) if cadence == WEEKLY else timedelta(hours=22)
    longest = shortest + timedelta(days=8 if cadence == WEEKLY else 2, hours=2)  # Apia left out a day
    assert all(shortest <= period.end - period.start <= longest for period in periods)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=4000)), st.sampled_from(CADENCES), ZONES)
def test_what_a_wrong_clock_closed_does_not_put_off_the_next_period(
    now: datetime, ahead: timedelta, cadence: str, zone: ZoneInfo
) -> None:
    (last,) = closed_periods(None, now, cadence, zone)
    (wrong,) = closed_periods(None, now + ahead, cadence, zone)
    assert next_period_start(last.end, now, cadence, zone) == last.end
    found = next_period_start(wrong.end, now, cadence, zone)
    assert found in (last.end, period_end(now, cadence, zone, None))  # a clock put right by little closes nothing twice
    assert found == last.end or found == wrong.end


def line(title: str = "A title", **fields: object) -> DigestLine:
    given = {"entry": 1, "file": 1, "words": b"1", "title": title, "link": None, "provider": None}
    return DigestLine(**(given | {"published": NOON, "summary": ""} | fields))


def test_what_items_say_is_text_in_a_digest() -> None:
    period = Period(utc("2024-05-15"), utc("2024-05-16"))
    hostile = "<script>alert(1)</script>"
    made = make_digest("tag:x", "AI", period, UTC, [line(hostile, provider=hostile, summary=f"{hostile}.")], 1, "heat")
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
    made = make_digest("tag:x", "AI", Period(utc(start), utc(end)), zone, [line()], 1, "heat")
    assert (made.title, made.id) == (title, ident)


def test_a_digest_says_how_many_there_were() -> None:
    period = Period(utc("2024-05-13"), utc("2024-05-20"))
    two = [line("B", link="https://a.example/?a&b", provider="Herald")] * 2
    assert "<p>1 entry.</p>" in make_digest("t", "AI", period, UTC, [line()], 1, "heat").content
    assert "<p>The hottest of 2 entries.</p>" in make_digest("t", "AI", period, UTC, [line()], 2, "heat").content
    assert "<p>2 entries, best first.</p>" in make_digest("t", "AI", period, UTC, two, 2, "quality").content
    assert "<p>The 2 newest of 5 entries.</p>" in make_digest("t", "AI", period, UTC, two, 5, "latest").content
    made = make_digest("t", "AI", period, UTC, two, 5, "heat")
    assert "<p>The 2 hottest of 5 entries.</p>" in made.content
    assert (
        '<a href="https://a.example/?a&amp;b">B</a></strong> <small>Herald, 15\N{NO-BREAK SPACE}May</small>'
        in made.content
    )


def test_a_digest_knows_what_it_lists_and_leaves_out_what_is_withheld() -> None:
    period = Period(utc("2024-05-13"), utc("2024-05-20"))
    lines = [line("A", entry=7, summary="<li></li> <p>"), line("B", entry=3), line("Q & A", entry=5, summary="More.")]
    made = make_digest("tag:x", "AI: news", period, UTC, lines, 3, "heat")
    assert (period_in_words(made), period_start(made), made.day) == ("13 to 19 May 2024", period.start, "2024-05-13")
    assert [position_in(made, entry) for entry in (7, 3, 5, 1)] == [(1, 3), (2, 3), (3, 3), None]
    assert without_entries(made, {1, 2}) is made
    left = without_entries(made, {7, 1})
    assert [position_in(left, entry) for entry in (7, 3, 5)] == [None, (1, 2), (2, 2)]
    assert left.content == made.content.replace(first_of(made.content), "").replace(
        "first.", "first. 1 was withdrawn since."
    )
    assert left.summary == "B; Q & A"
    assert (left.id, left.title, left.end, left.day) == (made.id, made.title, made.end, made.day)
    assert without_entries(made, {7, 3, 5}).content == "<p>3 entries, hottest first. 3 were withdrawn since.</p>"


def first_of(content: str) -> str:
    """The first line of a list."""
    return content[content.index("<li>") : content.index("<li>", content.index("<li>") + 1)]


@given(MOMENTS, st.sampled_from(CADENCES), ZONES)
def test_a_day_or_week_ends_after_what_is_in_it_at_a_local_midnight(
    moment: datetime, cadence: str, zone: ZoneInfo
) -> None:
    end = period_end(moment, cadence, zone, None)
    assert moment < end <= moment + timedelta(days=1 if cadence == DAILY else 7, hours=25)
    assert end == period_end(end - timedelta(seconds=1), cadence, zone, None)


def test_a_day_ends_once_though_clocks_go_back_over_its_midnight() -> None:
    zone = ZoneInfo("America/St_Johns")  # a minute after midnight, until 2011
    moment = utc("2005-10-30T02:45")
    assert moment.astimezone(zone).day == 29
    assert period_end(moment, DAILY, zone, None) == utc("2005-10-31T03:30")
