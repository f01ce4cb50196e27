"""`feedd top`: options in; the ranking of a feed, as a table or JSON, out."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from feedd.cli import output
from feedd.cli.main import DONE, REFUSED
from feedd.cli.plan_and_why import open_preview
from feedd.cli.setup import with_config
from feedd.cli.table import table
from feedd.config.load import Config
from feedd.inspect.explanations import TopList
from feedd.inspect.feed_names import find_feeds, folder_name, suggest_folders, top_list
from feedd.select.views import ORDERS, find_view
from feedd.select.views.view_kind import PeriodView


def top(options: argparse.Namespace) -> int:
    """`feedd top`."""

    def act(config: Config) -> int:
        now = options.now()
        with open_preview(config, now) as preview:
            found = find_feeds(preview, options.feed)
            if len(found) == 1 and not isinstance(find_view(found[0].identity), PeriodView):
                shown = top_list(preview, found[0], options.limit)
                return _say(shown, options.format, now)
            likely = [] if found else suggest_folders(preview, options.feed)
        folders = [folder_name(each) for each in found]
        if len(found) == 1:
            place = config.directories.feeds / folders[0]
            output.complain(f"{folders[0]} has no ranking: it holds an entry for each period that is over; see {place}")
        elif found:
            output.complain(f"several feeds have the title {options.feed}; say which: {', '.join(folders)}")
        else:
            meant = f"; do you mean {' or '.join(likely)}?" if likely else ""
            output.complain(f"no feed has the folder or the title {options.feed}{meant}")
        return REFUSED

    return with_config(options, act)


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
