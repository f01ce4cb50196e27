"""The parsers of commands that only look: their words, arguments and exit statuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from feedd.cli.options import command, count, places, recover, report_format, seconds, web_address, workers


def check(commands: Any) -> None:
    """`feedd check`."""
    parser = command(
        commands,
        "check",
        "checking.check",
        "check items and configuration",
        "Checks the configuration and the named items or folders of items (all of them if none is named), and "
        "says everything that is wrong with them. Writes nothing.",
        "0 nothing is wrong; 1 there are problems; 2 a mistake in the command line; 3 the items cannot be read.",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="an item or a folder of items")
    places(parser)
    workers(parser)
    report_format(parser, "text", "json", "github")


def plan(commands: Any) -> None:
    """`feedd plan`."""
    parser = command(
        commands,
        "plan",
        "plan_and_why.plan",
        "show what the next render would do to subscribers",
        "Compares the documents that subscribers have with those that `feedd render` would publish: which entries "
        "are new, changed or withdrawn in each feed, and which would come again under a new id. With --against, "
        "compares the feed that another program published with the feed of all entries: which entries its readers "
        "know, and which they would show once more. Writes nothing.",
        "0 nothing would come again under a new id; 1 something would; 2 a mistake in the configuration or the "
        "command line; 3 the items or the state cannot be read.",
    )
    parser.add_argument(
        "--against",
        type=Path,
        metavar="OLD-FEED",
        help="a file with another publisher's feed (Atom, RSS or JSON Feed): show what its subscribers would see if "
        "its address led to the feed of all entries",
    )
    recover(parser)
    places(parser)
    report_format(parser, "text", "json")


def why(commands: Any) -> None:
    """`feedd why`."""
    parser = command(
        commands,
        "why",
        "plan_and_why.why",
        "explain where an item is published, or why it is not",
        "Says which feeds an item is in and at which place, there and in their views, and what its heat is made of, or "
        "what withholds it. docs/feeds.md explains each line. Writes nothing.",
        "0 the item is published; 1 it is withheld or has problems; 2 a mistake in the configuration or the "
        "command line; 3 no such item, or the items or the state cannot be read.",
    )
    parser.add_argument("what", metavar="PATH|ID|URL", help="the item's file, its entry's id, or its link")
    places(parser)
    report_format(parser, "text", "json")


def top(commands: Any) -> None:
    """`feedd top`."""
    parser = command(
        commands,
        "top",
        "top.top",
        "show the ranking of a feed",
        "Shows the entries of a feed by rank, with a bar for how strong each is beside the first: its heat, made less "
        "by age, or its quality where that is the order. Without a feed, those of all entries; of a hot view, what it "
        "holds. Lines are as wide as the terminal; in a pipe as their contents, or as COLUMNS says. Writes nothing.",
        "0 done; 2 a mistake in the configuration or the command line; 3 no such feed, or the items or the state "
        "cannot be read.",
    )
    parser.add_argument(
        "feed", nargs="?", default="all", metavar="FEED", help="its folder (topics/ai, hot), or its title"
    )
    parser.add_argument(
        "--limit", type=count, default=20, metavar="NUMBER", help="how many entries, up to 10000 (default: 20)"
    )
    places(parser)
    report_format(parser, "text", "json")


def doctor(commands: Any) -> None:
    """`feedd doctor`."""
    parser = command(
        commands,
        "doctor",
        "doctor.doctor",
        "look at the public address as feed readers do",
        "Fetches the list of feeds, the feed of everything, and one feed of a topic and of a provider from the public "
        "address, and says what is wrong with how they are served, and what to do about it: redirections, media "
        "types, conditional requests, compression, stale or wrong documents. Writes nothing.",
        "0 nothing is wrong, warnings aside; 1 there are errors; 2 a mistake in the configuration or the command line.",
    )
    parser.add_argument("url", nargs="?", type=web_address, metavar="URL", help="where to look (default: base_url)")
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=30.0,
        metavar="SECONDS",
        help="how long one answer may take; all of them may take ten times as long (default: 30)",
    )
    places(parser)
    report_format(parser, "text", "json")
