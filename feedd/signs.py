"""Signs: marks of signs, such as `{{`, in; whether they stand in a text, out.

The signs of a text are its characters of ASCII that are neither letters, digits nor blanks. They are so few that a mark
is looked for in them ten times as fast. What does not stand in them does not stand in the text.
"""

from __future__ import annotations

import string
from functools import lru_cache

_OTHERS = bytes(code for code in range(256) if chr(code) not in string.punctuation)


def has_mark(text: str, *marks: str) -> bool:
    """Whether one of these marks stands in a text. It takes long only for marks without signs."""
    if not text:
        return False  # many an item has no body
    signs = _signs_of(text)
    return any(_signs_of_mark(mark) in signs and mark in text for mark in marks)


@lru_cache(maxsize=2)  # of a text, several things are asked
def _signs_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass").translate(None, _OTHERS)


@lru_cache(maxsize=256)
def _signs_of_mark(mark: str) -> bytes:
    return mark.encode().translate(None, _OTHERS)
