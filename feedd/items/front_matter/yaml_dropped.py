"""The scalars of a front matter in; where YAML drops words that a person takes for a part of a text, out.

Text after ` #` is a comment (YAML 1.2.2, section 6.6). `!word` or `&word` before a text is a property of it (section
6.9). The value stays as YAML reads it: a comment may be meant as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedd.items.front_matter.yaml import FieldPath, Scalar
from feedd.items.front_matter.yaml_slips import hidden_space
from feedd.patterns import late_pattern

# After a number, a date or a word such as `true`, a comment is meant as a comment.
_NO_TEXTS = frozenset(
    {"publishedDateTime", "updatedDateTime", "published", "removed", "deleted", "draft", "heat", "quality"}
    | {"members", "length", "width", "height"}
)
_COMMENT = late_pattern(r"[ \t]+#[ \t]*[^\s#]")
_TAGGED = late_pattern(r"[ \t]*#[^\s#]")

COMMENT = "what stands after ` #` is a comment; put the text in quotes"
_PROPERTIES = {
    "!": "`!` and the word after it are a tag of YAML, and dropped; put the text in quotes",
    "&": "`&` and the word after it are an anchor of YAML, and dropped; put the text in quotes",
}


def may_drop(front: str) -> bool:
    """Whether YAML may drop words of a front matter, or take a blank for text: a quick look."""
    return "#" in front or "!" in front or "&" in front or not front.isascii()


def dropped(front: str, spans: Sequence[Scalar]) -> Iterator[tuple[FieldPath, str]]:
    """Each field or entry from which YAML drops words, with advice. It quotes nothing."""
    for span in spans:
        if span.is_name or any(str(part).lower() == "secured" for part in span.path):
            continue
        if span.dropped:
            yield span.path, _PROPERTIES[span.dropped]
        elif span.style or next((name for name in reversed(span.path) if isinstance(name, str)), "") in _NO_TEXTS:
            continue
        elif (_TAGGED if span.start == span.end else _COMMENT).match(front, span.end):
            yield span.path, COMMENT


def spaces(front: str, spans: Sequence[Scalar]) -> Iterator[tuple[FieldPath, str]]:
    """Each name or text that holds the name of a field or a dash, because a blank beside it means nothing in YAML."""
    for span in spans:
        if not span.style and not front.isascii():
            for number, line in enumerate(front[span.start : span.end].split("\n")):
                is_whole = number > 0 or front[span.start - 1 : span.start] in ("", "\n")
                if reason := hidden_space(line, is_whole=is_whole):
                    yield span.path, reason
                    break
