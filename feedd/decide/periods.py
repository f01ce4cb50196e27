"""Digests: the time, a time zone and ranked entries, in; the closed periods, and an entry for each, out.

Periods follow each other without gap or overlap: one begins where the last ended, and ends with the local day or week.
After a change of the time zone, a short remainder of a period is part of the next period.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from html import escape
from itertools import compress, islice, pairwise
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from feedd.model import Item
from feedd.select.ranking import Order
from feedd.select.views.digest_view import DAILY, WEEKLY
from feedd.words.site_words import ENGLISH, Words

MAX_CAUGHT_UP = {DAILY: 7, WEEKLY: 4}  # periods that are caught up after a downtime: the latest
_STEP = {DAILY: timedelta(days=1), WEEKLY: timedelta(days=7)}
_SHORTEST = {DAILY: timedelta(hours=22), WEEKLY: timedelta(days=4)}  # summer time takes up to two hours of a day
_REPEATED = 2000  # characters of a body: more than a summary is ever made of


class Period(Struct, frozen=True):
    """From `start` to before `end`; both UTC."""

    start: datetime
    end: datetime


class DigestLine(Struct, frozen=True):
    """An entry for the list of a digest. `file` represents the entry; `words` is the `words_digest` of its item."""

    entry: int
    file: int | None
    words: bytes
    title: str
    link: str | None
    provider: str | None
    published: datetime
    summary: str


class ListedEntry(NamedTuple):
    """An entry in the list of a digest, and its title there. `file` is the file from which the title came. `words` is
    the `words_digest` of the file's item at that time; b"" in digests of an older feedd. The oldest keep no file.
    """

    entry: int
    title: str
    file: int | None = None
    words: bytes = b""


class Digest(Struct, frozen=True):
    """The entry of a closed period, as it was first sent. `content` is safe HTML. `listed` are the entries in its list,
    in order. `day` is the local date on which the period begins. `language` is that of feedd's own words in it.
    """

    id: str
    title: str
    end: datetime
    summary: str
    content: str
    listed: tuple[ListedEntry, ...] = ()  # empty if an older feedd kept the digest: then nothing is left out
    day: str = ""
    language: str = "en"


def words_digest(item: Item) -> bytes:
    """A hash of the words of an item that may be repeated in a digest. Never b""."""
    parts = (item.title, item.summary or item.body[:_REPEATED], item.provider.name if item.provider else "")
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest()


def next_end(after: datetime, cadence: str, zone: tzinfo) -> datetime:
    """The end of the period that begins at `after`; UTC. It is the next local midnight, for weeks the next one before a
    Monday (ISO 8601). A midnight that would make the period too short is passed over.
    """
    return next(end for end in _midnights(after, cadence, zone) if end - after >= _SHORTEST[cadence])


def _midnights(after: datetime, cadence: str, zone: tzinfo) -> Iterator[datetime]:
    """The ends of local days, or weeks, that come after a moment."""
    day = after.astimezone(zone).date()
    while True:
        day += timedelta(days=1)
        end = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        if end > after and (cadence == DAILY or day.weekday() == 0):
            yield end


def next_period_start(last: datetime, now: datetime, cadence: str, zone: tzinfo) -> datetime:
    """The start of the next period: `last`, the end of the last stored period. If `last` is later than the end of the
    current period, the clock was wrong when `last` was stored. Then the current period starts anew.
    """
    if last <= next(_midnights(now, cadence, zone)):
        return last
    ends = _midnights(now - 2 * _STEP[cadence], cadence, zone)
    return max(end for end in islice(ends, 3) if end <= now)


def closed_periods(last: datetime | None, now: datetime, cadence: str, zone: tzinfo) -> list[Period]:
    """The periods that have closed since `last`, the end of the last stored period: the latest MAX_CAUGHT_UP of them.
    If `last` is None, only the latest closed period.
    """
    ends = _ends(last if last is not None else now - 4 * _STEP[cadence], now, cadence, zone)
    bounds = [*([last] if last is not None else []), *ends]
    most = MAX_CAUGHT_UP[cadence] if last is not None else 1
    return [Period(start, end) for start, end in pairwise(bounds)][-most:]


def _ends(after: datetime, now: datetime, cadence: str, zone: tzinfo) -> Iterator[datetime]:
    end = next_end(after, cadence, zone)
    while end <= now:
        yield end
        end = next_end(end, cadence, zone)


def make_digest(
    feed_id: str,
    label: str,
    period: Period,
    zone: tzinfo,
    lines: Sequence[DigestLine],
    total: int,
    order: Order,
    words: Words = ENGLISH,
) -> Digest:
    """The entry of a period. `lines` are the first of its entries in this order; `total` is how many it has in all."""
    is_day = period.end - period.start <= timedelta(hours=26)
    items = [f"<li>{_line(line, None if is_day else zone, words)}</li>" for line in lines]
    days = 1 if period.end - period.start < _SHORTEST[WEEKLY] else 7
    return Digest(
        id=f"{feed_id}/{period.start:%Y-%m-%dT%H:%MZ}",
        title=words.say("digest_title", feed=label, dates=_dated(period, zone, words)),
        end=period.end,
        summary=_summary([line.title for line in lines]),
        content=_content(_count_in_words(len(lines), total, order, words), items, words.mark("digest_of_all")),
        listed=tuple(ListedEntry(line.entry, line.title, line.file, line.words) for line in lines),
        day=f"{period.end.astimezone(zone).date() - timedelta(days=days)}",
        language=words.language,
    )


def without_entries(digest: Digest, withheld: Collection[int], words: Words = ENGLISH) -> Digest:
    """A digest as it may be shown while these entries are withheld; as it was sent if it lists none of them. `words`
    are those of the site today: the digest goes on in the language in which it was sent.
    """
    stays = [each.entry not in withheld for each in digest.listed]
    number = stays.count(False)
    if not number:
        return digest
    count_in_words = digest.content.partition("</p>")[0].partition(">")[2]
    items = re.findall("<li>.*?</li>", digest.content, re.DOTALL)  # text is escaped, so no tag can stand in a text
    words = words if words.language == digest.language else Words(digest.language)
    since = escape(words.count("withdrawn", number), quote=False)
    return replace(
        digest,
        summary=_summary([each.title for each in compress(digest.listed, stays)]),
        content=_content(f"{count_in_words} {since}", list(compress(items, stays)), words.mark("withdrawn")),
        listed=tuple(compress(digest.listed, stays)),
    )


def _count_in_words(listed: int, total: int, order: Order, words: Words) -> str:
    """What a digest lists, in words (HTML)."""
    some = "digest_of_first" if listed == 1 else "digest_of_some"
    name = "digest_of_one" if total == 1 else "digest_of_all" if total == listed else some
    entries, first = words.count("counted", total), words.say(f"first_by_{order}")
    return escape(words.say(name, entries=entries, first=first, n=listed), quote=False)


def _summary(titles: Sequence[str]) -> str:
    return "; ".join(titles[:3]) + ("; …" if len(titles) > 3 else "")


def _content(count_in_words: str, items: Sequence[str], mark: str) -> str:
    listed = "\n".join(items)
    counted = f"<p{mark}>{count_in_words}</p>"
    return f"{counted}\n<ol>\n{listed}\n</ol>" if items else counted


def _line(line: DigestLine, zone: tzinfo | None, words: Words) -> str:
    """The line of an entry in a digest; with the entry's day if `zone` is given."""
    title = escape(line.title)
    if line.link is not None:
        title = f'<a href="{escape(line.link)}">{title}</a>'
    local = line.published.astimezone(zone) if zone else None
    day = escape(words.dated(local, "day_and_month")) if local else None
    by = words.comma().join(filter(None, (escape(line.provider or ""), day)))
    small = f" <small>{by}</small>" if by else ""
    summary = f"<br>\n{escape(line.summary)}" if line.summary not in ("", line.title) else ""
    return f"<p><strong>{title}</strong>{small}{summary}</p>"


def _dated(period: Period, zone: tzinfo, words: Words) -> str:
    first = period.start.astimezone(zone).date()
    last = (period.end - timedelta(seconds=1)).astimezone(zone).date()
    return words.dates(first, last)


def period_end(moment: datetime, cadence: str, zone: tzinfo, last: datetime | None) -> datetime:
    """The end of the period that contains a moment, if periods are closed up to `last`; UTC. For a moment before
    `last`, the end of its local day, or week.
    """
    if last is not None and moment >= last:
        end = next_end(last, cadence, zone)
        while end <= moment:
            end = next_end(end, cadence, zone)
        return end
    day = moment.astimezone(zone).date()
    day -= timedelta(days=0 if cadence == DAILY else day.weekday())
    end = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    while end <= moment:  # more than once where clocks go back over midnight
        end = next_end(end, cadence, zone)
    return end


def period_in_words(digest: Digest) -> str:
    """The period of a digest in English words: `6 May 2024`."""
    if digest.language == "en" or not digest.day:
        return digest.title.rpartition(": ")[2]
    first = date.fromisoformat(digest.day)
    days = 1 if digest.end - period_start(digest) < _SHORTEST[WEEKLY] else 7
    return ENGLISH.dates(first, first + timedelta(days=days - 1))


def period_start(digest: Digest) -> datetime:
    """When the period of a digest began."""
    return datetime.strptime(digest.id.rpartition("/")[2], "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)


def position_in(digest: Digest, entry: int) -> tuple[int, int] | None:
    """The position of an entry in the list of a digest, from 1, and the length of the list; None if it is not there."""
    listed = [each.entry for each in digest.listed]
    return (listed.index(entry) + 1, len(listed)) if entry in listed else None
