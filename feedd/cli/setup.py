"""From options to parts: options and the configuration in; the settings and directories to use, out."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from feedd.cli import output
from feedd.cli.copies.recovering import recovery_source
from feedd.cli.main import REFUSED, USAGE
from feedd.config import load as configuration
from feedd.config import value_decoders
from feedd.config.config_file import ConfigError, is_absent
from feedd.config.judging.refused_configuration import readable_part
from feedd.config.judging.unusable_settings import at_their_places, unusable_settings
from feedd.config.load import DEFAULT_PATH, Config
from feedd.config.private_settings import PrivateSettings
from feedd.config.resolve import local_workers, pass_settings
from feedd.config.section_values import Directories
from feedd.items.file_names import ItemNames, PostsFolders
from feedd.items.findings import Findings
from feedd.model import Problem
from feedd.render.site_info import SiteInfo
from feedd.run.executor.choose_executor import executor_for
from feedd.run.executor.executor_protocol import Executor
from feedd.run.lost_ledger.published_copy import RecoverySource
from feedd.run.pass_settings import PassSettings
from feedd.run.progress import Progress
from feedd.run.publish.delivery import Deliveries, Delivery, StartDelivery
from feedd.run.publish.queue_deliveries import DeliveryQueue
from feedd.run.publish.queue_uploads import UploadQueue
from feedd.run.publisher import Publisher
from feedd.store.copies.snapshot import knows_posts_folders
from feedd.store.documents import FeedsDirectory
from feedd.store.errors import Busy, Damaged, Unusable
from feedd.store.generator_files.nikola_site import is_in_nikola_site
from feedd.store.item_source import Unavailable
from feedd.store.items import ItemsDirectory
from feedd.store.ledger.session import LedgerSession
from feedd.store.object_stores.store_url import StoreUrl
from feedd.store.private_feeds.private_tree import PrivateTree
from feedd.store.state_directory import LEDGER_NAME, StateDirectory

if TYPE_CHECKING:
    from feedd.deliver.upload_target import PublishTarget
    from feedd.store.object_stores.bucket_items import BucketItems


_CACHE = "objects"  # in the state directory


def with_config(options: argparse.Namespace, act: Callable[[Config], int]) -> int:
    """Runs `act` with the configuration. Prints the mistakes in the configuration, or the error of the state
    directory.
    """
    try:
        config = read_configuration(options)
    except ConfigError as error:
        _say_mistakes(error)
        _say_that_nothing_was_done()
        return USAGE
    return _acted(options, config, lambda: act(config))


def with_any_config(options: argparse.Namespace, act: Callable[..., int]) -> int:
    """Like `with_config`, for commands that only look at a daemon. They run even if the configuration has mistakes;
    then with the directories of the command line, or the usual directories. `sound`: the configuration has no mistakes.
    """
    try:
        config, sound = read_configuration(options), True
    except ConfigError as error:
        _say_mistakes(error)
        config, sound = replace(Config(), directories=chosen_directories(options, Directories())), False
        output.complain(f"looking at {state_path(config)} all the same; --state names another state directory")
    return _acted(options, config, lambda: act(config, sound=sound))


def _say_mistakes(error: ConfigError) -> None:
    output.complain("the configuration has mistakes:")
    for problem in error.problems:
        output.complain(f"  {problem}")


def _say_that_nothing_was_done() -> None:
    output.complain("nothing was done: mend them and start the command again; `feedd check` looks at items meanwhile")


def is_no_site(options: argparse.Namespace, config: Config) -> bool:
    """Whether feedd was started in a folder that has neither a configuration nor items."""
    seeds = config.directories.seeds
    try:
        return options.config is None and is_absent(DEFAULT_PATH) and isinstance(seeds, Path) and not seeds.exists()
    except OSError:  # it cannot be seen
        return False


def say_if_no_site(options: argparse.Namespace, config: Config) -> None:
    """Says how a site is made, where no site is."""
    if is_no_site(options, config):
        output.complain("no site is here: start feedd in the folder of a site, or make a site with `feedd init`")


def _acted(options: argparse.Namespace, config: Config, act: Callable[[], int]) -> int:
    try:
        _check_state(config)
        return act()
    except (Busy, Unusable) as error:
        output.complain(str(error))
    except Unavailable as error:
        output.complain(str(error))
        say_if_no_site(options, config)
    except Damaged as error:
        output.complain(f"the ledger is damaged ({error}); `feedd render` moves it aside and makes it anew")
    return REFUSED


def read_configuration(options: argparse.Namespace) -> Config:
    """The configuration, overridden by the command line. Raises ConfigError with every mistake."""
    config = configuration.load(options.config)
    config = replace(config, directories=chosen_directories(options, config.directories))
    if options.base_url is not None:
        findings = Findings()
        base_url = value_decoders.base_url(options.base_url, (), findings)
        if base_url is None:
            raise ConfigError([Problem("--base-url", reason) for _, reason in findings.problems])
        config = replace(config, base_url=base_url)
    if getattr(options, "workers", None) is not None:  # not every command has the option
        config = replace(config, workers=options.workers)
    seeds, rules = config.directories.seeds, config.items
    if rules.withheld_tags is None and isinstance(seeds, Path) and is_in_nikola_site(seeds):
        from feedd.items.withholding.tag_marks import USUAL_TAGS  # late: it loads all that reads items

        config = replace(config, items=replace(rules, withheld_tags=USUAL_TAGS))
    config = _once_private(config)
    if found := unusable_settings(config, state_path(config), subscribers_path(config)):
        sound = {name: getattr(config, name) for name in config.__struct_fields__}
        raise ConfigError(at_their_places(found, options.config, _overriding(options)), sound)
    return config


def partly_read_configuration(options: argparse.Namespace, error: ConfigError) -> Config:
    """What could be read of a configuration with mistakes, for a look at items."""
    config = readable_part(error, options.config or DEFAULT_PATH)
    config = replace(config, directories=chosen_directories(options, config.directories))
    return _once_private(config)


def _once_private(config: Config) -> Config:
    if config.private is None and PrivateTree(state_path(config)).is_there():
        return replace(config, private=PrivateSettings())  # else all that is private would be public at once
    return config


def _overriding(options: argparse.Namespace) -> dict[str, object]:
    """The values of options, by the keys of the configuration that they override."""
    given = {f"directories.{name}": getattr(options, name) for name in Directories.__struct_fields__}
    return given | {"workers": getattr(options, "workers", None)}


def chosen_directories(options: argparse.Namespace, configured: Directories) -> Directories:
    """The configured directories, overridden by the command line."""
    return Directories(
        seeds=options.seeds or configured.seeds,
        feeds=options.feeds or configured.feeds,
        state=options.state or configured.state,
    )


def _check_state(config: Config) -> None:
    """Raises Unusable if the usual state directory is a link. Nobody has named where it leads, and it came perhaps with
    a repository.
    """
    state = state_path(config)
    if config.directories.state is None and "STATE_DIRECTORY" not in os.environ and state.is_symlink():
        target = state.readlink()
        raise Unusable(f"{state} is a link to {target}, and is not followed; name the folder with `directories.state`")


def state_path(config: Config) -> Path:
    """The state directory: configured, or from the environment, or `.feedd`."""
    # systemd separates several directories by colons; the first is ours.
    given = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    return config.directories.state or Path(given or ".feedd")


def items_directory(config: Config) -> ItemsDirectory | BucketItems:
    """The items' directory, or the place in a bucket that is in its stead."""
    rules, posts_folders = config.items, _posts_folders(config)
    if not isinstance(config.directories.seeds, Path):
        return bucket_items(config, config.directories.seeds, state_path(config), posts_folders)
    return ItemsDirectory(
        config.directories.seeds,
        rules.suffixes,
        rules.ignored,
        rules.max_bytes,
        rules.include,
        posts_folders,
        rules.max_media_bytes,
        audiences=config.private is not None,
    )


def bucket_items(config: Config, url: StoreUrl, state: Path, posts_folders: PostsFolders) -> BucketItems:
    """The items in a bucket. `state`: the state directory, in which they are cached."""
    from feedd.store.object_stores.bucket_items import BucketItems  # late: few sites have one
    from feedd.store.object_stores.object_cache import ObjectCache
    from feedd.store.object_stores.obstore_client import ObstoreClient

    rules = config.items
    return BucketItems(
        url,
        ObstoreClient(url),
        ObjectCache((state / _CACHE).absolute(), config.stores.cache),
        lambda collections: ItemNames(rules.suffixes, rules.ignored, rules.include, posts_folders, collections),
        rules.max_bytes,
        rules.max_media_bytes,
        audiences=config.private is not None,
    )


def _posts_folders(config: Config) -> PostsFolders:
    """Whether the folders are read in which other generators have their texts."""
    if config.items.ignore is not None:
        return "ignored"
    return "yes" if knows_posts_folders(state_path(config) / LEDGER_NAME) else "older"


def make_publisher(
    config: Config,
    state: Path,
    progress: Progress | None = None,
    settings: PassSettings | None = None,
    items: ItemsDirectory | BucketItems | None = None,
    recovery: RecoverySource | None = None,
) -> Publisher:
    """A Publisher with this configuration, and with the ledger in `state`. `settings`, `items` and `recovery`: instead
    of those of the configuration.
    """
    return Publisher(
        items or items_directory(config),
        FeedsDirectory(config.directories.feeds),
        StateDirectory(state),
        settings or pass_settings(config),
        progress,
        deliver=deliveries(config),
        recovery=recovery or recovery_source(config),
    )


def subscribers_path(config: Config) -> Path:
    """The file of those who may read private feeds."""
    given = config.private.subscribers if config.private else None
    return given or PrivateTree(state_path(config)).subscribers


@contextmanager
def executor(config: Config) -> Iterator[Executor]:
    """What does the work on items, for commands that make no pass. What is to be said of it is said at the end."""
    started = executor_for(pass_settings(config).cluster)(local_workers(config), lambda: None)
    try:
        yield started
        for remark in started.remarks():
            output.complain(remark)
    finally:
        started.end()


def deliveries(config: Config) -> StartDelivery:
    """Whom a pass tells of its documents."""
    targets = tuple(map(str, config.publish))

    def start(ledger: LedgerSession, site: SiteInfo, now: datetime, /) -> Delivery:
        return Deliveries(DeliveryQueue(ledger, site, now), UploadQueue(targets, ledger, site, now))

    return start


def upload_targets(config: Config) -> tuple[PublishTarget, ...]:
    """The object stores to publish to."""
    from feedd.deliver.upload_target import PublishTarget  # late: few have any

    form = config.stores.encoding if config.stores.encoding != "none" else ""
    return tuple(PublishTarget(url, config.base_url, form, config.stores.unconditional) for url in config.publish)


def from_here(config: Config, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems with paths that can be opened from the working directory."""
    seeds = config.directories.seeds
    beginning = str(seeds / "x")[:-1]

    def opened(path: str) -> str:
        is_plain = path[:1].isalnum() and "//" not in path and "/." not in path and path[-1] != "/"
        return beginning + path if is_plain else str(seeds / path)  # a site may have thousands of notes

    return tuple(replace(each, path=opened(each.path)) for each in problems)
