"""Directives of MyST (```` ```{note} Title ````) in Markdown, in; containers, pictures and code in their place, out.

Directives of other names stay as they are: in R Markdown, ```` ```{r} ```` is code.
"""

from __future__ import annotations

import re

from msgspec import Struct

from feedd.items.bodies.containers import CALLOUTS
from feedd.items.bodies.tag_arguments import Arguments
from feedd.items.bodies.tag_meanings import picture
from feedd.patterns import late_pattern

_FENCE = late_pattern(
    r"(?P<before>[ \t>]*+)(?P<fence>`{3,}|~{3,})(?:\{(?P<name>[A-Za-z][\w:-]{0,40})\}[ \t]*(?P<rest>[^`]*)|[^`]*)"
)
_OPTION = late_pattern(r"[ \t>]*+:([A-Za-z][\w-]{0,40}):[ \t]*(.*)")
_PICTURES = frozenset(("figure", "image"))
_CODE = frozenset(("code", "code-block", "code-cell", "sourcecode"))
_NOTHING = frozenset(("contents", "tableofcontents", "toctree", "index"))


class _Open(Struct, frozen=True):
    """A directive that is open; its text is Markdown."""

    fence: str
    before: str


def without_directives(text: str) -> str:
    """The text with containers (`:::{note}`) in the place of directives that are callouts, and the like."""
    lines = text.split("\n")
    written: list[str] = []
    opened: list[_Open] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        found = _FENCE.fullmatch(line) if "```" in line or "~~~" in line else None
        if found is None:
            written.append(line)
            at += 1
        elif opened and _ends(line, opened[-1].fence):
            ended = opened.pop()
            written.append(ended.before + ":" * len(ended.fence))
            at += 1
        elif found["name"] and found["name"].lower() in CALLOUTS:
            opened.append(_Open(found["fence"], found["before"]))
            written.append(f"{found['before']}{':' * len(found['fence'])}{{{found['name']}}} {found['rest']}".rstrip())
            at, _ = _options(lines, at + 1)
        else:
            end = next(
                (number for number in range(at + 1, len(lines)) if _ends(lines[number], found["fence"])), len(lines)
            )
            written += _block(found, lines, at, end)
            at = end + 1
    return "\n".join(written)


def _ends(line: str, fence: str) -> bool:
    mark = line.strip(" \t>")
    return len(mark) >= len(fence) and not mark.strip(fence[0])


def _options(lines: list[str], at: int) -> tuple[int, dict[str, str]]:
    """The first line after the options of a directive, and the options."""
    options: dict[str, str] = {}
    while at < len(lines) and (option := _OPTION.fullmatch(lines[at])):
        options[option[1].lower()] = option[2]
        at += 1
    return at, options


def _block(opening: re.Match[str], lines: list[str], at: int, end: int) -> list[str]:
    """The lines for a block of code, or for a directive whose text is no Markdown."""
    name, before = (opening["name"] or "").lower(), opening["before"]
    start, options = _options(lines, at + 1)
    if name in _PICTURES and (shown := picture(Arguments((opening["rest"].strip(),), options))):
        return [f"{before}{shown}", before.rstrip(), *lines[start:end], before.rstrip()]
    if name in _CODE:
        return [f"{before}{opening['fence']}{opening['rest'].strip()}", *lines[start : end + 1]]
    if name in _NOTHING:
        return [before.rstrip()]
    return lines[at : end + 1]
