"""Object stores in the configuration: where items lie, where documents go, and how."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

from msgspec import Struct

from feedd.config import value_decoders
from feedd.items import decoders
from feedd.items.decoders import Decoder
from feedd.items.findings import Findings
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.store.object_stores.store_url import StoreUrl, is_store_url, overlap, parse_store_url


class StoreSettings(Struct, frozen=True):
    """How object stores are used. `encoding`: of the objects that are published, "none" or "gzip". `unconditional`: a
    store may ignore the conditions by which two publishers notice each other. `cache`: bytes on the disk for items that
    were fetched.
    """

    cache: int = 1024 * 1024 * 1024
    encoding: str = "none"
    unconditional: bool = False


def places(value: Node, at: FieldPath, findings: Findings) -> tuple[StoreUrl, ...]:
    """Places in object stores, maybe none. Two of them may not lie in one another."""
    found = tuple(dict.fromkeys(decoders.one_or_more(_place)(value, at, findings) or ()))
    for one, other in combinations(found, 2):
        if overlap(one, other):
            findings.problems.append((at, f"{one} and {other} lie in one another; give each a prefix of its own"))
    return found


def _place(value: Node, at: FieldPath, findings: Findings) -> StoreUrl | None:
    try:
        if isinstance(value, str):
            return parse_store_url(value)
    except ValueError as error:
        findings.problems.append((at, str(error)))
        return None
    findings.wrong(at, "an address such as s3://bucket/prefix", value)
    return None


def path_or_place(value: Node, at: FieldPath, findings: Findings) -> Path | StoreUrl | None:
    """The path of a folder, or a place in an object store."""
    if isinstance(value, str) and is_store_url(value):
        return _place(value, at, findings)
    return value_decoders.path(value, at, findings)


KEYS: dict[str, Decoder[Any]] = {
    "cache": value_decoders.size("16 MiB", "1024 GiB"),
    "encoding": value_decoders.choice("none", "gzip"),
    "unconditional": decoders.boolean,
}
