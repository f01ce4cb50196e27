"""Lost texts: the scalars of a front matter, and the body, in; whether sealed text may stand in other places, out.

Lines that change their places part a name from its text. The text then stands below another name, or in the body. So
does a line of sealed text that is repeated, and the rest of a sealed text that a stray line cuts in two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from feedd.items.front_matter.code_lines import (
    first_closing,
    first_empty,
    first_text_line,
    in_code,
    is_closing,
    is_field,
    split_lines,
)
from feedd.items.front_matter.yaml import Scalar
from feedd.items.withholding.damaged_names import is_sealing
from feedd.items.withholding.mentions import WINDOW, Mention
from feedd.patterns import late_pattern

_CONTINUING = ",;:&)'\""  # marks that may begin the rest of a text, but never a text
_SENTENCE_ENDS = (".", ",", ";", "!", "?")  # marks that may end a sentence or a part of it, but never a heading
_TOKEN = late_pattern(r"[\w+/=;-]{8,}|\S{20,}", re.ASCII)
_NO_TEXTS = frozenset(("", "null", "~", "true", "false", "yes", "no"))
SEAL_GOES_ON = "what is `secured` may go on in the body; put its text in quotes, and leave an empty line above the body"
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


def goes_on_below_headers(body: str, spans: Sequence[Scalar]) -> Iterator[Mention]:
    """A doubt about a body under a sealed header if it begins as the rest of a sentence or of a word does: an empty
    line may have cut the sealed text.
    """
    first = body.lstrip().partition("\n")[0]
    if _last_sealed(spans) is not None and _is_rest(first):
        yield Mention(("body",), 0, SEAL_GOES_ON)


def _last_sealed(spans: Sequence[Scalar]) -> Scalar | None:
    """The last scalar of a front matter, if it is sealed."""
    is_sealed = bool(spans) and any(is_sealing(str(part)) for part in spans[-1].path)
    return spans[-1] if is_sealed else None


def _is_rest(line: str) -> bool:
    """Whether a line begins as the rest of a text does, or is all of one word, as sealed texts are in ciphers."""
    return line[:1].islower() or line[:1] in tuple(_CONTINUING) or _TOKEN.fullmatch(line) is not None


def is_cut_at_a_rule(texts: Sequence[str], code: Sequence[bool], spans: Sequence[Scalar]) -> bool:
    """Whether the closing line of the front matter may be a rule in a sealed text without its indentation."""
    last = _last_sealed(spans)
    if last is None or last.style not in ("|", ">") or texts[0].strip():
        return False
    closing = first_closing(texts, code)
    while closing < len(texts):
        if closing and texts[closing - 1].strip():
            return True
        closing = first_closing(texts, code, closing + 1)
    return False


def is_cut(
    texts: Sequence[str], code: Sequence[bool], reach: int, spans: Sequence[Scalar], *, is_unfinished: bool
) -> bool:
    """Whether a stray `---` may have cut a sealed text in two. No quote marks the end of such a text.

    `is_unfinished`: the text above breaks off.
    """
    last = _last_sealed(spans)
    if last is None:
        return False
    first = first_text_line(texts)
    beginning = texts[first][:1] if first < len(texts) else ""
    is_part = not is_sealing(str(last.path[-1])) and not last.in_flow
    if is_part and (beginning in (" ", "\t") or texts[0].startswith("- ")):
        return True  # the other parts of a sealed list or mapping
    if last.style in ('"', "'"):  # a stray line in the place of a quote within the text
        is_rest = texts[0][:1].islower() or texts[0][:1] in tuple(_CONTINUING)
        return is_rest and any(is_closing(line.strip()) for line in texts[1 : first_empty(texts) + 1])
    is_text = not last.is_name and last.text.lower() not in _NO_TEXTS
    if is_text and not last.style and texts[0][:1].islower() and not last.text.endswith((".", "!", "?")):
        return True  # in the middle of the only line
    if last.style and texts[0][:1].islower() and _is_indented(texts[1:]) and any("---" in line for line in texts):
        return True  # in the middle of a line of several
    if beginning in (" ", "\t") or (beginning and not last.text and beginning in tuple("-}])|>\"'{[")):
        return True
    end = first_empty(texts)
    is_rest = not last.text or is_unfinished or _is_rest(texts[0]) or texts[0].endswith(_SENTENCE_ENDS)
    closing = first_closing(texts, code)
    is_closed = (
        any(map(is_field, texts[:closing]))
        or 0 < closing <= min(end + 1, len(texts) - 1)
        or any(line[:1] in (" ", "\t") for line in texts[: min(end, closing)])
    )
    is_cut_off = bool(last.style and texts[-1])  # the file ends within a line
    return is_rest and (reach > 0 or is_cut_off or (closing < len(texts) and is_closed))


def _is_indented(texts: Sequence[str]) -> bool:
    """Whether the first of these lines that is not empty begins with blanks."""
    return next((line[:1] for line in texts if line.strip()), "") in (" ", "\t")
