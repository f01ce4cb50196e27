"""Unfenced marks: a text without front matter, in; names in it that would seal or withhold in a front matter, out.

Such a text may be a front matter in which a slip has left nothing that any format recognises.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from feedd.items.front_matter.code_lines import BREAKS, in_code, in_code_or_template, is_prose, split_lines
from feedd.items.front_matter.formats import NONE, split
from feedd.items.front_matter.yaml import FrontMatterError
from feedd.items.withholding import written_out as steps
from feedd.items.withholding.audience_marks import gives_audience, names_audience
from feedd.items.withholding.broken_files import asks_to_be_withheld
from feedd.items.withholding.damaged_names import SEALING, letters, names_in
from feedd.items.withholding.joined_files import toml_blocks
from feedd.items.withholding.mentions import (
    WINDOW,
    Mention,
    follows_comma,
    follows_dots,
    given,
    is_before_field,
    is_harmless,
    is_inline_code,
    is_quotation,
    is_sentence,
    is_structure,
    is_underlined,
    mark_given,
    named,
)
from feedd.items.withholding.other_forms import FIELD_NAMES
from feedd.items.withholding.withholding_marks import AUDIENCE, plain_name
from feedd.patterns import late_pattern

# What another program puts before each line: the number of the line, an element, a line end as JSON has it.
_BEFORE_LINE = late_pattern(
    r"(?:[ \t]*\d{1,6}(?![.)])[ \t:|]*|.*\\[nr]|(?:[ \t]*</?[a-z][^<>]*>)+)?[#:]*", re.IGNORECASE
)
# Names that are words of prose, too: they withhold in a front matter alone.
_WORDS = frozenset(("unpublished", "secret", "confidential", "retracted"))
_CUT_NAME = late_pattern(r"(?:ecured|cured|ured|red|ed|d)[\"']?[ \t]*[:=]")  # the beginning of the file is lost
_QUOTE_AND_TEXT = late_pattern(r"[\"'][ \t]{1,9}(?:[\[{][ \t]*)?[\"']")
_INDENTED = late_pattern(r"(?: {4}|\t)")
_HEADING = late_pattern(r" {0,3}#{1,6}[ \t]+\S")
_LINE_ENDS = late_pattern(rf"[{BREAKS}]|\\[nr]")
_TAG = late_pattern(r"</?[a-z][^<>]*>", re.IGNORECASE)
# A fence with which an item begins, or its title. Other code blocks and listings have marks of their own.
_LIKE_ITEM = late_pattern(
    r"\A\s*+(?:---|\+\+\+|(?:```|~~~)[ \t]*+t|<!--)|(?:^|[{,\"'])[ \t]*+[\"']?title[\"']?[ \t]*+[:=]",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD = 60  # lines in which a mark counts
_FEW = 3  # words after a name that are no sentence
_NEAR = 5  # lines in which a front matter begins that has lost its fence
_ADVICE = (
    "stands in a file without front matter: begin the file with a line `---`, and put another below its fields; if it "
    "is a sample, put it in a code block"
)


def unfenced(body: str) -> Iterator[Mention]:
    """The names in a text that would seal anywhere, and those that would withhold near its beginning."""
    if _CUT_NAME.match(body) and _LIKE_ITEM.search(body):
        yield Mention(("body",), 0, f"a `secured` field {_ADVICE}")
    lines = split_lines(body)
    code, shown = in_code(lines.texts, nested=False), in_code_or_template(lines.texts, nested=False)
    begun = next((at for at in range(min(_NEAR, len(code))) if code[at]), 0)  # such a block may be a broken fence
    first = next((at for at in range(begun, len(code)) if not code[at]), len(code))
    paragraph = _first_paragraph(lines.texts)
    block = _end_of_fields(lines.texts)
    for found in names_in(body):
        at = bisect_right(lines.starts, found.start()) - 1
        is_open = at < first and letters(found[0]) == AUDIENCE
        if code[at] and not is_open:
            continue
        before = body[max(lines.starts[at], found.start() - WINDOW) : found.start()]
        after = body[found.end() : found.end() + WINDOW]
        is_code = is_inline_code(before, after)
        name, before, after, is_dressed, is_slip = named(found, before, after)
        if at > paragraph and ((is_dressed and not is_slip) or (name != SEALING and _INDENTED.match(before))):
            continue  # a list of terms, or code
        if is_code and not (name == SEALING and is_dressed and is_structure(before)):
            continue
        is_own = _is_at_beginning(before) or is_dressed or follows_comma(before) or follows_dots(before)
        if name == SEALING:
            is_quoted = is_quotation(lines.texts, at) and not (follows_comma(before) and "{" in before)
            is_text = is_quoted or (_is_heading(lines.texts, at) and is_sentence(found[0], after))
            is_named = given(after) or (is_own and _has_lost_colon(found[0], before, after, is_in_fields=at < block))
            if is_own and is_named and not is_harmless(after) and not is_text:
                yield Mention(("body",), found.start(), f"a `secured` field {_ADVICE}")
        elif (
            is_own
            and at < _HEAD
            and (is_open or not shown[at])
            and name not in _WORDS
            and mark_given(name, after, swept=True)
            and (follows_comma(before) or _is_rest_of_line(after) or is_before_field(after))
        ):
            yield Mention(("body",), found.start(), f"`{name}` {_ADVICE}", withholds=True)
    for at, line in enumerate(lines.texts[:_HEAD]):
        if (at < first or not code[at]) and gives_audience(line, most=_FEW if at else None):
            yield Mention(("body",), lines.starts[at], f"`{AUDIENCE}` {_ADVICE}", withholds=True)


def written_out(body: str) -> Iterator[Mention]:
    """The names that would seal or withhold in what a text was before another program wrote it out."""
    for reading in steps.readings(body):
        if not _LIKE_ITEM.search(reading):
            continue
        front = _front(reading)
        for text in (reading, front):
            yield from (replace(found, offset=0) for found in unfenced(NONE.as_yaml(text)))
        yield from (replace(found, offset=0) for found in toml_blocks(reading, has_front=False, has_samples=False))
        data = reading.encode("utf-8", "replace")
        if front and (asks_to_be_withheld(data) or names_audience(front.encode("utf-8", "replace"))):
            yield Mention(("body",), 0, f"a mark that withholds {_ADVICE}", withholds=True)


def _front(text: str) -> str:
    """The front matter of a text, without fences; all of a text that has lost a fence; empty if there is none."""
    try:
        return split(text).front
    except FrontMatterError:
        return text.replace("```", "").replace("~~~", "")


def _is_rest_of_line(after: str) -> bool:
    """Whether the value after a name is one word, and nothing follows it on its line, but for a comment."""
    colon = given(after)
    line = _TAG.sub("", _LINE_ENDS.split(after[colon.end() :])[0]) if colon else ""
    return not any(map(str.isalnum, "".join(line.partition("#")[0].split()[1:])))


def _first_paragraph(texts: Sequence[str]) -> int:
    """The first line that is a paragraph of its own; the number of lines if there is none."""
    around = zip(("", *texts), texts, (*texts[1:], ""), strict=False)
    alone = (
        at
        for at, (above, line, below) in enumerate(around)
        if not above.strip() and not below.strip() and is_prose(line)
    )
    return next(alone, len(texts))


def _has_lost_colon(name: str, before: str, after: str, *, is_in_fields: bool) -> bool:
    """Whether a name of sealed text has lost its colon: above other fields, or between quotes and before others."""
    if follows_comma(before) and _QUOTE_AND_TEXT.match(after):
        return True
    return is_in_fields and name == SEALING and after[:1].isspace() and is_structure(before)


def _end_of_fields(texts: Sequence[str]) -> int:
    """The line at which the first paragraph ends, if it has a known field; else 0."""
    start = next((at for at, line in enumerate(texts) if line.strip()), len(texts))
    end = next((at for at in range(start, len(texts)) if not texts[at].strip()), len(texts))
    names = (line.partition(":") for line in texts[start:end])
    return end if any(colon and plain_name(name.strip()) in FIELD_NAMES for name, colon, _ in names) else 0


def _is_heading(texts: Sequence[str], at: int) -> bool:
    return _HEADING.match(texts[at]) is not None or is_underlined(texts, at)


def _is_at_beginning(before: str) -> bool:
    """Whether a name stands at the beginning of a line, after marks alone."""
    begun = _BEFORE_LINE.match(before)
    return is_structure(before[begun.end() :] if begun else before)
