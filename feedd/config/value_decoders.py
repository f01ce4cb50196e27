"""Decoders of configuration values, with the contract of the decoders of items in `fields`."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

from feedd.items import decoders, urls
from feedd.items.decoders import Decoder
from feedd.items.findings import Findings
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.patterns import late_pattern
from feedd.serve import listen_address as addresses

T = TypeVar("T")
_AUTHORITY = late_pattern(r"[A-Za-z0-9.-]+(?:@[A-Za-z0-9.-]+)?,(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_FIRST_DOMAINS = 1985  # nobody had a domain before
_SPAN = late_pattern(r"(\d+(?:\.\d+)?) ?(ms|s|min|h|d)")
OFF = "off"
_SIZE = late_pattern(r"(\d{1,9}) ?(B|KiB|MiB|GiB)?")
_SIZES = {None: 1, "B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_SPANS = {"ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86400}


def choice(*allowed: str) -> Decoder[str]:
    """One of a few words."""

    def decoder(value: Node, at: FieldPath, findings: Findings) -> str | None:
        if value in allowed:
            return str(value)
        findings.wrong(at, f"one of {', '.join(allowed)}", value)
        return None

    return decoder


def at_least_one(decode: Decoder[str]) -> Decoder[tuple[str, ...]]:
    """A decoder of lists whose members `decode` accepts: not empty, without repetition."""

    def decoder(value: Node, at: FieldPath, findings: Findings) -> tuple[str, ...] | None:
        found = decoders.one_or_more(decode)(value, at, findings)
        if not found and not any(where[: len(at)] == at for where, _ in findings.problems):
            findings.problems.append((at, "expected at least one"))
        return tuple(dict.fromkeys(found or ())) or None

    return decoder


def any_number(decode: Decoder[str]) -> Decoder[tuple[str, ...]]:
    """A decoder of lists whose members `decode` accepts: maybe empty, without repetition."""

    def decoder(value: Node, at: FieldPath, findings: Findings) -> tuple[str, ...]:
        return tuple(dict.fromkeys(decoders.one_or_more(decode)(value, at, findings) or ()))

    return decoder


def any_of(*allowed: str) -> Decoder[tuple[str, ...]]:
    """A decoder of lists of these words, maybe empty. The result is in the order of `allowed`."""

    def decoder(value: Node, at: FieldPath, findings: Findings) -> tuple[str, ...]:
        found = decoders.one_or_more(choice(*allowed))(value, at, findings) or ()
        return tuple(word for word in allowed if word in found)

    return decoder


def between(low: int, high: int) -> Decoder[int]:
    """A whole number within bounds."""

    def decoder(value: Node, at: FieldPath, findings: Findings) -> int | None:
        if isinstance(value, str) and re.fullmatch(r"\d{1,12}", value) and low <= int(value) <= high:
            return int(value)
        findings.wrong(at, f"a whole number from {low} to {high}", value)
        return None

    return decoder


def base_url(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """The public address of a folder: an http or https URL without query and fragment, ending in `/`."""
    found = urls.http_url(value) if isinstance(value, str) else None
    if found is None or "?" in found or "#" in found:
        advice = urls.advice(value) if isinstance(value, str) else ""
        findings.wrong(at, "an http or https URL without ? and #", value, advice=advice)
        return None
    return found if found.endswith("/") else f"{found}/"


def authority(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """A tagging entity (RFC 4151, section 2.1): a domain or an e-mail address, and a date on which it was owned."""
    found = _AUTHORITY.fullmatch(value) if isinstance(value, str) else None
    if found is None or not isinstance(value, str):
        findings.wrong(at, "a domain and a year in which it was yours, such as example.org,2026", value)
        return None
    year, month, day = (int(each or 1) for each in found.groups())
    if year < _FIRST_DOMAINS or not _is_day(year, month, day):
        findings.wrong(at, f"a date since {_FIRST_DOMAINS} at which the domain was yours, such as 2026", value)
        return None
    return value.lower()


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def span_between(low: str, high: str) -> Decoder[float]:
    """A length of time within bounds, such as "10ms" and "1h", in seconds."""

    def decoder(value: Node, at: FieldPath, findings: Findings) -> float | None:
        found = _seconds(value)
        bottom, top = _seconds(low), _seconds(high)
        if found is not None and bottom is not None and top is not None and bottom <= found <= top:
            return found
        unit = "" if found is not None else f" with its unit ({', '.join(_SPANS)})"
        findings.wrong(at, f"a time from {low} to {high}{unit}", value)
        return None

    return decoder


def _seconds(value: Node) -> float | None:
    match = _SPAN.fullmatch(value) if isinstance(value, str) else None
    return float(match[1]) * _SPANS[match[2]] if match else None


def or_off(decode: Decoder[T], expected: str) -> Decoder[T | Literal["off"]]:
    """A decoder of values that `decode` accepts, or the word `off`. `expected` describes these values."""

    def decoder(value: Node, at: FieldPath, findings: Findings) -> T | Literal["off"] | None:
        if value == OFF:
            return "off"
        found = decode(value, at, Findings())
        if found is None:
            findings.wrong(at, f"{expected}, or off", value)
        return found

    return decoder


def language(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """A language tag (RFC 5646) that begins with a code of two or three letters. `_` is read as `-`."""
    found = decoders.locale(value, at, Findings())
    if found is not None and 2 <= len(found.partition("-")[0]) <= 3:
        return found
    findings.wrong(at, "a language tag (BCP 47) such as en or de-AT", value)
    return None


def suffix(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """The ending of a file name."""
    if isinstance(value, str) and re.fullmatch(r"\.[\w.-]+", value):
        return value
    findings.wrong(at, "the ending of a file name, such as .md", value)
    return None


def items_folder(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """A folder below the items' directory, with `/` at its end."""
    parts = [part for part in value.split("/") if part not in ("", ".")] if isinstance(value, str) else []
    if parts and isinstance(value, str) and not value.startswith("/") and ".." not in parts and "\\" not in value:
        return "".join(f"{part}/" for part in parts)
    findings.wrong(at, "a folder below the items' directory, such as podcast or posts/de", value)
    return None


def size(low: str, high: str) -> Decoder[int]:
    """A number of bytes, within bounds such as "1 KiB" and "64 MiB"."""

    def decoder(value: Node, at: FieldPath, findings: Findings) -> int | None:
        found, bottom, top = _bytes(value), _bytes(low), _bytes(high)
        if found is not None and bottom is not None and top is not None and bottom <= found <= top:
            return found
        findings.wrong(at, f"a size from {low} to {high}, such as 4 MiB", value)
        return None

    return decoder


def _bytes(value: Node) -> int | None:
    match = _SIZE.fullmatch(value) if isinstance(value, str) else None
    return int(match[1]) * _SIZES[match[2]] if match else None


def heat(low: float) -> Decoder[float]:
    """A number from `low` to a million."""

    def decoder(value: Node, at: FieldPath, findings: Findings) -> float | None:
        found = decoders.number(value, at, Findings())
        if found is not None and low <= found <= 1e6:
            return found
        findings.wrong(at, f"a number from {low:g} to 1000000", value)
        return None

    return decoder


def email(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """An e-mail address."""
    if isinstance(value, str) and re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", value):
        return value
    findings.wrong(at, "an e-mail address", value)
    return None


def path(value: Node, at: FieldPath, findings: Findings) -> Path | None:
    """A path of this machine; `~` is somebody's home."""
    if isinstance(value, str) and value and "\0" not in value:
        return Path(value).expanduser()
    findings.wrong(at, "a path", value)
    return None


def address(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """Where to listen: HOST:PORT, unix:PATH, or `off`."""
    if isinstance(value, str) and (value == OFF or addresses.parse(value)):
        return value
    findings.wrong(at, "an address such as 127.0.0.1:8080 or unix:/run/feedd.sock, or off", value)
    return None
