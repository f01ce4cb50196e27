"""Reading a file: its bytes in; its front matter as a tree, and its body, out; or a refusal."""

from __future__ import annotations

from typing import NamedTuple

from feedd.items.foreign.missing_titles import why_no_item
from feedd.items.front_matter import unquoted_colons
from feedd.items.front_matter.formats import NONE, YAML, conflict_line, read_tree, split
from feedd.items.front_matter.merge_conflicts import UNRESOLVED
from feedd.items.front_matter.yaml import (
    FrontMatter,
    FrontMatterError,
    Source,
    decode,
)
from feedd.items.invisible import bare, is_bare_file
from feedd.items.parsing.parsed import Parsed, asks_to_be_withheld_here, refused
from feedd.items.reading_settings import ReadingSettings
from feedd.items.withholding import audience_marks
from feedd.items.withholding.audience_marks import EVERYBODY, Audience
from feedd.items.withholding.damaged_names import with_whole_names
from feedd.items.withholding.near_names import looks_sealed
from feedd.model import Problem


class SourceFile(NamedTuple):
    """A file whose front matter could be read; its fields are not checked yet."""

    path: str
    data: bytes
    seen: bytes  # the file in small letters, without characters that cannot be seen, its names whole
    is_bare: bool  # whether the file has no such character
    source: Source
    front: FrontMatter
    audience: Audience


def read_source(path: str, data: bytes, settings: ReadingSettings) -> SourceFile | Parsed:
    """The front matter and the body of a file; its outcome, if its front matter cannot be read."""
    is_bare = is_bare_file(data)
    # ASCII in small letters is enough: no other character becomes a letter of a name that seals or withholds.
    seen = data.lower() if is_bare else bare(data.decode("utf-8", "replace")).lower().encode()
    seen = with_whole_names(seen.replace(b"\0", b"") if b"\0" in seen else seen)
    dialect = ""
    try:
        source = split(decode(data))
        dialect = source.format
        if (b"<<<<<<<" in data or b">>>>>>>" in data) and (line := conflict_line(source)):
            return refused(path, data, Problem(path, UNRESOLVED, line), dialect, settings)
        if dialect == NONE.name and (reason := why_no_item(path)):
            return refused(path, data, Problem(path, reason, 1), dialect, settings)
        source, front = _tree_of(source, seen, settings)
        audience = audience_marks.take_audiences(front.tree) if settings.audiences else EVERYBODY
        return SourceFile(path, data, seen, is_bare, source, front, audience)
    except FrontMatterError as error:
        reason = error.reason if looks_sealed(seen) else error.quoting
        return refused(path, data, Problem(path, reason, error.line), dialect, settings)


def _tree_of(source: Source, seen: bytes, settings: ReadingSettings) -> tuple[Source, FrontMatter]:
    """The front matter, read, and the source with what was read. Raises FrontMatterError, also where a text without
    quotes may hold a field that seals or withholds.
    """
    try:
        return source, read_tree(source)
    except FrontMatterError:
        if not settings.unquoted_colons or source.format != YAML.name or looks_sealed(seen):
            raise
        quoted = unquoted_colons.as_yaml(source.front)
        if quoted is None:
            raise
        if asks_to_be_withheld_here(unquoted_colons.changed(source.front, quoted).encode(), settings):
            raise
    source = source._replace(front=quoted)
    return source, read_tree(source)
