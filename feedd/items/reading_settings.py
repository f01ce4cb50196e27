"""Reading settings: the part of the configuration by which files become items."""

from __future__ import annotations

from msgspec import Struct


class ReadingSettings(Struct, frozen=True):
    """What a file does not say about itself. If a setting changes, all files are read again.

    `site_url` is the address of the site whose texts the items are, and ends in `/`; None if it is not known.
    `time_zone` is the zone of dates without one, by its name in the tz database.
    """

    site_url: str | None = None
    time_zone: str = "UTC"


DEFAULT_READING = ReadingSettings()
