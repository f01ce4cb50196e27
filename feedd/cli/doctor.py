"""The command that looks at the public address: options in, calls made, an exit status out."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from feedd.cli import output
from feedd.cli.delivering import left_for_stores, left_in_words
from feedd.cli.main import DONE, PROBLEMS
from feedd.cli.saying.say_findings import say_findings
from feedd.cli.setup import items_directory, state_path, with_config
from feedd.config.load import Config
from feedd.store.documents import FeedsDirectory
from feedd.store.item_source import Unavailable

if TYPE_CHECKING:
    from feedd.doctor.checks import Finding


def doctor(options: argparse.Namespace) -> int:
    """`feedd doctor`."""

    def act(config: Config) -> int:
        from feedd.doctor.examine import PublicSite, examine
        from feedd.doctor.fetch import Fetcher

        address = options.url or config.base_url
        feeds = FeedsDirectory(config.directories.feeds)
        folders = config.pages and bool(config.publish)
        site = PublicSite(address, config.base_url, config.formats, config.websub.hubs, feeds, folders)
        with Fetcher(options.timeout) as fetcher:
            found = [*_of_items(config), *_of_stores(config), *examine(site, fetcher)]
        if options.format == "json":
            output.say_json([each._asdict() for each in found])
        else:
            say_findings((each.level, each.url, each.words, each.remedy) for each in found)
        return PROBLEMS if any(each.level == "error" for each in found) else DONE

    return with_config(options, act)


def _of_items(config: Config) -> Iterator[Finding]:
    """A finding about items that lie in an object store: whether they can be seen."""
    from feedd.doctor.checks import Finding

    seeds = config.directories.seeds
    if isinstance(seeds, Path):
        return
    try:
        scan = items_directory(config).scan(0)
    except Unavailable as error:
        yield Finding("error", str(seeds), str(error).removeprefix(f"{seeds}: "), "nothing new is published until then")
    else:
        yield Finding("ok", str(seeds), f"{output.counted(scan.files, 'item')} there")


def _of_stores(config: Config) -> Iterator[Finding]:
    """Findings about what object stores still have to get."""
    from feedd.doctor.checks import Finding

    for left in left_for_stores(state_path(config), config) or ():
        words = left_in_words(left)
        if left.stopped or left.withdrawals:
            yield Finding("error", left.target, words, "see `feedd deliver`, which tries again and says what to do")
        elif left.number or left.error:
            yield Finding("warning", left.target, words, "see `feedd deliver`, which tries again")
        else:
            yield Finding("ok", left.target, words)
