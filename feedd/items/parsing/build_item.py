"""Building an Item: the decoded values of its fields, and its body, in; the Item out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from feedd.items import text
from feedd.items.bodies.foreign_marks import read_body, read_html
from feedd.items.bodies.hidden_parts import endless_comment, without_comments
from feedd.items.bodies.page_facts import PageFacts
from feedd.items.dates import zone_of
from feedd.items.fields import HTML_SUFFIXES, link_in
from feedd.items.findings import Findings
from feedd.items.foreign import former_ids
from feedd.items.foreign.foreign_dates import dated_by_path
from feedd.items.wiki_links import channel
from feedd.items.withholding import meaning
from feedd.items.youtube import youtube_id, youtube_page
from feedd.model import Item, Provider


def build_item(path: str, body: str, values: dict[str, Any], findings: Findings) -> Item:
    """The Item made of decoded values: of alternative fields the first counts."""
    html = path.lower().endswith(HTML_SUFFIXES)
    body = text.safe(body).strip("\n")
    source, body = (None, body) if html or not body else _channel(body)
    provider = values.get("provider") or _provider_of(source, findings)
    embed = values.get("featuredContent", "")
    link, video = _link_and_video(values, embed)
    categories = values.get("categories") or (values["category"] if len(values.get("category", ())) > 1 else ())
    if mark := None if html else endless_comment(body):
        findings.note(("body",), f"a comment `{mark}` has no end, so the rest of the text is left out")
    title, summary = values.get("title") or values.get("name", ""), values.get("excerpt") or values.get("bio", "")
    facts = PageFacts(title, summary, link, findings.settings.site_url)
    separator = values.get("excerpt_separator", "")
    body, not_run = read_html(body, facts, separator) if html else read_body(path, body, facts, separator)
    if not_run:
        findings.note(("body",), not_run if findings.quote else "not run: marks of a template language")
    return Item(
        title=title,
        link=link,
        amp=values.get("ampWebUrl") or values.get("ampUrl"),
        cdn_amp=values.get("cdnAmpWebUrl") or values.get("cdnAmpUrl"),
        summary=summary,
        body=body,
        body_format="html" if html else "markdown",
        embed=embed,
        wiki_page=not html and (source is not None or "videoId" in values),
        video_id=video,
        published=values.get("publishedDateTime") or _date_of_path(path, findings),
        updated=values.get("updatedDateTime"),
        listed=values.get("published"),
        retracted=meaning.is_retracted(values),
        quality=values.get("quality"),
        heat=values.get("heat"),
        provider=provider,
        topics=tuple(dict.fromkeys(values.get("topics", ()))),
        category=next(iter(values.get("category") or categories), None),
        categories=categories,
        kind=values.get("type"),
        tags=tuple(dict.fromkeys(values.get("tags", ()))),
        locale=values.get("locale"),
        length=values.get("length"),
        price=values.get("price"),
        members=values.get("members"),
        images=values.get("images", ()),
        related=values.get("related", ()),
        former_id=former_ids.former_id(values, findings),
        exclude_from_all=values.get("exclude_from_all", False),
        content=values.get("content"),  # of its folder
        authors=values.get("authors", ()),
        slug=values.get("slug"),
        enclosure=values.get("enclosure"),
        episode=values.get("episode"),
        below=_chosen_above(path, findings.settings.chosen_folders),
    )


def _channel(body: str) -> tuple[str | None, str]:
    """The channel that a wiki page names, and the page without that line. A comment names none."""
    source, rest = channel(body)
    return (source, rest) if source is None or source == channel(without_comments(body))[0] else (None, body)


def _chosen_above(path: str, chosen: Sequence[str]) -> tuple[str, ...]:
    return tuple(folder for folder in chosen if path.startswith(folder)) if chosen else ()


def _provider_of(source: str | None, findings: Findings) -> Provider | None:
    """The provider that the channel of a page of the wiki is, by its name."""
    if not source:
        return None
    name, repairs = text.plain(source)
    for repair in repairs:
        findings.repaired(("body",), repair)
    return Provider(name) if (name := text.as_name(name)) else None


def _link_and_video(values: dict[str, Any], embed: str) -> tuple[str | None, str | None]:
    """The link of an item, and the id of its video. An item without a link has the page of its video, or a profile."""
    link = link_in(values)
    video = values.get("videoId") or (youtube_id(link) if link else None) or youtube_id(embed)
    if link is None and video:
        link = youtube_page(video)
    elif link is None:
        link = values.get("website") or values.get("twitter") or values.get("linkedin")
    return link, video


def _date_of_path(path: str, findings: Findings) -> datetime | None:
    dated = dated_by_path(path, zone_of(findings.settings.time_zone))
    return dated.moment if dated else None
