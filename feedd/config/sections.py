"""Decoders of sections of a configuration: mappings with known keys. An unknown key is a mistake."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from feedd.items import decoders
from feedd.items.decoders import Decoder
from feedd.items.findings import Findings
from feedd.items.front_matter.yaml import FieldPath, Node


def section(
    keys: dict[str, Decoder[Any]],
    tree: dict[str, Node],
    at: FieldPath,
    findings: Findings,
    elsewhere: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """The decoded values of a section. Each key outside of `keys` is a mistake. `elsewhere`: hints for keys that belong
    elsewhere.
    """
    for name in tree:
        if name not in keys:
            near = difflib.get_close_matches(name, keys, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(keys)}"
            findings.problems.append(((*at, name), f"unknown key; {elsewhere.get(name, hint)}"))
    return decoders.decode_fields(keys, tree, at, findings)


def mapping(keys: dict[str, Decoder[Any]], build: Callable[..., Any]) -> Decoder[Any]:
    """A decoder of a nested section, which builds a value from the given keys."""

    def decoder(value: Node, at: FieldPath, findings: Findings) -> Any:
        if not isinstance(value, dict):
            findings.wrong(at, f"a mapping ({', '.join(keys)})", value)
            return None
        return build(**section(keys, value, at, findings))

    return decoder
