"""Previews of private feeds: the configuration in; for each private feed, the site that it is as a pass would leave it.

Nothing is written. What is said of a private feed is for the terminal of the publisher alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from msgspec.structs import replace

from feedd.cli.setup import items_directory, state_path
from feedd.cli.subscribing.private_sites import NOWHERE_ELSE, private_sites
from feedd.config.load import Config
from feedd.config.resolve import pass_settings
from feedd.inspect.explanations import Explanation, FeedPlace, Plan
from feedd.inspect.preview import Preview, previewed
from feedd.run.publisher import Publisher
from feedd.store.documents import FeedsDirectory
from feedd.store.private_feeds.private_tree import PREFIX, PrivateTree
from feedd.store.state_directory import StateDirectory

_NO_PLACE = "0" * 32  # of a token: nothing is published yet that could differ


@contextmanager
def private_preview(config: Config, name: str, now: datetime) -> Iterator[Preview]:
    """A preview of the site that a private feed is, as a pass at `now` would leave it."""
    site = private_sites(config, PrivateTree(state_path(config)).token_place() or _NO_PLACE)[name]
    documents = FeedsDirectory(site.directories.feeds, is_private=True)
    state = StateDirectory(state_path(site))
    publisher = Publisher(items_directory(config), documents, state, pass_settings(site), recovery=NOWHERE_ELSE)
    with publisher, previewed(publisher, now) as preview:
        yield preview


def private_names(config: Config) -> tuple[str, ...]:
    """The names of private feeds, sorted."""
    return tuple(sorted(config.private.feeds)) if config.private else ()


def with_private_plans(found: Plan, config: Config, now: datetime) -> Plan:
    """The plan, and what the next pass would do to the subscribers of private feeds."""
    feeds, gone = list(found.feeds), list(found.gone)
    for name in private_names(config):
        with private_preview(config, name, now) as preview:
            own = preview.plan()
        feeds += [replace(each, feed=_folder(name, each.feed)) for each in own.feeds]
        gone += [_folder(name, path) for path in own.gone]
    return replace(found, feeds=tuple(feeds), gone=tuple(gone))


def with_private_places(found: Explanation, config: Config, now: datetime) -> Explanation:
    """The explanation, and where the item stands in private feeds. An item that a private feed publishes for its
    audience is not withheld.
    """
    from feedd.inspect.explain import explain

    places: list[FeedPlace] = list(found.places)
    publishing: list[str] = []
    for name in private_names(config):
        with private_preview(config, name, now) as preview:
            own = explain(preview, found.path)
        if own is None or own.withheld is not None or not own.places:
            continue
        publishing.append(name)
        places += [
            replace(each, feed=_folder(name, each.feed))
            for each in own.places
            if each.place is not None or found.has_audience
        ]
    found = replace(found, places=tuple(places))
    return replace(found, withheld=None, only_for=tuple(publishing)) if found.has_audience and publishing else found


def _folder(name: str, path: str) -> str:
    return f"{PREFIX}{name}/{path.removeprefix('./')}"
