"""What keeps a configuration of sound values from being used: the configuration and what is
installed here in; problems out, each with the file and the line, or with the option, where the value was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from feedd.config.config_file import ConfigError, load_text
from feedd.config.load import DEFAULT_PATH, Config
from feedd.config.worker_settings import why_unusable
from feedd.deliver.mirror.encoder_installed import WITHOUT_ENCODER, has_encoder
from feedd.model import Problem
from feedd.store.mounts import real_path
from feedd.store.object_stores.installed_client import NOT_INSTALLED, has_client
from feedd.store.object_stores.store_url import StoreUrl, overlap
from feedd.store.private_feeds.private_tree import PrivateTree


class UnusableSetting(NamedTuple):
    """Why the value of a key cannot be used. `key`: such as `directories.feeds`."""

    key: str
    reason: str


def unusable_settings(config: Config, state: Path, subscribers: Path) -> list[UnusableSetting]:
    """All that keeps the configuration from being used. `state`: the state directory; `subscribers`: the file of those
    who may read private feeds.
    """
    return [
        *_entangled(config, real_path(state), real_path(subscribers)),
        *_without_client(config),
        *([UnusableSetting("images.mirror", WITHOUT_ENCODER)] if config.images.mirror and not has_encoder() else ()),
        *(UnusableSetting(key, reason) for key, reason in why_unusable(config.workers, config.cluster)),
    ]


def _entangled(config: Config, state: Path, subscribers: Path) -> Iterator[UnusableSetting]:
    """Nested directories: withheld items would be published, or feeds read as items."""
    places = config.directories
    feeds = real_path(places.feeds)
    seeds = real_path(places.seeds) if isinstance(places.seeds, Path) else None
    if seeds is not None and feeds.is_relative_to(seeds):
        yield _nested("directories.feeds", feeds, seeds, "where documents would be taken for items")
    if seeds is not None and seeds.is_relative_to(feeds):
        yield _nested("directories.seeds", seeds, feeds, "which would publish what is withheld")
    if state.is_relative_to(feeds):
        yield _nested("directories.state", state, feeds, "which would publish what is withheld")
    elif subscribers.is_relative_to(feeds):
        yield _nested("private.subscribers", subscribers, feeds, "which would publish who subscribes")
    elif _is_folder(subscribers):
        yield UnusableSetting("private.subscribers", f"{subscribers} is a folder; name a file in it")
    if config.private is not None:
        yield from _entangled_with_private(feeds, seeds, state)
    for place in config.publish:
        if isinstance(places.seeds, StoreUrl) and overlap(place, places.seeds):
            reason = f"{place} and the items in {places.seeds} lie in one another; give each a place of its own"
            yield UnusableSetting("publish", reason)


def _entangled_with_private(feeds: Path, seeds: Path | None, state: Path) -> Iterator[UnusableSetting]:
    """The tree of private feeds where documents are public, or where it is read as items."""
    tree = PrivateTree(state).root
    if feeds.is_relative_to(tree):
        yield _nested("directories.feeds", feeds, tree, "where private feeds have their place")
    if seeds is not None and state.is_relative_to(seeds) and not _is_hidden(state.relative_to(seeds)):
        yield _nested("directories.state", state, seeds, "where private documents would be taken for items")


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _nested(key: str, inner: Path, outer: Path, outcome: str) -> UnusableSetting:
    where = f"is {outer}" if inner == outer else f"{inner} lies in {outer}"
    return UnusableSetting(key, f"{where}, {outcome}")


def _without_client(config: Config) -> Iterator[UnusableSetting]:
    """The setting of each key that names an object store, if the client of stores is not installed."""
    named = ("directories.seeds", not isinstance(config.directories.seeds, Path)), ("publish", bool(config.publish))
    for key, is_store in named:
        if is_store and not has_client():
            yield UnusableSetting(key, NOT_INSTALLED)


def at_their_places(
    found: Iterable[UnusableSetting], path: Path | None, options: Mapping[str, object]
) -> list[Problem]:
    """Unusable settings as problems. `path`: the file of the configuration, None for the usual file; `options`: the
    values of options of the command line, by the keys that they override, None for an option that was not given.
    """
    problems = []
    lines: Mapping[str, int] | None = None
    for key, reason in found:
        if options.get(key) is not None:
            problems.append(Problem(f"--{key.rpartition('.')[2]}", reason))
            continue
        lines = _lines_of(path or DEFAULT_PATH) if lines is None else lines
        line = lines.get(key)
        problems.append(Problem(str(path or DEFAULT_PATH), reason, line, key) if line else Problem(key, reason))
    return problems


def _lines_of(path: Path) -> Mapping[str, int]:
    """The line of each key of a file; of a folder among the keys, without slashes around it. Nothing of a pipe, which
    was read already.
    """
    from feedd.items.front_matter.libyaml import locate  # late: most configurations can be used

    try:
        found = locate(load_text(path), first_line=1) if path.is_file() else {}
    except ConfigError:
        return {}
    return {".".join(str(part).strip("/") for part in at): line for at, line in found.items()}


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False  # who may not look there is told so by what has to read it
