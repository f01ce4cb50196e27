"""Settings in JavaScript or TypeScript: their text in; the literal texts that they hold out. The text is never run.

A value is found by the names around it: `blog: {path: "news"}` is ("blog", "path"). Code between values is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from feedd.patterns import late_pattern

# An unclosed comment takes the rest of the text, and an unclosed quote the rest of its line, so that no part is looked
# at twice.
_TOKEN = late_pattern(
    r"//[^\n]*"
    r"|/\*[^*]*+(?:\*(?!/)[^*]*+)*(?:\*/)?"
    r"|(?P<text>'[^'\\\n]*+(?:\\.[^'\\\n]*+)*'?|\"[^\"\\\n]*+(?:\\.[^\"\\\n]*+)*\"?|`[^`\\]*+(?:\\[\s\S][^`\\]*+)*`?)"
    r"|(?P<name>[A-Za-z_$][\w$]*+)"
    r"|(?P<number>\d[\w.]*+)"
    r"|(?P<mark>[{}\[\]():,=;])"
)
_ESCAPE = late_pattern(r"\\(.)", re.DOTALL)
_CLOSES = {"}": "{", "]": "[", ")": "("}
_MAX_DEPTH = 60
_CONSTANTS = frozenset(("true", "false"))


class ScriptValue(NamedTuple):
    """A literal text: the names around it, and whether it is an argument of the function that the last name names."""

    path: tuple[str, ...]
    text: str
    is_argument: bool


class Script:
    """The literal texts of a script, in their order."""

    def __init__(self, text: str) -> None:
        self.values = tuple(_resolved(_values(text)))

    def word(self, *path: str, within: int = _MAX_DEPTH) -> str:
        """The first text whose path ends with these names, of the shortest such path; empty if there is none. `within`:
        the most names that the path may have.
        """
        named = [each for each in self.values if len(each.path) <= within and not each.is_argument]
        ends = [each for each in named if each.path[-len(path) :] == path]
        return min(ends, key=lambda each: len(each.path)).text if ends else ""

    def argument(self, function: str) -> str:
        """The first text that is given to a function; empty if there is none."""
        return next((each.text for each in self.values if each.is_argument and each.path[-1] == function), "")


def _values(text: str) -> Iterator[tuple[ScriptValue, bool]]:
    """The values, each with whether its text is the name of another value."""
    place = _Place()
    for token in _TOKEN.finditer(text):
        kind, written = token.lastgroup, token[0]
        if kind == "mark":
            place.pass_mark(written)
            if len(place.around) > _MAX_DEPTH:
                return
        elif kind is not None:
            value = _unquoted(written) if kind == "text" else written
            found = place.value(value, is_name=kind == "name" and written not in _CONSTANTS, is_text=kind == "text")
            if found and not (written[0] == "`" and "${" in written):  # its text is known only when it is run
                yield found


class _Place:
    """A place in a script: the brackets around it, each with the name before it, and the name whose value follows."""

    def __init__(self) -> None:
        self.around: list[tuple[str, str]] = []
        self._name = self._before = self._assigned = ""

    def pass_mark(self, mark: str) -> None:
        """Goes on behind a mark."""
        before, self._before = self._before, ""
        if mark in "{[(":
            self.around.append((mark, self._assigned or (before if mark == "(" else "")))
        elif mark in _CLOSES:
            while self.around and self.around.pop()[0] != _CLOSES[mark]:
                pass
        self._assigned = self._name if mark in ":=" else ""
        self._name = ""

    def value(self, written: str, *, is_name: bool, is_text: bool) -> tuple[ScriptValue, bool] | None:
        """Goes on behind a name, a number or a text. Returns it if it is a value, and whether it is a name."""
        assigned, self._name, self._before = self._assigned, written, written
        names = tuple(each for _, each in self.around if each)
        if assigned:
            self._assigned = assigned if is_name else ""
            return ScriptValue((*names, assigned), written, is_argument=False), is_name
        if is_text and self.around and self.around[-1][0] == "(" and self.around[-1][1]:
            return ScriptValue(names, written, is_argument=True), False
        return None


def _unquoted(written: str) -> str:
    return _ESCAPE.sub(r"\1", written[1:-1])


def _resolved(found: Iterator[tuple[ScriptValue, bool]]) -> Iterator[ScriptValue]:
    known: dict[str, str] = {}
    for value, is_name in found:
        if is_name:
            if value.text in known:
                yield value._replace(text=known[value.text])
            continue
        known.setdefault(value.path[-1], value.text)
        yield value
