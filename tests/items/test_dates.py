"""Dates: how people and programs write them, and which moment each is; and those that are nobody's to guess."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import examples

from feedd.items import dates


def at(hour: int, minute: int = 0, second: int = 0, *, day: int = 5) -> datetime:
    return datetime(2024, 3, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("+02:00", at(8)),
        ("+0200", at(8)),
        ("+02", at(8)),
        ("+2", at(8)),
        ("+200", at(8)),
        ("-0700", at(17)),
        ("\N{MINUS SIGN}07:00", at(17)),
        ("+05:45", at(4, 15)),
        ("GMT+2", at(8)),
        ("GMT+0200", at(8)),
        ("gmt-07:00", at(17)),
        ("UTC+5", at(5)),
        ("UTC+05:30", at(4, 30)),
        ("UTC-7", at(17)),
        ("UT +0100", at(9)),
        ("-0000", at(10)),
        ("Z", at(10)),
        ("z", at(10)),
        ("UTC", at(10)),
        ("UT", at(10)),
        ("GMT", at(10)),
        ("EST", at(15)),
        ("EDT", at(14)),
        ("CST", at(16)),
        ("CDT", at(15)),
        ("MST", at(17)),
        ("MDT", at(16)),
        ("PST", at(18)),
        ("PDT", at(17)),
        ("pst", at(18)),
        ("GMT+0200 (Central European Summer Time)", at(8)),
        ("+0200 (CEST)", at(8)),
        ("+0200 CEST", at(8)),
        ("+0800 CST", at(2)),  # China's: the number counts
        ("+0300 +03", at(7)),
        ("+0000 UTC m=+0.000012345", at(10)),
        ("+01:00[Europe/Berlin]", at(9)),
        ("Z[Europe/Berlin][u-ca=iso8601]", at(10)),
    ],
)
@pytest.mark.parametrize("date", ["2024-03-05 10:00:00", "Tue, 05 Mar 2024 10:00:00", "March 5, 2024 10:00 AM"])
def test_a_zone_is_a_number_or_a_name_of_rfc_5322(date: str, zone: str, moment: datetime) -> None:
    assert dates.read(f"{date} {zone}") == moment


@pytest.mark.parametrize(
    "zone",
    [
        *("CEST", "CET", "BST", "IST", "JST", "AEST", "AST", "MSK", "ET", "A", "a", "J", "Y", "Europe/Berlin", "(UTC)"),
        *(
            "+2500",
            "+0260",
            "+02000",
            "+020",
            "0200",
            "EST5EDT",
            "EST-5",
            "+0200 UTC",
            "-0100 GMT",
            "+0300 +04",
            "+0200 pm",
        ),
    ],
)
@pytest.mark.parametrize("date", ["2024-03-05 10:00:00", "Tue, 05 Mar 2024 10:00:00", "March 5, 2024 10:00 AM"])
def test_a_zone_that_several_share_or_that_contradicts_itself_is_not_guessed(date: str, zone: str) -> None:
    assert dates.read(f"{date} {zone}") == "write the zone as a number, such as +02:00"


@pytest.mark.parametrize(
    ("clock", "moment"),
    [
        ("10:00 PM", at(22)),
        ("10:00PM", at(22)),
        ("10:00:07 pm", at(22, 0, 7)),
        ("10pm", at(22)),
        ("10 PM", at(22)),
        ("10:00 p.m.", at(22)),
        ("10:00 P. M.", at(22)),
        ("10:00 a.m.", at(10)),
        ("10:00\N{NARROW NO-BREAK SPACE}PM", at(22)),
        ("12 AM", at(0)),
        ("12:30 AM", at(0, 30)),
        ("12 PM", at(12)),
        ("12:30 pm", at(12, 30)),
        ("22:00 PM", at(22)),
        ("00:30 AM", at(0, 30)),
        ("10:00 PM EST", at(3, day=6)),
        ("10:00 PM +02:00", at(20)),
        ("10:00", at(10)),
        ("9:05", at(9, 5)),
        ("10.30", at(10, 30)),
        ("10:00:07.999999999", at(10, 0, 7)),
        ("10:00:07,5 +02:00", at(8, 0, 7)),
        ("24:00", at(0, day=6)),
        ("24:00:00 +02:00", at(22)),
        ("23:59:60", at(0, day=6)),
    ],
)
@pytest.mark.parametrize("date", ["2024-03-05", "2024/03/05", "5 March 2024", "March 5, 2024"])
def test_a_clock_has_twelve_or_twenty_four_hours(date: str, clock: str, moment: datetime) -> None:
    assert dates.read(f"{date} {clock}") == moment


@pytest.mark.parametrize(
    "clock", ["13:00 AM", "0:30 PM", "24:00 PM", "24:01", "25:00", "10:60", "10:00:61", "10:30:60"]
)
def test_a_time_that_no_clock_shows_is_refused(clock: str) -> None:
    assert dates.read(f"2024-03-05 {clock}") == dates.NO_SUCH_TIME


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-03-05", at(0)),
        ("2024-03-05T10:00", at(10)),
        ("2024-03-05T10:00:00.123Z", at(10)),  # JavaScript's toISOString, Go's RFC 3339
        ("2024-03-05T10:00:00.123456789+02:00", at(8)),
        ("2024-03-05t10:00:00z", at(10)),
        ("2024-03-05T10:00:00+02:00:30", at(7, 59, 30)),
        ("2024-03-05T10:00:00+00:00", at(10)),  # Python's isoformat, and below its str
        ("2024-03-05 10:00:00.123456+02:00", at(8)),
        ("2024-03-05 10:00:00.0000000 +02:00", at(8)),
        ("2024-03-05 10:00:00+02", at(8)),
        ("20240305T100000Z", at(10)),
        ("20240305T1000", at(10)),
        ("20240305", at(0)),
        ("2024-03-05T10", at(10)),
        ("2024-03-05 10", at(10)),
        ("2024-W10-2", at(0)),
        ("2024W102T1000", at(10)),
        ("2024-W10", at(0, day=4)),
        ("2024-03-05Z", at(0)),
        ("2024-03-05+02:00", at(22, day=4)),  # a day in its zone, as in XML Schema
        ("2024-03-05_10:00:00", at(10)),
        ("2024/03/05", at(0)),
        ("2024.03.05", at(0)),
        ("2024/3/5 10:00:00", at(10)),
        ("2024-03-05, 10:00:00 a.m.", at(10)),
        ("Tue Mar 05 2024 10:00:00 GMT+0200 (Central European Summer Time)", at(8)),  # JavaScript's toString
        ("Tue Mar 05 2024 10:00:00 GMT-0700 (MST)", at(17)),
        ("Tue, 05 Mar 2024 10:00:00 GMT", at(10)),  # its toUTCString
        ("March 5, 2024 at 10:00:00\N{NARROW NO-BREAK SPACE}PM GMT+2", at(20)),  # its toLocaleString
        ("2024/3/5 10:00:00", at(10)),
        ("Tuesday, March 5, 2024", at(0)),
        ("2024-03-05 10:00:00 +0200 CEST", at(8)),  # Go
        ("2024-03-05 10:00:00.999999999 -0700 MST m=+0.0", at(17)),
        ("05 Mar 24 10:00 MST", at(17)),
        ("Tuesday, 05-Mar-24 10:00:00 GMT", at(10)),  # RFC 850
        ("Tue Mar  5 10:00:00 2024", at(10)),  # asctime, and those like it
        ("Tue Mar  5 10:00:00 UTC 2024", at(10)),
        ("Tue  5 Mar 10:00:00 GMT 2024", at(10)),
        ("Tue Mar  5 10:00:00 PM UTC 2024", at(22)),
        ("Tue Mar 05 10:00:00 +0200 2024", at(8)),
        ("Tue Mar 5 10:00:00 2024 +0200", at(8)),  # git
        ("2024-03-05 10:00:00 +0200", at(8)),  # Ruby
        ("2024-03-05 10:00:00 UTC", at(10)),
        ("March 5, 2024 10:00 PM", at(22)),  # WordPress
        ("March 5, 2024, 10pm", at(22)),
        ("Tuesday, March 5, 2024 - 10:00", at(10)),
        ("5th of March 2024", at(0)),
        ("5. March 2024", at(0)),
        ("Mar. 5th, 2024", at(0)),
        ("05/Mar/2024:10:00:00 +0200", at(8)),
        ("Mardi, 05 Mar 2024 10:00:00 +0100", at(9)),
        ("05 Mar 69 10:00:00 GMT", datetime(1969, 3, 5, 10, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_date_is_understood_as_the_program_that_wrote_it_meant_it(written: str, moment: datetime) -> None:
    assert dates.read(written) == moment


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("03/05/2024", dates.ORDER_ADVICE),
        ("3/5/2024, 10:00:00 AM", dates.ORDER_ADVICE),
        ("05.03.2024", dates.ORDER_ADVICE),
        ("05-03-24", dates.ORDER_ADVICE),
        ("25.03.2024", dates.ORDER_ADVICE),
        ("3/25/2024, 10:00:00 PM", dates.ORDER_ADVICE),
        ("2024-3-5", dates.ORDER_ADVICE),
        ("2024-03-5 10:00", dates.ORDER_ADVICE),
        ("25/03/24", dates.ORDER_ADVICE),
        ("05 Mar 55 10:00 GMT", dates.CENTURY_ADVICE),
        ("05-Mar-68 10:00:00 GMT", dates.CENTURY_ADVICE),
        ("2024-03-05-07:00", ""),  # a clock or a zone
        ("2024-065", ""),
        ("1709632800", ""),
        ("2024-02-30", dates.NO_SUCH_DAY),
        ("30 Feb 2024", dates.NO_SUCH_DAY),
        ("2024-W54-1", ""),
        ("5 Floreal 2024", ""),
        ("March 2024", ""),
        ("2024", ""),
        ("10:00", ""),
        ("tomorrow", ""),
        ("", ""),
        ("0001-01-01T00:00:00+02:00", ""),
        ("9999-12-31T24:00", ""),
        ("2024-03-05 10:00:00 " + "(" * 200, ""),
    ],
)
def test_what_can_be_read_in_two_ways_or_in_none_is_refused_with_advice(written: str, advice: str) -> None:
    assert dates.read(written) == advice


ZONED = st.builds(
    lambda moment, minutes: moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes))),
    st.datetimes(datetime.fromisoformat("1970-01-02"), datetime.fromisoformat("2049-12-30")),
    st.integers(-14 * 60, 14 * 60),
)
WRITERS = (
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S %z",
    "%Y/%m/%d %I:%M:%S %p %z",
    "%a %b %d %Y %H:%M:%S GMT%z (Somewhere's Time)",
    "%B %d, %Y %I:%M:%S %p %z",
    "%A, %d %B %Y at %H:%M:%S UTC%z",
    "%a %b %d %H:%M:%S %z %Y",
    "%d-%b-%y %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S.123456789 %z ABC m=+1.5",
)


@settings(max_examples=examples(100))
@given(ZONED, st.sampled_from(WRITERS))
def test_each_way_of_writing_a_moment_means_that_moment(moment: datetime, form: str) -> None:
    assert dates.read(moment.strftime(form)) == moment


@settings(max_examples=examples(100))
@given(ZONED)
def test_what_the_standard_library_writes_is_read(moment: datetime) -> None:
    for written in (moment.isoformat(), str(moment), format_datetime(moment)):
        assert dates.read(written) == moment


@given(st.text(st.sampled_from("0123456789-+:./TZWtz ,()[]apmGMTUCarsndy"), max_size=60))
def test_no_text_is_more_than_a_moment_or_advice(written: str) -> None:
    found = dates.read(written)
    assert found.tzinfo is UTC and not found.microsecond if isinstance(found, datetime) else isinstance(found, str)


@pytest.mark.parametrize("unit", [" ", "1", "a", "(", "()", "[", "5 mar ", "2024-03-05 ", "10:00 ", "+0200 ", "m="])
def test_a_long_text_takes_no_time(unit: str) -> None:
    started = thread_time()
    for start in ("", "2024-03-05 10:00:00", "Tue, 5 Mar 2024 10:00:00 +0200", "Mar 5 10:00"):
        dates.read(start + unit * 100_000)
    assert thread_time() - started < 2


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-01-05", datetime(2024, 1, 4, 23, tzinfo=UTC)),
        ("2024-07-05 09:30", datetime(2024, 7, 5, 7, 30, tzinfo=UTC)),
        ("5 July 2024 09:30", datetime(2024, 7, 5, 7, 30, tzinfo=UTC)),
        ("Fri Jul 5 09:30:00 2024", datetime(2024, 7, 5, 7, 30, tzinfo=UTC)),
        ("2024-07-05T09:30:00Z", datetime(2024, 7, 5, 9, 30, tzinfo=UTC)),
        ("2024-07-05 09:30 -0800", datetime(2024, 7, 5, 17, 30, tzinfo=UTC)),
        ("2024-07-05 09:30 GMT", datetime(2024, 7, 5, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_date_without_a_zone_is_in_the_given_zone(written: str, moment: datetime) -> None:
    assert dates.read(written, dates.zone_of("Europe/Vienna")) == moment
