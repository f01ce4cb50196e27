"""Audio, video and episodes in the words of other publishers: fields, in; an Enclosure and an Episode, out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from feedd.items import decoders, urls
from feedd.items.decoders import is_false, is_true
from feedd.items.findings import Findings
from feedd.items.foreign.foreign_names import ForeignField, NamedFields, normal
from feedd.items.front_matter.yaml import Node
from feedd.items.references import media_type_of
from feedd.model import Enclosure, Episode
from feedd.patterns import late_pattern

_MEDIA_TYPE = late_pattern(r"(?:audio|video)/[\w.+-]{1,60}")
_DURATION_IN_PHP = late_pattern(r'"duration";s:\d+:"([\d:]{1,12})"')
_NUMBER = late_pattern(r"(?:[^0-9]*[^0-9.])?([0-9]{1,6})(?![0-9.])")
_SEASON_AND_NUMBER = late_pattern(r"[sS]\d{1,4}[ _-]?[eE](\d{1,6})")
_IN_WORDS = late_pattern(r"[\s<{]")
_MOST_BYTES = 10**13
_NO_EPISODE = Episode()


class Media(Struct, frozen=True):
    """What a file says of its audio or video. `takes_length`: a number in `length` is the bytes of it."""

    enclosure: Enclosure | None
    episode: Episode | None
    takes_length: bool


_NO_MEDIA = Media(None, None, takes_length=False)
# Without a field of these, the other fields say nothing.
_MEANINGS = frozenset(("audio", "season", "episode", "episode type", "transcript", "chapters"))


def media_fields(fields: NamedFields, values: Mapping[str, Any], findings: Findings) -> Media:
    """The audio or video of an item and its episode. `values` are the seeds' own fields."""
    if not fields.has_any(_MEANINGS):
        return _NO_MEDIA
    enclosure, takes_length = None, False
    for field in fields.meaning("audio"):
        enclosure = _enclosure(field)
        if enclosure:
            length = fields.named("length")
            takes_length = length is not None and _bytes(length.value) is not None
            enclosure = _completed(enclosure, fields, values, findings)
            break
    return Media(enclosure, _episode(fields, findings, has_media=enclosure is not None), takes_length)


def _enclosure(field: ForeignField) -> Enclosure | None:
    """The audio or video of a field: its URL alone, or with size, type and duration. None if the field has none."""
    value = field.value[0] if isinstance(field.value, list) and field.value else field.value
    if isinstance(value, dict):
        inner = {normal(name): each for name, each in value.items()}
        url = _media_url(next((inner[key] for key in ("url", "src", "href", "file", "path") if inner.get(key)), None))
        size = next((size for key in ("length", "size", "bytes") if (size := _bytes(inner.get(key)))), None)
        kind = next((inner[key] for key in ("type", "mime", "mimetype") if inner.get(key)), None)
        duration = decoders.seconds(inner.get("duration"), (), Findings()) if inner.get("duration") else None
        return Enclosure(url, size, _media_type(kind), duration) if url else None
    if not isinstance(value, str):
        return None
    written, *more = value.strip().split("\n")  # WordPress: its URL, its size and its type, a line each
    url = _media_url(written, needs_suffix=field.name in ("file", "url", "video", "media", "podcast"))
    if url is None:
        return None
    in_php = _DURATION_IN_PHP.search("".join(more[2:])[:2000])
    return Enclosure(
        url,
        _bytes(more[0]) if more else None,
        _media_type(more[1]) if len(more) > 1 else None,
        decoders.seconds(in_php[1], (), Findings()) if in_php else None,
    )


def _completed(enclosure: Enclosure, fields: NamedFields, values: Mapping[str, Any], findings: Findings) -> Enclosure:
    """An enclosure with what other fields of the file say of it."""
    size, kind, duration = enclosure.size, enclosure.media_type, enclosure.duration
    if size is None:
        size = next((size for field in fields.meaning("bytes") if (size := _bytes(field.value))), None)
    if kind is None:
        kind = next((kind for field in fields.meaning("media type") if (kind := _media_type(field.value))), None)
    for field in fields.meaning("duration") if duration is None else ():
        duration = decoders.seconds(field.value, field.at, Findings())
        if duration is not None:
            break
        findings.note(field.at, f"expected a duration such as 1:02:03, got {findings.quoted(field.value)}")
    length = fields.named("length")
    if duration is None and length is not None and _bytes(length.value) is None:
        duration = values.get("length")
    return Enclosure(enclosure.url, size, kind, duration)


def _episode(fields: NamedFields, findings: Findings, *, has_media: bool) -> Episode | None:
    season = _number(fields, "season")
    number = _number(fields, "episode")
    if number is None and (has_media or season is not None):
        number = _number(fields, "number")
    kind = next((field.value for field in fields.meaning("episode type")), None)
    episode = Episode(
        number=number,
        season=season,
        explicit=_explicit(fields) if has_media or number is not None else None,
        kind=kind.lower() if isinstance(kind, str) and kind.lower() in ("full", "trailer", "bonus") else None,
        transcript=_document(fields, "transcript", findings),
        chapters=_document(fields, "chapters", findings),
    )
    return episode if episode != _NO_EPISODE else None


def _number(fields: NamedFields, meaning: str) -> int | None:
    for field in fields.meaning(meaning):
        if isinstance(field.value, str):
            found = _SEASON_AND_NUMBER.fullmatch(field.value.strip()) or _NUMBER.match(field.value[:60])
            if found:
                return int(found[1])
    return None


def _explicit(fields: NamedFields) -> bool | None:
    for field in fields.meaning("explicit"):
        if is_true(field.value) or field.value == "explicit":
            return True
        if is_false(field.value) or (isinstance(field.value, str) and field.value.lower() == "clean"):
            return False
    return None


def _document(fields: NamedFields, meaning: str, findings: Findings) -> str | None:
    """The reference to a document of an episode. Any other text is meant for pages: it is noted and passed over."""
    for field in fields.meaning(meaning):
        value = field.value.get("url") if isinstance(field.value, dict) else field.value
        is_address = isinstance(value, str) and ("." in value or "/" in value) and not _IN_WORDS.search(value)
        if is_address and (found := urls.reference(str(value))):
            return found
        findings.note(field.at, f"expected the address of a file, got {findings.quoted(field.value)}")
    return None


def _media_url(value: Node, *, needs_suffix: bool = False) -> str | None:
    """The reference to a file of audio or video."""
    if not isinstance(value, str) or not value.strip() or len(value) > urls.LONGEST_URL:
        return None
    url = urls.reference(value.strip())
    if url is None:
        return None
    kind = media_type_of(url) or ""
    is_media = kind.startswith(("audio/", "video/"))
    return url if is_media or (not needs_suffix and not kind and urls.http_url(url)) else None


def _bytes(value: Node) -> int | None:
    if isinstance(value, str) and value.isascii():
        digits = value.strip().replace(",", "")
        if digits.isdigit() and len(digits) < 15 and 0 < int(digits) <= _MOST_BYTES:
            return int(digits)
    return None


def _media_type(value: Node) -> str | None:
    return value.strip().lower() if isinstance(value, str) and _MEDIA_TYPE.fullmatch(value.strip().lower()) else None
