"""Decoders of `fields` and `folders`: what other names a site has for fields, and what holds below a folder."""

from __future__ import annotations

import difflib
from typing import Any

from feedd.config import value_decoders
from feedd.config.podcasts import podcast_settings
from feedd.config.sections import section
from feedd.config.site_settings import link_templates
from feedd.items import decoders
from feedd.items.decoders import Decoder
from feedd.items.findings import Findings
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.items.reading_settings import FolderDefaults


def renamed_fields(value: Node, at: FieldPath, findings: Findings) -> dict[str, str] | None:
    """The names that files have for meanings, or for fields of the seeds. Names of fields that withhold cannot be
    changed: they have to count in a broken file, too.
    """
    if not isinstance(value, dict):
        findings.wrong(at, "names of fields, such as title: headline", value)
        return None
    from feedd.items.fields import FIELDS  # late: most sites give no names, and reading takes long to load
    from feedd.items.foreign.foreign_names import MEANINGS, OWN_NAMES
    from feedd.items.withholding.damaged_names import MARKS
    from feedd.items.withholding.withholding_marks import AUDIENCE

    meaning_of = {name: meaning for meaning, names in OWN_NAMES.items() for name in names}
    meanings = frozenset(meaning for meaning in MEANINGS if " " not in meaning and meaning != "address")
    marks = frozenset(MARKS) - {AUDIENCE}
    renamed = (meanings | FIELDS.keys()) - frozenset((*marks, "guid", "id", "exclude_from_all"))
    found: dict[str, str] = {}
    for name, written in value.items():
        if name in marks:
            findings.problems.append(((*at, name), "what withholds an item cannot have another name"))
        elif name not in renamed:
            near = difflib.get_close_matches(name, renamed, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(sorted(meanings))}"
            findings.problems.append(((*at, name), f"unknown field; {hint}"))
        elif not isinstance(written, str) or not written.strip() or written.lower() == "secured":
            findings.wrong((*at, name), "the name of a field", written)
        else:
            found[meaning_of.get(name, name)] = written.strip()
    return found


def withheld_tags(value: Node, at: FieldPath, findings: Findings) -> tuple[str, ...] | None:
    """Tags that withhold a file, in small letters."""
    found = decoders.names(value, at, findings)
    return None if found is None else tuple(dict.fromkeys(tag.lower() for tag in found))


def folder_settings(value: Node, at: FieldPath, findings: Findings) -> tuple[FolderDefaults, ...] | None:
    """The defaults of folders, the deepest first."""
    if not isinstance(value, dict):
        findings.wrong(at, "a mapping of folders, such as podcast: {language: de}", value)
        return None
    found: dict[str, FolderDefaults] = {}
    for folder, defaults in value.items():
        parts = [part for part in folder.split("/") if part and part != "."]
        if folder.startswith("/") or ".." in parts or "\\" in folder:
            findings.wrong((*at, folder), "a folder below the items' directory, such as posts/de", folder)
        elif not isinstance(defaults, dict):
            findings.wrong((*at, folder), f"a mapping ({', '.join(FOLDER)})", defaults)
        else:
            path = "".join(f"{part}/" for part in parts)
            values = section(FOLDER, defaults, (*at, folder), findings)
            podcast = values.pop("podcast", None)
            found[path] = FolderDefaults(
                path, {_VALUES.get(name, name): each for name, each in values.items()}, podcast
            )
    return tuple(sorted(found.values(), key=lambda each: (-each.path.count("/"), each.path)))


_VALUES = {"language": "locale", "link": "links"}
FOLDER: dict[str, Decoder[Any]] = {
    "published": decoders.boolean,
    "language": value_decoders.language,
    "link": link_templates,
    "authors": decoders.names,
    "topics": decoders.names,
    "tags": decoders.names,
    "categories": decoders.names,
    "exclude_from_all": decoders.boolean,
    "content": value_decoders.choice("full", "summary"),
    "excerpt_separator": decoders.markup,
    "podcast": podcast_settings.podcast,
}
