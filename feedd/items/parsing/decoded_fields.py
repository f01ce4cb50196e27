"""Decoded fields: the front matter of a file, in; values, marks that withhold, and misspelt marks, out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from msgspec.structs import replace

from feedd.items import decoders
from feedd.items.fields import COSMETIC_FIELDS, FIELDS, OWN_FIELDS
from feedd.items.findings import Findings
from feedd.items.front_matter.yaml import Node
from feedd.items.parsing.field_names import FieldNames
from feedd.items.parsing.misspelt_names import (
    groups,
    is_slip,
    take_misspelt,
    take_misspelt_in_groups,
    take_misspelt_within,
)
from feedd.items.parsing.source_file import SourceFile
from feedd.items.withholding import meaning
from feedd.items.withholding.tag_marks import withholding_tag
from feedd.items.withholding.withholding_marks import NO_MARKS, ForeignMarks, read_marks

_Misspelt = list[tuple[tuple[str, ...], str]]  # the paths of fields, and the names that were probably meant


class Decoded(NamedTuple):
    """What the fields of a file say. `values`: of the fields in the seeds' words. `marks`: in the words of others.
    `misspelt`: fields that were probably meant for marks, with the names that were meant.
    """

    values: dict[str, Any]
    marks: ForeignMarks
    misspelt: _Misspelt


def decoded(read: SourceFile, names: FieldNames, findings: Findings) -> Decoded:
    """The fields of a file. Adds problems and notes to `findings`."""
    tree, tags = read.front.tree, findings.settings.withheld_tags
    values = decoders.decode_fields(FIELDS, tree, (), findings)
    marks = read_marks(tree, names.marks, findings) if names.marks else NO_MARKS
    if names.has_tags and (tag := withholding_tag(read.path, tree, read.seen, tags)):
        marks = replace(marks, hidden_by=marks.hidden_by or f"tags: {tag}")
    misspelt = _misspelt_marks(names, tree) if names.unknown else []
    if findings.problems:
        findings.set_aside(COSMETIC_FIELDS | {"related"} if _names_texts(tree) else COSMETIC_FIELDS)
    _date_by_published(values, marks)
    if names.slips:
        take_misspelt(names.slips, tree, values, findings)
    take_misspelt_within(tree, values, findings)
    if names.has_groups:
        take_misspelt_in_groups(tree, values, findings)
    return Decoded(values, marks, misspelt)


def _misspelt_marks(names: FieldNames, tree: dict[str, Node]) -> _Misspelt:
    """The fields that would withhold the item if they were spelt as they were probably meant, and how."""
    found: _Misspelt = [((name,), meant) for name, meant in meaning.misspelt(names.unknown, tree)]
    for group, fields in groups(tree) if names.has_groups else ():
        slips = meaning.misspelt(fields, fields)
        found += [((group, name), meant) for name, meant in slips if is_slip(name, meant)]
    return found


def _date_by_published(values: dict[str, Any], marks: ForeignMarks) -> None:
    """Takes a date in `published`, as other publishers have it, for the date; the latest of several, so that nothing
    is published before its time.
    """
    found = [] if marks.published is None else [marks.published]
    if isinstance(given := values.get("published"), datetime):
        found.append(given)
        del values["published"]
    if found:
        found.append(values.get("publishedDateTime", found[0]))
        values["publishedDateTime"] = max(found)


def _names_texts(tree: dict[str, Node]) -> bool:
    """Whether `related` holds names of texts, as other publishers have it, and no reports."""
    related = tree.get("related")
    names = related if isinstance(related, list) else [related]
    return all(isinstance(each, str) for each in names) and not OWN_FIELDS & tree.keys()
