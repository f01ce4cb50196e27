"""Decoders of the settings of views."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from contextlib import suppress
from typing import Any, Literal

from msgspec.structs import replace

from feedd.config import value_decoders
from feedd.items import decoders
from feedd.items.decoders import Decoder
from feedd.items.findings import Findings
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.patterns import late_pattern
from feedd.select.views import DEFAULT_VIEWS, FAMILIES, VIEWS, Views
from feedd.select.views.threshold import Threshold
from feedd.select.views.view_kind import PeriodView
from feedd.select.views.view_options import Count, SomeOf, ViewOption

_PERCENTILE = late_pattern(r"p([1-9]\d?)")
_NEARLY = late_pattern(r"[Pp]? ?0?([1-9]\d?) ?%?")


def hot(value: Node, at: FieldPath, findings: Findings) -> Threshold | Literal["off"] | None:
    """The threshold of hot entries: a heat, or a percentile such as p90; or the word `off`."""
    if value == value_decoders.OFF:
        return "off"
    text = value if isinstance(value, str) else ""
    if match := _PERCENTILE.fullmatch(text):
        return Threshold(float(match[1]), percent=True)
    found = decoders.number(value, at, Findings())
    if found is not None and 0 <= found <= 1e6:
        return Threshold(found)
    meant = _NEARLY.fullmatch(text)
    expected = "a number from 0 to 1000000, a percentile from p1 to p99, or off"
    findings.wrong(at, expected, value, f"p{meant[1]}" if meant else None)
    return None


def views(**given: Any) -> Views:
    """The configured views. The word `off` becomes None: there is no such view."""
    return replace(
        DEFAULT_VIEWS, **{name: None if value == value_decoders.OFF else value for name, value in given.items()}
    )


def chosen(value: Node, at: FieldPath, findings: Findings) -> tuple[str, ...]:
    """A list of views, maybe empty. `daily` and `weekly` are short names of the digests."""
    found = decoders.one_or_more(_one)(value, at, findings)
    return tuple(name for name in VIEWS if name in (found or ()))


def _one(value: Node, at: FieldPath, findings: Findings) -> str | None:
    for view in VIEWS.values():
        if value in (view.name, view.short_name):
            return view.name
    findings.wrong(at, f"one of {', '.join(VIEWS)}", value)
    return None


def near_zone(name: str, known: Collection[str]) -> str | None:
    """The time zone that is probably meant by a wrong spelling, or by a city alone."""
    # Other zones have signs opposite to expectation (Etc/GMT+2), or no summer time (EST).
    zones = sorted(zone for zone in known if zone == "UTC" or ("/" in zone and not zone.startswith("Etc/")))
    places = {zone.rpartition("/")[2].casefold(): zone for zone in zones} | {zone.casefold(): zone for zone in zones}
    near = difflib.get_close_matches(name.strip().replace(" ", "_").casefold(), places, n=1, cutoff=0.8)
    return places[near[0]] if near else None


def _decoder(option: ViewOption) -> Decoder[Any]:
    if isinstance(option, Count):
        number = value_decoders.between(option.least, option.most)
        expected = f"a whole number from {option.least} to {option.most}"
        return value_decoders.or_off(number, expected) if option.or_off else number
    return value_decoders.any_of(*option.words) if isinstance(option, SomeOf) else hot


KEYS: dict[str, Decoder[Any]] = {
    "feeds": value_decoders.any_of(*FAMILIES.values()),
    **{
        key: _decoder(option)
        for view in sorted(VIEWS.values(), key=lambda view: isinstance(view, PeriodView))  # several keys come last
        for key, option in view.options.items()
    },
}


def time_zone(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """The name of a time zone that this machine knows."""
    name = value if isinstance(value, str) else ""
    if name == "UTC":
        return name
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones  # late: UTC needs no names of zones

    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        if name != "localtime":  # it differs from machine to machine
            return ZoneInfo(name).key
    meant = near_zone(name, available_timezones())
    findings.wrong(at, "the name of a time zone that this machine knows, such as Europe/Vienna", value, meant)
    return None
