"""Addresses with an unknown part: a text with UNKNOWN in the place of each such part, in; without these addresses, out.

Without a part, an address leads to a wrong place. So a link loses its address and keeps its words, and a picture goes.
"""

from __future__ import annotations

import re

from feedd.patterns import late_pattern

UNKNOWN = "\ufdde"

_ADDRESS = late_pattern(
    rf"(?P<inline>\]\()[^()\s{UNKNOWN}]{{0,1000}}{UNKNOWN}[^()\s]{{0,1000}}(?=[)\s])"
    rf"|(?P<attribute>\b(?:src|href)=[\"'])[^\"'\n{UNKNOWN}]{{0,1000}}{UNKNOWN}[^\"'\n]{{0,1000}}"
    rf"|(?P<reference>^ {{0,3}}\[[^\]\n]{{1,300}}\]:[ \t]*)[^\s{UNKNOWN}]{{0,1000}}{UNKNOWN}\S{{0,1000}}"
    rf"|<(?:https?:)?[^<>\s{UNKNOWN}]{{0,1000}}{UNKNOWN}[^<>\s]{{0,1000}}>"
    rf"|\bhttps?://[^\s<>()\[\]\"'{UNKNOWN}]{{0,1000}}{UNKNOWN}[^\s<>()\[\]\"']{{0,1000}}"
    rf"|[ \t][A-Za-z-]{{1,40}}={UNKNOWN}(?=[\s/>])"
    rf"|{UNKNOWN}",
    re.MULTILINE,
)


def without_unknown_addresses(text: str) -> str:
    """The text without addresses of which a part is unknown, and without UNKNOWN."""
    return _ADDRESS.sub(_emptied, text) if UNKNOWN in text else text


def _emptied(found: re.Match[str]) -> str:
    if found["reference"]:
        return f"{found['reference']}<>"
    return found["inline"] or found["attribute"] or ""
