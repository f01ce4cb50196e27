"""Digests: a clock, a time zone and ranked entries in; the periods that are closed, and an entry for each, out.

Periods follow each other without gap or overlap: one begins where the last ended, and ends with the local day or week.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from html import escape
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct

DAILY, WEEKLY = "daily", "weekly"
CADENCES = (DAILY, WEEKLY)
MOST = {DAILY: 7, WEEKLY: 4}  # periods that are caught up after a downtime: the last ones
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Period(NamedTuple):
    """From `start` to before `end`; both UTC."""

    start: datetime
    end: datetime


class Line(Struct, frozen=True):
    """An entry in a digest."""

    title: str
    link: str | None
    provider: str | None
    published: datetime
    summary: str


class Digest(Struct, frozen=True):
    """What is kept of a closed period: an entry that is never made again. `content` is safe HTML."""

    id: str
    title: str
    end: datetime
    summary: str
    content: str


def next_end(after: datetime, cadence: str, zone: tzinfo) -> datetime:
    """When the period ends in which the moment `after` is, or that begins with it: the next local midnight, for weeks
    that before a Monday (ISO 8601). UTC.
    """
    day = after.astimezone(zone).date()
    while True:
        day += timedelta(days=1)
        end = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        if end > after and (cadence == DAILY or day.weekday() == 0):
            return end


def closed_periods(last: datetime | None, now: datetime, cadence: str, zone: tzinfo) -> list[Period]:
    """The periods that have closed since `last`, the end of the last one that was dealt with; at most MOST of them,
    the latest. Without it, the last one.
    """
    step = timedelta(days=1 if cadence == DAILY else 7)
    ends = _ends(last if last is not None else now - 4 * step, now, cadence, zone)
    bounds = [*([last] if last is not None else []), *ends]
    most = MOST[cadence] if last is not None else 1
    return [Period(start, end) for start, end in pairwise(bounds)][-most:]


def _ends(after: datetime, now: datetime, cadence: str, zone: tzinfo) -> Iterator[datetime]:
    end = next_end(after, cadence, zone)
    while end <= now:
        yield end
        end = next_end(end, cadence, zone)


def make_digest(feed_id: str, label: str, period: Period, zone: tzinfo, lines: Sequence[Line], of: int) -> Digest:
    """The entry of a period. `lines` are its hottest entries, in order; `of` is how many it has in all."""
    number = "1 entry" if of == 1 else f"{of} entries"
    said = f"{number}, hottest first." if of == len(lines) else f"The {len(lines)} hottest of {number}."
    is_day = period.end - period.start <= timedelta(hours=26)
    listed = "\n".join(f"<li>{_line(line, None if is_day else zone)}</li>" for line in lines)
    return Digest(
        id=f"{feed_id}/{period.start:%Y-%m-%dT%H:%MZ}",
        title=f"{label}: {_dated(period, zone)}",
        end=period.end,
        summary="; ".join(line.title for line in lines[:3]) + ("; …" if len(lines) > 3 else ""),
        content=f"<p>{said}</p>\n<ol>\n{listed}\n</ol>",
    )


def _line(line: Line, zone: tzinfo | None) -> str:
    """A line, with its day if `zone` says which that is."""
    title = escape(line.title)
    if line.link is not None:
        title = f'<a href="{escape(line.link)}">{title}</a>'
    local = line.published.astimezone(zone) if zone else None
    day = f"{local.day} {_MONTHS[local.month - 1]}" if local else None
    by = ", ".join(filter(None, (escape(line.provider or ""), day)))
    small = f" <small>{by}</small>" if by else ""
    summary = f"<br>\n{escape(line.summary)}" if line.summary else ""
    return f"<p><strong>{title}</strong>{small}{summary}</p>"


def _dated(period: Period, zone: tzinfo) -> str:
    first = period.start.astimezone(zone).date()
    last = (period.end - timedelta(seconds=1)).astimezone(zone).date()
    until = f"{last.day} {_MONTHS[last.month - 1]} {last.year}"
    if first >= last:
        return until
    month = "" if (first.year, first.month) == (last.year, last.month) else f" {_MONTHS[first.month - 1]}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day}{month}{year} to {until}"


def end_of(moment: datetime, cadence: str, zone: tzinfo) -> datetime:
    """When the local day, or week, ends in which a moment is. UTC."""
    day = moment.astimezone(zone).date()
    day -= timedelta(days=0 if cadence == DAILY else day.weekday())
    end = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    while end <= moment:  # more than once where clocks go back over midnight
        end = next_end(end, cadence, zone)
    return end


def dated(digest: Digest) -> str:
    """The period of a digest in words: `6 May 2024`."""
    return digest.title.rpartition(": ")[2]


def begun(digest: Digest) -> datetime:
    """When the period of a digest began."""
    return datetime.strptime(digest.id.rpartition("/")[2], "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)


def place_in(digest: Digest, title: str, link: str | None) -> tuple[int, int] | None:
    """The place of an entry among those that a digest names, and how many these are; None if it does not name it. It
    is known by its link, and without one by its title.
    """
    lines = digest.content.split("<li>")[1:]
    mark = f'<a href="{escape(link)}">' if link is not None else f"<strong>{escape(title)}</strong>"
    return next(((number, len(lines)) for number, line in enumerate(lines, start=1) if mark in line), None)
