"""How feedgen is loaded: without dateutil."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, tzinfo
from types import ModuleType

_NAMES = ("dateutil", "dateutil.parser", "dateutil.tz")


@contextmanager
def without_dateutil() -> Iterator[None]:
    """Gives feedgen, while it is loaded, what it needs of dateutil: the zone of dates that it fills in by itself. It
    would parse dates that are text, and feedd gives it none. To load dateutil takes a twentieth of a pass with an edit.
    """
    if _NAMES[0] in sys.modules:
        yield
        return
    package, parser, tz = found = [ModuleType(name) for name in _NAMES]
    vars(package).update(parser=parser, tz=tz, __path__=[])
    vars(tz).update(tzutc=_utc)
    sys.modules.update(zip(_NAMES, found, strict=True))
    try:
        yield
    finally:
        for name in _NAMES:
            del sys.modules[name]


def _utc() -> tzinfo:
    return UTC
