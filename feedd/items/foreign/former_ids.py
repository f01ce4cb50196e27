"""Former ids: the fields `guid` and `id` of an item, in; the id that its entry had in another publisher's feed, out.

`id` means other things to advisories, notes and pages of documentation. So `id` counts only if it is such a URI as
feeds have for ids.
"""

from __future__ import annotations

from typing import Any

from feedd.items.findings import Findings
from feedd.items.foreign.foreign_names import NamedFields
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.patterns import late_pattern

LONGEST_ID = 2048  # characters
_URI = late_pattern(r"[A-Za-z][A-Za-z0-9+.-]{0,63}:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%\-\u00a1-\ud7ff\uf900-\ufdcf]+")
_USUAL = ("tag:", "urn:", "http://", "https://")
_UNSENDABLE = late_pattern("[\0-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def is_uri(text: str) -> bool:
    """Whether a text can stand as the id of an Atom entry (RFC 4287, section 4.2.6): it is an absolute IRI."""
    return _URI.fullmatch(text) is not None


def is_fit(text: str) -> bool:
    """Whether a text can be the id of an entry in any format."""
    return 0 < len(text) <= LONGEST_ID and not _UNSENDABLE.search(text)


def guid(value: Node, at: FieldPath, findings: Findings) -> str | None:
    """The id of an entry, any text, exactly as it is but for white space around it. A `guid` that cannot be read is a
    problem: its entry would be published under another id, and stay so.
    """
    if isinstance(value, str):
        if not value.strip():
            return None
        if is_fit(value.strip()):
            return value.strip()
    findings.wrong(
        at, f"the id of an entry in its old feed: a text of one line, up to {LONGEST_ID:,} characters", value
    )
    return None


def uri_id(value: Node, at: FieldPath, findings: Findings) -> str | None:  # noqa: ARG001 - any other id is passed over
    """The id of an entry, if it is a URI that begins like the ids of feeds. Any other value is passed over."""
    text = value.strip() if isinstance(value, str) else ""
    return text if text.lower().startswith(_USUAL) and is_uri(text) and is_fit(text) else None


def add_from_other_names(fields: NamedFields, values: dict[str, Any], findings: Findings) -> None:
    """Adds `guid` and `id` to decoded values, if the file has them in another spelling or in a mapping."""
    for name, decode in (("guid", guid), ("id", uri_id)):
        field = fields.named(name)
        if name not in values and field is not None and field.at != (name,):
            found = decode(field.value, field.at, findings)
            if found is not None:
                values[name] = found


def former_id(values: dict[str, Any], findings: Findings) -> str | None:
    """The former id among decoded values: `guid` counts before `id`."""
    by_guid, by_id = values.get("guid"), values.get("id")
    if by_guid and by_id and by_guid != by_id:
        findings.note(("id",), "differs from `guid`, and `guid` counts")
    return by_guid or by_id
