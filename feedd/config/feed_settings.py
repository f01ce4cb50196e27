"""Decoders of the settings of feeds: policies, saved feeds, and retired feeds."""

from __future__ import annotations

from typing import Any

from msgspec import field

from feedd.config import value_decoders, view_settings
from feedd.config.address_settings import old_address
from feedd.config.podcasts import podcast_settings
from feedd.config.sections import mapping, section
from feedd.items import decoders, text
from feedd.items.decoders import Decoder
from feedd.items.findings import Findings
from feedd.items.front_matter.yaml import FieldPath, Node
from feedd.patterns import late_pattern
from feedd.select.old_addresses import feed_in, is_document, is_old_address
from feedd.select.policy import PolicyOverride, PolicyOverrides
from feedd.select.ranking import RankSettings
from feedd.select.saved_feeds import SavedFeed, TopicChoice
from feedd.select.views import FAMILIES

_FAMILIES = tuple(family for family in FAMILIES.values() if family != "all")
_FOLDER = late_pattern(rf"(?:{'|'.join(_FAMILIES)})/[^/\s.][^/\s]*")
_TITLES = {"title": decoders.plain_text, "description": decoders.plain_text}


class RankingSettings(RankSettings, frozen=True):
    """How feeds are ranked, and what an entry needs to come in: for all feeds, for families of feeds, and for single
    feeds.
    """

    min_quality: float | None = None
    all: PolicyOverride = PolicyOverride()
    topics: PolicyOverride = PolicyOverride()
    providers: PolicyOverride = PolicyOverride()
    saved: PolicyOverride = PolicyOverride()
    authors: PolicyOverride = PolicyOverride()
    languages: PolicyOverride = PolicyOverride()
    feeds: dict[str, PolicyOverride] = field(default_factory=dict)

    @property
    def overrides(self) -> PolicyOverrides:
        """The settings of families and of single feeds."""
        return PolicyOverrides({name: getattr(self, name) for name in FAMILIES.values()}, self.feeds)


def override(value: Node, at: FieldPath, findings: Findings) -> PolicyOverride | None:
    """The settings of a family of feeds, or of a single feed."""
    found: PolicyOverride | None = _OVERRIDE(value, at, findings)
    return found


def overrides(value: Node, at: FieldPath, findings: Findings) -> dict[str, PolicyOverride] | None:
    """The settings of single feeds, by their folders."""
    if not isinstance(value, dict):
        findings.wrong(at, "a mapping of folders, such as topics/ai: {limit: 20}", value)
        return None
    found: dict[str, PolicyOverride] = {}
    for folder, setting in value.items():
        if folder != "all" and not _is_folder(folder):
            findings.wrong((*at, folder), "the folder of a feed, such as topics/ai, or all", folder, _meant(folder))
        elif (read := override(setting, (*at, folder), findings)) is not None:
            found[folder] = read
    return found


def retired(value: Node, at: FieldPath, findings: Findings) -> dict[str, str | None] | None:
    """The folders of retired feeds, each with the folder of the feed that replaces it, or None. Also the addresses at
    which other programs published feeds: see `address_settings`.
    """
    if not isinstance(value, dict):
        findings.wrong(at, "a mapping of folders, such as topics/old: topics/new", value)
        return None
    found: dict[str, str | None] = {}
    for old, new in value.items():
        if is_old_address(old.strip("/")) and (is_document(old) or new is not None):
            if moved := old_address(old, new, (*at, old), findings):
                found[moved[0]] = moved[1]
            continue
        for folder in (old,) if new is None else (old, new):
            if not _is_folder(folder):
                expected = "the folder of a feed, such as topics/ai, or an old address, such as feed.xml: atom.xml"
                findings.wrong((*at, old), expected, folder, _meant(folder))
        found[old] = str(new) if new is not None else None
    for old, new in found.items():
        if new is not None and (new in found or feed_in(new) in found):
            findings.problems.append(((*at, old), f"{new} is retired itself; name the feed that is there"))
    return found


def _is_folder(value: Node) -> bool:
    return isinstance(value, str) and _FOLDER.fullmatch(value) is not None and value == value.casefold()


def _meant(value: Node) -> str | None:
    """The folder that is probably meant by a wrong spelling, or by a topic's name alone."""
    if not isinstance(value, str):
        return None
    family, _, name = value.strip("/").rpartition("/")
    slug, family = text.slug(name), family.lower() or "topics"
    return f"{family}/{slug}" if slug and family in _FAMILIES else None


def saved_feeds(value: Node, at: FieldPath, findings: Findings) -> tuple[SavedFeed, ...] | None:
    """Saved feeds, by their folders below `saved/`."""
    if not isinstance(value, dict):
        findings.wrong(at, "a mapping of folders, such as reading-list: {title: Reading list}", value)
        return None
    found = [_saved_feed(slug, setting, (*at, slug), findings) for slug, setting in value.items()]
    return tuple(each for each in found if each is not None)


def _saved_feed(slug: str, value: Node, at: FieldPath, findings: Findings) -> SavedFeed | None:
    if not slug or text.slug(slug) != slug:
        findings.wrong(at, "the name of a folder", slug, text.slug(slug) or None)
        return None
    if not isinstance(value, dict):
        findings.wrong(at, f"a mapping ({', '.join(SAVED_FEED)})", value)
        return None
    known = len(findings.problems)
    others = RANK.keys() - SAVED_FEED.keys()
    elsewhere = {key: f"say it under `rank`: `feeds: {{saved/{slug}: {{{key}: …}}}}`" for key in others}
    given = section(SAVED_FEED, value, at, findings, elsewhere)
    if not (given.keys() & (_ASKED.keys() | _OVERRIDES.keys())) and len(findings.problems) == known:
        findings.problems.append((at, _takes_everything(slug)))
    override = PolicyOverride(**{name: given.pop(name) for name in _OVERRIDES if name in given})
    return SavedFeed(slug, given.pop("title", slug), override=override, **given)


def _takes_everything(slug: str) -> str:
    asking = ", ".join((*_ASKED, *_OVERRIDES))
    return (
        f"does not say which items it takes, and would be the feed of all entries once more; say one of {asking}. "
        f"If it is private, and for items with `audience: {slug}` alone, name a topic that no item has: "
        f"`topics: [{slug} alone]`"
    )


def _not_empty(decode: Decoder[str]) -> Decoder[tuple[str, ...]]:
    """A decoder of lists whose members `decode` accepts. An empty list is a mistake: it would ask for nothing."""

    def decoder(value: Node, at: FieldPath, findings: Findings) -> tuple[str, ...] | None:
        known = len(findings.problems)
        found = decoders.one_or_more(decode)(value, at, findings)
        if not found and len(findings.problems) == known:
            findings.problems.append((at, "an empty list asks for nothing; leave it out, or say what is wanted"))
        return found or None

    return decoder


def _topics(value: Node, at: FieldPath, findings: Findings) -> TopicChoice | None:
    """The wanted topics, as a mapping. A list or a single name means: at least one of these topics."""
    if isinstance(value, dict):
        found: TopicChoice | None = _TOPIC_CHOICE(value, at, findings)
        if not value:
            findings.problems.append((at, "asks for nothing; leave it out, or say any, all or none"))
        return found
    names = _NAMES(value, at, findings)
    return TopicChoice(any=names) if names else None


_NAMES = _not_empty(decoders.plain_text)
_TOPIC_CHOICE = mapping({"any": _NAMES, "all": _NAMES, "none": _NAMES}, TopicChoice)
RANK: dict[str, Decoder[Any]] = {
    "order": value_decoders.choice("heat", "latest", "quality"),
    "half_life": value_decoders.span_between("1min", "3650d"),
    "unknown": value_decoders.heat(0),
    "coverage": value_decoders.heat(0),
    "min_quality": value_decoders.heat(0),
}
_OVERRIDE = mapping(RANK | {"limit": value_decoders.between(1, 10000)}, PolicyOverride)
RANKING: dict[str, Decoder[Any]] = RANK | dict.fromkeys(FAMILIES.values(), override) | {"feeds": overrides}
_ASKED: dict[str, Decoder[Any]] = {
    "topics": _topics,
    "providers": _NAMES,
    "types": _NAMES,
    "language": _not_empty(value_decoders.language),
    "match": _NAMES,
    "folders": _not_empty(value_decoders.items_folder),
}
_OVERRIDES: dict[str, Decoder[Any]] = {
    "order": RANK["order"],
    "limit": value_decoders.between(1, 10000),
    "min_quality": RANK["min_quality"],
    "min_heat": value_decoders.heat(0),
}
SAVED_FEED: dict[str, Decoder[Any]] = {
    **_TITLES,
    **_ASKED,
    **_OVERRIDES,
    "views": view_settings.chosen,
    "podcast": podcast_settings.podcast,
}
