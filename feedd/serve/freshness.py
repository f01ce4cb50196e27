"""Freshness: a document in; for how long it may be taken to be the newest, out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from statistics import median

from feedd.patterns import late_pattern

_DATES = late_pattern(
    rb'(?:<published>|"date_published": "|<time datetime=")(?P<iso>[0-9T:.+-]+Z?)|<pubDate>(?P<mail>[^<]+)</pubDate>'
)
_NEWEST_ENTRIES = 20  # entries whose rate counts
_ASKS_PER_ENTRY = 10  # how often a reader may ask in the time between two entries
SHORTEST = 60  # seconds
WITHOUT_DATES = 300  # seconds, for what has no entries


def max_age(document: bytes, longest: int) -> int:
    """For how many seconds a document need not be asked for again: `max-age` of Cache-Control (RFC 9111, 5.2.2.1).

    It is a tenth of the usual time between its newest entries, at least a minute and at most `longest`.
    """
    dates = sorted(filter(None, map(_date, _DATES.finditer(document))), reverse=True)[: _NEWEST_ENTRIES + 1]
    if len(dates) < 2:
        return min(WITHOUT_DATES, longest)
    usual = median((later - earlier).total_seconds() for later, earlier in pairwise(dates))
    return max(min(SHORTEST, longest), min(int(usual / _ASKS_PER_ENTRY), longest))


def _date(found: re.Match[bytes]) -> datetime | None:
    try:
        if found["iso"]:
            date = datetime.fromisoformat(found["iso"].decode())
        else:
            date = parsedate_to_datetime(found["mail"].decode())
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
