"""Related links: other reports of the story of an entry, in; the list that its content ends with, out."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import islice

from feedd.html import elements
from feedd.items import urls
from feedd.model import Item, Related
from feedd.words.site_words import ENGLISH, Words

MAX_RELATED_SHOWN = 50  # the other entries of a story that its lead shows


def related_links(related: tuple[Related, ...], words: Words = ENGLISH) -> str:
    """Links to other reports of a story: safe HTML, "" without any."""
    if not related:
        return ""
    lines = "".join(_related_line(each, words) for each in related)
    return f"<h3{words.mark('related')}>{escape(words.say('related'))}</h3><ul>{lines}</ul>"


def _related_line(report: Related, words: Words) -> str:
    title = escape(report.title)
    parts = [elements.link(report.link, title) if report.link else title]
    if source := report.provider or report.domain:
        parts.append(escape(source))
    if day := report.published:
        parts.append(f'<time datetime="{day.date()}"{words.mark("date")}>{escape(words.dated(day))}</time>')
    return f"<li>{words.comma().join(parts)}</li>"


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
