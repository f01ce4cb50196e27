"""Decoders of sections of a configuration: mappings with known keys; an unknown one is a mistake."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from feedd.items import fields
from feedd.items.fields import Decoder, Findings
from feedd.items.front_matter.yaml import FieldPath, Node


def section(
    keys: dict[str, Decoder[Any]],
    tree: dict[str, Node],
    at: FieldPath,
    findings: Findings,
    elsewhere: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """What is given, decoded; each key that is not one of `keys` is a mistake. `elsewhere`: where some are at home."""
    for name in tree:
        if name not in keys:
            near = difflib.get_close_matches(name, keys, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(keys)}"
            findings.problems.append(((*at, name), f"unknown key; {elsewhere.get(name, hint)}"))
    return fields.decode_fields(keys, tree, at, findings)


def mapping(keys: dict[str, Decoder[Any]], build: Callable[..., Any]) -> Decoder[Any]:
    """A nested section, built from the values that are given."""

    def decoder(value: Node, at: FieldPath, findings: Findings) -> Any:
        if not isinstance(value, dict):
            findings.wrong(at, f"a mapping ({', '.join(keys)})", value)
            return None
        return build(**section(keys, value, at, findings))

    return decoder
