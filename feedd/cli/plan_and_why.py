"""The commands that say what a render would do, and why an item is where it is: options in, an exit status out.

Modules that only some commands need are imported where they are used. Loading them takes longer than a whole `feedd
render` that finds nothing to do.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from feedd.cli import output
from feedd.cli.copies.recovering import recovery_source
from feedd.cli.main import DONE, PROBLEMS, REFUSED, USAGE
from feedd.cli.setup import (
    from_here,
    items_directory,
    make_publisher,
    state_path,
    with_config,
)
from feedd.config.load import Config
from feedd.store.items import MISSING

if TYPE_CHECKING:
    from feedd.inspect.preview import Preview
    from feedd.run.lost_ledger.published_copy import RecoverySource


def plan(options: argparse.Namespace) -> int:
    """`feedd plan`."""

    def act(config: Config) -> int:
        if options.against is not None:
            return _plan_against(config, options)
        now = options.now()
        with open_preview(config, now, recovery_source(config, options)) as preview:
            found = preview.plan()
        if config.private is not None and config.private.feeds:
            from feedd.cli.subscribing.private_previews import with_private_plans  # late: few sites have any

            found = with_private_plans(found, config, now)
        if options.format == "json":
            output.say_json(msgspec.to_builtins(found) | {"reruns": found.reruns})
        else:
            from feedd.cli.saying.say_plan import say_plan

            say_plan(found)
        return PROBLEMS if found.reruns else DONE

    return with_config(options, act)


def _plan_against(config: Config, options: argparse.Namespace) -> int:
    from feedd.cli.saying.say_old_feed_plan import say_old_feed_plan
    from feedd.inspect.plan_against import plan_against
    from feedd.render.old_feed import LARGEST_FEED, NoFeed, read_old_feed
    from feedd.store.named_file import read_named_file

    try:
        old = read_old_feed(read_named_file(options.against, LARGEST_FEED))
    except OSError as error:
        output.complain(f"{options.against} cannot be read: {error.strerror or error}")
        return USAGE
    except NoFeed as error:
        where = f"{options.against}:{error.line}" if error.line else options.against
        output.complain(f"{where} is no feed: {error.reason}")
        return USAGE
    with open_preview(config, options.now(), recovery_source(config, options)) as preview:
        found = plan_against(preview, old)
    if options.format == "json":
        output.say_json(found)
    else:
        say_old_feed_plan(found, str(options.against), config.limit)
    return PROBLEMS if found.again else DONE


def why(options: argparse.Namespace) -> int:
    """`feedd why`."""
    from feedd.cli.saying.say_explanation import say_explanation
    from feedd.inspect.explain import explain, find_digest

    def act(config: Config) -> int:
        now = options.now()
        with open_preview(config, now) as preview:
            say_damage(preview)
            found = explain(preview, options.what)
            digest = None if found else find_digest(preview, options.what)
        if digest is not None:
            folder, period = digest
            output.complain(f"that is the digest of {period} in {folder}: it is kept, and not explained")
            return REFUSED
        if found is None:
            why = items_directory(config).why_none(options.what)
            said = f": {why}" if why not in (None, MISSING) else ""
            output.complain(f"no item has the path, the id or the link {options.what}{said}")
            return REFUSED
        if config.private is not None and config.private.feeds:
            from feedd.cli.subscribing.private_previews import with_private_places  # late: as above

            found = with_private_places(found, config, now)
        found = replace(
            found,
            path=str(config.directories.seeds / found.path) if found.path else "",
            story=found.story and replace(found.story, path=str(config.directories.seeds / found.story.path)),
            problems=from_here(config, found.problems),
            notes=from_here(config, found.notes),
        )
        if options.format == "json":
            output.say_json(found)
        else:
            say_explanation(found)
        return PROBLEMS if found.withheld or found.problems else DONE

    return with_config(options, act)


def say_damage(preview: Preview) -> None:
    """Says that the ledger is damaged, if it is: what is shown is as it would be after the next pass."""
    for each in preview.damage:
        output.complain(each)


@contextmanager
def open_preview(config: Config, now: datetime, recovery: RecoverySource | None = None) -> Iterator[Preview]:
    """A preview of a pass at `now`. `recovery`: where to recover a lost ledger from; None: as configured."""
    from feedd.cli.locating import say_if_elsewhere
    from feedd.inspect.preview import previewed

    say_if_elsewhere(config)
    with (
        make_publisher(config, state_path(config), recovery=recovery) as publisher,
        previewed(publisher, now) as preview,
    ):
        yield preview
