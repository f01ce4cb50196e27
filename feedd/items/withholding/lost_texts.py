"""Lost texts: the scalars of a front matter, and the body, in; whether sealed text may stand in other places, out.

Lines that change their places part a name from its text. The text then stands below another name, or in the body. So
does a line of sealed text that is repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from feedd.items.front_matter.code_lines import in_code, split_lines
from feedd.items.front_matter.yaml import Scalar
from feedd.items.withholding.damaged_names import is_sealing
from feedd.items.withholding.mentions import WINDOW, Mention

_REASON = "`secured` is empty, and its text may stand in another field; take it out, or put its text in quotes"
_REPEATED = "a line of what is sealed stands in other text, too; take it out there, or write it in other words"
_SHORTEST_LINE, _SHORTEST_PAIR = 12, 8  # characters of a line, and of two, that no other text has by chance
_BODY_REASON = "`secured` is empty, and its text may stand in the body; take it out, or put its text in quotes"


def lost_texts(front: str, body: str, spans: Sequence[Scalar]) -> Iterator[Mention]:
    """A doubt for each empty `secured` if a text stands on a line below the name of its field, or if a line of the body
    begins with blanks. Nobody doubts a text that is empty between quotes, `[]` and `{}`.
    """
    empty = list(_empty(front, spans))
    if not empty:
        return
    has_block = any(span.style in ("|", ">") and not span.text for _, span in empty)
    if has_block or any(_is_below_its_name(front, span) for span in spans):
        yield from (Mention(name.path, name.start, _REASON) for name, _ in empty)
    elif _has_indented_line(body):
        yield from (Mention(name.path, name.start, _BODY_REASON) for name, _ in empty)


def repeated_lines(front: str, body: str, spans: Sequence[Scalar]) -> Iterator[Mention]:
    """A doubt for each sealed text of several lines of which a line stands in the body or in another field, too."""
    sealed = [span for span in spans if not span.is_name and any(is_sealing(str(part)) for part in span.path)]
    several = [span for span in sealed if "\n" in front[span.start : span.end].strip()]
    if not several:
        return
    ends = [0, *(span.end for span in several)]
    starts = [*(span.start for span in several), len(front)]
    others = (front[end:start] for end, start in zip(ends, starts, strict=True))
    shown = {piece for text in (body, *others) for piece in _pieces(text)}
    for span in several:
        if not shown.isdisjoint(_pieces(front[span.start : span.end])):
            yield Mention(span.path, span.start, _REPEATED)


def _pieces(text: str) -> Iterator[str]:
    """The lines of a text, and each two lines that follow each other, without those that other texts have by chance."""
    lines = [line.strip(" \t\"'") for line in split_lines(text).texts]
    yield from (line for line in lines if len(line) >= _SHORTEST_LINE)
    pairs = (f"{line} {below}" for line, below in pairwise(lines) if line and below)
    yield from (pair for pair in pairs if len(pair) >= _SHORTEST_PAIR)


def _empty(front: str, spans: Sequence[Scalar]) -> Iterator[tuple[Scalar, Scalar]]:
    """The name and the last scalar of each `secured` that has no text, and does not say so."""
    at = 0
    while at < len(spans):
        name = spans[at]
        at += 1
        if not (name.is_name and is_sealing(str(name.path[-1]))):
            continue
        depth, has_text = len(name.path), False
        while at < len(spans) and spans[at].path[:depth] == name.path:
            has_text = has_text or (not spans[at].is_name and bool(spans[at].text.strip()))
            at += 1
        is_said = front[name.end : name.end + WINDOW].lstrip(" \t:=")[:2] in ("''", '""', "[]", "{}")
        is_block = spans[at - 1].style in ("|", ">")
        if not has_text and (is_block or not is_said or _is_opened(front, name)):
            yield name, spans[at - 1]


def _is_opened(front: str, name: Scalar) -> bool:
    """Whether three quotes follow a name, and then a line end."""
    return front[name.end : name.end + WINDOW].lstrip(" \t:=")[:4] in ("'''\n", '"""\n')


def _is_below_its_name(front: str, span: Scalar) -> bool:
    """Whether a text begins or goes on below the line of its name: an entry of a list, a block of text."""
    if span.is_name or not span.text or any(is_sealing(str(part)) for part in span.path):
        return False
    line = front.rfind("\n", max(span.start - WINDOW, 0), span.start) + 1
    return not front[line : span.start].strip(" \t-[{") or "\n" in front[span.start : span.end].rstrip()


def _has_indented_line(body: str) -> bool:
    lines = split_lines(body).texts
    return any(
        line[:1] in (" ", "\t") and bool(line.strip()) and not is_code
        for line, is_code in zip(lines, in_code(lines, nested=False), strict=True)
    )
