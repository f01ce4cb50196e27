"""Configurations of other programs: their texts in; plain values out. Nothing is run.

A value is text, a list or a mapping. Numbers, dates and truth values are text too: `true`, `2024-01-02`.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from feedd.items.front_matter import libyaml
from feedd.items.front_matter.yaml import FrontMatterError, Node
from feedd.patterns import late_pattern

Tree = Mapping[str, Node]

_LINE = late_pattern(r"^([A-Za-z_][\w-]*):[ \t]+(\S[^\n]*)$", re.MULTILINE)
_MAX_DEPTH = 24


class Unclear(Exception):
    """A configuration that cannot be read. `tree` holds what can be told of it all the same."""

    def __init__(self, reason: str, tree: Tree | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.tree: Tree = tree or {}


def read_yaml(text: str) -> Tree:
    """The fields of a YAML text. Raises Unclear, with the fields that stand on a line of their own."""
    if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        return {}
    try:
        return libyaml.read_any_tree(text).tree
    except FrontMatterError as error:
        where = f" (line {error.line - 1})" if error.line and error.line > 1 else ""
        raise Unclear(f"{error.reason}{where}", _fields_by_line(text)) from None


def _fields_by_line(text: str) -> Tree:
    found: dict[str, Node] = {}
    for name, written in _LINE.findall(text):
        value = written.strip()
        if value[0] in "\"'" and value.find(value[0], 1) > 0:
            found.setdefault(name, value[1 : value.index(value[0], 1)])
        elif value[0] not in "[{&*!|>\"'#":
            found.setdefault(name, value.partition(" #")[0].strip())
    return found


def read_toml(text: str) -> Tree:
    """The fields of a TOML text. Raises Unclear."""
    return _read(tomllib.loads, text, "TOML")


def read_json(text: str) -> Tree:
    """The fields of a JSON text. Raises Unclear."""
    return _read(json.loads, text, "JSON")


def _read(parse: Callable[[str], Any], text: str, kind: str) -> Tree:
    try:
        tree = plain(parse(text))
    except ValueError as error:
        raise Unclear(f"not valid {kind}: {str(error)[:200]}") from None
    except (RecursionError, MemoryError):
        raise Unclear(f"not valid {kind}: nested too deeply") from None
    if not isinstance(tree, dict):
        raise Unclear(f"not valid {kind}: expected fields")
    return tree


def plain(value: Any, depth: int = 0) -> Node:
    """A value of another language, as text, lists and mappings. Raises ValueError if it is nested too deeply."""
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, dict):
        return {str(name): plain(each, depth + 1) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each, depth + 1) for each in value]
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def word(tree: Node | Tree, *path: str) -> str:
    """The text at a path of names, compared without regard to capitals; empty if there is none."""
    found = at(tree, *path)
    return found.strip() if isinstance(found, str) else ""


def words(tree: Node | Tree, *path: str) -> tuple[str, ...]:
    """The texts of a list at a path, or the text there."""
    found = at(tree, *path)
    if isinstance(found, str):
        return (found,)
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def fields(tree: Node | Tree, *path: str) -> dict[str, Node]:
    """The mapping at a path; empty if there is none."""
    found = at(tree, *path)
    return dict(found) if isinstance(found, Mapping) else {}


def at(tree: Node | Tree, *path: str) -> Node:
    """The value at a path of names; None if there is none."""
    found: Node | Tree = tree
    for name in path:
        if not isinstance(found, Mapping):
            return None
        same = name if name in found else next((each for each in found if each.lower() == name.lower()), name)
        found = found.get(same)
    return dict(found) if isinstance(found, Mapping) else found
