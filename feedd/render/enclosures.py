"""Enclosures: the audio or video file of an entry in; its type, a player for pages, and words about it, out."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape, unescape

from feedd.items.references import media_type_of
from feedd.model import Enclosure
from feedd.patterns import late_pattern

_ASSUMED = "audio/mpeg"  # nearly all enclosures are
_SOURCE = late_pattern(rb'<(?:audio|video) controls preload="none" src="([^"]*)"')
_ORIGIN = late_pattern(r"(https?://[A-Za-z0-9._-]+(?::[0-9]+)?)(?=[/?#]|$)")  # what a policy can name
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def file_type(enclosure: Enclosure) -> str:
    """The media type of an enclosure. RSS and JSON Feed demand a type, so an unknown file counts as MP3."""
    return enclosure.media_type or media_type_of(enclosure.url) or _ASSUMED


def player(enclosure: Enclosure) -> str:
    """The player of an entry (HTML), with words and a link to the file beside it. Nothing is loaded before somebody
    plays it.
    """
    url = escape(enclosure.url)
    tag = "video" if file_type(enclosure).lower().startswith("video/") else "audio"
    words = ", ".join(filter(None, (_duration(enclosure.duration), _size(enclosure.size))))
    about = f" <span>{words}</span>" if words else ""
    name = "Video" if tag == "video" else "Audio"
    return (
        f'<div class="player"><{tag} controls preload="none" src="{url}"></{tag}>\n'
        f'<p><a href="{url}">{name} file</a>{about}</p></div>\n'
    )


def media_sources(html: bytes) -> tuple[str, ...]:
    """The origins of the files that the players in a page play, as sources of a policy (CSP 3, section 2.3.1), sorted.
    Texts in pages are escaped, so that none looks like a player.
    """
    if b'preload="none"' not in html:
        return ()
    return tuple(sorted(set(filter(None, map(_origin, _SOURCE.findall(html))))))


def _origin(written: bytes) -> str:
    """The origin of a URL as it stands in HTML; "" if a policy cannot name it."""
    found = _ORIGIN.match(unescape(written.decode()))
    return found[1] if found else ""


def _duration(seconds: int | None) -> str:
    """A duration in words, such as `1 h 4 min`; "" if it is not known."""
    if not seconds:
        return ""
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    parts: Iterable[str] = (f"{hours:,} h" if hours else "", f"{minutes} min" if minutes else "")
    return " ".join(filter(None, parts))


def _size(size: int | None) -> str:
    """A number of bytes in words, such as `62 MB`; "" if it is not known."""
    if not size:
        return ""
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:,.1f} {_UNITS[unit]}" if unit and value < 9.95 else f"{value:,.0f} {_UNITS[unit]}"
