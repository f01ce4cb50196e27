"""Parts of a body that are not for readers: where such a part begins, in; where it ends, out."""

from __future__ import annotations

import re

from feedd.items.bodies.literal_spans import literal_spans
from feedd.patterns import late_pattern
from feedd.signs import has_mark

# Names of tags, containers and components whose text nobody is to read. What is doubtful stays hidden.
HIDDEN_NAMES = frozenset(
    ("comment", "draft", "hidden", "hide", "internal", "not-published", "private", "secret", "unpublished")
)
_NEVER = late_pattern(r"(?:false|nil|null|0\s*==\s*1|1\s*==\s*0)")
_FOR_AUTHORS = late_pattern(r"\b(?:drafts?|development|private|secret|unpublished)\b", re.IGNORECASE)
_NEGATION = late_pattern(r"!|\bnot\b|\bunless\b|<>|==\s*(?:false|nil|null)\b")

# Remarks of authors, by how they begin: kramdown, CriticMarkup, the templates of Go, JSX, HTML.
_REMARK = late_pattern(
    r"\\.|\{::comment(?:[ \t][^{}\n]{0,200}+)?(?<!/)(?P<kramdown>\})|(?P<critic>\{>>)|(?P<go>\{\{-?[ \t]{0,9}/\*)"
    r"|(?P<jsx>\{/\*)|(?P<html><!--(?!-?>))"
    r"|^ {0,3}\[[ \t]{0,9}\]:[ \t]{1,9}(?:#|<>)[ \t]{0,9}(?P<label>[(\"'])[^\n]{0,2000}[)\"'][ \t]{0,9}$",
    re.MULTILINE,
)
_REMARK_ENDS = {
    "kramdown": late_pattern(r"\{:/(?:comment)?\}"),
    "critic": late_pattern(r"<<\}"),
    "go": late_pattern(r"\*/[ \t]{0,9}-?\}\}"),
    "jsx": late_pattern(r"\*/\}"),
    "html": late_pattern(r"-->"),
}
_EMPTY_LINE = late_pattern(r"\n[ \t>]*+\n")
_REMARK_MARKS = ("{::comment", "{>>", "/*", "<!--", "]:")

_LOOP = late_pattern(r"\s*([A-Za-z_]\w{0,60})\s+in\b")
_LONGEST_LOOP = 4000


def without_remarks(text: str, *, indented_code: bool = True) -> str:
    """The Markdown without the remarks that its author wrote for authors: `{::comment}` of kramdown, `{>> <<}` of
    CriticMarkup, `{{/* */}}`, `{/* */}`, `[]: # (so)`, and what CommonMark does not take for a comment of HTML, since
    an empty line is in it.

    What stands in code stays. A remark of kramdown that has no end hides the rest; others without an end are text.
    """
    if not has_mark(text, *_REMARK_MARKS):
        return text
    spans = None
    parts: list[str] = []
    copied = 0
    endless: set[str] = set()
    for found in _REMARK.finditer(text):
        kind = found.lastgroup
        if kind is None or kind in endless or found.start() < copied:
            continue
        end = found if kind == "label" else _REMARK_ENDS[kind].search(text, found.end())
        if end is None and kind != "kramdown":
            endless.add(kind)
            continue
        if kind == "html" and end and not _EMPTY_LINE.search(text, found.end(), end.start()):
            continue
        spans = spans or literal_spans(text, indented_code=indented_code)
        if spans.around(found.start()):
            continue
        parts.append(text[copied : found.start()])
        copied = end.end() if end else len(text)
    return "".join((*parts, text[copied:]))


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
