"""Feeds that are no more: all feeds that ever were, and the configuration, in; which folder became which, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from feedd.core.assemble import FeedHead, Site, folder_of
from feedd.core.topics import name_key
from feedd.model import FeedId

TOPIC = "topic"


def retired_folders(heads: Iterable[FeedHead], site: Site) -> tuple[dict[str, str | None], list[str]]:
    """The folders of feeds that are no more, without a slash at the end: each with the folder of the feed that took
    its place, or None; and what is wrong with what the configuration says of that, which is not done. A topic is no
    more if it has become another name of one that has a feed.
    """
    if not site.retired and not any(topic.aliases for topic in site.topics.all):
        return {}, []
    by_identity = {head.identity: head for head in heads}
    folders = {_folder(head) for head in by_identity.values()}
    moves: dict[str, str | None] = {
        _folder(head): _folder(by_identity[now]) for head, now in _renamed(by_identity, site)
    }
    moves |= site.retired
    wrong = [f"retired: {old} never was a feed" for old in site.retired if old not in folders]
    found: dict[str, str | None] = {}
    for old in moves:
        if old in folders:
            end = _end(old, moves)
            if end is None or (end in folders and end not in moves):
                found[old] = end
            else:
                wrong.append(f"retired: {old} stays, since {moves[old]} is no feed that could take its place")
    return found, wrong


def _end(folder: str, moves: Mapping[str, str | None]) -> str | None:
    """Where moves lead to in the end; for those that go round in circles, somewhere in the circle."""
    seen = {folder}
    now = moves[folder]
    while now is not None and now in moves and now not in seen:
        seen.add(now)
        now = moves[now]
    return now


def _renamed(heads: Mapping[FeedId, FeedHead], site: Site) -> Iterable[tuple[FeedHead, FeedId]]:
    for identity, head in heads.items():
        if identity.kind == TOPIC:
            now = FeedId(TOPIC, name_key(site.topics.label(head.label)))
            if now != identity and now in heads:
                yield head, now


def _folder(head: FeedHead) -> str:
    return folder_of(head.identity, head.slug).removesuffix("/")
