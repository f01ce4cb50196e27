"""Decoders of the settings of views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from feedd.core import fields, settings
from feedd.core.fields import Decoder, Findings
from feedd.core.frontmatter import FieldPath, Node
from feedd.core.sections import section
from feedd.core.views import FAMILIES, TOP, Views

DEFAULT = Views(families=("all",), names=(TOP,))
DETAILS: dict[str, dict[str, Decoder[Any]]] = {  # what can be said of each view besides that there is one
    TOP: {"limit": settings.between(1, 10000)},
}


def _switch(keys: dict[str, Decoder[Any]]) -> Callable[[Node, FieldPath, Findings], Any]:
    """`true`, `false`, or a mapping with details, which means true."""

    def decoder(value: Node, at: FieldPath, findings: Findings) -> dict[str, Any] | bool | None:
        if isinstance(value, dict):
            found: dict[str, Any] = section(keys, value, at, findings)
            return found
        on = fields.boolean(value, at, Findings())
        if on is None:
            findings.wrong(at, f"true, false or a mapping ({', '.join(keys)})", value)
        return on

    return decoder


KEYS: dict[str, Decoder[Any]] = {
    "for": settings.any_of(*FAMILIES.values()),
    TOP: _switch(DETAILS[TOP]),
}


def views(**given: Any) -> Views:
    """Views, of what is given; the rest as in DEFAULT."""
    details: dict[str, Any] = {}
    names = []
    for name in DETAILS:
        said = given.get(name, name in DEFAULT.names)
        if said is not False:
            names.append(name)
        if isinstance(said, dict):
            details |= {f"{name}_{key}": value for key, value in said.items()}
    return Views(given.get("for", DEFAULT.families), tuple(names), **details)
