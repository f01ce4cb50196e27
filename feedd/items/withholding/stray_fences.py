"""Stray fences: a body, in; what a stray `---` seems to have moved there, out.

These are names that seal or withhold, and rests of sealed texts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from feedd.items.front_matter.code_lines import (
    Lines,
    continuation,
    first_closing,
    first_empty,
    first_lines,
    first_text_line,
    in_code,
    in_code_or_template,
    is_closing,
    is_front,
    is_prose,
    split_lines,
)
from feedd.items.front_matter.yaml import Scalar
from feedd.items.withholding.damaged_names import (
    MARKS,
    SEALING,
    has_name,
    is_sealing,
    letters,
    may_give_mark,
    mended,
    names_in,
    undressed,
)
from feedd.items.withholding.lost_texts import SEAL_GOES_ON, is_cut, is_cut_at_a_rule
from feedd.items.withholding.mentions import (
    WINDOW,
    Mention,
    around,
    follows_comma,
    is_inline_code,
    is_quotation,
    is_sentence,
    is_structure,
    is_underlined,
    mark_given,
    named,
    seal_given,
)
from feedd.patterns import late_pattern

_KNOWN = late_pattern(
    r"[ \t]*+(?:-[ \t]++)*[\"']?(?:title|name|excerpt|bio|\w+Url|website|twitter|linkedin|featuredContent|videoId"
    r"|(?:published|updated)DateTime|published|removed|deleted|draft|secured|quality|heat|provider|topics|category"
    r"|type|tags|locale|length|price|members|images|related|url|width|height|domain|authors|publishers)"
    r"[\"']?[ \t]*+:(?:\s|$)"
)
_OWN_MARK = late_pattern(r"(?:published|removed|deleted|draft):[ \t]++(?:true|false)[ \t]*+", re.IGNORECASE)
_BLOCK_BEGINS = late_pattern(r"^[^#]*:[ \t]+[|>][-+0-9]{0,2}[ \t]*$")
_FIELD_SOON = late_pattern(r"[\s-]*+(?:[^\n]*+\n)?[\"']?[A-Za-z]\w*+[\"']?[ \t]*+:")

_STANDS_IN_BODY = (
    "stands in the body; check where the front matter ends; if it is a sample, put it in a code block, between two "
    "lines of three backquotes"
)
_SEAL_IN_BODY = f"a `secured` field {_STANDS_IN_BODY}"
_GOES_ON = (
    "the front matter ends above this line, and seems to go on in it; take out the stray `---`; if this is a sample, "
    "put it in a code block, between two lines of three backquotes"
)


def may_go_on(body: str, *, has_seals: bool, yaml: str | None = None) -> bool:
    """Whether a body may begin with the rest of a front matter: a quick look. `yaml`: a front matter in YAML."""
    if not body or body.isspace():
        return False
    if "\n---" in body or "\n..." in body or body.startswith((" ", "\t", "-")):
        return True
    if has_seals and (" ---" in body[:2000] or body[:1].islower()):
        return True
    if has_seals and (body[-1:] != "\n" or (body[:1] == "\n" and body.lstrip("\n")[:1] in (" ", "\t", "-"))):
        return True
    name, colon, value = body[:40].partition(":")
    if not has_seals:  # a sealed text may go on after an empty line, and another one begins there
        name = name.lstrip("\n")
    word = name.strip(" \"'").replace("_", "").replace(" ", "")
    is_address = value[:2] == "//" and name.lower().endswith(("http", "https"))
    if colon and not is_address and (not word.isalnum() or word.lower() in (SEALING, *MARKS)):
        return True
    if _FIELD_SOON.match(body) is None:
        return False
    if has_seals:
        return True
    has_no_seal = yaml is not None and SEALING not in letters(yaml) and not has_name(body, SEALING)
    if has_no_seal and not may_give_mark(first_lines(body)):  # no mark further down is a doubt
        return False
    return any(map(body.lower().__contains__, MARKS)) or next(names_in(body), None) is not None


def strays(body: str, spans: Sequence[Scalar], last_line: str = "") -> Iterator[Mention]:
    """The names in a body that would seal or withhold in the front matter. `spans` are all scalars of the front matter.

    `last_line` is the last line of the front matter.
    """
    lines = split_lines(body)
    code = in_code(lines.texts, nested=False)
    reach = continuation(split_lines(mended(body, emphasis=False)).texts, code)
    if last_line.lstrip().startswith("#") and not spans:  # only comments: a stray line may have parted one of them
        closing = first_closing(lines.texts, code)
        reach = max(reach, closing + 1 if closing < first_empty(lines.texts) else 0)
    names = list(names_in(body))
    yield from _in_body(body, names, lines, code, reach)
    yield from _with_parted_name(body, names, lines, code, reach)
    word = lines.texts[0].partition(" ")[0]
    if word[:1].islower() and is_sealing(word) and is_closing("".join(lines.texts[1:2])):
        yield Mention(("body",), 0, _SEAL_IN_BODY)
    is_open = lines.texts[0][:1] in (" ", "\t") and _BLOCK_BEGINS.search(last_line) is not None
    if is_open or (reach and is_closing(lines.texts[reach - 1]) and any(map(_KNOWN.match, lines.texts[:reach]))):
        yield Mention(("body",), 0, _GOES_ON)
    yield from _in_further_front(body, lines)
    yield from _above_a_rule(names, lines)
    is_unfinished = last_line.endswith((" ", "\t"))
    if is_cut(lines.texts, code, reach, spans, is_unfinished=is_unfinished) or (
        not last_line and is_cut_at_a_rule(lines.texts, code, spans)
    ):
        yield Mention(("body",), 0, SEAL_GOES_ON)


def _in_further_front(body: str, lines: Lines) -> Iterator[Mention]:
    """Marks in a whole front matter that stands in a body: two files were joined to one."""
    if sum(map(is_closing, lines.texts)) < 2:
        return
    code = in_code_or_template(lines.texts, nested=False)
    closings = [at for at, line in enumerate(lines.texts) if is_closing(line) and not code[at]]
    for first, last in pairwise(closings):
        if not is_front(lines.texts, code, first + 1):
            continue
        start, end = lines.starts[first + 1], lines.starts[last]
        for found in names_in(body[start:end]):
            line = bisect_right(lines.starts, start + found.start()) - 1
            is_first = lines.starts[line] == start + found.start()
            after = body[start + found.end() : min(end, start + found.end() + WINDOW)]
            name = letters(found[0])
            if name != SEALING and is_first and not code[line] and mark_given(name, after, swept=True):
                yield Mention(("body",), start + found.start(), f"`{name}` {_STANDS_IN_BODY}", withholds=True)
                return


def _above_a_rule(names: Sequence[re.Match[str]], lines: Lines) -> Iterator[Mention]:
    """Marks of the seeds' words that are all of a paragraph above a line that could close a front matter, such as
    `draft: true`. A field may have been moved there. Headings such as `Status: draft` look alike.
    """
    code: Sequence[bool] = ()
    for found in names:
        at = bisect_right(lines.starts, found.start()) - 1
        is_own = lines.starts[at] == found.start() and not (at and lines.texts[at - 1].strip())
        if is_own and is_closing("".join(lines.texts[at + 1 : at + 2])) and _OWN_MARK.fullmatch(lines.texts[at]):
            code = code or in_code_or_template(lines.texts, nested=False)
            name = letters(found[0])
            if not code[at] and mark_given(name, lines.texts[at][len(found[0]) :], swept=False):
                yield Mention(("body",), found.start(), f"`{name}` {_STANDS_IN_BODY}", withholds=True)


def _with_parted_name(
    body: str, names: Sequence[re.Match[str]], lines: Lines, code: Sequence[bool], reach: int
) -> Iterator[Mention]:
    """Fields with a slip in their names, or without a colon, in the possible rest of a front matter."""
    first = first_text_line(lines.texts)
    closing = first_closing(lines.texts, code, first)
    near = max(reach, _end_of_fields(lines.texts, first))
    if closing < len(lines.texts) and lines.texts[0][:1] in (" ", "\t"):
        near = max(near, closing)  # the rest of a block of text, and of the fields below it
    last = closing if closing < len(lines.texts) else max(reach, first_empty(lines.texts))
    for found in names:
        at = bisect_right(lines.starts, found.start()) - 1
        before = body[max(lines.starts[at], found.start() - WINDOW) : found.start()]
        after = body[found.end() : found.end() + WINDOW]
        name, before, after, is_dressed, is_slip = named(found, before, after)
        is_own = is_structure(before.lstrip("#")) or (follows_comma(before) and "{" in before)
        is_alone = is_own and at < max(near, last) and _is_above_its_value(after)
        if code[at] or not (is_alone or (is_dressed and (is_own or is_slip))):
            continue
        is_near = at < near or (is_slip and (at < last or name == SEALING))
        if name == SEALING:
            is_prose = not (is_near and is_own) or (at >= reach and not is_slip and is_sentence(found[0], after))
            if is_alone or seal_given(before, after, is_field=not is_prose, is_text=is_prose):
                yield Mention(("body",), found.start(), _SEAL_IN_BODY)
        elif is_near and is_own and mark_given(name, after, swept=False):
            yield Mention(("body",), found.start(), f"`{name}` {_STANDS_IN_BODY}", withholds=True)


def _is_above_its_value(after: str) -> bool:
    rest, _, below = after.partition("\n")
    return not rest.strip("\"' \t") and below.startswith((" ", "\t"))


def _in_body(
    body: str, names: Sequence[re.Match[str]], lines: Lines, code: Sequence[bool], reach: int
) -> Iterator[Mention]:
    for found in names:
        at = bisect_right(lines.starts, found.start()) - 1
        name = found[0].lower()
        if code[at] or not name.isalpha():
            continue
        before = body[max(lines.starts[at], found.start() - WINDOW) : found.start()]
        after = body[found.end() : found.end() + WINDOW]
        if at >= reach and is_inline_code(before, after):
            continue
        before, after = around(name, before, after)
        is_text = at >= reach
        is_own = is_structure(before) and not (is_text and is_quotation(lines.texts, at))
        is_field = bool(is_own or (follows_comma(before) and (at < reach or "{" in before)))
        if name == "secured":
            may_be_sentence = (is_text and at > 0) or is_underlined(lines.texts, at)
            if seal_given(before, after, is_field=is_field, is_text=is_text) and not (
                is_own and may_be_sentence and is_sentence(found[0], after)
            ):
                yield Mention(("body",), found.start(), _SEAL_IN_BODY)
        elif at < reach and is_field and mark_given(name, after, swept=False):
            yield Mention(("body",), found.start(), f"`{name}` {_STANDS_IN_BODY}", withholds=True)


def _end_of_fields(texts: Sequence[str], first: int) -> int:
    """The line before which, from the first said line on, lines give fields, with marks around their names or not.

    A line above them may be the rest of a field that a stray line parted.
    """
    at = first
    if at + 1 < len(texts) and not _gives_field(texts[at]) and not texts[at].rstrip().endswith(":"):
        at += 1
    start = at
    while at < len(texts) and texts[at].strip() and (_gives_field(texts[at]) or not is_prose(texts[at])):
        at += 1
    return at if at > start else first


def _gives_field(line: str) -> bool:
    head, colon, _ = undressed(line[: 2 * WINDOW]).partition(":")
    return bool(colon) and (len(head.strip(" \t-?").split()) == 1 or letters(head) in (SEALING, *MARKS))
