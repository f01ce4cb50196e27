"""Patterns: what is not to stand in any regular expression of feedd's."""

from __future__ import annotations

import re
from pathlib import Path

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
