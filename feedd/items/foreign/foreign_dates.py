"""Dates in the words of other publishers: the value of a field, a path or a body in; a moment and its day, out."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from msgspec import Struct

from feedd.items import dates
from feedd.items.findings import Findings
from feedd.items.front_matter.yaml import Node
from feedd.patterns import late_pattern

_SHORT = late_pattern(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])")
_SHORT_CLOCK = late_pattern(r"(?<=[T ])([0-9]:[0-9]{2})(?![0-9])")
_EPOCH = late_pattern(r"[0-9]{9,10}|[0-9]{12,13}")
_WIKI_LINK = late_pattern(r"\[\[(.*)\]\]")
_COMPUTED = frozenset(("gitlastmodified", "gitcreated", "lastmodified", "created", "now", "auto", "git"))
_IN_NAME = late_pattern(r"(?:([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})|([0-9]{4})([0-9]{2})([0-9]{2}))(?![0-9])")
_IN_FOLDERS = late_pattern(r"(?:^|/)([0-9]{4})/([0-9]{1,2})[/-]([0-9]{1,2})(?=[/-])")
_LINE = late_pattern(
    r"[-*+ ]{0,4}(?:\*\*|__)?(?:(?:start|decision|publication|creation)[ \t])?date(?:\*\*|__)?[ \t]*:(?:\*\*|__)?[ \t]+"
    r"(.{1,120}?)[ \t]*",
    re.IGNORECASE,
)
_WITH_REMARK = late_pattern(r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})(?:[ \t]*[,;(]|[ \t]+[-\u2013\u2014][ \t])")
# A year, and another number behind or before it; not a month alone (2024-05).
_LIKE_DAY = late_pattern(
    r"(?![0-9]{4}-[0-9]{1,2}$)(?=.*?(?<![0-9])(?:19|2[0-9])[0-9]{2}(?![0-9]))[^0-9]*[0-9]+[^0-9]+[0-9]"
)
_EXPECTED = "in its line `Date:` a date such as 2026-01-31 or 2026-01-31T09:30:00+02:00"
_LINES = 12  # below a title, in which a line `Date:` is looked for
_WAITS = ("embargo", "scheduled", "hideuntil", "hiddenuntil", "draftuntil", "privateuntil", "notbefore")
_NONE = frozenset(("", "false", "no", "off", "0", "none", "null"))
_HISTORY = ("firstpublished",)
_MONTH = late_pattern(r"(?:[^\W\d]{3,9}\.?,?[ \t]+)?[0-9]{4}(?:-[0-9]{1,2})?")
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)


class Dated(Struct, frozen=True):
    """A moment in UTC, and the day that was written, which links are made of."""

    moment: datetime
    day: date

    def in_zone(self, zone: tzinfo) -> Dated:
        """The same moment, with the day that it has in a time zone."""
        return Dated(self.moment, self.moment.astimezone(zone).date())


def is_computed(value: Node) -> bool:
    """Whether a value only says from where a publisher takes the date, such as `git Last Modified`."""
    return isinstance(value, str) and value.lower().replace(" ", "").replace("_", "") in _COMPUTED


def is_none(name: str, value: Node) -> bool:
    """Whether a field of this name, in normal form, says that there is nothing to wait for: `embargo: false`, or the
    month in which a text appeared for the first time, `first_published: November 2018`. Without a date,
    `goLive: false` may say that the text is not to be shown at all.
    """
    if not isinstance(value, str):
        return False
    said = value.strip()
    return (name.startswith(_WAITS) and said.lower() in _NONE) or (
        name.startswith(_HISTORY) and _MONTH.fullmatch(said) is not None
    )


def main_date(value: Node) -> Node:
    """The date among several dates in a mapping, such as `{created: ..., updated: ...}`; any other value as it is."""
    if isinstance(value, dict):
        return next((value[name] for name in ("published", "publish", "created") if name in value), value)
    return value


def read_dated(value: Node, zone: tzinfo) -> Dated | str:
    """The date of a value, in any spelling of other publishers; or advice in words, "" without any."""
    if not isinstance(value, str):
        return ""
    written = value.strip()
    if link := _WIKI_LINK.fullmatch(written):
        written = link[1].strip()
    if _EPOCH.fullmatch(written):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            seconds=int(written[:-3] if len(written) > 10 else written)
        )
        return Dated(moment, moment.astimezone(zone).date())
    short = _SHORT.match(written)
    if short:
        year, _, month, day = short.groups()
        written = f"{year}-{month:0>2}-{day:0>2}{written[short.end() :]}"
    found = dates.read(_SHORT_CLOCK.sub(r"0\1", written, count=1), zone)
    if isinstance(found, str):
        return found
    if not _EARLIEST <= found < _LATEST:
        return ""
    return Dated(
        found, _day(*map(int, short.group(1, 3, 4))) or found.date() if short else found.astimezone(zone).date()
    )


def dated_by_path(path: str, zone: tzinfo) -> Dated | None:
    """The date in the name of a file, or of the folder whose index it is, or in its folders; midnight in `zone`."""
    *folders, name = path.split("/")
    candidates = [name, *folders[-1:]] if name.lower().startswith(("index.", "_index.")) else [name]
    for each in candidates:
        if found := _IN_NAME.match(each):
            parts = [part for part in found.groups() if part]
            if day := _day(*map(int, parts)):
                return _at_midnight(day, zone)
    if (found := _IN_FOLDERS.search(path)) and (day := _day(*map(int, found.groups()))):
        return _at_midnight(day, zone)
    return None


def dated_by_line(body: str, zone: tzinfo, findings: Findings) -> Dated | None:
    """The date of a line `Date: ...` at the beginning of a body, as records of decisions have it.

    What stands behind the date does not count (`2024-05-01, revised later`). A line with a day that cannot be read
    is a problem: the date may be still to come.
    """
    start = 0
    for _ in range(_LINES):
        end = body.find("\n", start)
        line = body[start : min(end if end >= 0 else len(body), start + 200)]
        if found := _LINE.fullmatch(line):
            written = found[1].replace("*", "").replace("`", "").strip("_ ")
            dated = read_dated(written, zone)
            if isinstance(dated, str) and (day := _WITH_REMARK.match(written)):
                dated = read_dated(day[1], zone)
            if isinstance(dated, Dated):
                return dated
            if _LIKE_DAY.match(written):
                findings.wrong(("body",), _EXPECTED, written, advice=dated)
            return None
        if end < 0:
            return None
        start = end + 1
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year < 2100 else None
    except ValueError:
        return None


def _at_midnight(day: date, zone: tzinfo) -> Dated:
    return Dated(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC), day)
