"""Parsing: the path and the bytes of a file, in; its Item, or all mistakes in it, out.

    bytes -- decode, split --> Source -- read_tree --> tree -- decode_fields --> values -- build_item --> Item
       \\____________________________ whatever is wrong on the way: Problem, with line and field ____/

A pure function of its arguments, so that it can run in another process or on another machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec.structs import replace

from feedd.items import text
from feedd.items.fields import HTML_SUFFIXES
from feedd.items.findings import Findings
from feedd.items.foreign.foreign_fields import ForeignReader
from feedd.items.foreign.missing_titles import give_title
from feedd.items.front_matter.formats import FORMATS, NONE, TOML, YAML, locate
from feedd.items.front_matter.yaml import (
    FrontMatterError,
    Source,
    scalars,
)
from feedd.items.front_matter.yaml_dropped import dropped, may_drop, spaces
from feedd.items.invisible import with_dots
from feedd.items.located_problems import is_foreign_text, is_known, known_name, located
from feedd.items.parsing.build_item import build_item
from feedd.items.parsing.decoded_fields import decoded
from feedd.items.parsing.field_names import FieldNames, names_of
from feedd.items.parsing.parsed import Parsed, asks_to_be_withheld_here, refused, source_digest
from feedd.items.parsing.source_file import SourceFile, read_source
from feedd.items.preview_marks import as_previewed
from feedd.items.reading_settings import DEFAULT_READING, AudienceSettings, ReadingSettings
from feedd.items.withholding import accounting, audience_marks, meaning
from feedd.items.withholding.accounting import Doubt
from feedd.items.withholding.audience_marks import EVERYBODY, Audience
from feedd.items.withholding.near_names import may_be_sealed
from feedd.items.withholding.swept_names import RUN_INTO_FIELD
from feedd.items.withholding.tag_marks import shown_tag
from feedd.items.withholding.withholding_marks import AUDIENCE, NO_MARKS, ForeignMarks
from feedd.model import Item, Problem

_QUICK = 24  # bytes of a long text, which are looked for much faster than all of it
_IN_BODY = "stands in the body; check where the front matter ends; if it is a sample, put it between backquotes"


def parse(path: str, data: bytes, settings: ReadingSettings = DEFAULT_READING) -> Parsed:
    """One file's Item or its problems. `path` is relative to the items' directory, with `/`. Never raises."""
    return _checked(read_source(path, data, settings), settings)


def parse_all(
    files: Iterable[tuple[str, bytes]], begin: Callable[[int], None], settings: ReadingSettings = DEFAULT_READING
) -> list[Parsed]:
    """The outcomes of `parse` for these files, in order. Taking each step for all of them is faster by a sixth.

    `begin` is told the number of a file, from 0, before each step of the work on this file.
    """
    sources: list[SourceFile | Parsed] = []
    for number, (path, data) in enumerate(files):
        begin(number)
        sources.append(read_source(path, data, settings))
    found: list[Parsed] = []
    for number, source in enumerate(sources):
        begin(number)
        found.append(_checked(source, settings))
    return found


def _checked(read: SourceFile | Parsed, settings: ReadingSettings) -> Parsed:
    if isinstance(read, Parsed):
        return read
    names = names_of(read.front.tree)
    found = _with_fields_checked(read, names, settings)
    return replace(found, is_foreign=True) if _is_foreign(read, names, settings) else found


def _is_foreign(read: SourceFile, names: FieldNames, settings: ReadingSettings) -> bool:
    """Whether a file was written for another program: by its format, by fields that only others have, or as a text of a
    site without any field that only the seeds have.
    """
    if read.source.format != YAML.name:
        return True
    return not names.has_own and (settings.site_url is not None or bool(names.unknown))


def _with_fields_checked(read: SourceFile, names: FieldNames, settings: ReadingSettings) -> Parsed:
    path, _, seen, _, source, front, audience = read
    has_seals = bool(front.seals) or names.is_nearly_sealed or may_be_sealed(seen)
    findings = Findings(quote=not has_seals, settings=settings)
    findings.problems.extend(audience.problems)
    if settings.audiences and (problem := _unread_audience(read)):
        return refused(path, read.data, problem, source.format, settings)
    values, marks, misspelt = decoded(read, names, findings)
    reader = None
    if not names.is_of_seeds or settings.apply_to_seeds:
        is_toml = source.format == TOML.name
        reader = ForeignReader(path, front.tree, values, findings, has_own=names.has_own, is_toml=is_toml)
    for at, meant in misspelt:
        findings.unknown(at, at[-1], meant, withholds=True)
    if not front.plain and source.format == YAML.name and may_drop(source.front):
        _find_dropped(source.front, findings)
    body = source.body
    if "title" not in values and "name" not in values and not _about(findings, "title", "name"):
        body = give_title(path, front.tree, body, values, findings)
    elif reader and not path.lower().endswith(HTML_SUFFIXES):
        body = reader.below_title(body)
    unread = reader.complete(body) if reader else _unread_names(read, settings)
    findings.settle()
    if findings.problems:
        return _refused_fields(
            read,
            values,
            findings,
            is_hidden=bool(misspelt or marks.is_unclear or marks.hidden_by),
        )
    item = build_item(path, body, values, findings)
    item = _marked(item, marks, settings, is_foreign=not names.has_own)
    if settings.audiences and audience is not EVERYBODY:
        item = _addressed(item, audience, settings.audiences, findings)
    if doubts := _doubts(read, item, settings):
        withheld = bool(item.hidden_by) or any(doubt.withholds for doubt in doubts)
        problems = tuple(Problem(path, doubt.reason, doubt.line, known_name(doubt.at)) for doubt in doubts)
        withheld = withheld or asks_to_be_withheld_here(read.data, settings, audience)
        return Parsed(path, None, problems, withheld_while_broken=withheld, dialect=source.format)
    notes = located(path, source, findings, "note", is_plain=front.plain) if findings.notes else ()
    if settings.preview is not None:
        item = as_previewed(item, settings.preview)
    return Parsed(path, item, notes, source=source_digest(path, read.data), dialect=source.format, unread=unread)


def _unread_names(read: SourceFile, settings: ReadingSettings) -> tuple[str, ...]:
    """The fields of the seeds' words that mean nothing: an audience where there are no private feeds."""
    if settings.audiences is not None or AUDIENCE.encode() not in read.seen:
        return ()
    return tuple(name for name, value in read.front.tree.items() if value and audience_marks.names_any((name,)))


def _marked(item: Item, marks: ForeignMarks, settings: ReadingSettings, *, is_foreign: bool) -> Item:
    """The item as marks in the words of other publishers, and its tags, have it."""
    if not marks.hidden_by and (tag := shown_tag(item.tags, settings.withheld_tags)):
        marks = replace(marks, hidden_by=f"tags: {tag}")
    if marks is not NO_MARKS and (marks.hidden_by or marks.expires):
        item = replace(item, hidden_by=marks.hidden_by, expires=marks.expires)
    return replace(item, listed=True) if marks.is_listed and item.listed is None and is_foreign else item


def _unread_audience(read: SourceFile) -> Problem | None:
    """A problem if a line of a file gives an audience that was not read as a field."""
    source = read.source
    if (line := audience_marks.unread_line(source.front, read.audience)) is not None:
        return Problem(read.path, f"`{AUDIENCE}` {RUN_INTO_FIELD}", source.first_line + line)
    if source.format == NONE.name:
        return None
    line = audience_marks.line_of_body(source.body, is_front=not source.front.strip())
    return None if line is None else Problem(read.path, f"`{AUDIENCE}` {_IN_BODY}", source.body_line + line)


def _addressed(item: Item, audience: Audience, settings: AudienceSettings, findings: Findings) -> Item:
    """The item as its audience has it: for the private feed that is made, or withheld."""
    hidden_by, note = audience_marks.words_of(audience, settings)
    if note:
        findings.note((AUDIENCE,), note if findings.quote else "no private feed has this name")
    if hidden_by:
        return replace(item, hidden_by=item.hidden_by or (hidden_by if findings.quote else AUDIENCE))
    return replace(item, is_addressed=True)


def _find_dropped(front: str, findings: Findings) -> None:
    """Adds findings about known fields from which YAML drops words, or to which it adds some."""
    spans = list(scalars(front))
    findings.problems.extend(spaces(front, spans))
    for at, words in dropped(front, [span for span in spans if is_known(span.path) or is_foreign_text(span.path)]):
        findings.note(at, words)


def _refused_fields(read: SourceFile, values: dict[str, Any], findings: Findings, *, is_hidden: bool) -> Parsed:
    """The outcome for a file with problems in its fields. Notes are not told beside them.

    `is_hidden`: marks in the words of other publishers withhold it, or may do so.
    """
    problems = located(read.path, read.source, findings, "problem", is_plain=read.front.plain)
    withheld = is_hidden or _about(findings, *meaning.WITHHOLDING_FIELDS) or meaning.withholds(values)
    withheld = withheld or asks_to_be_withheld_here(read.data, findings.settings, read.audience)
    return Parsed(read.path, None, problems, withheld_while_broken=withheld, dialect=read.source.format)


def _doubts(read: SourceFile, item: Item, settings: ReadingSettings) -> list[Doubt]:
    source = read.source
    if not read.is_bare:
        source = source._replace(front=_bare_front(source), body=with_dots(source.body))
    seals = read.front.seals
    if not accounting.all_accounted_for(read.seen, read.front, source):
        if settings.audiences is None:
            source = source._replace(
                front=audience_marks.without_audience(source.front), body=audience_marks.without_audience(source.body)
            )
        for body in {source.body: None, source.body.replace("\0", "\n"): None}:  # a NUL may have ended a line
            if found := accounting.doubts(source._replace(body=text.safe(body)), read.front):
                return found
        source = source._replace(body=text.safe(source.body))
        seals = [*seals, *accounting.seals(source)]
    if seals:
        # Of a body also as it is written: marks of template languages may have stood in the sealed text.
        kept = msgspec.msgpack.encode((item, text.safe(read.source.body)))
        forms = (form.encode() for seal in seals if len(seal) >= 8 for form in _forms(seal))
        if any(form[:_QUICK] in kept and form in kept for form in forms):
            line = locate(read.source).get(("secured",), read.source.first_line)
            return [Doubt(("secured",), line, "what is sealed stands in another field, too", withholds=False)]
    return []


def _bare_front(source: Source) -> str:
    """A front matter without characters that cannot be seen, unless it cannot be read without them."""
    without = with_dots(source.front)
    if without != source.front:
        try:
            FORMATS[source.format].read_tree(without)
        except FrontMatterError:
            return source.front
    return without


def _forms(seal: str) -> tuple[str, ...]:
    """A sealed text, also as it is written between quotes, and in JSON."""
    if "'" in seal or '"' in seal:
        return seal, seal.replace("'", "''"), seal.replace('"', '\\"'), json.dumps(seal)[1:-1]
    return (seal,) if seal.isascii() else (seal, json.dumps(seal)[1:-1])


def _about(findings: Findings, *names: str) -> bool:
    return any(at and at[0] in names for at, _ in findings.problems)
