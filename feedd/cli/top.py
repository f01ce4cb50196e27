"""`feedd top`: options in; the ranking of a feed, as a table or JSON, out."""

from __future__ import annotations

import argparse
import sys
from contextlib import AbstractContextManager
from datetime import datetime

from msgspec.structs import replace

from feedd.cli import output
from feedd.cli.main import DONE, REFUSED
from feedd.cli.plan_and_why import open_preview, say_damage
from feedd.cli.setup import state_path, with_config
from feedd.cli.table import table
from feedd.config.load import Config
from feedd.inspect.explanations import TopList
from feedd.inspect.feed_names import find_feeds, folder_name, suggest_folders, top_list
from feedd.inspect.preview import Preview
from feedd.select.views import ORDERS, find_view
from feedd.select.views.view_kind import PeriodView
from feedd.store.private_feeds.private_tree import PREFIX, PrivateTree


def top(options: argparse.Namespace) -> int:
    """`feedd top`."""

    def act(config: Config) -> int:
        now, (name, asked) = options.now(), _asked(config, options.feed)
        with _opened(config, name, now) as preview:
            say_damage(preview)
            found = find_feeds(preview, asked)
            if len(found) == 1 and not isinstance(find_view(found[0].identity), PeriodView):
                shown = top_list(preview, found[0], options.limit)
                if name is not None:
                    shown = replace(shown, feed=f"{PREFIX}{name}/{shown.feed.removeprefix('./')}")
                return _say(shown, options.format, now)
            likely = [] if found else suggest_folders(preview, asked)
        likely += (
            [] if found or name else [f"{PREFIX}{each}" for each in _private_feeds(config) if asked.endswith(each)]
        )
        folders = [folder_name(each) for each in found]
        if len(found) == 1:
            feeds = config.directories.feeds if name is None else PrivateTree(state_path(config)).feeds_of(name)
            place = feeds / folders[0]
            output.complain(f"{folders[0]} has no ranking: it holds an entry for each period that is over; see {place}")
        elif found:
            output.complain(f"several feeds have the title {options.feed}; say which: {', '.join(folders)}")
        else:
            meant = f"; do you mean {' or '.join(likely)}?" if likely else ""
            output.complain(f"no feed has the folder or the title {options.feed}{meant}")
        return REFUSED

    return with_config(options, act)


def _private_feeds(config: Config) -> tuple[str, ...]:
    return config.private.feeds if config.private else ()


def _asked(config: Config, feed: str) -> tuple[str | None, str]:
    """The name of the private feed in which a feed is to be looked for, or None; and what it is to be looked for by."""
    prefix, name, below = (*feed.split("/", 2), "", "")[:3]
    is_private = f"{prefix}/" == PREFIX and name in _private_feeds(config)
    return (name, below.strip("/") or "all") if is_private else (None, feed)


def _opened(config: Config, name: str | None, now: datetime) -> AbstractContextManager[Preview]:
    """A preview of the public site, or of a private feed."""
    if name is None:
        return open_preview(config, now)
    from feedd.cli.subscribing.private_previews import private_preview  # late: few sites have any

    return private_preview(config, name, now)


def _say(shown: TopList, report_format: str, now: datetime) -> int:
    if report_format == "json":
        output.say_json(shown)
        return DONE
    part = f"{len(shown.entries)} of " if len(shown.entries) < shown.of else ""
    count = output.counted(shown.of, "entry", "entries")
    aside = " (the feed is newest first)" if (shown.order, shown.feed_order) == ("heat", "latest") else ""
    title = output.painted(shown.title, "bold", sys.stdout)
    output.say(f"{title}  {shown.feed}  {part}{count}, {ORDERS[shown.order].words}{aside}")
    for line in table(shown, now, sys.stdout):
        output.say(line.rstrip())
    return DONE
