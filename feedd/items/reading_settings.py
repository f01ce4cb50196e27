"""Reading settings: the part of the configuration by which files become items."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class PreviewSettings(Struct, frozen=True):
    """How items are read for a preview. `at`: the moment of the preview, UTC. `default_listed`: whether an item is
    published that does not say so.
    """

    at: datetime
    default_listed: bool = True


class ReadingSettings(Struct, frozen=True):
    """What a file does not say about itself. If a setting changes, all files are read again.

    `site_url` is the address of the site whose texts the items are, and ends in `/`; None if it is not known.
    `time_zone` is the zone of dates without one, by its name in the tz database. With `preview`, an item that is
    withheld or waits for its date is read as if it were published, and marked.
    """

    site_url: str | None = None
    time_zone: str = "UTC"
    preview: PreviewSettings | None = None


DEFAULT_READING = ReadingSettings()
