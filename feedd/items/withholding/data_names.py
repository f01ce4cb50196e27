"""Names of files of data beside texts, as Eleventy and Nikola have them, in; what they may speak of, out."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

DataKind = Literal["eleventy", "data", "meta"]  # `.11tydata`: of Eleventy, and of no other program

_OF_ELEVENTY = tuple(f".11tydata.{suffix}" for suffix in ("json", "js", "cjs", "mjs", "ts", "yaml", "yml"))
META = ".meta"
DATA_ENDS = (*_OF_ELEVENTY, ".json", ".yaml", ".yml", META)


class DataName(Struct, frozen=True):
    """The name of a file of data. `stem`: the name of what it may speak of, a folder, or a text without its suffix."""

    stem: str
    kind: DataKind


def data_name(name: str) -> DataName | None:
    """What a file of this name may speak of; None if it is no file of data."""
    if not name.endswith(DATA_ENDS):
        return None
    end = next(end for end in DATA_ENDS if name.endswith(end))
    stem = name.removesuffix(end)
    kind: DataKind = "meta" if end == META else "eleventy" if end in _OF_ELEVENTY else "data"
    return DataName(stem, kind) if stem else None
