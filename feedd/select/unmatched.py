"""Unmatched settings: the feeds and the configuration, in; settings that name no feed so far, out.

Such a feed may come some day, so the setting is no mistake; but more often a name is misspelt.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator

from feedd.items.reading_settings import FolderDefaults
from feedd.model import FeedId
from feedd.select.folders import FOLDERS, FeedSummary, feed_folder
from feedd.select.policy import PolicyOverride
from feedd.select.retired import is_forgotten
from feedd.select.saved_feeds import CompiledFilter, SavedFeed
from feedd.select.settings import NAMED_FAMILIES, SelectionSettings
from feedd.select.topics import name_key
from feedd.select.views import FAMILIES

_TYPES = ("article", "video", "download", "forum", "profile")  # the usual ones; there may be any other


def unmatched(summaries: Iterable[FeedSummary], selection: SelectionSettings) -> list[str]:
    """Settings that match nothing so far, as sentences for the user. While no feed has an entry, only what names a
    family that `families` does not.
    """
    needless = list(_without_family(selection))
    current = [each for each in summaries if not is_forgotten(each.identity, selection)]
    folders = {"all", *(feed_folder(each.identity, each.slug).removesuffix("/") for each in current)}
    folders |= {f"{FOLDERS['saved']}{name}" for name in selection.private}
    there = {each.identity for each in current}
    families = [kind for kind in ("topic", "provider") if FAMILIES[kind] in selection.families]
    if not any(feed.kind in families for feed in there):
        return needless
    remarks = [
        f"rank.feeds: there is no feed {folder} so far" for folder in selection.overrides.feeds if folder not in folders
    ]
    filters = selection.saved_filters.values()
    return [*needless, *remarks, *(remark for each in filters for remark in _unmatched_in(each, there, families))]


def empty_folders(saved_feeds: Iterable[SavedFeed], has_files: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """The keys of saved feeds that name folders of items, each with a sentence about a folder without items.
    `has_files`: whether there are items in a folder, which ends in `/`.
    """
    for each in saved_feeds:
        for folder in each.folders:
            if not has_files(folder):
                yield f"feeds.{each.slug}.folders", f"there are no items in {folder.removesuffix('/')} so far"


def empty_defaults(folders: Iterable[FolderDefaults], has_files: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """The keys of folders with settings of their own, each with a sentence about a folder without items. `has_files`:
    as for `empty_folders`.
    """
    for each in folders:
        if each.path and not has_files(each.path):
            folder = each.path.removesuffix("/")
            yield f"folders.{folder}", f"there are no items in {folder} so far"


def _without_family(selection: SelectionSettings) -> Iterator[str]:
    """Settings for families of feeds that there are not, since `families` does not name them."""
    for key, names in (
        ("views.feeds", selection.views.feeds),
        ("archives.feeds", selection.archives.feeds),
        ("rank", [name for name, each in selection.overrides.families.items() if each != PolicyOverride()]),
    ):
        for name in names:
            if name in NAMED_FAMILIES and name not in selection.families:
                yield f"{key}: there are no feeds of {name}, since `families` does not name them"


def _unmatched_in(compiled: CompiledFilter, there: Collection[FeedId], families: Collection[str]) -> Iterator[str]:
    saved_feed = compiled.saved_feed
    wanted = [
        *((name, FeedId("topic", key)) for name, key in zip(saved_feed.topics.any, compiled.any, strict=True)),
        *((name, FeedId("topic", key)) for name, key in zip(saved_feed.topics.all, compiled.all, strict=True)),
        *((name, FeedId("provider", key)) for name, key in zip(saved_feed.providers, compiled.providers, strict=True)),
    ]
    for name, feed in wanted:
        if feed not in there and feed.kind in families:
            yield f"feeds.{saved_feed.slug}.{feed.kind}s: there is no feed of a {feed.kind} {name} so far"
    for name in saved_feed.types:
        near = difflib.get_close_matches(name_key(name), _TYPES, n=1, cutoff=0.8)
        if near and near[0] != name_key(name):
            yield f"feeds.{saved_feed.slug}.types: {name}; did you mean {near[0]}?"
