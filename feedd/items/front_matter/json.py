"""JSON (RFC 8259): an object at the beginning of a file, in; its tree, or its names and texts, out.

Every value becomes text, as in YAML: a boolean `true` or `false`, a number as it is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from feedd.items.front_matter.tree_checks import MAX_DEPTH, TOO_DEEP, sealed_texts
from feedd.items.front_matter.yaml import FieldPath, FrontMatter, FrontMatterError, Node, Scalar
from feedd.items.front_matter.yaml_slips import foreign_sign
from feedd.patterns import late_pattern

_TOKEN = late_pattern(r'"[^"\\]*(?:\\[\s\S][^"\\]*)*"?|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_SURROGATE = late_pattern("[\ud800-\udfff]")
_HALF = late_pattern(r"\\u[dD][89a-fA-F]")

_NO_NUMBERS = ("NaN", "Infinity", "-Infinity")

_REASONS = (
    ("Expecting property name", "the name of a field stands between double quotes; no comma stands before `}`"),
    ("Illegal trailing comma", "no comma stands before `}` or `]`"),
    ("Expecting ':'", "a colon is missing after the name of a field"),
    ("Expecting ','", 'a comma is missing between two fields, or a quote inside a text is not written as \\"'),
    ("Expecting value", "a value is missing, or a text without quotes"),
    ("Unterminated string", "a closing quote is missing"),
    ("Invalid control character", "a closing quote is missing, or a line end in a text is not written as \\n"),
    ("Invalid \\", "a backslash is written twice"),
)


class _GivenTwiceError(Exception):
    """Raised for an object with a field that is given twice."""


class _NoNumberError(Exception):
    """Raised for `NaN` and `Infinity`, which JSON does not have."""


def end_of_object(text: str) -> int:
    """Where the object ends with which a text begins. Raises FrontMatterError if it does not end."""
    depth = 0
    for found in _TOKEN.finditer(text):
        mark = found[0]
        if mark in ("{", "["):
            depth += 1
        elif mark in ("}", "]"):
            depth -= 1
            if depth <= 0:
                return found.end()
    try:
        read_tree(text)
    except FrontMatterError as error:
        if error.line is not None and error.line < text.rstrip().count("\n") + 3:
            raise
    raise FrontMatterError("not valid JSON: a closing brace is missing", text.rstrip().count("\n") + 2)


def read_tree(front: str) -> FrontMatter:
    """The front matter, read. Raises FrontMatterError for broken JSON, a field given twice, and too deep a nesting."""
    _check_depth(front)
    try:
        tree = _DECODER.decode(front)
    except json.JSONDecodeError as error:
        at = error.pos
        if error.msg.startswith("Illegal trailing comma"):  # Python 3.13 names the comma; before, what stands behind it
            at = len(front) - len(front[at + 1 :].lstrip())
        line = front.count("\n", 0, at) + 2
        reason = next((reason for beginning, reason in _REASONS if error.msg.startswith(beginning)), "")
        if error.msg.startswith("Extra data"):
            reason = "the object ends above; check its braces"
        reason = foreign_sign(front[at : at + 1]) or reason
        raise FrontMatterError(f"not valid JSON: {reason or 'it cannot be read'}", line) from None
    except _GivenTwiceError:
        raise _given_twice(front) from None
    except _NoNumberError:
        line = next((front.count("\n", 0, each.start) + 2 for each in scalars(front) if each.text in _NO_NUMBERS), 2)
        raise FrontMatterError("not valid JSON: `NaN` and `Infinity` are no numbers", line) from None
    if not isinstance(tree, dict):
        raise FrontMatterError("expected fields, one `name: value` a line", 2)
    if (half := _HALF.search(front)) and _has_half(tree):
        line = front.count("\n", 0, half.start()) + 2
        raise FrontMatterError("not valid JSON: an escape such as \\ud800 is half of a character", line)
    seals: list[str] = []
    secured = sealed_texts(tree, seals)
    return FrontMatter(tree, seals, secured, plain=False)


def _check_depth(front: str) -> None:
    depth = 0
    for found in _TOKEN.finditer(front):
        if found[0] in ("{", "["):
            depth += 1
            if depth > MAX_DEPTH + 1:
                raise FrontMatterError(TOO_DEEP, front.count("\n", 0, found.start()) + 2)
        elif found[0] in ("}", "]"):
            depth -= 1


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Node]:
    fields = {name: _text(value) for name, value in pairs}
    if len(fields) != len(pairs):
        raise _GivenTwiceError
    return fields


def _text(value: Any) -> Node:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [_text(each) for each in value]
    node: Node = value
    return node


def _refuse(_: str) -> NoReturn:
    raise _NoNumberError


_DECODER = json.JSONDecoder(object_pairs_hook=_fields, parse_int=str, parse_float=str, parse_constant=_refuse)


def _has_half(node: Node) -> bool:
    if isinstance(node, dict):
        return any(_SURROGATE.search(name) or _has_half(each) for name, each in node.items())
    if isinstance(node, list):
        return any(map(_has_half, node))
    return node is not None and _SURROGATE.search(node) is not None


def _given_twice(front: str) -> FrontMatterError:
    seen: set[FieldPath] = set()
    for scalar in scalars(front):
        if scalar.is_name:
            if scalar.path in seen:
                line = front.count("\n", 0, scalar.start) + 2
                words = "is given twice; keep one"
                return FrontMatterError(f"a field {words}", line, f"`{scalar.text[:60]}` {words}")
            seen.add(scalar.path)
    return FrontMatterError("a field is given twice; keep one")


def scalars(front: str) -> Iterator[Scalar]:
    """All names and values of a front matter that is well-formed, sealed ones too, in the order of the text."""
    path: list[str | int] = []
    is_object: list[bool] = []
    name_follows = False
    for found in _TOKEN.finditer(front):
        mark = found[0]
        if mark in ("{", "["):
            is_object.append(mark == "{")
            path.append("" if mark == "{" else 0)
            name_follows = mark == "{"
        elif mark in ("}", "]") and path:
            is_object.pop()
            path.pop()
            name_follows = False
        elif mark == "," and path:
            if is_object[-1]:
                name_follows = True
            else:
                path[-1] = int(path[-1]) + 1
        elif mark == ":":
            name_follows = False
        elif path:
            text = _meant(mark)
            if name_follows:
                path[-1] = text
            yield Scalar(
                tuple(path), text, name_follows, found.start(), found.end(), '"' if mark[0] == '"' else "", True, ""
            )


def _meant(token: str) -> str:
    if token[0] != '"':
        return token
    if "\\" not in token:
        return token[1:-1]
    try:
        text: str = json.loads(token)
    except ValueError:
        return token[1:-1]
    return text
