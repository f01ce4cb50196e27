"""Enclosures: the audio or video file of an entry in; its type, a player for pages, and words about it, out."""

from __future__ import annotations

from html import escape, unescape

from feedd.items.references import media_type_of
from feedd.model import Enclosure
from feedd.patterns import late_pattern
from feedd.words.site_words import Words

_ASSUMED = "audio/mpeg"  # nearly all enclosures are
_SOURCE = late_pattern(rb'<(?:audio|video) controls preload="none" src="([^"]*)"')
_ORIGIN = late_pattern(r"(https?://[A-Za-z0-9._-]+(?::[0-9]+)?)(?=[/?#]|$)")  # what a policy can name
_UNITS = ("bytes", "kilobytes", "megabytes", "gigabytes", "terabytes")


def file_type(enclosure: Enclosure) -> str:
    """The media type of an enclosure. RSS and JSON Feed demand a type, so an unknown file counts as MP3."""
    return enclosure.media_type or media_type_of(enclosure.url) or _ASSUMED


def player(enclosure: Enclosure, words: Words) -> str:
    """The player of an entry (HTML), with words and a link to the file beside it. Nothing is loaded before somebody
    plays it.
    """
    url = escape(enclosure.url)
    tag = "video" if file_type(enclosure).lower().startswith("video/") else "audio"
    known = (_duration(enclosure.duration, words), _size(enclosure.size, words))
    facts = words.comma().join(filter(None, known))
    about = f" <span{words.mark('hours')}>{escape(facts)}</span>" if facts else ""
    return (
        f'<div class="player"><{tag} controls preload="none" src="{url}"></{tag}>\n'
        f'<p><a href="{url}">{words.html(f"{tag}_file")}</a>{about}</p></div>\n'
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


def _duration(seconds: int | None, words: Words) -> str:
    """A duration in words, such as `1 h 4 min`; "" if it is not known."""
    if not seconds:
        return ""
    if seconds < 60:
        return words.say("seconds", n=seconds)
    hours, minutes = divmod(round(seconds / 60), 60)
    parts = (("hours", hours), ("minutes", minutes))
    return " ".join(words.say(name, n=words.number(value)) for name, value in parts if value)


def _size(size: int | None, words: Words) -> str:
    """A number of bytes in words, such as `62 MB`; "" if it is not known."""
    if not size:
        return ""
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return words.say(_UNITS[unit], n=words.number(value, 1 if unit and value < 9.95 else 0))
