"""Moments: a date as people and programs write it, in; the moment in UTC, or advice in words, out.

    text -- date --> year, month, day -- clock --> hour, minute, second -- zone --> offset from UTC --> moment

A date that can be read in two ways is not read: it is better to ask than to publish an item hours early.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple

from feedd.patterns import late_pattern

LONGEST_DATE = 120  # characters of a date, with the name of its zone in words

ZONE_ADVICE = "write the zone as a number, such as +02:00"
ORDER_ADVICE = "write the year first, with four digits, then month and day with two each"
CENTURY_ADVICE = "write the year with four digits"
NO_SUCH_DAY = "there is no such day"
NO_SUCH_TIME = "there is no such time of day"

# This spelling is left to datetime, for speed. Other spellings that its fromisoformat takes differ between releases.
_USUAL = late_pattern(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ](?:[01][0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_WEEKDAY = late_pattern(r"(?:([^\W\d_]{2,20})\.?, ?|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.? )")
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_MONTHS = {name: number for number, month in enumerate(_MONTH_NAMES, start=1) for name in (month, month[:3])} | {
    "sept": 9
}
_BY_YEAR = late_pattern(
    r"(?P<year>[0-9]{4})(?:(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
    r"|-?w(?P<week>[0-9]{2})(?:-?(?P<weekday>[1-7]))?|(?P<digits>[0-9]{4}))(?![0-9])"
)
_IN_NUMBERS = late_pattern(
    r"[0-9]{1,2}([-/.])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2})(?![0-9])|[0-9]{4}-(?:[0-9]-|[0-9]{2}-[0-9](?![0-9]))"
)
_DAY, _NAME = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?", r"(?P<name>[a-z]{3,9})\b"
_NAMED_MONTH = (
    late_pattern(
        rf"{_DAY}(?:\.? (?:of )?|[-/.]){_NAME}\.?(?:,? |[-/])(?P<year>[0-9]{{4}}(?![0-9])|[0-9]{{2}}(?![\w:.]))"
    ),
    late_pattern(rf"{_NAME}\.?[-/ ]{_DAY}(?:, ?|[-/ ])(?P<year>[0-9]{{4}})(?![0-9])"),
)
_YEAR_COMES_LAST = (late_pattern(rf"{_DAY} {_NAME}(?= )"), late_pattern(rf"{_NAME} {_DAY}(?= )"))
_LATE_YEAR = late_pattern(r" ([0-9]{4})(?= |$)")

_CLOCK = late_pattern(
    r"(?=[t_:, ])(?:[t_:]|,? ?(?:at |@ |- )?)(?P<hour>[0-9]{1,2})"
    r"(?:[:.](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:[.,][0-9]+)?)?)?"
    r"(?: ?(?P<half>[ap])(?:m|\. ?m)\.?(?![\w.]))?(?![0-9])"
)
_BASIC_CLOCK = late_pattern(
    r"[t_ ](?P<hour>[0-9]{2})(?:(?P<minute>[0-9]{2})(?:(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?)?(?![0-9:.])"
)

# RFC 5322, section 4.3: names with a single meaning, in hours from UTC. Military letters have none.
_HOURS = dict.fromkeys(("z", "utc", "ut", "gmt"), 0) | {
    f"{first}{kind}t": hours + (kind == "d")
    for first, hours in (("e", -5), ("c", -6), ("m", -7), ("p", -8))
    for kind in ("s", "d")
}
_OFFSET = r"[+-](?:[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|[0-9]{6}|[0-9]{1,4})(?![0-9:])"
_REMARKS = r"(?: ?\([^()]*\)| ?\[[^\[\]!]*\])*(?: m=[+-][0-9.]+)?"  # names in words (JavaScript, RFC 9557); Go's clock
_NUMBERED = late_pattern(
    rf" ?(?:(?:utc?|gmt) ?)?(?P<offset>{_OFFSET})(?: (?P<beside>[a-z]{{3,5}}|{_OFFSET}))?{_REMARKS}"
)
_NAMED_ZONE = late_pattern(rf" ?(?P<name>[a-z]+){_REMARKS}")


class _NoSuchDay(ValueError):
    """A date whose parts are numbers of no day."""


class _Clock(NamedTuple):
    """A time of day, and how much later it is than datetime can say: 24:00, or a leap second."""

    hour: int
    minute: int
    second: int
    later: timedelta = timedelta()


@lru_cache(maxsize=8)
def zone_of(name: str) -> tzinfo:
    """The time zone of this name in the tz database."""
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo  # late: UTC needs no database of zones

    return ZoneInfo(name)


def read(written: str, zone: tzinfo = UTC) -> datetime | str:
    """The moment of a written date, in UTC and whole seconds. For a date that cannot be read, advice in words; ""
    without any.

    Understood are ISO 8601 (calendar and week dates), RFC 3339, RFC 5322, RFC 850 and asctime. So are the English dates
    of JavaScript, Go, Ruby, Python, Java, PowerShell, git and WordPress. A date in numbers has its year first. The zone
    is a number, perhaps behind UTC or GMT, or a name of RFC 5322, section 4.3. A date without a zone is in `zone`.
    Where a number and a name stand side by side, the number counts. A number other than zero beside UTC or GMT is
    refused. So is each other name, since several zones may share it.
    """
    if _USUAL.fullmatch(written):
        try:
            found = datetime.fromisoformat(written)
            return _in_utc(found.replace(tzinfo=zone) if found.tzinfo is None else found)
        except (ValueError, OverflowError):
            pass  # a leap second, or no date at all
    if len(written) > LONGEST_DATE:
        return ""
    text = " ".join(written.replace("\N{MINUS SIGN}", "-").split()).lower()
    weekday = _WEEKDAY.match(text)
    if weekday and weekday[1] not in _MONTHS:
        text = text[weekday.end() :]
    try:
        if _IN_NUMBERS.match(text):
            return ORDER_ADVICE
        return _by_year(text, zone) or _named(text, zone) or _year_comes_last(text, zone) or ""
    except _NoSuchDay:
        return NO_SUCH_DAY
    except (ValueError, OverflowError):
        return ""


def _by_year(text: str, zone: tzinfo) -> datetime | str | None:
    found = _BY_YEAR.match(text)
    if found is None:
        return None
    year, digits = int(found["year"]), found["digits"]
    if found["week"]:
        day = date.fromisocalendar(year, int(found["week"]), int(found["weekday"] or 1))
    elif digits:
        day = date(year, int(digits[:2]), int(digits[2:]))
    else:
        day = _day(year, int(found["month"]), int(found["day"]))
    return _at(day, text[found.end() :], zone, (_CLOCK, _BASIC_CLOCK))


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise _NoSuchDay from None


def _named(text: str, zone: tzinfo) -> datetime | str | None:
    """A date whose month has a name, and its year after it."""
    for form in _NAMED_MONTH:
        if (found := form.match(text)) and (month := _MONTHS.get(found["name"])):
            year = int(found["year"])
            if len(found["year"]) == 2:
                if 50 <= year < 69:  # RFC 5322 reads 1950, and POSIX 2050
                    return CENTURY_ADVICE
                year += 2000 if year < 50 else 1900
            return _at(_day(year, month, int(found["day"])), text[found.end() :], zone)
    return None


def _year_comes_last(text: str, zone: tzinfo) -> datetime | str | None:
    """A date of asctime's kind, with its year behind the clock, before or after the zone."""
    for form in _YEAR_COMES_LAST:
        if (found := form.match(text)) and (month := _MONTHS.get(found["name"])):
            rest = text[found.end() :]
            if late := _LATE_YEAR.search(rest):
                rest = rest[: late.start()] + rest[late.end() :]
                return _at(_day(int(late[1]), month, int(found["day"])), rest, zone)
    return None


def _at(day: date, rest: str, default: tzinfo, clocks: tuple[re.Pattern[str], ...] = (_CLOCK,)) -> datetime | str:
    """The moment on this day at the clock and in the zone of `rest`, else in the zone `default`; or advice in words."""
    clock = _Clock(0, 0, 0)
    for form in clocks:
        found = form.match(rest)
        if found and (form is _BASIC_CLOCK or found["minute"] or found["half"]):
            read_clock = _clock(**found.groupdict(default=""))
            if read_clock is None or read_clock.hour > 23 or read_clock.minute > 59 or read_clock.second > 59:
                return NO_SUCH_TIME
            clock, rest = read_clock, rest[found.end() :]
            break
    else:
        if rest.startswith(("-", " -")):  # a clock behind a stroke as likely as a zone
            return ""
    zone = _zone(rest) if rest.strip() else default
    if isinstance(zone, str):
        return zone
    return _in_utc(datetime(day.year, day.month, day.day, *clock[:3], tzinfo=zone) + clock.later)


def _clock(hour: str, minute: str, second: str, half: str = "") -> _Clock | None:
    hours, minutes, seconds = int(hour), int(minute or 0), int(second or 0)
    if half == "a":
        if hours > 12:
            return None
        hours %= 12
    elif half == "p":
        if hours == 0:
            return None
        hours += 12 if hours < 12 else 0  # strftime("%H:%M %p") writes 22:00 PM
    if (hours, minutes, seconds) == (24, 0, 0) and not half:
        return _Clock(0, 0, 0, timedelta(days=1))
    if (minutes, seconds) == (59, 60):
        return _Clock(hours, minutes, 59, timedelta(seconds=1))
    return _Clock(hours, minutes, seconds)


def _zone(text: str) -> timezone | str:
    """The zone at the end of a date, or advice in words."""
    if found := _NUMBERED.fullmatch(text):
        offset, beside = _offset(found["offset"]), found["beside"] or ""
        named = _offset(beside) if beside[:1] in ("+", "-") else timedelta() if beside in ("utc", "gmt") else offset
        return timezone(offset) if offset is not None and named == offset else ZONE_ADVICE
    if (found := _NAMED_ZONE.fullmatch(text)) and found["name"] in _HOURS:
        return timezone(timedelta(hours=_HOURS[found["name"]]))
    return ZONE_ADVICE


def _offset(written: str) -> timedelta | None:
    """How far a zone is from UTC: `+2`, `+02`, `+200`, `+0200`, `+02:00` or `+02:00:00`; `+020` may be any of them."""
    digits = written[1:]
    if len(digits) == 3 and digits[0] == "0":
        return None
    if ":" in digits:
        parts = digits.split(":")
    elif len(digits) < 3:
        parts = [digits]
    else:
        padded = digits.zfill(len(digits) + len(digits) % 2)
        parts = [padded[at : at + 2] for at in range(0, len(padded), 2)]
    hours, minutes, seconds = (*map(int, parts), 0, 0)[:3]
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -offset if written[0] == "-" else offset


def _in_utc(found: datetime) -> datetime:
    found = found if found.tzinfo is UTC else found.astimezone(UTC)
    return found.replace(microsecond=0) if found.microsecond else found
