"""Related links: other reports of the story of an entry, in; the list that its content ends with, out."""

from __future__ import annotations

from html import escape

from feedd.html import elements
from feedd.model import Related

_MONTHS = "January February March April May June July August September October November December"


def related_links(related: tuple[Related, ...]) -> str:
    """Links to the other reports of a story: safe HTML, "" without any. There is no bound on how many."""
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
