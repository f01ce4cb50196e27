"""Videos of YouTube: an address, or HTML, in; the id of a video, and the addresses of its page and picture, out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from feedd.patterns import late_pattern

_VIDEO = (
    r"(?:(?:www|m|music)\.)?(?:youtu\.be(?::(?:80|443))?/|youtube(?:-nocookie)?\.com(?::(?:80|443))?/"
    r"(?:watch/?\?(?:[^\s\"'<>#]*?&(?:amp;)?)?v=|(?:embed|shorts|live|v)/))"
    # These two have the length of an id, and are none.
    r"(?!videoseries|live_stream)([A-Za-z0-9_-]{11})(?![A-Za-z0-9_-])"
)
_VIDEO_LINK = late_pattern(rf"(?:(?:https?:)?//)?{_VIDEO}", re.IGNORECASE)
_VIDEO_FRAME = late_pattern(rf"<iframe\s[^<>]*?\bsrc\s*=\s*[\"']?\s*(?:https?:)?//{_VIDEO}", re.IGNORECASE)
_START = late_pattern(r"(?:t|start|time_continue)=(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})s?)?", re.IGNORECASE)


def video_start(parameters: Iterable[str]) -> int:
    """The second at which a video starts, by the first of the parameters of its address with a start; 0 without any."""
    found = (_START.fullmatch(each.removeprefix("amp;")) for each in parameters)
    given = next(filter(None, found), None)
    hours, minutes, seconds = (int(part or 0) for part in given.groups()) if given else (0, 0, 0)
    return hours * 3600 + minutes * 60 + seconds


def youtube_id(url_or_html: str) -> str | None:
    """The id of the YouTube video of a link, or of the first YouTube iframe in HTML; None if there is none."""
    found = _VIDEO_LINK.match(url_or_html.strip())
    if not found and "<" in url_or_html:
        found = _VIDEO_FRAME.search(url_or_html)
    return found[1] if found else None


def youtube_page(video_id: str, seconds: int | None = None) -> str:
    """The page where the video plays, from `seconds` on."""
    start = f"&t={seconds}s" if seconds else ""
    return f"https://www.youtube.com/watch?v={video_id}{start}"


def youtube_thumbnail(video_id: str) -> str:
    """The video's picture, 480 pixels wide and 360 high."""
    return f"https://i.ytimg.com/vi/{video_id}/hqdefault.jpg"
