"""A body in; what a stray `---` seems to have taken out of the front matter, and would seal or withhold there, out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from feedd.core.frontmatter import Scalar
from feedd.core.mentions import (
    NAMES,
    WINDOW,
    Found,
    follows_comma,
    given,
    is_inline_code,
    is_sentence,
    is_structure,
    mark_given,
    seal_given,
)
from feedd.core.samples import Lines, continuation, first_closing, in_code, is_closing, lines_of

_PARTED_NAMES = re.compile(
    "|".join(
        r"(?:_|[^\w\n]){0,4}".join(name) for name in ("secured", "published", "removed", "deleted", "draft", "heat")
    ),
    re.IGNORECASE,
)
_GIVEN_ROUGHLY = re.compile(r"[^\w\s:]{0,4}\s*[:\uff1a\ufe55]")
_CONTINUING = ",;:&)'\""  # marks with which no text begins, but the rest of one may
_TOKEN = re.compile(r"[\w+/=;-]{8,}", re.ASCII)
_KNOWN = re.compile(
    r"[ \t]*+(?:-[ \t]++)*[\"']?(?:title|name|excerpt|bio|\w+Url|website|twitter|linkedin|featuredContent|videoId"
    r"|(?:published|updated)DateTime|published|removed|deleted|draft|secured|quality|heat|provider|topics|category"
    r"|type|tags|locale|length|price|members|images|related|url|width|height|domain|authors|publishers)"
    r"[\"']?[ \t]*+:(?:\s|$)"
)
_FIELD_SOON = re.compile(r"[\s-]*+(?:[^\n]*+\n)?[\"']?[A-Za-z]\w*+[\"']?[ \t]*+:")
_MARKS = ("published", "removed", "deleted", "draft", "heat")
_NAMES = ("secured", *_MARKS)

_STANDS_IN_BODY = (
    "stands in the body; check where the front matter ends; if it is a sample, put it in a code block, between two "
    "lines of three backquotes"
)
_SEAL_IN_BODY = f"a `secured` field {_STANDS_IN_BODY}"
_GOES_ON = (
    "the front matter ends above this line, and seems to go on in it; take out the stray `---`; if this is a sample, "
    "put it in a code block, between two lines of three backquotes"
)
_SEAL_GOES_ON = (
    "what is `secured` may go on in the body; put its text in quotes, and leave an empty line above the body"
)


def may_go_on(body: str, *, has_seals: bool) -> bool:
    """Whether a body may begin with the rest of a front matter: a quick look."""
    if not body or body.isspace():
        return False
    if "\n---" in body or "\n..." in body or body.startswith((" ", "\t", "-")):
        return True
    if has_seals and " ---" in body[:2000]:
        return True
    if has_seals and (body[-1:] != "\n" or (body[:1] == "\n" and body.lstrip("\n")[:1] in (" ", "\t", "-"))):
        return True
    name, colon, _ = body[:40].partition(":")
    if not has_seals:  # a sealed text may go on after an empty line, and another one begins there
        name = name.lstrip("\n")
    letters = name.strip(" \"'").replace("_", "").replace(" ", "")
    if colon and (not letters.isalnum() or letters.lower() in _NAMES):
        return True
    if _FIELD_SOON.match(body) is None:
        return False
    return has_seals or any(map(body.lower().__contains__, _MARKS)) or _PARTED_NAMES.search(body) is not None


def strays(body: str, spans: Sequence[Scalar], *, after_gap: bool = False) -> Iterator[Found]:
    """What stands in a body and would seal or withhold in the front matter, of which `spans` are all scalars.

    `after_gap`: the last line of the front matter is empty.
    """
    lines = lines_of(body)
    code = in_code(lines.texts)
    reach = continuation(lines.texts, code)
    yield from _in_body(body, lines, code, reach)
    yield from _with_parted_name(body, lines, code, reach)
    if reach and is_closing(lines.texts[reach - 1]) and any(map(_KNOWN.match, lines.texts[:reach])):
        yield Found(("body",), 0, _GOES_ON)
    if _is_cut(lines.texts, code, reach, spans) or (after_gap and _is_cut_at_a_rule(lines.texts, code, spans)):
        yield Found(("body",), 0, _SEAL_GOES_ON)


def _with_parted_name(body: str, lines: Lines, code: Sequence[bool], reach: int) -> Iterator[Found]:
    """Fields with a slip in their names, or without a colon, in what may be the rest of a front matter."""
    closing = first_closing(lines.texts, code, _first_said(lines.texts))
    last = closing if closing < len(lines.texts) else max(reach, _first_empty(lines.texts))
    end = lines.starts[last] if last < len(lines.texts) else len(body)
    for found in _PARTED_NAMES.finditer(body, 0, end):
        at = bisect_right(lines.starts, found.start()) - 1
        before = body[max(lines.starts[at], found.start() - WINDOW) : found.start()]
        name = re.sub(r"[\W_]", "", found[0]).lower()
        after = body[found.end() : found.end() + WINDOW]
        is_parted = _GIVEN_ROUGHLY.match(after) and not (name == found[0].lower() and given(after))
        is_alone = not after.partition("\n")[0].strip("\"' \t") and after.partition("\n")[2].startswith((" ", "\t"))
        if (is_parted or is_alone) and not code[at] and is_structure(before):
            if name == "secured":
                yield Found(("body",), found.start(), _SEAL_IN_BODY)
            elif mark_given(name, after[after.find(":") :], swept=False):
                yield Found(("body",), found.start(), f"`{name}` {_STANDS_IN_BODY}", withholds=True)


def _in_body(body: str, lines: Lines, code: Sequence[bool], reach: int) -> Iterator[Found]:
    for found in NAMES.finditer(body):
        at = bisect_right(lines.starts, found.start()) - 1
        if code[at]:
            continue
        name = found[0].lower()
        before = body[max(lines.starts[at], found.start() - WINDOW) : found.start()]
        after = body[found.end() : found.end() + WINDOW]
        if at >= reach and is_inline_code(before, after):
            continue
        is_own = is_structure(before)
        is_field = bool(is_own or (follows_comma(before) and (at < reach or "{" in before)))
        if name == "secured":
            is_text = at >= reach
            if seal_given(before, after, is_field=is_field, is_text=is_text) and not (
                is_text and is_own and at > 0 and is_sentence(found[0], after)
            ):
                yield Found(("body",), found.start(), _SEAL_IN_BODY)
        elif at < reach and is_field and mark_given(name, after, swept=False):
            yield Found(("body",), found.start(), f"`{name}` {_STANDS_IN_BODY}", withholds=True)


def _first_said(texts: Sequence[str]) -> int:
    """The first line that is neither empty nor a closing line."""
    return next((at for at, line in enumerate(texts) if line.strip() and not is_closing(line)), len(texts))


def _is_indented(texts: Sequence[str]) -> bool:
    """Whether the first of these lines that is not empty begins with blanks."""
    return next((line[:1] for line in texts if line.strip()), "") in (" ", "\t")


def _first_empty(texts: Sequence[str]) -> int:
    return next((at for at, line in enumerate(texts) if not line.strip()), len(texts))


def _last_sealed(spans: Sequence[Scalar]) -> Scalar | None:
    """The last scalar of a front matter, if it is sealed."""
    is_sealed = bool(spans) and any(str(part).lower() == "secured" for part in spans[-1].path)
    return spans[-1] if is_sealed else None


def _is_cut_at_a_rule(texts: Sequence[str], code: Sequence[bool], spans: Sequence[Scalar]) -> bool:
    """Whether the line that closes the front matter may be a rule in a sealed text that has lost its indentation."""
    last = _last_sealed(spans)
    if last is None or last.style not in ("|", ">") or texts[0].strip():
        return False
    closing = first_closing(texts, code)
    while closing < len(texts):
        if closing and texts[closing - 1].strip():
            return True
        closing = first_closing(texts, code, closing + 1)
    return False


def _is_cut(texts: Sequence[str], code: Sequence[bool], reach: int, spans: Sequence[Scalar]) -> bool:
    """Whether a stray `---` may have cut a sealed text in two, whose end no quote tells."""
    last = _last_sealed(spans)
    if last is None:
        return False
    first = _first_said(texts)
    beginning = texts[first][:1] if first < len(texts) else ""
    is_part = str(last.path[-1]).lower() != "secured" and not last.in_flow
    if is_part and (beginning in (" ", "\t") or texts[0].startswith("- ")):
        return True  # the other parts of a sealed list or mapping
    if last.style in ('"', "'"):  # a stray line in the place of a quote within the text
        is_rest = texts[0][:1].islower() or texts[0][:1] in tuple(_CONTINUING)
        return is_rest and any(is_closing(line.strip()) for line in texts[1 : _first_empty(texts) + 1])
    if last.style and texts[0][:1].islower() and _is_indented(texts[1:]) and any("---" in line for line in texts):
        return True  # in the middle of a line of several
    if beginning in (" ", "\t") or (beginning and not last.text and beginning in tuple("-}])|>\"'{[")):
        return True
    is_rest = (
        not last.text
        or texts[0][:1].islower()
        or texts[0][:1] in tuple(",;:&)'\"")
        or _TOKEN.fullmatch(texts[0]) is not None
    )
    end = _first_empty(texts)
    closing = first_closing(texts, code)
    is_closed = 0 < closing <= min(end + 1, len(texts) - 1) or any(
        line[:1] in (" ", "\t") for line in texts[: min(end, closing)]
    )
    is_cut_off = bool(last.style and texts[-1])  # the file ends within a line
    return is_rest and (reach > 0 or is_cut_off or (closing < len(texts) and is_closed))
