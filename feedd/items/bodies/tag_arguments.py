"""The arguments of a tag of a template language: `"a" src="b.png" width=3` or `name: value`, in; their values, out."""

from __future__ import annotations

import re
from typing import NamedTuple

from feedd.patterns import late_pattern

_ARGUMENT = late_pattern(
    r"""(?:(?P<name>[A-Za-z_][\w:.-]{0,60}+)[ \t\n]*+(?:=|:(?=[\s"'`]))[ \t\n]*+)?"""
    r"""(?:"(?P<double>[^"\\]*+(?:\\.[^"\\]*+)*)"|'(?P<single>[^'\\]*+(?:\\.[^'\\]*+)*)'|`(?P<ticks>[^`]*+)`|(?P<bare>[^\s"'`,]++))""",
    re.DOTALL,
)
_ESCAPED = late_pattern(r"\\([\"'\\])")


class Arguments(NamedTuple):
    """The values of a tag: by position, and by name in small letters."""

    values: tuple[str, ...]
    named: dict[str, str]

    def get(self, *names: str) -> str:
        """The first value with one of these names that is not empty, else ""."""
        return next((value for name in names if (value := self.named.get(name, "").strip())), "")

    def at(self, index: int) -> str:
        """The value in this place, from 0, of those without a name, else ""."""
        return self.values[index].strip() if index < len(self.values) else ""


def read_arguments(source: str) -> Arguments:
    """The arguments in this text. Of values with one name the first counts."""
    values: list[str] = []
    named: dict[str, str] = {}
    for found in _ARGUMENT.finditer(source):
        quoted = found["double"] if found["double"] is not None else found["single"]
        if quoted is not None:
            value = _ESCAPED.sub(r"\1", quoted) if "\\" in quoted else quoted
        else:
            value = found["ticks"] if found["ticks"] is not None else found["bare"]
        if found["name"]:
            named.setdefault(found["name"].lower(), value)
        else:
            values.append(value)
    return Arguments(tuple(values), named)
