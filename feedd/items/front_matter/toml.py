"""TOML (toml.io, version 1.0): the text of a front matter in; its tree, or its names and texts, out.

It stands between two lines `+++`, or in a code block of this language at the beginning of a file. Every value becomes
text, as in YAML: a date in ISO 8601, a boolean `true` or `false`, a number as Python writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from feedd.items.front_matter.code_lines import BREAKS, is_field
from feedd.items.front_matter.tree_checks import TOO_DEEP, is_too_deep, sealed_texts
from feedd.items.front_matter.yaml import FieldPath, FrontMatter, FrontMatterError, Node, Scalar
from feedd.items.front_matter.yaml_slips import foreign_sign
from feedd.patterns import late_pattern

_TOKEN = late_pattern(
    r'"""(?:[^\\]|\\[\s\S])*?"""(?!")' + r"|'''[\s\S]*?'''(?!')"
    r'|"(?:[^"\\\n]|\\.)*"' + r"|'[^'\n]*'|\#[^\n]*|\n|[\[\]{}=,.]|[^\s\[\]{}=,.#\"']+"
)
_QUOTED = late_pattern(r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"?' + r"|'[^'\n]*'?")
_LONG_NAME = late_pattern(r"(?<![\w-])[\w-]++(?:[ \t]*+\.[ \t]*+[\w-]++){25}")
_AT = late_pattern(r"\(at (?:line (\d+), column \d+|end of document)\)")
# Marks and entities that may stand around a name, such as emphasis.
_DRESS = r"(?:(?:&#?\w{1,8};|[\"'*~`|<>()\[\]{}\\&;\u200b\u201c\u201d]){1,3})?"
_PARTED_SEAL = r"(?:[^\w\n=]|_){0,3}".join("secured")  # `sec- ured` is that name with a slip
_NAME = r"[\w.-]++(?:&#?\w{1,8};[\w.-]{1,40}){0,3}"  # entities may stand in it
_ASSIGNMENT = late_pattern(
    rf"((?:^(?:\+{{3}})?|[{{,{BREAKS[1:]}])[ \t]*+"
    rf"(?:{_DRESS}(?:{_NAME}|(?i:{_PARTED_SEAL})){_DRESS}|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+)=",
    re.MULTILINE,
)
_TABLE = late_pattern(r"^(\[{1,2})([\w.-]+)(\]{1,2})(?=[ \t]*$)", re.MULTILINE)
_FENCE = late_pattern(r"^\+\+\+(?=[ \t]*$)", re.MULTILINE)
_BLOCK_END = late_pattern(r"^(?:```|~~~)(?=[ \t]*$)", re.MULTILINE)
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
_ESCAPE = late_pattern(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([btnfr\"\\])|[ \t]*\n\s*)")

_ONE_A_LINE = 'one field a line; a quote inside a text is written as \\"'
_NO_SUCH_DATE = "there is no such date or time"
_LIKE_DATE = late_pattern(r"[^=\n\"'\[{#]*=[ \t]*[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9]{2}:[0-9]{2}|[ \t]*(?:#|$))")
_REASONS = (
    ("Cannot overwrite", "a field is given twice; keep one"),
    ("Duplicate inline table key", "a field is given twice; keep one"),
    ("Cannot declare", "a table is given twice; keep one"),
    ("Cannot mutate immutable", "a field adds to a table that is complete already"),
    ("Cannot redefine", "a field adds to a table that is complete already"),
    ("Expected '=' after a key", "a field is written as `name = value`"),
    ("Invalid initial character for a key part", "a name is missing before `=`, or it needs quotes"),
    ("Expected ']' at the end of a table", "the line of a table ends with `]`"),
    ("Expected ']]' at the end of an array", "the line of a table ends with `]]`"),
    ("Expected newline or end of document", _ONE_A_LINE),
    ("Unescaped '\\\\' in a string", "between double quotes, a backslash is written twice"),
    ("Unterminated string", "a closing quote is missing"),
    ("Expected \"'''\"", "three closing quotes are missing"),
    ('Expected "\'"', "a closing quote is missing"),
    ("Invalid value (at end", "a value or a closing bracket is missing"),
    ("Illegal character", "a closing quote is missing, or a control character stands in a text"),
    ("Invalid statement", "expected a field, `name = value`"),
    ("Unclosed array", "a closing bracket is missing"),
    ("Unclosed inline table", "a closing brace is missing"),
    ("Invalid hex value", "an escape with `\\u` needs four digits, with `\\U` eight"),
    ("Escaped character is not a Unicode scalar", "an escape is half of a character; write the character itself"),
    ("Invalid date or datetime", _NO_SUCH_DATE),
    ("Invalid value", "a text needs quotes around it"),
)


def read_tree(front: str) -> FrontMatter:
    """The front matter, read. Raises FrontMatterError for broken TOML, and for too deep a nesting."""
    import tomllib  # late: few files need it

    if "." in front and _LONG_NAME.search(_QUOTED.sub("q", front)):
        raise FrontMatterError(TOO_DEEP)
    try:
        tree = tomllib.loads(front)
    except tomllib.TOMLDecodeError as error:
        raise _explained(str(error), front) from None
    except RecursionError:
        raise FrontMatterError(TOO_DEEP) from None
    except ValueError:  # a whole number of thousands of digits, or a day that does not exist
        raise FrontMatterError("not valid TOML: there is no such number or date") from None
    if is_too_deep(tree):
        raise FrontMatterError(TOO_DEEP)
    seals: list[str] = []
    fields = {name: _node(value) for name, value in tree.items()}
    secured = sealed_texts(fields, seals)
    return FrontMatter(fields, seals, secured, plain=False)


def _node(value: Any) -> Node:
    if isinstance(value, dict):
        return {name: _node(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_node(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value)


def _explained(words: str, front: str) -> FrontMatterError:
    """What tomllib says, in our words, which never quote the file: it may hold sealed text."""
    found = _AT.search(words)
    line = int(found[1]) if found and found[1] else front.count("\n", 0, _open_quote(front)) + 1
    reason = next((reason for beginning, reason in _REASONS if words.startswith(beginning)), "it cannot be read")
    if reason is _ONE_A_LINE and _LIKE_DATE.match(front.split("\n")[line - 1]):
        reason = _NO_SUCH_DATE
    elif not front.isascii():
        reason = foreign_sign(_QUOTED.sub("", front.split("\n")[line - 1])) or reason
    return FrontMatterError(f"not valid TOML: {reason}", line + 1)


def _open_quote(front: str) -> int:
    """Where the first quote is that nothing closes; else where the text ends."""
    at = 0
    for found in _TOKEN.finditer(front):
        if front[at : found.start()].strip():
            break
        at = found.end()
    return at + len(front[at:]) - len(front[at:].lstrip()) if front[at:].strip() else len(front.rstrip())


def as_yaml(text: str) -> str:
    """A text in which fields, tables and fences of TOML look as in YAML. Every character keeps its place."""
    if "=" in text:
        text = _ASSIGNMENT.sub(r"\1:", text)
    if "[" in text:
        text = _TABLE.sub(lambda found: f"{found[2]}:".ljust(len(found[0])), text)
    return _FENCE.sub("---", text) if "+++" in text else text


def block_as_yaml(text: str) -> str:
    """A text in which TOML looks as in YAML, as `as_yaml` has it, for front matter in a code block. A bare fence below
    fields may close it.
    """
    shown = as_yaml(text)
    said = (line for line in shown.split("\n") if line.strip() and not line.lstrip().startswith("#"))
    has_field = any(is_field(line) or line.rstrip().endswith(":") for line in islice(said, 2))  # one may be parted
    closing = _BLOCK_END.search(shown) if has_field else None
    return f"{shown[: closing.start()]}---{shown[closing.end() :]}" if closing else shown


def scalars(front: str) -> Iterator[Scalar]:
    """All names and values of a front matter that `read_tree` has read, sealed ones too, in the order of the text."""
    return _Scalars(front).all()


class _Scalars:
    """A walk over the tokens of a well-formed text."""

    def __init__(self, front: str) -> None:
        self.tokens = [found for found in _TOKEN.finditer(front) if found[0][0] != "#"]
        self.at = 0
        self.arrays: dict[FieldPath, int] = {}

    def all(self) -> Iterator[Scalar]:
        table: FieldPath = ()
        while (mark := self._now()) is not None:
            if mark == "\n":
                self.at += 1
            elif mark == "[":
                start = self.at
                while self._now() == "[":
                    self.at += 1
                is_array = self.at - start == 2
                names = list(self._names((), is_table=True))
                table = names[-1].path if names else ()
                if is_array:
                    self.arrays[table] = self.arrays.get(table, -1) + 1
                    table = (*table, self.arrays[table])
                yield from names
                while self._now() == "]":
                    self.at += 1
            else:
                yield from self._field(table)

    def _now(self) -> str | None:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else None

    def _field(self, above: FieldPath) -> Iterator[Scalar]:
        names = list(self._names(above))
        yield from names
        if self._now() == "=":
            self.at += 1
        elif not names:
            self.at += 1  # nothing that a well-formed text has
        yield from self._value(names[-1].path if names else above, in_flow=False)

    def _names(self, above: FieldPath, *, is_table: bool = False) -> Iterator[Scalar]:
        path = above
        while (mark := self._now()) is not None and mark not in ("=", "]", "\n", ",", "{", "}", "["):
            if mark != ".":
                found = self.tokens[self.at]
                path = (*path, _meant(mark))
                yield Scalar(path, str(path[-1]), True, found.start(), found.end(), _style(mark), not is_table, "")
                if is_table and path in self.arrays:
                    path = (*path, self.arrays[path])
            self.at += 1

    def _value(self, path: FieldPath, *, in_flow: bool) -> Iterator[Scalar]:
        mark = self._now()
        if mark == "[":
            yield from self._list(path)
        elif mark == "{":
            self.at += 1
            while (mark := self._now()) is not None and mark != "}":
                if mark in (",", "\n"):
                    self.at += 1
                else:
                    yield from self._field(path)
            self.at += 1
        elif mark is not None and mark[0] in "\"'":
            found = self.tokens[self.at]
            self.at += 1
            yield Scalar(path, _meant(mark), False, found.start(), found.end(), _style(mark), in_flow, "")
        elif mark is not None and mark != "\n":
            start = last = self.at
            while (mark := self._now()) is not None and mark not in (",", "]", "}", "\n"):
                last = self.at
                self.at += 1
            begin, end = self.tokens[start].start(), self.tokens[last].end()
            yield Scalar(path, self.tokens[start].string[begin:end], False, begin, end, "", in_flow, "")

    def _list(self, path: FieldPath) -> Iterator[Scalar]:
        self.at += 1
        index = 0
        while (mark := self._now()) is not None and mark != "]":
            if mark in (",", "\n"):
                index += mark == ","
                self.at += 1
            else:
                yield from self._value((*path, index), in_flow=True)
        self.at += 1


def _style(mark: str) -> str:
    return mark[0] if mark[0] in "\"'" else ""


def _meant(mark: str) -> str:
    """The text of a mark."""
    if mark[:3] in ('"""', "'''"):
        text = mark[3:-3].removeprefix("\n")
    elif mark[0] in "\"'":
        text = mark[1:-1]
    else:
        return mark
    return _ESCAPE.sub(_unescaped, text) if mark[0] == '"' and "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    short, long, letter = found.groups()
    if short or long:
        return chr(int(short or long, 16))
    return _ESCAPES[letter] if letter else ""
