"""Accounting for names that seal or withhold: a readable file, in; the names that were not read as fields, out.

A missing quote, a stray `---` or a slip in the indentation can make such a field part of another field, or of the body.
The file is then read without an error, but differently than its author meant. So each name in the file is matched with
a field that was read. A name without a field is a Doubt, unless it plainly is prose or a sample.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from msgspec import Struct

from feedd.items.fields import OWN_FIELDS
from feedd.items.front_matter.code_lines import BREAKS, in_code, is_field, split_lines
from feedd.items.front_matter.formats import FORMATS, HEADERS, JSON, NONE, TOML_BLOCK, YAML
from feedd.items.front_matter.yaml import SEAL_LENGTH, FieldPath, FrontMatter, Node, Scalar, Source
from feedd.items.withholding import meaning
from feedd.items.withholding.joined_files import joined_files, may_be_joined
from feedd.items.withholding.look_alikes import has_look_alike, with_plain_letters
from feedd.items.withholding.lost_texts import lost_texts
from feedd.items.withholding.meaning import RETRACTING, SEALING, is_sealing, letters, names_in
from feedd.items.withholding.mentions import (
    WINDOW,
    Mention,
    around,
    follows_comma,
    given,
    is_harmless,
    is_inline_code,
    is_sentence,
    is_structure,
    mark_given,
    named,
    seal_given,
)
from feedd.items.withholding.near_names import has_near_name, near_names_in_body, near_names_in_front
from feedd.items.withholding.stray_fences import may_go_on, strays
from feedd.items.withholding.unfenced import unfenced, written_out
from feedd.items.withholding.withholding_marks import (
    AUDIENCE,
    FOREIGN_MARKS,
    GROUPS,
    OWN_MARKS,
    UNMISTAKABLE,
    is_of_part,
    plain_name,
)
from feedd.patterns import late_pattern

_OF_ITEM = OWN_FIELDS - {"quality"} | {"excerpt", "topics"}
_ENDS_LINE = late_pattern(r"[\"'`]?[ \t]*:[ \t]*\n")

_MARKS = tuple(name.encode() for name in meaning.MARKS)
_LONG_MARKS = tuple(name for name in _MARKS if len(name) > 5)
_SAMPLE = "if it is meant as text, put it between backquotes"
RUN_INTO_FIELD = f"has run into this field; check its quotes and blanks, and those above; {_SAMPLE}"
_SEAL_IN_FIELD = f"a `secured` field {RUN_INTO_FIELD}"
_SEAL_IN_BODY = f"a `secured` field with a slip in its name stands in the body; {_SAMPLE}"


class Doubt(Struct, frozen=True):
    """A name that was not read as a field: the field and the line where it stands, and advice. It quotes nothing.

    `withholds`: the name with its value would withhold the item.
    """

    at: FieldPath
    line: int
    reason: str
    withholds: bool


def all_accounted_for(seen: bytes, front: FrontMatter, source: Source) -> bool:
    """Whether each seen name that seals or withholds was read as a field: a quick look, right for nearly all files.

    `seen` is the file in small letters, as `meaning.with_whole_names` gives it.
    """
    if not seen.count(b"secured") == front.secured == len(front.seals) or not all(front.seals) or has_near_name(seen):
        return False
    body = source.body
    if source.format != YAML.name or "\n+++" in body:
        body = (NONE if source.format == YAML.name else FORMATS[source.format]).as_yaml(body)
    if may_go_on(body, has_seals=front.secured > 0) or may_be_joined(body):
        return False
    if source.format == NONE.name and (
        any(map(seen.__contains__, _MARKS))
        or "&#" in source.body
        or meaning.is_parted(seen, *_LONG_MARKS)
        or has_look_alike(source.body, (SEALING, *meaning.MARKS))
    ):
        return False
    return front.plain or (
        not _may_have_parted_mark(source.front)
        and _has_only_read_marks(source.front, front.tree)
        and seen.count(b"published") - seen.count(b"publisheddatetime") == (front.tree.get("published") is not None)
        and all(seen.count(name.encode()) == (front.tree.get(name) is not None) for name in (*RETRACTING, "heat"))
    )


def _has_only_read_marks(front: str, tree: Mapping[str, Node]) -> bool:
    """Whether the marks of other publishers in a front matter are names of its fields."""
    small = front.lower()
    if AUDIENCE in small:
        return False
    found = sorted(name for name in FOREIGN_MARKS if name in small)
    return not found or (
        sorted(plain for name in tree if (plain := plain_name(name)) in FOREIGN_MARKS) == found
        and all(small.count(name) == 1 for name in found)
    )


def _may_have_parted_mark(front: str) -> bool:
    if "<" in front or "&" in front or meaning.is_parted(front.lower().encode(), *_MARKS):
        return any(not found[0].isalpha() for found in names_in(front))
    return False


def doubts(source: Source, front: FrontMatter) -> list[Doubt]:
    """The names in a readable file that would seal or withhold, but stand where they do not count.

    Of each kind, of field and body, the first.
    """
    kind = FORMATS[source.format]
    spans = list(kind.scalars(source.front))
    shown_front = kind.as_yaml(source.front)
    shown_body = (kind if kind is TOML_BLOCK else NONE).as_yaml(source.body)  # a second file may have another format
    if kind is NONE:
        shown_body = with_plain_letters(shown_body)
    in_front = _first_of_each(
        chain(
            _in_front(shown_front, front.tree, spans),
            lost_texts(source.front, source.body, spans),
            near_names_in_front(shown_front, spans, _SEAL_IN_FIELD),
        )
    )
    last_line = shown_front[:-1].rpartition("\n")[2]
    found_in_body = () if kind is NONE else strays(shown_body, spans, last_line)
    also_in_body = unfenced(shown_body) if kind in (NONE, HEADERS) else ()
    before = chain.from_iterable(map(written_out, _all_of(source, spans)))
    has_front = source.format != NONE.name
    joined = (
        joined_files(source.body, has_seals=front.secured > 0, has_front=has_front)
        if may_be_joined(source.body)
        else ()
    )
    near = near_names_in_body(shown_body, _SEAL_IN_BODY)
    in_body = _first_of_each(chain(found_in_body, also_in_body, before, joined, near))
    texts, first_lines = (source.front, source.body), (source.first_line, source.body_line)
    return [
        Doubt(each.at, first + text.count("\n", 0, each.offset), each.reason, each.withholds)
        for found, text, first in zip((in_front, in_body), texts, first_lines, strict=True)
        for each in found
    ]


def _all_of(source: Source, spans: Sequence[Scalar]) -> Iterator[str]:
    """The texts that may be all of a file that another program wrote out."""
    if source.format == NONE.name:
        yield source.body
    elif source.format == HEADERS.name and not source.body.strip() and source.front.count("\n") <= 1:
        yield source.front
    elif source.format == JSON.name:
        yield from (f'"{span.text}"' for span in spans if not span.is_name and "\n" in span.text)


def seals(source: Source) -> list[str]:
    """How each sealed text of a front matter begins, also where there is a slip in the name of its field."""
    spans = FORMATS[source.format].scalars(source.front)
    sealed = (span for span in spans if not span.is_name and any(is_sealing(str(part)) for part in span.path))
    return [span.text.strip()[:SEAL_LENGTH] for span in sealed]


def _first_of_each(found: Iterable[Mention]) -> list[Mention]:
    firsts: dict[bool, Mention] = {}
    for each in found:
        firsts.setdefault(each.withholds, each)
        if len(firsts) == 2:
            break
    return list(firsts.values())


# The front matter


def _in_front(front: str, tree: Mapping[str, Node], spans: Sequence[Scalar]) -> Iterator[Mention]:
    at, region = 0, None
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
                region = _Region(front, span)
            reason = region.doubt(found)
        if reason:
            is_named = at > 0 and span is not None and not span.is_name and spans[at - 1].path == span.path
            offset = spans[at - 1].start if is_named else span.start if span else found.start()
            yield Mention(span.path if span else (), offset, reason, name != "secured")


def _unseen_line(front: str, found: re.Match[str]) -> str | None:
    """A doubt about a name in a comment: it begins a line where an editor ends lines and YAML does not."""
    before = front[max(found.start() - WINDOW, 0) : found.start()].rstrip(" \t\"'-")
    after = around(letters(found[0]), "", front[found.end() : found.end() + WINDOW])[1]
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
    if all(isinstance(part, int) or plain_name(part) in GROUPS for part in span.path[:-1]):
        return None
    if value is None or not meaning.may_say_so(name, value.text) or isinstance(tree.get(name), str):
        return None
    return (
        f"`{name}` stands inside another field; take away the blanks before it; if it says nothing of this item, give "
        f"the item a `{name}` of its own"
    )


def _is_of_item(tree: Mapping[str, Node], span: Scalar) -> bool:
    """Whether beside a name stands one that only items have: the line above both has changed its place."""
    node: Any = tree
    for part in span.path[:-1]:
        is_there = part in node if isinstance(node, dict) else isinstance(node, list) and int(part) < len(node)
        node = node[part] if is_there else None
    return isinstance(node, dict) and not _OF_ITEM.isdisjoint(node)


class _Region:
    """A text of the front matter that holds names of fields."""

    def __init__(self, front: str, span: Scalar) -> None:
        self.front, self.span = front, span
        self.sealed = any(is_sealing(str(part)) for part in span.path)
        self.lines = split_lines(front[span.start : span.end].rstrip())
        self.code = in_code(self.lines.texts) if len(self.lines.texts) > 1 else [False]
        self.swept = span.style in ('"', "'") and any(map(is_field, self.lines.texts[1:]))
        self.block = span.style in ("|", ">")

    def doubt(self, found: re.Match[str]) -> str | None:
        """Why a name in this text may be a field that a slip made part of the text; None if it plainly is text."""
        if self.sealed and letters(found[0]) == "secured":
            return None
        at = bisect_right(self.lines.starts, found.start() - self.span.start) - 1
        start = self.span.start + self.lines.starts[at]
        before = self.front[max(start, found.start() - WINDOW) : found.start()]
        end = len(self.front) if self.span.is_name or found.end() > self.span.end else self.span.end
        after = self.front[found.end() : min(end, found.end() + WINDOW)]
        if self.code[at] or is_inline_code(before, after):
            return None
        name, before, after, is_dressed, is_slip = named(found, before, after)
        is_own = is_structure(before) and not (at == 0 and self._shares_line())
        is_field = bool(is_own or self.swept or (follows_comma(before) and self._in_braces(before, found.end())))
        ends_block = self.block and (at == len(self.lines.texts) - 1 or _ENDS_LINE.match(after) is not None)
        if name == "secured":
            if (is_harmless(after) and not self.swept) or (
                is_dressed and not is_slip and not is_field and not ends_block
            ):
                return None
            is_seal = seal_given(before, after, is_field=is_field, is_text=not ends_block)
            if is_own and self.block and self._set_off(at) and is_sentence(found[0], after):
                is_seal = False
            return _SEAL_IN_FIELD if is_seal else None
        if (not is_field and not ends_block) or (is_own and self.block and self._set_off(at)):
            return None
        is_mark = mark_given(name, after, swept=self.swept or self.span.in_flow)
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
