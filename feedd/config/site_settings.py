"""The site in the configuration: how its addresses are made, and who writes for it."""

from __future__ import annotations

from typing import Any

from feedd.config.sections import section
from feedd.items import decoders
from feedd.items.decoders import Decoder
from feedd.items.findings import Findings
from feedd.items.foreign.site_links import template_mistake
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.model import Person


def link_templates(value: Node, at: FieldPath, findings: Findings) -> tuple[str, ...] | None:
    """The templates of the addresses of items: one, or a list."""
    if not isinstance(value, list):
        value = [value]
    if not value:
        findings.wrong(at, "an address such as /{year}/{month}/{slug}/", value)
        return None
    found = [_link_template(each, (*at, index) if len(value) > 1 else at, findings) for index, each in enumerate(value)]
    return tuple(each for each in found if each)


def _link_template(value: Node, at: FieldPath, findings: Findings) -> str | None:
    if not isinstance(value, str) or not value:
        findings.wrong(at, "an address such as /{year}/{month}/{slug}/", value)
        return None
    if mistake := template_mistake(value):
        reason, hint = mistake
        findings.problems.append((at, f"{reason}; {hint}"))
        return None
    return value


def _authors(value: Node, at: FieldPath, findings: Findings) -> dict[str, Person] | None:
    if not isinstance(value, dict):
        findings.wrong(at, "a person for each key", value)
        return None
    persons: dict[str, Person] = {}
    for key, person in value.items():
        if isinstance(person, str):
            given: dict[str, Any] = {"name": decoders.proper_name(person, (*at, key), findings)}
        elif isinstance(person, dict):
            given = section(_PERSON, person, (*at, key), findings)
        else:
            findings.wrong((*at, key), "a name, or a mapping (name, url, image_url)", person)
            continue
        name = given.get("name") or key
        persons[key] = Person(name, given.get("url"), given.get("image_url"))
    return persons


_PERSON: dict[str, Decoder[Any]] = {
    "name": decoders.proper_name,
    "url": decoders.link,
    "image_url": decoders.reference,
}
KEYS: dict[str, Decoder[Any]] = {
    "link": link_templates,
    "authors": _authors,
    "days_in_time_zone": decoders.boolean,
    "links_by_name": decoders.boolean,
}
