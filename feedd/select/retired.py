"""Retired feeds: all feeds that ever were, and the configuration, in; their folders with their successors' folders,
out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct

from feedd.model import FeedId
from feedd.select.folders import NAMED_KINDS, FeedSummary, feed_folder
from feedd.select.old_addresses import is_old_address, moved_addresses
from feedd.select.settings import SelectionSettings
from feedd.select.topics import name_key
from feedd.select.views import FAMILIES


def retired_folders(
    summaries: Iterable[FeedSummary], selection: SelectionSettings
) -> tuple[dict[str, str | None], list[str]]:
    """The folders of retired feeds, without a slash at the end, each with the folder of its successor, or None. The
    second value lists mistakes in the setting `retired`, as sentences for the user; these settings have no effect. Old
    addresses of other programs come with them, each with the path that took its place. A
    topic or a provider is retired, too, if its name has become an alias of another one with a feed.
    """
    by_identity = {summary.identity: summary for summary in summaries}
    folders = {_folder(summary) for summary in by_identity.values()}
    moves: dict[str, str | None] = {
        _folder(summary): _folder(by_identity[now]) for summary, now in _renamed(by_identity, selection)
    }
    moves |= {old: now for old, now in selection.retired.items() if not is_old_address(old)}
    wrong: list[str] = []
    found: dict[str, str | None] = {}
    for old in moves:
        end = _end(old, moves)
        if end is None or (end in folders and end not in moves):
            found[old] = end
        else:
            wrong.append(f"retired: {old} stays, since {moves[old]} is no feed that could take its place")
    addresses, mistaken = moved_addresses(selection.retired, found, folders)
    return found | addresses, wrong + mistaken


def _end(folder: str, moves: Mapping[str, str | None]) -> str | None:
    """The last folder of a chain of moves. Of moves in a circle, some folder in the circle."""
    seen = {folder}
    now = moves[folder]
    while now is not None and now in moves and now not in seen:
        seen.add(now)
        now = moves[now]
    return now


def is_forgotten(identity: FeedId, selection: SelectionSettings) -> bool:
    """Whether the configuration no longer has the feed, or the feed of this view: a saved feed, or a whole family."""
    if identity.kind == "saved":
        return identity.key not in selection.saved_filters
    return identity.kind in NAMED_KINDS and FAMILIES[identity.kind] not in selection.families


class Spellings(Struct, frozen=True):
    """Feeds that an older feedd kept apart, although their names look the same. `renamed` get another identity. The
    entries of `merged` go to another feed.
    """

    renamed: dict[FeedId, FeedId]
    merged: dict[FeedId, FeedId]


def spellings(summaries: Iterable[FeedSummary]) -> Spellings:
    """The feeds whose names look the same as another name, and what becomes of them. If none of several feeds has the
    usual spelling, the feed with the shortest slug gets it.
    """
    by_identity = {summary.identity: summary for summary in summaries}
    found = Spellings({}, {})
    variants: dict[FeedId, list[FeedSummary]] = defaultdict(list)
    for identity, summary in by_identity.items():
        if (now := _usual(summary)) != identity:
            variants[now].append(summary)
    for now, several in variants.items():
        several.sort(key=lambda summary: (len(summary.slug), summary.slug))
        if now not in by_identity:
            found.renamed[several.pop(0).identity] = now
        found.merged.update((summary.identity, now) for summary in several)
    return found


def _renamed(
    summaries: Mapping[FeedId, FeedSummary], selection: SelectionSettings
) -> Iterable[tuple[FeedSummary, FeedId]]:
    has_aliases = any(topic.aliases for topic in selection.topics.all)
    for identity, summary in summaries.items():
        now = _usual(summary)
        if has_aliases and identity.kind == "topic" and not identity.view:
            now = FeedId("topic", name_key(selection.topics.label(summary.label)))
        if now != identity and now in summaries:
            yield summary, now


def _usual(summary: FeedSummary) -> FeedId:
    """The identity of a feed of this name today."""
    identity = summary.identity
    if identity.key.isascii() or identity.view or identity.kind not in NAMED_KINDS:
        return identity
    return identity._replace(key=name_key(summary.label))


def _folder(summary: FeedSummary) -> str:
    return feed_folder(summary.identity, summary.slug).removesuffix("/")
