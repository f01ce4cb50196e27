"""Files whose ids were minted from their paths: paths of today and published ids, in; the path of each id, out."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct

from feedd.decide.minting import is_minted, mint


class _NamedFile(Struct, frozen=True):
    path: str
    link: bytes | None = None


def paths_by_id(paths: Iterable[str], ids: Collection[str]) -> dict[str, str]:
    """The paths of files without a link whose ids were minted from them, by these ids."""
    authorities = {entry_id.removeprefix("tag:").rpartition(":")[0] for entry_id in ids if is_minted(entry_id)}
    found: dict[str, str] = {}
    for path in paths if authorities else ():
        for authority in authorities:
            if (entry_id := mint(authority, _NamedFile(path))) in ids:
                found.setdefault(entry_id, path)
    return found
