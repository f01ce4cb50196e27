"""Conditional requests and content codings (RFC 9110): headers of a request in; the codings it accepts, whether its
conditions hold, and whether its copy is current, out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from feedd.patterns import late_pattern

_LONGEST_DATE, _LONGEST_LIST = 64, 256  # bytes; a longer header comes from nobody who means well
_TAG = late_pattern(rb'(?:W/)?("[^"]*")')
_TAGS = late_pattern(rb'(W/)?("[^"]*")')


def holds(if_match: bytes | None, if_unmodified_since: bytes | None, tag: bytes, last_modified: bytes) -> bool:
    """Whether the representation is still what the client takes it for (RFC 9110, 13.2.2, steps 1 and 2).

    Tags are compared strongly. Where tags are given, dates do not count, and neither does what is no date.
    """
    if if_match is not None:
        return if_match.strip() == b"*" or (b"", tag) in _TAGS.findall(if_match)
    if if_unmodified_since is None:
        return True
    since, modified = _moment(if_unmodified_since), _moment(last_modified)
    return since is None or modified is None or modified <= since


def is_current(if_none_match: bytes | None, if_modified_since: bytes | None, tag: bytes, last_modified: bytes) -> bool:
    """Whether the client's copy is still current: a validator of the request matches the representation (RFC 9110,
    13.2.2).

    `tag` is the entity tag of the representation, with quotes. Where tags are given, dates do not count. Dates are
    compared for equality, as RFC 9110, 13.1.3, allows: clients invent dates, and an older file may replace a newer
    file.
    """
    if if_none_match is not None:
        return if_none_match == tag or if_none_match.strip() == b"*" or tag in _TAG.findall(if_none_match)
    if if_modified_since is None:
        return False
    return if_modified_since == last_modified or _moment(if_modified_since) == _moment(last_modified)


def _moment(date: bytes) -> datetime | None:
    """A date in any of the three formats of RFC 9110, 5.6.7; None if it is in none."""
    return _parsed(date) if len(date) <= _LONGEST_DATE else None


@lru_cache(maxsize=256)
def _parsed(date: bytes) -> datetime | None:
    text = date.decode("latin-1").strip()
    for form in ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def accepted(accept_encoding: bytes, offered: tuple[str, ...]) -> Sequence[str]:
    """The offered codings that a request accepts, its favourite first (RFC 9110, 12.5.3).

    `offered` is in the order of our own preference, which decides between equals. No coding at all is always in order.
    """
    return _liked(accept_encoding, offered) if len(accept_encoding) <= _LONGEST_LIST else ()


@lru_cache(maxsize=256)
def _liked(accept_encoding: bytes, offered: tuple[str, ...]) -> Sequence[str]:
    weights: dict[str, float] = {}
    for part in accept_encoding.decode("latin-1").lower().split(","):
        coding, *parameters = (each.strip() for each in part.split(";"))
        weights[coding] = _weight(parameters)
    liked = {coding: weights.get(coding, weights.get("*", 0.0)) for coding in offered}
    plain = weights.get("identity", 0.0)
    return sorted(
        (coding for coding in offered if liked[coding] > 0 and liked[coding] >= plain), key=lambda c: -liked[c]
    )


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
