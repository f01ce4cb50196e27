"""The fields of an item: their names in the front matter, and the decoder of each.

tree -- FIELDS --> values by name
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from feedd.items import decoders
from feedd.items.decoders import Decoder, mapping, one_or_more
from feedd.items.findings import Findings
from feedd.items.foreign import former_ids
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.items.withholding import meaning
from feedd.model import Image, Provider, Related
from feedd.patterns import late_pattern

HTML_SUFFIXES = (".html", ".htm")
_DATE_PREFIX = late_pattern(r"(?:.*/)?(\d{4})-(\d{2})-(\d{2})-[^/]*")


def is_of_seeds(names: AbstractSet[str]) -> bool:
    """Whether a file with fields of these names alone is in the words of the seeds."""
    return names <= FIELDS.keys() and not OWN_FIELDS.isdisjoint(names)


def link_in(values: dict[str, Any]) -> str | None:
    """The link that decoded values give."""
    return values.get("webUrl") or values.get("originalUrl") or values.get("sourceUrl")


def date_in_name(path: str) -> datetime | None:
    """Midnight UTC of a `YYYY-MM-DD-` file-name prefix; None for other names, or if there is no such day.

    Digests of files depend on it (`source_digest`). For the date of an item, see `dated_by_path`.
    """
    match = _DATE_PREFIX.fullmatch(path) if path.rpartition("/")[2][:1].isdigit() else None
    if match is None:
        return None
    year, month, day = map(int, match.groups())
    try:
        return datetime(year, month, day, tzinfo=UTC) if year >= 1900 else None
    except ValueError:
        return None


def _image(values: dict[str, Any]) -> Image | None:
    if "url" not in values:
        return None
    return Image(
        values["url"],
        values.get("width") or None,
        values.get("height") or None,
        values.get("title"),
        values.get("attribution"),
    )


def _provider(values: dict[str, Any]) -> Provider | None:
    name = values.get("name") or values.get("domain")
    if name is None:
        return None
    return Provider(
        name,
        values.get("domain"),
        values.get("images", ()),
        values.get("authors", ()),
        values.get("publishers", ()),
    )


def _listed(values: dict[str, Any]) -> tuple[Related, ...] | None:
    """A related report of an item; None if the report itself asks to be withheld."""
    title = values.get("title") or values.get("name")
    if title is None:
        return None
    if meaning.withholds(values):
        return ()
    provider = values.get("provider")
    report = Related(
        title=title,
        link=link_in(values),
        summary=values.get("excerpt"),
        published=values.get("publishedDateTime"),
        provider=provider.name if provider else None,
        domain=provider.domain if provider else None,
        quality=values.get("quality"),
    )
    return (report,)


def _related(value: Node, at: FieldPath, findings: Findings) -> tuple[Related, ...]:
    for index, report in enumerate(value if isinstance(value, list) else ()):
        if isinstance(report, dict) and (unknown := report.keys() - _OF_REPORTS):
            for name, meant in meaning.misspelt(unknown, report):
                findings.unknown((*at, index, name), name, meant)
    return tuple(chain.from_iterable(_LISTED(value, at, findings) or ()))


def _account(values: dict[str, Any]) -> str | None:
    url: str = values.get("url", "")
    return url


_PERSONS = one_or_more(decoders.person)


_OF_IMAGES: dict[str, Decoder[Any]] = {
    "width": decoders.whole,
    "height": decoders.whole,
    "title": decoders.plain_text,
    "attribution": decoders.plain_text,
}


def _images(url: Decoder[str]) -> Decoder[tuple[Image, ...]]:
    return one_or_more(mapping({"url": url, **_OF_IMAGES}, _image, alone="url"))


_OF_PROVIDERS: dict[str, Decoder[Any]] = {
    "name": decoders.proper_name,
    "domain": decoders.domain,
    "images": _images(decoders.reference),
    "authors": _PERSONS,
    "publishers": _PERSONS,
}
_PROVIDER = mapping(_OF_PROVIDERS, _provider, alone="name")
NAMES_WITHIN = {"provider": frozenset(_OF_PROVIDERS), "images": frozenset(_OF_IMAGES)}
_LINKS: dict[str, Decoder[Any]] = {
    "webUrl": decoders.link,
    "originalUrl": decoders.link,
    "sourceUrl": decoders.link,
}
_LISTED = one_or_more(
    mapping(
        {
            "title": decoders.plain_text,
            "webUrl": decoders.link,
            "provider": _PROVIDER,
            "publishedDateTime": decoders.moment,
            "name": decoders.plain_text,
            "excerpt": decoders.plain_text,
            "quality": decoders.number,
            "published": decoders.boolean,
            "removed": decoders.boolean,
            "deleted": decoders.boolean,
            "draft": decoders.boolean,
            **_LINKS,
        },
        _listed,
    )
)
_OF_REPORTS = frozenset(("title", "webUrl", "provider", "publishedDateTime", "name", "excerpt", "quality", "related"))
_OF_REPORTS |= {*meaning.WITHHOLDING_FIELDS, *_LINKS, "type", "images"}  # the last two may stand there
_ACCOUNT = mapping({"url": decoders.link}, _account, alone="url")
FIELDS: dict[str, Decoder[Any]] = {
    "title": decoders.plain_text,
    "name": decoders.plain_text,
    "excerpt": decoders.plain_text,
    "bio": decoders.plain_text,
    "excerpt_separator": decoders.markup,
    **_LINKS,
    "ampWebUrl": decoders.link,
    "ampUrl": decoders.link,
    "cdnAmpWebUrl": decoders.link,
    "cdnAmpUrl": decoders.link,
    "website": decoders.link,
    "twitter": _ACCOUNT,
    "linkedin": _ACCOUNT,
    "featuredContent": decoders.markup,
    "videoId": decoders.video_id,
    "publishedDateTime": decoders.moment,
    "updatedDateTime": decoders.moment,
    "published": decoders.boolean_or_moment,
    "removed": decoders.boolean,
    "deleted": decoders.boolean,
    "draft": decoders.boolean,
    "quality": decoders.number,
    "heat": decoders.number,
    "provider": _PROVIDER,
    "topics": decoders.names,
    "category": decoders.names,
    "type": decoders.proper_name,
    "tags": decoders.names,
    "locale": decoders.locale,
    "length": decoders.seconds,
    "price": decoders.plain_text,
    "members": decoders.whole,
    "images": _images(decoders.picture),
    "related": _related,
    "guid": former_ids.guid,
    "id": former_ids.uri_id,
    "exclude_from_all": decoders.boolean,
}
# What only shows beside a text. Where its value cannot be read, an item does without.
COSMETIC_FIELDS = frozenset(
    (
        *("excerpt", "bio", "ampWebUrl", "ampUrl", "cdnAmpWebUrl", "cdnAmpUrl", "website", "twitter", "linkedin"),
        *("category", "type", "tags", "locale", "length", "price", "members", "images"),
    )
)
# Only files that were written for feedd have these fields.
OWN_FIELDS = frozenset(
    (
        *("webUrl", "originalUrl", "sourceUrl", "ampWebUrl", "ampUrl", "cdnAmpWebUrl", "cdnAmpUrl", "featuredContent"),
        *("videoId", "publishedDateTime", "updatedDateTime", "quality", "heat", "provider", "members"),
    )
)
KNOWN_NAMES = frozenset(
    (*FIELDS, "url", "width", "height", "attribution", "domain", "images", "authors", "publishers", "secured", "body")
)
