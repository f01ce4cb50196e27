"""Swept names: a front matter, in; names that seal or withhold, and were not read as fields of the item, out.

A missing quote or a slip in the indentation has made such a field part of another one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from feedd.items.fields import OWN_FIELDS
from feedd.items.front_matter.code_lines import BREAKS, in_code, is_field, split_lines
from feedd.items.front_matter.yaml import Node, Scalar
from feedd.items.withholding import meaning
from feedd.items.withholding.damaged_names import SEALING, is_sealing, letters, names_in
from feedd.items.withholding.mentions import (
    WINDOW,
    Mention,
    around,
    follows_comma,
    follows_dots,
    given,
    has_run_into_word,
    is_before_field,
    is_harmless,
    is_inline_code,
    is_sentence,
    is_spoken,
    is_structure,
    mark_given,
    named,
    seal_given,
)
from feedd.items.withholding.other_forms import FIELD_NAMES
from feedd.items.withholding.withholding_marks import (
    GROUPS,
    OWN_MARKS,
    UNMISTAKABLE,
    is_of_part,
    kind_of,
    plain_name,
)
from feedd.patterns import late_pattern

_OF_ITEM = OWN_FIELDS - {"quality"} | {"excerpt", "topics"}
_GIVEN_BELOW = late_pattern(r"[\"'`]?[ \t]*:[ \t]*(?:[|>][-+]?\d?[ \t]*)?(?:\n|$)")
_ENDS_LINE = late_pattern(r"[\"'`]?[ \t]*:[ \t]*\n")
_INNER_NAME = late_pattern(r"(?<=\S)[ \t]++([A-Za-z][\w-]{0,40}+):(?=\s)")
SAMPLE = "if it is meant as text, put it between backquotes"
RUN_INTO_FIELD = f"has run into this field; check its quotes and blanks, and those above; {SAMPLE}"
SEAL_IN_FIELD = f"a `secured` field {RUN_INTO_FIELD}"


def names_in_front(front: str, tree: Mapping[str, Node], spans: Sequence[Scalar]) -> Iterator[Mention]:
    """The names in a front matter that would seal or withhold, and stand where they do not count."""
    at, region, is_filled = 0, None, _is_filled(front, spans)
    for found in names_in(front):
        while at < len(spans) and spans[at].end <= found.start():
            at += 1
        span = spans[at] if at < len(spans) and spans[at].start <= found.start() else None
        name = letters(found[0])
        if span is None:
            reason = _unseen_line(front, found)
        elif span.is_name and (read := letters(span.text[: 2 * WINDOW])) in (name, f"is{name}", f"{name}s"):
            value = spans[at + 1] if at + 1 < len(spans) and spans[at + 1].path == span.path else None
            reason = _misplaced(read, front, span, value, tree)
        else:
            if region is None or region.span is not span:
                region = _Region(front, span, is_filled=is_filled)
            reason = region.doubt(found)
        if reason:
            is_named = at > 0 and span is not None and not span.is_name and spans[at - 1].path == span.path
            offset = spans[at - 1].start if is_named else span.start if span else found.start()
            yield Mention(span.path if span else (), offset, reason, name != "secured")


def _unseen_line(front: str, found: re.Match[str]) -> str | None:
    """A doubt about a name in a comment: it begins a line where an editor ends lines and YAML does not, or its text
    stands on lines of its own, which are no part of the comment.
    """
    before, after = front[max(found.start() - WINDOW, 0) : found.start()], front[found.end() : found.end() + WINDOW]
    before, after = around(letters(found[0]), before, after)
    line = before.rpartition("\n")[2].lstrip(" \t#")
    if letters(found[0]) == SEALING and not is_structure(line) and _GIVEN_BELOW.match(after):
        return f"`{SEALING}` has run into a comment; put it on a line of its own"
    before = before.rstrip(" \t\"'-")
    if before[-1:] and before[-1] in BREAKS[1:] and given(after):
        return f"`{found[0].lower()}` stands on a line that YAML does not see; end the line above it as the others end"
    return None


def _misplaced(name: str, front: str, span: Scalar, value: Scalar | None, tree: Mapping[str, Node]) -> str | None:
    """A doubt about a mark that was read, but not as a field of the item or of its related reports."""
    if name == "secured":
        return None
    if len(span.path) == 1:
        if tree.get(name) is None and value is not None and not value.text:
            rest = front[span.end : span.end + WINDOW].split("\n", maxsplit=1)[0].partition("#")[2]
            if meaning.says_so(name, rest):
                return f"`{name}` has no value: what stands after ` #` is a comment"
        return None
    if span.path[0] == "related" and len(span.path) <= 3:
        return None
    if name not in OWN_MARKS and name not in UNMISTAKABLE and is_of_part(span.path) and not _is_of_item(tree, span):
        return None
    if name != "heat" and all(isinstance(part, int) or plain_name(part) in GROUPS for part in span.path[:-1]):
        return None
    if value is None or not meaning.may_say_so(name, value.text) or isinstance(tree.get(name), str):
        return None
    return (
        f"`{name}` stands inside another field; take away the blanks before it; if it says nothing of this item, give "
        f"the item a `{name}` of its own"
    )


def _is_of_item(tree: Mapping[str, Node], span: Scalar) -> bool:
    """Whether a name in another mapping is one of the item's: the line above it has changed its place. Beside it stands
    a name that only items have, or, in `images`, nothing but marks.
    """
    node: Any = tree
    for part in span.path[:-1]:
        is_there = part in node if isinstance(node, dict) else isinstance(node, list) and int(part) < len(node)
        node = node[part] if is_there else None
    is_no_picture = span.path[0] == "images" and isinstance(node, dict) and all(map(kind_of, node))
    return is_no_picture or (isinstance(node, dict) and not _OF_ITEM.isdisjoint(node))


class _Region:
    """A text of the front matter that holds names of fields."""

    def __init__(self, front: str, span: Scalar, *, is_filled: bool) -> None:
        self.front, self.span, self.is_filled = front, span, is_filled
        self.sealed = any(is_sealing(str(part)) for part in span.path)
        self.lines = split_lines(front[span.start : span.end].rstrip())
        self.code = in_code(self.lines.texts) if len(self.lines.texts) > 1 else [False]
        self.swept = span.style in ('"', "'") and any(map(is_field, self.lines.texts[1:]))
        self.block = span.style in ("|", ">")
        self.is_header = _is_header(front, span)

    def doubt(self, found: re.Match[str]) -> str | None:
        """Why a name in this text may be a field that a slip made part of the text; None if it plainly is text."""
        if self.sealed and letters(found[0]) == "secured":
            return None
        at = bisect_right(self.lines.starts, found.start() - self.span.start) - 1
        start = self.span.start + self.lines.starts[at]
        before = self.front[max(start, found.start() - WINDOW) : found.start()]
        end = len(self.front) if self.is_filled or self.span.is_name or found.end() > self.span.end else self.span.end
        after = self.front[found.end() : min(end, found.end() + WINDOW)]
        if self.code[at] or is_inline_code(before, after):
            return None
        name, before, after, is_dressed, is_slip = named(found, before, after)
        is_own = is_structure(before) and not (at == 0 and self._shares_line())
        if self.is_header and follows_dots(before):
            if name == "secured" and after[:1].isspace():
                return SEAL_IN_FIELD
            is_own = True
        is_field = bool(is_own or self.swept or (follows_comma(before) and self._in_braces(before, found.end())))
        is_end = at == len(self.lines.texts) - 1 or (self.is_header and at == 0)
        ends_block = self.block and (is_end or _ENDS_LINE.match(after) is not None)
        if name == "secured":
            if has_run_into_word(before, after):
                return SEAL_IN_FIELD
            if (is_harmless(after) and not self.swept) or (
                is_dressed and not is_slip and not is_field and not ends_block
            ):
                return None
            is_seal = seal_given(before, after, is_field=is_field, is_text=not ends_block)
            if is_own and self.block and self._set_off(at) and is_sentence(found[0], after):
                is_seal = False
            return SEAL_IN_FIELD if is_seal else None
        if _is_joined(name, before, after, is_filled=self.is_filled):
            return f"`{name}` {RUN_INTO_FIELD}"
        if (not is_field and not ends_block) or (is_own and self.block and self._set_off(at)):
            return None
        is_further = self.is_header and at > 0 and is_own  # the line below it may have been joined to it
        is_mark = mark_given(name, after, swept=self.swept or self.span.in_flow or is_further)
        return f"`{name}` {RUN_INTO_FIELD}" if is_mark else None

    def _shares_line(self) -> bool:
        """Whether the text begins on the line of its field's name, and is all on that line."""
        start = self.front.rfind("\n", max(self.span.start - 300, 0), self.span.start) + 1
        named = self.front[max(start, self.span.start - 300) : self.span.start]
        return ":" in named and len(self.lines.texts) == 1 and not self.span.in_flow

    def _in_braces(self, before: str, end: int) -> bool:
        rest = self.front[end : end + 300].partition("\n")[0]
        return self.span.in_flow or "{" in before or "}" in rest

    def _set_off(self, at: int) -> bool:
        """Whether a line is a paragraph of its own among others, as a sample is."""
        texts = self.lines.texts
        return at + 2 < len(texts) and not texts[at - 1].strip() and not texts[at + 1].strip()


def _is_header(front: str, span: Scalar) -> bool:
    """Whether a text is that of a header, and no block of YAML."""
    return span.style == "|" and front[span.start : span.start + 1] not in ("|", ">")


def _is_filled(front: str, spans: Sequence[Scalar]) -> bool:
    """Whether a program has filled the lines of headers: fields stand behind others on their lines."""
    if not any(_is_header(front, span) for span in spans[1:2]):
        return False
    inner = (plain_name(name) for name in _INNER_NAME.findall(front))
    return sum(name in FIELD_NAMES for name in inner) > 1


def _is_joined(name: str, before: str, after: str, *, is_filled: bool) -> bool:
    """Whether a mark stands among fields whose lines were joined to one: another field follows its value."""
    if before[-1:].strip() or not (is_filled or is_before_field(after)):
        return False
    return mark_given(name, after, swept=True) and not is_spoken(before, len(before))
