"""`feedd top`: options in; the ranking of a feed, as a table or JSON, out."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from feedd.cli import words
from feedd.cli.commands import preview_of
from feedd.cli.main import DONE, REFUSED
from feedd.cli.setup import with_config
from feedd.cli.table import table
from feedd.config import Config
from feedd.core.assemble import folder_of


def top(options: argparse.Namespace) -> int:
    """`feedd top`."""

    def act(config: Config) -> int:
        with preview_of(config) as preview:
            found = preview.named(options.feed)
            ranking = preview.ranking(found[0], options.limit) if len(found) == 1 else None
        if ranking is None:
            folders = ", ".join(folder_of(each.identity, each.slug).removesuffix("/") for each in found)
            if found:
                words.complain(f"several feeds have the title {options.feed}; say which: {folders}")
            else:
                words.complain(f"no feed has the folder or the title {options.feed}")
            return REFUSED
        if options.format == "json":
            words.say_json(ranking)
            return DONE
        shown = f"{len(ranking.entries)} of " if len(ranking.entries) < ranking.of else ""
        count = words.counted(ranking.of, "entry", "entries")
        words.say(f"{words.painted(ranking.title, 'bold', sys.stdout)}  {ranking.feed}  {shown}{count}")
        for line in table(ranking, datetime.now(UTC), sys.stdout):
            words.say(line.rstrip())
        return DONE

    return with_config(options, act)
