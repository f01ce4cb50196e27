"""Patterns: regular expressions that are compiled when they are first used.

A pass after one edit uses a few of feedd's 200 patterns. To compile all of them would take 60 ms, a fifth of the pass.
"""

from __future__ import annotations

import re
from typing import Any, cast, overload

_METHODS = ("search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn")


@overload
def late_pattern(written: str, flags: int = 0) -> re.Pattern[str]: ...
@overload
def late_pattern(written: bytes, flags: int = 0) -> re.Pattern[bytes]: ...
def late_pattern(written: Any, flags: int = 0) -> Any:
    """What `re.compile` returns, compiled at its first use. A mistake in the expression is found only then."""
    return cast("re.Pattern[Any]", _LatePattern(written, flags))


class _LatePattern:
    """A regular expression with the interface of a compiled one."""

    def __init__(self, written: str | bytes, flags: int) -> None:
        self.pattern = written
        self._flags = flags

    def __getattr__(self, name: str) -> Any:  # only called for an attribute that is not there yet
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)
