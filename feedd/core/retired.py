"""Feeds that are no more: all feeds that ever were, and the configuration, in; which folder became which, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from feedd.core.assemble import FeedHead, Site, folder_of
from feedd.core.topics import name_key
from feedd.model import FeedId

TOPIC = "topic"


def retired_folders(heads: Iterable[FeedHead], site: Site) -> dict[str, str | None]:
    """The folders of feeds that are no more, without a slash at the end: each with the folder of the feed that took
    its place, or None. A topic is no more if it has become another name of one that has a feed.
    """
    if not any(topic.aliases for topic in site.topics.all):
        return site.retired
    by_identity = {head.identity: head for head in heads}
    moved = {_folder(head): _folder(by_identity[now]) for head, now in _renamed(by_identity, site)}
    return moved | site.retired


def is_forgotten(identity: FeedId, site: Site) -> bool:
    """Whether it is a saved feed that is no longer configured, or a view of one."""
    return identity.kind == "saved" and identity.key not in site.recipes


def _renamed(heads: Mapping[FeedId, FeedHead], site: Site) -> Iterable[tuple[FeedHead, FeedId]]:
    for identity, head in heads.items():
        if identity.kind == TOPIC and not identity.view:
            now = FeedId(TOPIC, name_key(site.topics.label(head.label)))
            if now != identity and now in heads:
                yield head, now


def _folder(head: FeedHead) -> str:
    return folder_of(head.identity, head.slug).removesuffix("/")
