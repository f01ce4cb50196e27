"""Inline styles: the `style` of an element in; whether the element is hidden or struck out, and how it counts, out."""

from __future__ import annotations

import re

from feedd.patterns import late_pattern

_HIDDEN = late_pattern(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_STRUCK = late_pattern(r"(?<![\w-])text-decoration(?:-line)?\s*:[^;]*\bline-through\b", re.IGNORECASE)
_COUNTED = late_pattern(
    r"(?<![\w-])list-style(?:-type)?\s*:[^;]*?\b(decimal|(?:lower|upper)-(?:alpha|latin|roman))\b", re.IGNORECASE
)
_TYPES = {
    "decimal": "1",
    "lower-alpha": "a",
    "lower-latin": "a",
    "lower-roman": "i",
    "upper-alpha": "A",
    "upper-latin": "A",
    "upper-roman": "I",
}


def hides(style: str) -> bool:
    """Whether an element with this style is not shown."""
    return bool(style) and _HIDDEN.search(style) is not None


def strikes_out(style: str) -> bool:
    """Whether the text of an element with this style is struck out."""
    return bool(style) and _STRUCK.search(style) is not None


def numbering(style: str) -> str:
    """The `type` of an ordered list with this style; "" if the style says none."""
    found = _COUNTED.search(style) if style else None
    return _TYPES[found[1].lower()] if found else ""
