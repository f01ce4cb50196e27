"""Previews: an item that waits or is withheld, in; the item as if it were published, with a mark in its title, out."""

from __future__ import annotations

from msgspec.structs import replace

from feedd.items.reading_settings import PreviewSettings
from feedd.items.withholding.meaning import withheld
from feedd.items.withholding.withholding_marks import AUDIENCE
from feedd.model import Item


def as_previewed(item: Item, settings: PreviewSettings) -> Item:
    """The item to show in a preview. An item that is published as it is stays the same."""
    marks: list[str] = []
    what, _, names = item.hidden_by.partition(": ")
    audience = names if what == AUDIENCE else ""
    if audience:
        marks.append(f"for {audience}")
    if withheld(replace(item, hidden_by="") if audience else item, default_listed=settings.default_listed) is not None:
        marks.append("withheld")
    if item.published is not None and item.published > settings.at:
        marks.append(f"from {item.published:%Y-%m-%d}")
    if item.expires is not None and item.expires <= settings.at:
        marks.append(f"until {item.expires:%Y-%m-%d}")
    if not marks:
        return item
    return replace(
        item,
        title=f"[{', '.join(marks)}] {item.title}",
        listed=True,
        retracted=False,
        hidden_by="",
        expires=None,
        published=min(item.published, settings.at) if item.published else None,
    )
