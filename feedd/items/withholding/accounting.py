"""Accounting for names that seal or withhold: a readable file, in; the names that were not read as fields, out.

A missing quote, a stray `---` or a slip in the indentation can make such a field part of another field, or of the body.
The file is then read without an error, but differently than its author meant. So each name in the file is matched with
a field that was read. A name without a field is a Doubt, unless it plainly is prose or a sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from feedd.items.front_matter.formats import FORMATS, HEADERS, JSON, NONE, TOML_BLOCK, YAML
from feedd.items.front_matter.yaml import SEAL_LENGTH, FieldPath, FrontMatter, Node, Scalar, Source
from feedd.items.withholding.damaged_names import MARKS, SEALING, is_parted, is_sealing, names_in
from feedd.items.withholding.joined_files import joined_files, may_be_joined, rest_of_object
from feedd.items.withholding.look_alikes import (
    has_look_alike,
    narrowed,
    with_narrow_letters,
    with_plain_letters,
)
from feedd.items.withholding.lost_texts import goes_on_below_headers, lost_texts, repeated_lines
from feedd.items.withholding.meaning import RETRACTING
from feedd.items.withholding.mentions import Mention
from feedd.items.withholding.near_names import assigned_seals, has_near_name, near_names_in_body, near_names_in_front
from feedd.items.withholding.stray_fences import may_go_on, strays
from feedd.items.withholding.swept_names import SAMPLE, SEAL_IN_FIELD, names_in_front
from feedd.items.withholding.unfenced import unfenced, written_out
from feedd.items.withholding.withholding_marks import AUDIENCE, FOREIGN_MARKS, plain_name

_MARKS = tuple(name.encode() for name in MARKS)
_LONG_MARKS = tuple(name for name in _MARKS if len(name) > 5)
_SEAL_IN_BODY = f"a `secured` field with a slip in its name stands in the body; {SAMPLE}"
_IN_COMMENT = "; it counts within a comment, too"


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

    `seen` is the file in small letters, as `damaged_names.with_whole_names` gives it.
    """
    if not seen.count(b"secured") == front.secured == len(front.seals) or not all(front.seals) or has_near_name(seen):
        return False
    narrow = narrowed(seen)
    if narrow != seen and any(narrow.count(name) != seen.count(name) for name in (SEALING.encode(), *_MARKS)):
        return False
    if front.secured and not front.plain and source.format != JSON.name:
        return False  # a sealed text may have several lines
    body = source.body
    is_yaml = source.format == YAML.name
    if not is_yaml or "\n+++" in body:
        body = (NONE if is_yaml else FORMATS[source.format]).as_yaml(body)
    if may_go_on(body, has_seals=front.secured > 0, yaml=source.front if is_yaml else None) or may_be_joined(body):
        return False
    if source.format == HEADERS.name and any(map(source.body.lower().__contains__, MARKS)):
        return False
    if source.format == NONE.name and (
        any(map(seen.__contains__, _MARKS))
        or "&#" in source.body
        or is_parted(seen, *_LONG_MARKS)
        or has_look_alike(source.body, (SEALING, *MARKS))
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
    if "<" in front or "&" in front or is_parted(front.lower().encode(), *_MARKS):
        return any(not found[0].isalpha() for found in names_in(front))
    return False


def doubts(source: Source, front: FrontMatter) -> list[Doubt]:
    """The names in a readable file that would seal or withhold, but stand where they do not count.

    Of each kind, of field and body, the first.
    """
    kind = FORMATS[source.format]
    spans = list(kind.scalars(source.front))
    plain = with_plain_letters if kind is NONE else with_narrow_letters
    source = source._replace(front=with_narrow_letters(source.front), body=plain(source.body))
    shown_front = kind.as_yaml(source.front)
    shown_body = (kind if kind is TOML_BLOCK else NONE).as_yaml(source.body)  # a second file may have another format
    in_front = _first_of_each(
        chain(
            names_in_front(shown_front, front.tree, spans),
            lost_texts(source.front, source.body, spans),
            repeated_lines(source.front, source.body, spans),
            near_names_in_front(shown_front, spans, SEAL_IN_FIELD),
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
    near = chain(near_names_in_body(shown_body, _SEAL_IN_BODY), assigned_seals(source.body, _SEAL_IN_BODY))
    cut = goes_on_below_headers(shown_body, spans) if kind is HEADERS else ()
    rest = rest_of_object(shown_body) if kind is JSON else ()
    in_body = _first_of_each(chain(found_in_body, also_in_body, before, joined, near, cut, rest))
    texts, first_lines = (source.front, source.body), (source.first_line, source.body_line)
    return [
        Doubt(each.at, first + text.count("\n", 0, each.offset), _reason(each, text), each.withholds)
        for found, text, first in zip((in_front, in_body), texts, first_lines, strict=True)
        for each in found
    ]


def _reason(found: Mention, text: str) -> str:
    """The reason of a doubt; in a comment of HTML, that the comment is no sample."""
    opened, closed = text.rfind("<!--", 0, found.offset), text.rfind("-->", 0, found.offset)
    is_in_comment = opened > closed and "-->" in text[found.offset :]
    return found.reason + _IN_COMMENT if is_in_comment else found.reason


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
