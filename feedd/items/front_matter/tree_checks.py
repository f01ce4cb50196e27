"""Checks of a tree: the tree of a front matter, in; whether it is nested too deeply, and what in it is sealed, out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedd.items.front_matter.yaml import SEAL_LENGTH, FieldPath, Node, Scalar

MAX_DEPTH = 24
TOO_DEEP = "lists and mappings are nested too deeply"


def is_too_deep(tree: Any) -> bool:
    """Whether a tree has more levels of lists and mappings than `MAX_DEPTH`. It may have thousands."""
    level, depth = [tree], 0
    while level:
        if depth > MAX_DEPTH + 1:
            return True
        inner: list[Any] = []
        for node in level:
            if isinstance(node, (dict, list)):
                inner.extend(node.values() if isinstance(node, dict) else node)
        level, depth = inner, depth + 1
    return False


def sealed_texts(node: Node, seals: list[str]) -> int:
    """Takes the `secured` fields out of a tree, and adds to `seals` how each of their texts begins. Returns the
    number of these fields.
    """
    fields = 0
    if isinstance(node, dict):
        for name in [name for name in node if name.lower() == "secured"]:
            fields += 1
            _seal(node.pop(name), seals)
        for each in node.values():
            fields += sealed_texts(each, seals)
    elif isinstance(node, list):
        for each in node:
            fields += sealed_texts(each, seals)
    return fields


def _seal(value: Node, seals: list[str]) -> None:
    if isinstance(value, str):
        seals.append(value.strip()[:SEAL_LENGTH])
    elif isinstance(value, dict):
        for each in value.values():
            _seal(each, seals)
    elif isinstance(value, list):
        for each in value:
            _seal(each, seals)


def lines_of(front: str, scalars: Sequence[Scalar]) -> dict[FieldPath, int]:
    """The line of each field and list entry among the scalars of a text whose first line is line 2."""
    lines: dict[FieldPath, int] = {}
    at, line = 0, 2
    for scalar in scalars:
        line += front.count("\n", at, scalar.start)
        at = scalar.start
        path = scalar.path
        while path and path not in lines:
            lines[path] = line
            path = path[:-1]
    return lines
