"""Decoders of what a feed says of itself as a podcast: the section `podcast` in; a Podcast out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from feedd.config import value_decoders
from feedd.config.podcasts.podcast_categories import CATEGORIES
from feedd.config.sections import mapping
from feedd.items import decoders
from feedd.items.decoders import Decoder
from feedd.items.findings import Findings
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.items.reading_settings import FolderDefaults
from feedd.model import Podcast, PodcastCategory
from feedd.patterns import late_pattern
from feedd.select.saved_feeds import SavedFeed

_UUID = late_pattern(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_BY_NAME = {name.casefold(): PodcastCategory(name) for name in CATEGORIES} | {
    part.casefold(): PodcastCategory(name, part) for name, parts in CATEGORIES.items() for part in parts
}


def podcast(value: Node, at: FieldPath, findings: Findings) -> Podcast | None:
    """What a feed says of itself as a podcast."""
    found: Podcast | None = _PODCAST(value, at, findings)
    return found


def folder_podcast(chosen: Sequence[str], folders: Iterable[FolderDefaults]) -> Podcast | None:
    """What the deepest folder says of itself as a podcast that holds all folders by which a saved feed chooses items.
    `folders` are in the order of ReadingSettings.
    """
    around = (each.podcast for each in folders if chosen and all(path.startswith(each.path) for path in chosen))
    return next(filter(None, around), None)


def without_feed(folders: Iterable[FolderDefaults], saved: Sequence[SavedFeed]) -> Iterator[tuple[FieldPath, str]]:
    """The mistakes in podcasts of folders: podcasts that no feed takes over."""
    for folder in folders:
        name = folder.path.rstrip("/")
        if folder.podcast is None:
            continue
        if not name:
            yield ("folders", name, "podcast"), "holds for all files; say `podcast` at the top of the configuration"
        elif not any(each.folders and all(path.startswith(folder.path) for path in each.folders) for each in saved):
            words = f"no feed chooses this folder; say one below `feeds`, such as `show: {{folders: [{name}]}}`"
            yield ("folders", name, "podcast"), words


def build(category: tuple[PodcastCategory, ...] = (), owner: dict[str, str] | None = None, **given: Any) -> Podcast:
    """A Podcast from the values of the section's keys."""
    kind = given.pop("type", None)
    owner = owner or {}
    return Podcast(
        categories=category, owner_name=owner.get("name"), owner_email=owner.get("email"), kind=kind, **given
    )


def _category(value: Node, at: FieldPath, findings: Findings) -> PodcastCategory | None:
    """A category of Apple Podcasts: its name, the name of a narrower category, or both with `>` between them."""
    written = [" ".join(part.split()) for part in value.split(">")] if isinstance(value, str) else []
    found = _BY_NAME.get(written[-1].casefold()) if written else None
    if found is not None and (len(written) == 1 or _is_within(found, written)):
        return found
    meant = _meant(written)
    findings.wrong(at, "a category of Apple Podcasts, such as Technology or Science > Physics", value, meant)
    return None


def _is_within(found: PodcastCategory, written: list[str]) -> bool:
    return len(written) == 2 and found.part is not None and found.name.casefold() == written[0].casefold()


def _meant(written: list[str]) -> str | None:
    """The category that is probably meant, as it is written in the configuration."""
    near: list[str] = []
    for part in (part.casefold() for part in reversed(written) if part):
        near += [name for name in _BY_NAME if name == part or name.startswith(f"{part} ")]
        near += difflib.get_close_matches(part, _BY_NAME, n=1, cutoff=0.75)
    if not near:
        return None
    found = _BY_NAME[near[0]]
    return f"{found.name} > {found.part}" if found.part else found.name


def _explicit(value: Node, at: FieldPath, findings: Findings) -> bool | None:
    """Whether the podcast is explicit: true or false, or in Apple's earlier words, explicit or clean."""
    word = value.strip().lower() if isinstance(value, str) else ""
    return word == "explicit" if word in ("clean", "explicit") else decoders.boolean(value, at, findings)


def _guid(value: Node, at: FieldPath, findings: Findings) -> str | None:
    if isinstance(value, str) and _UUID.fullmatch(value):
        return value.lower()
    findings.wrong(at, "a UUID such as 917393e3-1b1e-5cef-ace4-edaa54e1f810", value)
    return None


OWNER: dict[str, Decoder[Any]] = {"name": decoders.plain_text, "email": value_decoders.email}
KEYS: dict[str, Decoder[Any]] = {
    "category": decoders.one_or_more(_category),
    "owner": mapping(OWNER, dict),
    "explicit": _explicit,
    "cover": decoders.reference,
    "type": value_decoders.choice("episodic", "serial"),
    "locked": decoders.boolean,
    "guid": _guid,
}
KEY_NAMES = tuple(key for key in KEYS if key != "owner") + tuple(f"owner.{key}" for key in OWNER)
_PODCAST = mapping(KEYS, build)
