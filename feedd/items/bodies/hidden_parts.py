"""Parts of a body that are not for readers: where such a part begins, in; where it ends, out."""

from __future__ import annotations

import re

from feedd.patterns import late_pattern

# Names of tags, containers and components whose text nobody is to read. What is doubtful stays hidden.
HIDDEN_NAMES = frozenset(
    ("comment", "draft", "hidden", "hide", "internal", "not-published", "private", "secret", "unpublished")
)
_NEVER = late_pattern(r"(?:false|nil|null|0\s*==\s*1|1\s*==\s*0)")
_FOR_AUTHORS = late_pattern(r"\b(?:drafts?|development|private|secret|unpublished)\b", re.IGNORECASE)
_NEGATION = late_pattern(r"!|\bnot\b|\bunless\b|<>|==\s*(?:false|nil|null)\b")

_LOOP = late_pattern(r"\s*([A-Za-z_]\w{0,60})\s+in\b")
_LONGEST_LOOP = 4000


def is_for_nobody(condition: str) -> bool:
    """Whether an `if` with this condition is never true, or true only where its author looks at drafts."""
    return bool(_NEVER.fullmatch(condition.strip())) or (
        bool(_FOR_AUTHORS.search(condition)) and not _NEGATION.search(condition)
    )


def repeats_outputs(loop: str, text: str, start: int, end: int) -> bool:
    """Whether a loop (`post in site.posts`) shows what it goes through between two places: then the text there is a
    pattern, and no text.
    """
    name = _LOOP.match(loop)
    if name is None:
        return False
    shown = re.compile(rf"\{{\{{-?[ \t]*{re.escape(name[1])}\b")
    return shown.search(text, start, min(end, start + _LONGEST_LOOP)) is not None


def end_of_hidden(text: str, at: int, beginning: str, end: str) -> int:
    """Where a part ends whose first mark ends at `at`. Parts of its name may stand in it.

    `beginning` and `end` are regular expressions for its marks. A part without an end hides the rest of the text, since
    words that were published cannot be taken back.
    """
    depth = 1
    for found in re.compile(f"(?P<end>{end})|{beginning}", re.IGNORECASE).finditer(text, at):
        depth += -1 if found["end"] else 1
        if not depth:
            return found.end()
    return len(text)
