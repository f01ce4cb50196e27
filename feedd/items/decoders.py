"""Decoders: one value of the front matter's tree in, a checked value out, or a finding in words for a person.

A decoder is called with a value, its path, and the Findings to add to. It returns None for a value that it does not
accept. All findings of a file are collected, none ends the work.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from feedd.items import dates, text, urls
from feedd.items.findings import ONE_NAME, Findings
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.items.youtube import youtube_id
from feedd.patterns import late_pattern

T = TypeVar("T")
Decoder = Callable[[Node, FieldPath, Findings], T | None]

_TRUE = frozenset(("true", "yes", "on", "y", "1"))
_FALSE = frozenset(("false", "no", "off", "n", "0"))
# Words for yes and no in other languages: what is meant is said, and never guessed.
_YES = frozenset(("ja", "oui", "sí", "si", "sim", "tak", "ano"))
_NO = frozenset(("nein", "non", "nee", "nej", "não", "nao", "nie", "ne"))
_DURATION = late_pattern(
    r"P(?:(?P<days>\d{1,6})D)?(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,6})M)?"
    r"(?:(?P<seconds>\d{1,6})(?:\.\d+)?S)?)?",
    re.IGNORECASE,
)
_CLOCK = late_pattern(r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,3}):(?P<seconds>\d{2})")
_LOCALE = late_pattern(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
_DOMAIN = late_pattern(r"(?:https?://)?([^\s/:@?#]{1,253})(?::\d{1,5})?/?")
_LONGEST_KEPT = 100  # characters
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)

_REFERENCE_EXPECTED = "an http or https URL, or a path such as /assets/picture.jpg"


def plain_text(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """Text for people: tags and entities decoded once, mojibake repaired, white space folded."""
    if isinstance(value, str):
        if text.is_plain(value):
            return value or None
        clean, repairs = text.plain(value)
        for repair in repairs:
            findings.repaired(at, repair)
        return clean or None
    findings.wrong(at, "text", value)
    return None


def proper_name(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """A name: text for people, with every kind of space as a blank, without characters that cannot be seen."""
    if isinstance(value, str) and len(value) < _LONGEST_KEPT and (known := _usual_name(value)):
        return known
    found = plain_text(value, at, findings)
    return text.as_name(found) or None if found else None


@lru_cache(maxsize=4096)  # the items of a collection share most names
def _usual_name(written: str) -> str | None:
    """The name, if it needs no repair."""
    plain, repairs = text.plain(written)
    return None if repairs else text.as_name(plain) or None


def markup(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """HTML or other text as written, without characters that XML cannot carry."""
    if isinstance(value, str):
        return text.safe(value)
    findings.wrong(at, "text", value)
    return None


def number(value: Node, at: FieldPath, findings: Findings) -> float | None:
    """A finite number."""
    if (found := finite(value)) is None:
        findings.wrong(at, "a number", value)
    return found


def finite(value: Node) -> float | None:
    """The finite number that a value is; None for other values."""
    try:
        found = float(value) if isinstance(value, str) and "_" not in value else math.nan
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def whole(value: Node, at: FieldPath, findings: Findings) -> int | None:
    """A whole number from 0 to 2**53."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    findings.wrong(at, "a whole number", value)
    return None


def boolean(value: Node, at: FieldPath, findings: Findings) -> bool | None:
    """True or false, as YAML 1.1 and people write it, quoted or not."""
    if is_true(value):
        return True
    if is_false(value):
        return False
    findings.wrong(at, "true or false", value, _meant_truth(value))
    return None


def _meant_truth(value: Node) -> str | None:
    word = value.strip().casefold() if isinstance(value, str) else ""
    return "true" if word in _YES else "false" if word in _NO else None


def boolean_or_moment(value: Node, at: FieldPath, findings: Findings) -> bool | datetime | None:
    """True or false, or a date, as other publishers have it in `published`."""
    if isinstance(value, str) and len(value) > 1 and (value[:1].isdigit() or " " in value):
        from feedd.items.foreign.foreign_dates import Dated, read_dated  # late: few files need it

        found = read_dated(value, dates.zone_of(findings.settings.time_zone))
        if isinstance(found, Dated):
            return found.moment
    return boolean(value, at, findings)


def is_true(value: Node) -> bool:
    """Whether a value is written as YAML 1.1 and people write true."""
    return isinstance(value, str) and value.strip().lower() in _TRUE


def is_false(value: Node) -> bool:
    """Whether a value is written as YAML 1.1 and people write false."""
    return isinstance(value, str) and value.strip().lower() in _FALSE


def moment(value: Node, at: FieldPath, findings: Findings) -> datetime | None:
    """A date, or date and time, in UTC and whole seconds: `dates.read` says in which forms. A date without a zone is in
    the time zone of the settings.
    """
    advice = ""
    if isinstance(value, str):
        found = dates.read(value.strip(), dates.zone_of(findings.settings.time_zone))
        if isinstance(found, datetime):
            if _EARLIEST <= found < _LATEST:
                return found
        else:
            advice = found
    findings.wrong(at, "a date such as 2026-01-31 or 2026-01-31T09:30:00+02:00", value, advice=advice)
    return None


def seconds(value: Node, at: FieldPath, findings: Findings) -> int | None:
    """A duration in seconds: ISO 8601 (PT12M59S), a clock (1:02:03, 12:59) or a number of seconds."""
    if isinstance(value, str):
        if value.isascii() and value.isdigit() and len(value) < 9:
            return int(value)
        match = _CLOCK.fullmatch(value) or (_DURATION.fullmatch(value) if len(value) > 2 else None)
        if match:
            parts = {unit: int(amount) for unit, amount in match.groupdict().items() if amount}
            return int(timedelta(**parts).total_seconds())
    findings.wrong(at, "a duration such as PT12M59S or 12:59", value)
    return None


def names(value: Node, at: FieldPath, findings: Findings) -> tuple[str, ...] | None:
    """A list of names. A single name is a list, too, with a note if it looks like several names."""
    if isinstance(value, str) and "," in value:
        findings.note(at, f"{ONE_NAME} {findings.quoted(value)}; several are written [like, this]")
    return _NAMES(value, at, findings)


def link(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """An absolute http or https URL."""
    if isinstance(value, str) and (found := urls.http_url(value)):
        return found
    if isinstance(value, str) and not value.strip():
        return None
    findings.wrong(at, "an http or https URL", value, advice=urls.advice(value) if isinstance(value, str) else "")
    return None


def reference(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """An http or https URL, or one relative to the site (`/assets/picture.jpg`)."""
    if isinstance(value, str) and (found := urls.reference(value)):
        return found
    advice = urls.advice(value) if isinstance(value, str) else ""
    findings.wrong(at, _REFERENCE_EXPECTED, value, advice=advice)
    return None


def picture(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """A reference to a picture. A text with neither a point nor a stroke, such as `foo`, is none."""
    if isinstance(value, str) and "." not in value and "/" not in value:
        findings.wrong(at, _REFERENCE_EXPECTED, value)
        return None
    return reference(value, at, findings)


def video_id(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """The id of a YouTube video, or the address of its page."""
    if isinstance(value, str):
        if re.fullmatch(r"[A-Za-z0-9_-]{11}", value):
            return value
        if found := youtube_id(value):
            return found
    findings.wrong(at, "a YouTube video id (11 letters, digits, - or _)", value)
    return None


def locale(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """A language tag (RFC 5646), with `_` read as `-`."""
    if isinstance(value, str) and _LOCALE.fullmatch(value.strip()):
        return value.strip().replace("_", "-")
    findings.wrong(at, "a language such as en or en-US", value)
    return None


def domain(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """A domain name; an address is read as the domain in it."""
    found = _domain_in(value) if isinstance(value, str) else None
    if found is None:
        findings.wrong(at, "a domain such as example.com", value)
    return found


@lru_cache(maxsize=1024)  # the items of a collection name few domains
def _domain_in(written: str) -> str | None:
    match = _DOMAIN.fullmatch(text.plain(written)[0])
    name = match[1].lower() if match else ""
    return name if "." in name.strip(".") and urls.http_url(f"https://{name}/") else None


def person(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """A name, alone or as `{name: ...}`."""
    if isinstance(value, dict):
        return proper_name(value.get("name"), (*at, "name"), findings)
    return proper_name(value, at, findings)


def one_or_more(decode: Decoder[T]) -> Decoder[tuple[T, ...]]:
    """A decoder of lists of values that `decode` accepts. A single value counts as a list. Empty entries are passed
    over.
    """

    def decoder(value: Node, at: FieldPath, findings: Findings) -> tuple[T, ...]:
        if isinstance(value, list):
            found = [decode(entry, (*at, index), findings) for index, entry in enumerate(value) if entry is not None]
        else:
            found = [] if value is None else [decode(value, at, findings)]
        return tuple([entry for entry in found if entry is not None])

    return decoder


_NAMES = one_or_more(proper_name)


def mapping(
    fields: dict[str, Decoder[Any]], build: Callable[[dict[str, Any]], T | None], *, alone: str = ""
) -> Decoder[T]:
    """A mapping decoded by `fields`; others are passed over. Text in its place counts as the field `alone`."""
    required = f"a mapping ({', '.join(list(fields)[:4])})"

    def decoder(value: Node, at: FieldPath, findings: Findings) -> T | None:
        if alone and isinstance(value, str):
            value = {alone: value}
        if not isinstance(value, dict):
            findings.wrong(at, required, value)
            return None
        known = len(findings.problems)
        found = build(decode_fields(fields, value, at, findings))
        if found is None and len(findings.problems) == known:  # one mistake is said once
            findings.problems.append((at, f"expected a mapping with `{next(iter(fields))}`"))
        return found

    return decoder


def decode_fields(
    fields: dict[str, Decoder[Any]], tree: dict[str, Node], at: FieldPath, findings: Findings
) -> dict[str, Any]:
    """The fields of `tree` that `fields` knows, decoded. Fields without a value, and refused fields, are left out."""
    decoded: dict[str, Any] = {}
    for name, value in tree.items():
        if value is not None and (decode := fields.get(name)) is not None:
            result = decode(value, (*at, name) if at else (name,), findings)
            if result is not None:
                decoded[name] = result
    return decoded
