"""Related links: other reports of the story of an entry, in; the list that its content ends with, out."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import islice

from feedd.html import elements
from feedd.items import urls
from feedd.model import Item, Related

MAX_RELATED_SHOWN = 50  # the other entries of a story that its lead shows
_MONTHS = "January February March April May June July August September October November December"


def related_links(related: tuple[Related, ...]) -> str:
    """Links to other reports of a story: safe HTML, "" without any."""
    if not related:
        return ""
    return f"<h3>Related coverage</h3><ul>{''.join(map(_related_line, related))}</ul>"


def _related_line(report: Related) -> str:
    title = escape(report.title)
    parts = [elements.link(report.link, title) if report.link else title]
    if source := report.provider or report.domain:
        parts.append(escape(source))
    if day := report.published:
        month = _MONTHS.split()[day.month - 1]
        parts.append(f'<time datetime="{day.date()}">{day.day} {month} {day.year}</time>')
    return f"<li>{', '.join(parts)}</li>"


def merge_related(item: Item, others: Iterable[Related]) -> tuple[Related, ...]:
    """The related reports of an item, then the first MAX_RELATED_SHOWN of `others`. Each link occurs once, and the
    item's own link not at all.
    """
    seen = {urls.canonical(item.link) if item.link else ""}
    found = []
    for each in (*item.related, *islice(others, MAX_RELATED_SHOWN)):
        key = urls.canonical(each.link) if each.link else each.title
        if key not in seen:
            seen.add(key)
            found.append(each)
    return tuple(found)
