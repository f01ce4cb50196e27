"""Decoders of what is configured for feeds: terms for families and single ones, and recipes of saved feeds."""

from __future__ import annotations

import re
from typing import Any

from feedd.core import fields, settings, text
from feedd.core.fields import Decoder, Findings
from feedd.core.frontmatter import FieldPath, Node
from feedd.core.recipes import Recipe, TopicChoice
from feedd.core.sections import mapping, section
from feedd.core.terms import Override
from feedd.core.views import VIEWS

_FEED = re.compile(r"all|(?:topics|providers|saved)/[^/\s.][^/\s]*")
_TEXTS = fields.one_or_more(fields.plain_text)
RANK: dict[str, Decoder[Any]] = {
    "order": settings.choice("heat", "latest", "quality"),
    "half_life": settings.span,
    "unknown": settings.heat(0),
    "coverage": settings.heat(0),
    "min_quality": settings.heat(0),
}
_OVERRIDE = mapping(RANK | {"limit": settings.between(1, 10000)}, Override)
_TERMS: dict[str, Decoder[Any]] = {
    "order": RANK["order"],
    "limit": settings.between(1, 10000),
    "min_quality": RANK["min_quality"],
    "min_heat": settings.heat(0),
}
RECIPE: dict[str, Decoder[Any]] = {
    "title": fields.plain_text,
    "description": fields.plain_text,
    "topics": mapping({"any": _TEXTS, "all": _TEXTS, "none": _TEXTS}, TopicChoice),
    "providers": _TEXTS,
    "types": _TEXTS,
    "language": fields.one_or_more(fields.locale),
    "match": _TEXTS,
    **_TERMS,
    "views": settings.any_of(*VIEWS),
}


def override(value: Node, at: FieldPath, findings: Findings) -> Override | None:
    """What is said for a family of feeds, or for one."""
    found: Override | None = _OVERRIDE(value, at, findings)
    return found


def overrides(value: Node, at: FieldPath, findings: Findings) -> dict[str, Override] | None:
    """What is said for single feeds, by their folders."""
    if not isinstance(value, dict):
        findings.wrong(at, "a mapping of folders, such as topics/ai: {limit: 20}", value)
        return None
    found: dict[str, Override] = {}
    for folder, said in value.items():
        if not _FEED.fullmatch(folder):
            findings.wrong((*at, folder), "the folder of a feed, such as topics/ai, or all", folder)
        elif (read := override(said, (*at, folder), findings)) is not None:
            found[folder] = read
    return found


def recipes(value: Node, at: FieldPath, findings: Findings) -> tuple[Recipe, ...] | None:
    """Saved feeds, by their folders below `saved/`."""
    if not isinstance(value, dict):
        findings.wrong(at, "a mapping of folders, such as reading-list: {title: Reading list}", value)
        return None
    found = [_recipe(slug, said, (*at, slug), findings) for slug, said in value.items()]
    return tuple(each for each in found if each is not None)


def _recipe(slug: str, value: Node, at: FieldPath, findings: Findings) -> Recipe | None:
    if not slug or text.slug(slug) != slug:
        proper = text.slug(slug)
        findings.wrong(at, f"the name of a folder{f', such as {proper}' if proper else ''}", slug)
        return None
    if not isinstance(value, dict):
        findings.wrong(at, f"a mapping ({', '.join(RECIPE)})", value)
        return None
    given = section(RECIPE, value, at, findings)
    terms = Override(**{name: given.pop(name) for name in _TERMS if name in given})
    return Recipe(slug, given.pop("title", slug), terms=terms, **given)
