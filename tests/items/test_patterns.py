"""Patterns: what is not to stand in any regular expression of feedd's."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

from feedd.patterns import late_pattern

SOURCES = Path(__file__).parents[2] / "feedd"
POSSESSIVE_GROUP = re.compile(r"(?<!\()\)(?:[*+?]|\{\d*,?\d*\})\+")


def test_no_group_is_repeated_possessively() -> None:
    """Python before 3.11.5, which Debian 12 has, loses what was matched in such a group. Single characters are safe."""
    assert POSSESSIVE_GROUP.search('r"(-[ ]++)?+"') and not POSSESSIVE_GROUP.search('r"([ ]*+)"')
    found = [
        f"{path.name}:{number}: {line.strip()}"
        for path in sorted(SOURCES.rglob("*.py"))
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if POSSESSIVE_GROUP.search(line)
    ]
    assert found == []


def test_no_pattern_is_compiled_while_its_module_is_loaded() -> None:
    """A pass after one edit uses a few of them."""
    found = [
        f"{path.relative_to(SOURCES)}: {ast.unparse(node)}"
        for path in sorted(SOURCES.rglob("*.py"))
        for statement in ast.parse(path.read_text()).body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile"
    ]
    assert found == [], "write late_pattern(...) of feedd.patterns instead"


def test_each_pattern_that_is_compiled_late_can_be_compiled() -> None:
    names = [
        ".".join(("feedd", *path.relative_to(SOURCES).with_suffix("").parts))
        for path in sorted(SOURCES.rglob("*.py"))
        if "= late_pattern(" in path.read_text()
    ]
    patterns = [
        value
        for name in names
        for value in vars(import_module(name)).values()
        if type(value).__name__ == "_LatePattern"
    ]
    assert len(patterns) > 100
    assert all(re.compile(each.pattern, each.flags).groups == each.groups for each in patterns)


def test_a_late_pattern_is_used_like_a_compiled_one() -> None:
    late, compiled = late_pattern(r"(?P<x>a+)|b", re.IGNORECASE), re.compile(r"(?P<x>a+)|b", re.IGNORECASE)
    assert late.sub("-", "caAb") == compiled.sub("-", "caAb") == "c--"
    assert [each.span() for each in late.finditer("caAb")] == [(1, 3), (3, 4)]
    assert late.pattern == compiled.pattern and late.groupindex == compiled.groupindex
    with pytest.raises(AttributeError):
        late.nothing  # type: ignore[attr-defined]  # noqa: B018
