"""The formats of front matter: the text of a file, in; its Source, and what the format makes of it, out.

    text -- split --> Source, with the name of its format -- read_tree --> FrontMatter
                             \\__ scalars, locate, as_yaml: where its names and texts stand

FORMATS is the only list of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from msgspec import Struct

from feedd.items.front_matter import headers, json, toml, yaml
from feedd.items.front_matter.code_lines import first_closing, is_prose, split_lines
from feedd.items.front_matter.lost_fences import MISSING, begins_with_fields, lost_fence
from feedd.items.front_matter.merge_conflicts import UNRESOLVED, conflict
from feedd.items.front_matter.tree_checks import lines_of
from feedd.items.front_matter.yaml import FieldPath, FrontMatter, FrontMatterError, Scalar, Source
from feedd.patterns import late_pattern

_LANGUAGE = late_pattern(r"---[ \t]*(toml|json|ya?ml|js|javascript|coffee)[ \t]*\n", re.IGNORECASE)
_LETTER = late_pattern(r"\S")
_TOML_OPENING = late_pattern(r"\+\+\+[ \t]*\n")
_TOML_CLOSING = late_pattern(r"^\+\+\+[ \t]*$", re.MULTILINE)
_BLOCK_OPENING = late_pattern(r"(`{3,}|~{3,})[ \t]*toml[ \t]*\n")
_CLOSING = late_pattern(r"^---[ \t]*$", re.MULTILINE)
_JSON_OPENING = late_pattern(r"\{\s*(?:\"|\}[ \t]*\n)")
_NEVER_CLOSED = "the front matter is never closed: a second line `{}` is missing"


class FrontMatterFormat(Struct, frozen=True):
    """A way to write fields above a text. `words` is what it is called in messages.

    `read_tree` raises FrontMatterError. `scalars` are all names and values of a text that `read_tree` has read.
    `as_yaml` makes fields and fences in any text look as in YAML; every character keeps its place. Lines count as if
    the text began at line 2.
    """

    name: str
    words: str
    read_tree: Callable[[str], FrontMatter]
    scalars: Callable[[str], Iterable[Scalar]]
    as_yaml: Callable[[str], str]


def _as_it_is(text: str) -> str:
    return text


def _nothing(_: str) -> FrontMatter:
    return FrontMatter({}, [], 0, plain=True)


def _no_scalars(_: str) -> tuple[Scalar, ...]:
    return ()


YAML = FrontMatterFormat("yaml", "YAML between two lines `---`", yaml.read_tree, yaml.scalars, _as_it_is)
TOML = FrontMatterFormat("toml", "TOML between two lines `+++`", toml.read_tree, toml.scalars, toml.as_yaml)
TOML_BLOCK = FrontMatterFormat("toml-block", "TOML in a code block", toml.read_tree, toml.scalars, toml.block_as_yaml)
JSON = FrontMatterFormat("json", "a JSON object", json.read_tree, json.scalars, _as_it_is)
HEADERS = FrontMatterFormat("headers", "headers such as `Title: ...`", headers.read_tree, headers.scalars, _as_it_is)
NONE = FrontMatterFormat("none", "no front matter", _nothing, _no_scalars, toml.as_yaml)
FORMATS = {each.name: each for each in (YAML, TOML, TOML_BLOCK, JSON, HEADERS, NONE)}


def split(text: str) -> Source:
    """Front matter and body of a file, by the format that its first lines have.

    Raises FrontMatterError where a front matter has no beginning or no end.
    """
    if text.startswith("---\n"):  # nearly all
        return yaml.split(text)
    if not text.strip():
        raise FrontMatterError("the file is empty")
    if text.startswith("<<<<<<<"):
        raise FrontMatterError(UNRESOLVED, 1)
    if (found := _split_fenced(text)) is not None:
        return found
    if (fields := headers.in_comment(text)) is not None:
        front, body, added = fields
        return Source(front, body, fence=1 - added, format=HEADERS.name)
    if text[0].isspace() or text.startswith("<!--"):
        rest = _without_leading_comments(text)
        above = text.count("\n", 0, len(text) - len(rest))
        try:
            found = _split_fenced(rest) if _opens(rest) else None
        except FrontMatterError as error:
            error.line = error.line and error.line + above
            raise
        if found is not None:
            return found._replace(first_line=found.first_line + above)
    return _split_unfenced(text)


def _without_leading_comments(text: str) -> str:
    """A text without the empty lines and the comments of HTML with which it begins."""
    at, end = 0, _first_letter(text, 0)
    while True:
        at = text.rfind("\n", at, end) + 1 or at
        if not text.startswith("<!--", end) or (closing := text.find("-->", end)) < 0:
            return text[at:]
        at = closing + 3
        end = _first_letter(text, at)


def _first_letter(text: str, start: int) -> int:
    found = _LETTER.search(text, start)
    return found.start() if found else len(text)


def _opens(text: str) -> bool:
    """Whether a fence below blank lines or a comment opens a front matter, and is no rule between paragraphs."""
    if _JSON_OPENING.match(text):
        return True
    return not is_prose(toml.as_yaml(text.partition("\n")[2].partition("\n")[0]))


def _split_fenced(text: str) -> Source | None:
    if yaml.OPENING.match(text):
        return yaml.split(text)
    if opening := _TOML_OPENING.match(text):
        return _between(text, opening.end(), _TOML_CLOSING, TOML, "+++")
    if opening := _BLOCK_OPENING.match(text):
        closing = re.compile(rf"^{opening[1]}[ \t]*$", re.MULTILINE)
        return _between(text, opening.end(), closing, TOML_BLOCK, opening[1])
    if _JSON_OPENING.match(text):
        try:
            end = json.end_of_object(text)
        except FrontMatterError as error:
            error.line = error.line and error.line - 1  # it begins at line 1
            raise
        rest, line_end, body = text[end:].partition("\n")
        if rest.strip():
            line = text.count("\n", 0, end) + 1
            raise FrontMatterError("not valid JSON: the object ends on this line, before other text", line)
        return Source(text[:end] + line_end, body, 1, 0 if line_end else 1, JSON.name)
    if opening := _LANGUAGE.match(text):
        language = opening[1].lower()
        if language in ("js", "javascript", "coffee"):
            raise FrontMatterError("front matter that is a program is not run; write it as YAML", 1)
        kind = TOML if language == "toml" else JSON if language == "json" else YAML
        return _between(text, opening.end(), _CLOSING, kind, "---")
    return None


def _between(text: str, start: int, fence: re.Pattern[str], kind: FrontMatterFormat, mark: str) -> Source:
    closing = fence.search(text, start)
    if closing is None:
        if line := conflict(text[start:], ""):
            raise FrontMatterError(UNRESOLVED, line)
        raise FrontMatterError(_NEVER_CLOSED.format(mark), 1)
    return Source(text[start : closing.start()], text[closing.end() + 1 :], format=kind.name)


def _split_unfenced(text: str) -> Source:
    """Headers and body, or a text without front matter."""
    lines: list[str] = []
    end = 0
    for line in text.split("\n"):
        if not line.strip():
            break
        lines.append(line)
        end += len(line) + 1
    body = text[end:].partition("\n")[2]
    if headers.are_headers(lines) and not _is_closed_below(body):
        if begins_with_fields(body):
            raise FrontMatterError(
                "an empty line ends the headers, and more fields follow; take it out", len(lines) + 1
            )
        return Source(text[:end], body, 1, 1, HEADERS.name)
    if lost_fence(text):
        raise FrontMatterError(MISSING, 1)
    return Source("", text, 1, 0, NONE.name)


def _is_closed_below(text: str) -> bool:
    """Whether a text under headers begins with a line that could close them, or with more fields and then that line."""
    texts = split_lines(text).texts
    closing = first_closing(texts, [False] * len(texts))
    return closing < len(texts) and not any(map(is_prose, texts[:closing]))


def read_tree(source: Source) -> FrontMatter:
    """The front matter of a file, read by its format. Raises FrontMatterError with a line of the file."""
    if source.format == YAML.name:
        if source.front[:1] in ("", "\n", " ", "#") and not any(map(_says_something, source.front.split("\n"))):
            return _empty(source)
        if source.first_line == 2:
            return yaml.read_tree(source.front)
    try:
        return FORMATS[source.format].read_tree(source.front)
    except FrontMatterError as error:
        error.line = line_of(source, error.line)
        raise


def _says_something(line: str) -> bool:
    return line.strip() != "" and line.lstrip()[0] != "#"


def _empty(source: Source) -> FrontMatter:
    """What stands between two lines `---` without anything between them: Jekyll wants them above each text."""
    if not source.body.strip() or lost_fence(source.body):
        raise FrontMatterError("the front matter is empty", source.first_line - 1)
    return FrontMatter({}, [], 0, plain=True)


def line_of(source: Source, line: int | None) -> int | None:
    """The line of the file that a format counts as `line` of the front matter."""
    return None if line is None else max(line + source.first_line - 2, 1)


def conflict_line(source: Source) -> int | None:
    """The line of the file where a merge conflict begins; None if there is none."""
    if line := conflict(source.front, ""):
        return line_of(source, line)
    line = conflict("", source.body)
    return line and line + source.body_line - 3


def locate(source: Source) -> dict[FieldPath, int]:
    """The line of the file for each field and list entry of a front matter that `read_tree` has read."""
    if source.format == YAML.name:
        return yaml.locate(source.front, source.first_line)
    lines = lines_of(source.front, list(FORMATS[source.format].scalars(source.front)))
    return {path: line + source.first_line - 2 for path, line in lines.items()}
