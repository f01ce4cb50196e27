"""How feedgen is loaded: without dateutil, until it needs more of it than the zone UTC."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, tzinfo
from importlib import import_module
from types import ModuleType
from typing import Any

_NAMES = ("dateutil", "dateutil.parser", "dateutil.tz")


@contextmanager
def without_dateutil() -> Iterator[None]:
    """Gives feedgen, while it is loaded, what it needs of dateutil: the zone of dates that it fills in by itself. It
    would parse dates that are text, and feedd gives it none. To load dateutil takes a twentieth of a pass with an edit.

    Whatever else a release of feedgen asks for is that of dateutil, which is loaded then.
    """
    if _NAMES[0] in sys.modules:
        yield
        return
    stands_in = [_StandIn(name) for name in _NAMES]
    package, parser, tz = stands_in
    vars(package).update(parser=parser, tz=tz, __path__=[])
    vars(tz).update(tzutc=_utc)
    sys.modules.update(zip(_NAMES, stands_in, strict=True))
    try:
        yield
    finally:
        _take_out()


class _StandIn(ModuleType):
    """A module in the place of one of dateutil."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # of the machinery of imports
            raise AttributeError(name)
        _take_out()
        return getattr(import_module(self.__name__), name)


def _take_out() -> None:
    for name in _NAMES:
        if isinstance(sys.modules.get(name), _StandIn):
            del sys.modules[name]


def _utc() -> tzinfo:
    return UTC
