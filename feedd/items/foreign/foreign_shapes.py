"""Shapes of values in the words of other publishers: names, persons and pictures, as text, lists or mappings.

None of these values keeps a file from being published: what cannot be read is noted, and passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from feedd.items import text, urls
from feedd.items.decoders import is_false, is_true
from feedd.items.findings import Findings
from feedd.items.foreign.foreign_names import normal
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.model import Image, Person
from feedd.patterns import late_pattern

_BETWEEN_PERSONS = late_pattern(r"\s*(?:,|\s&(?=\s)|\s(?i:and|und|et|y)(?=\s))\s*")
_TITLES_AFTER = late_pattern(r"(?i:jr|sr|ph\.?d|m\.?d|dr|esq|i{2,3}|iv|inc|llc|ltd|msc|mba)\.?")
_MAIL = late_pattern(r"\s*<[^<>\s]+@[^<>\s]+>|\s*\([^()\s]+@[^()\s]+\)")
_URL_BEHIND = late_pattern(r"\s*[<(](https?://[^<>()\s]+)[>)]$")
_KEY = late_pattern(r"[a-z0-9][a-z0-9_.-]{1,60}")
_WIKI_LINK = late_pattern(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_PICTURE_LINK = late_pattern(r"!?\[\[([^\[\]|]*)(?:\|[^\[\]]*)?\]\]|!\[[^\[\]]*\]\(([^()\s]*)[^()]*\)")
_LONGEST = 1000  # characters of persons in a line
_PERSON_URLS = ("url", "link", "homepage", "website", "uri", "web")
_PERSON_IMAGES = ("imageurl", "image", "avatar", "picture", "photo")
_PICTURE_URLS = (
    *("url", "src", "image", "path", "href", "source", "file", "feature", "overlayimage", "teaser", "ogimage"),
    *("thumbnail", "thumb", "filename"),
)


def names(value: Node, at: FieldPath, findings: Findings, *, at_blanks: bool) -> tuple[str, ...]:
    """Names in a list, or in a text between commas; between blanks if `at_blanks` and there are no commas."""
    found: list[str] = []
    for where, written in _entries(value, at):
        entry = _first(written, ("name", "title", "label")) if isinstance(written, dict) else written
        if not isinstance(entry, str):
            findings.note(where, f"expected names, got {findings.quoted(written)}; it is passed over")
            continue
        parts: Iterable[str] = [entry]
        if entry is value:
            parts = entry.split(",") if "," in entry else entry.split() if at_blanks else [entry]
        for part in parts:
            plain = text.as_name(text.plain(_WIKI_LINK.sub(r"\1", part).strip())[0]).removeprefix("#")
            if plain:
                found.append(plain)
    return tuple(dict.fromkeys(found))


def without_wiki_link(name: str) -> str:
    """The words of a name that is a wiki link as a whole; any other name as it is."""
    found = _WIKI_LINK.fullmatch(name)
    return (found[1].strip() if found else "") or name


def persons(value: Node, at: FieldPath, findings: Findings, known: Mapping[str, Person]) -> tuple[Person, ...]:
    """Persons: names, mappings, or keys into `known`, whose keys are in small letters."""
    found: list[Person] = []
    for where, entry in _entries(value, at):
        if isinstance(entry, dict):
            if described := _person(entry, known):
                found.append(described)
            else:
                findings.note(where, "expected a person with a `name`; it is passed over")
        elif isinstance(entry, str) and len(entry) <= _LONGEST:
            persons_here = _written_persons(entry, known)
            if known and any(_KEY.fullmatch(each.name) and each not in known.values() for each in persons_here):
                findings.note(where, f"{findings.quoted(entry)} is no key of `site.authors`; it is shown as the name")
            found += persons_here
        else:
            findings.note(where, f"expected a name, got {findings.quoted(entry)}; it is passed over")
    by_name: dict[str, Person] = {}
    for person in found:
        by_name.setdefault(person.name, person)
    return tuple(by_name.values())


def _written_persons(written: str, known: Mapping[str, Person]) -> list[Person]:
    written = _WIKI_LINK.sub(r"\1", written)
    if person := known.get(written.strip().lower()):
        return [person]
    parts: list[str] = []
    for part in map(str.strip, written.split(";") if ";" in written else _BETWEEN_PERSONS.split(written)):
        if parts and _TITLES_AFTER.fullmatch(part):
            parts[-1] += f", {part}"
        elif part:
            parts.append(part)
    return [person for part in parts if (person := known.get(part.lower()) or _named(part))]


def _named(written: str) -> Person | None:
    bare = _MAIL.sub("", written)
    url = _URL_BEHIND.search(bare)
    name = text.as_name(text.plain(_URL_BEHIND.sub("", bare))[0])
    return Person(name, urls.http_url(url[1]) if url else None) if name else None


def _person(entry: Mapping[str, Node], known: Mapping[str, Person]) -> Person | None:
    name = _first(entry, ("name", "displayname", "fullname", "title"))
    key = _first(entry, ("key", "id", "slug"))
    listed = known.get((key or name or "").strip().lower())
    plain = text.as_name(text.plain(name)[0]) if name else listed.name if listed else ""
    if not plain:
        return None
    url, image = _first(entry, _PERSON_URLS), _first(entry, _PERSON_IMAGES)
    return Person(
        plain,
        (urls.http_url(url) if url else None) or (listed.url if listed else None),
        (urls.reference(image) if image else None) or (listed.image if listed else None),
    )


def pictures(value: Node, at: FieldPath, findings: Findings) -> tuple[Image, ...]:
    """Pictures: references, or mappings with one. References stay as they are written."""
    found: list[Image] = []
    for where, entry in _entries(value, at):
        written = _first(entry, _PICTURE_URLS) if isinstance(entry, dict) else entry
        if written is None or (isinstance(written, str) and not written.strip()):
            continue  # nothing, or a mapping about other things
        if isinstance(written, str) and (is_true(written) or is_false(written) or written.lower() == "none"):
            continue  # whether there is a picture, not which
        url = _reference(written)
        if url is None:
            findings.note(where, f"expected a picture, got {findings.quoted(entry)}; it is passed over")
            continue
        words = _first(entry, ("alt", "title", "caption", "text")) if isinstance(entry, dict) else None
        credit = _first(entry, ("attribution", "credit", "author")) if isinstance(entry, dict) else None
        found.append(Image(url, title=_plain(words), attribution=_plain(credit)))
    return tuple(found)


def _reference(written: Node) -> str | None:
    """The reference to a picture; None for a text that is not a reference."""
    if not isinstance(written, str):
        return None
    if link := _PICTURE_LINK.fullmatch(written.strip()):
        written = (link[1] or link[2] or "").strip()
    if not ("." in written or "/" in written) or any(mark in written for mark in "<>{}\n"):
        return None
    return urls.reference(written)


def _plain(written: str | None) -> str | None:
    return text.plain(written)[0] or None if written else None


def _first(entry: Mapping[str, Any], keys: Iterable[str]) -> str | None:
    """The first text among these fields of a mapping."""
    by_name = {normal(name): value for name, value in entry.items()}
    found = (by_name.get(key) for key in keys)
    return next((value for value in found if isinstance(value, str) and value.strip()), None)


def _entries(value: Node, at: FieldPath) -> list[tuple[FieldPath, Node]]:
    if isinstance(value, list):
        return [((*at, index), entry) for index, entry in enumerate(value) if entry is not None]
    return [(at, value)]
