"""Findings about fields in; Problems, each with the line of its field and a name that may be told, out."""

from __future__ import annotations

from typing import Literal

from feedd.items.fields import KNOWN_NAMES
from feedd.items.findings import Findings, field_name
from feedd.items.front_matter.formats import YAML, locate
from feedd.items.front_matter.plain_yaml import line_of
from feedd.items.front_matter.yaml import FieldPath, Source
from feedd.model import Problem

_FOREIGN_TEXTS = frozenset(
    ("abstract", "author", "authors", "categories", "description", "keywords", "spoiler", "subtitle", "summary", "tag")
)

_FEW = 9  # fields: each is looked for by itself
_UNNAMED = "(its name is not shown, for the file may have sealed content)"


def located(
    path: str, source: Source, findings: Findings, kind: Literal["problem", "note"], *, is_plain: bool
) -> tuple[Problem, ...]:
    """The problems, or the notes, about the fields of a file. `is_plain`: of its FrontMatter."""
    found_at = findings.problems if kind == "problem" else findings.notes
    lines = _lines(source, [at for at, _ in found_at], is_plain=is_plain)
    found = (_located(path, reason, _line(lines, at), at, kind, quote=findings.quote) for at, reason in found_at)
    return tuple(sorted(found, key=lambda each: each.line or 0) if findings.minor else found)


def _located(
    path: str, reason: str, line: int | None, at: FieldPath, kind: Literal["problem", "note"], *, quote: bool
) -> Problem:
    name = _name(at) if quote else known_name(at)
    if at and name is None:
        subject = f"{'the field in this line' if line else 'a field'} {_UNNAMED}"
        reason = f"{subject} is {reason}" if reason.startswith("not known") else f"{subject}: {reason}"
    return Problem(path, reason, line, name, kind)


def known_name(at: FieldPath) -> str | None:
    """The name of a field, if feedd knows the name; else None. An unknown name may be part of a sealed text."""
    return _name(at) if is_known(at) else None


def _name(at: FieldPath) -> str | None:
    return field_name(at) or None


def is_known(at: FieldPath) -> bool:
    """Whether feedd knows each name on the way to a field."""
    return all(isinstance(part, int) or part in KNOWN_NAMES for part in at)


def is_foreign_text(at: FieldPath) -> bool:
    """Whether a field is a text, or a list of texts, in the words of other publishers."""
    return isinstance(at[0], str) and at[0].lower() in _FOREIGN_TEXTS


def _lines(source: Source, places: list[FieldPath], *, is_plain: bool) -> dict[FieldPath, int]:
    """The lines of these fields, and perhaps of others."""
    if not is_plain or source.format != YAML.name or len(places) > _FEW or any(len(at) > 1 for at in places):
        return locate(source)
    lines = {at: line_of(source.front, str(at[0])) for at in places if at}
    return {at: line + source.first_line for at, line in lines.items() if line is not None}


def _line(lines: dict[FieldPath, int], at: FieldPath) -> int | None:
    while at and at not in lines:
        at = at[:-1]
    return lines.get(at)
