"""Options of views: the values that the configuration may give, and the given values."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from feedd.select.views.threshold import Threshold


class Count(Struct, frozen=True):
    """A whole number within bounds; with `or_off`, the word `off` too."""

    least: int
    most: int
    or_off: bool = False


class SomeOf(Struct, frozen=True):
    """A list of some of these words, or of none."""

    words: tuple[str, ...]


class HeatOrPercentile(Struct, frozen=True):
    """A threshold, or the word `off`."""


ViewOption = Count | SomeOf | HeatOrPercentile


class ViewOptions(Struct, frozen=True):
    """The settings of views: the families of feeds with views, and the options of each view.

    `top` is the length of the view `top`; None: there is no such view. `digest` are the cadences of digests, each of at
    most `digest_limit` entries. Days and weeks end by `time_zone`, an IANA name.
    """

    feeds: tuple[str, ...] = ()
    top: int | None = None
    hot: Threshold | None = None
    digest: tuple[str, ...] = ()
    digest_limit: int = 20
    time_zone: str = "UTC"
    saved: Mapping[str, tuple[str, ...] | None] = {}  # saved feeds, with the views that each names
