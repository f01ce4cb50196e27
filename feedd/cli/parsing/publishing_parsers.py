"""The parsers of commands that publish, serve, deliver, or ask what does: their words, arguments and exit statuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from feedd.cli.options import (
    command,
    listen,
    places,
    recover,
    report_format,
    seconds,
    workers,
)


def render(commands: Any) -> None:
    """`feedd render`."""
    parser = command(
        commands,
        "render",
        "rendering.render",
        "publish the items once",
        "Brings the feeds in step with the items: reads what changed, writes the documents that differ, and "
        "reports each file that has a problem. A file with a problem harms only itself; its last good version "
        "stays published.",
        "0 done, problems are reported; 1 there are problems and --strict was given, or an object store (publish) did "
        "not take everything; 2 a mistake in the configuration or the command line; 3 refused, or the feeds or the "
        "state could not be written.",
    )
    places(parser)
    workers(parser)
    parser.add_argument("--strict", action="store_true", help="exit with 1 if there are problems")
    parser.add_argument(
        "--allow-empty", action="store_true", help="empty the feeds if there is no item, instead of refusing"
    )
    parser.add_argument(
        "--accept-guesses",
        action="store_true",
        help="publish for the first time even if most items that were written for another program have no date, or no "
        "link, or cannot be read",
    )
    parser.add_argument(
        "--preview",
        type=Path,
        metavar="FOLDER",
        help="render into this folder instead, with drafts and future items, marked; the feeds and the ledger stay",
    )
    lost = parser.add_argument_group("without a ledger, or with one from a backup (docs/running.md)")
    recover(lost)
    lost.add_argument(
        "--first",
        action="store_true",
        help="say that nothing was published yet, or since a backup, if nothing is found to go on from",
    )
    begin = parser.add_argument_group("starting over (both are needed)")
    begin.add_argument("--start-over", action="store_true", help="move the ledger aside, and make all ids anew")
    begin.add_argument(
        "--nobody-subscribed", action="store_true", help="say that no reader would see all entries once more"
    )
    report_format(parser, "text", "json")
    parser.add_argument("--quiet", action="store_true", help="say nothing unless something is wrong")


def run(commands: Any) -> None:
    """`feedd run`."""
    parser = command(
        commands,
        "run",
        "service.run",
        "publish the items, and again whenever they change",
        "Brings the feeds in step with the items and keeps them so: watches the items, looks at everything from "
        "time to time, publishes what is due, and serves the feeds over HTTP. SIGTERM or Ctrl-C ends it, SIGHUP has "
        "it read the configuration again. Each pass is a line on standard error.",
        "0 ended as it was told to; 1 a part of it failed for good; 2 a mistake in the configuration or the command "
        "line; 3 another daemon runs on this state directory, the state directory cannot be used, or it cannot listen "
        "there.",
    )
    places(parser)
    listen(parser)
    workers(parser)
    parser.add_argument("--verbose", action="store_true", help="also log the passes that found nothing to do")


def serve(commands: Any) -> None:
    """`feedd serve`."""
    parser = command(
        commands,
        "serve",
        "service.serve",
        "serve the feeds over HTTP, without publishing",
        "Serves what lies in the feeds' directory, whoever writes it there: for feeds that `feedd render` makes, or "
        "that come from another machine. `feedd run` serves by itself.",
        "0 ended as it was told to; 2 a mistake in the configuration or the command line; 3 it cannot listen there.",
    )
    places(parser)
    listen(parser)


def status(commands: Any) -> None:
    """`feedd status`."""
    parser = command(
        commands,
        "status",
        "service.status",
        "say whether the daemon runs, and what it did last",
        "Says whether `feedd run` is at work here, what the last pass did and when the next one comes. It reads what "
        "the daemon left in the state directory and does not disturb it. If no daemon runs on the usual state "
        "directory, systemd is asked for that of feedd.service.",
        "0 it runs and all is well; 1 it runs, but the last pass or the configuration has failed, or it cannot be "
        "looked at, or it has ended without having been told to; 2 a mistake in the configuration or the command "
        "line; 3 it does not run.",
    )
    places(parser)
    report_format(parser, "text", "json")


def sync(commands: Any) -> None:
    """`feedd sync`."""
    parser = command(
        commands,
        "sync",
        "service.sync",
        "wait until everything written so far is published",
        "Returns when the daemon has published, or found reason to withhold, everything that was written to the "
        "items' directory before.",
        "0 done; 1 it took longer than the time-out, and why if that is known; 2 a mistake in the configuration or "
        "the command line; 3 no daemon runs here, or it cannot be asked.",
    )
    places(parser)
    parser.add_argument(
        "--timeout", type=seconds, default=60.0, metavar="SECONDS", help="how long to wait (default: 60)"
    )


def announce(commands: Any) -> None:
    """`feedd announce`."""
    parser = command(
        commands,
        "announce",
        "announce.announce",
        "tell hubs what has changed",
        "Tells the hubs that are configured (WebSub) of every feed document that has changed since they were told "
        "last, and says which could not be told. For use after `feedd render`, when the documents are where their "
        "addresses lead to; `feedd run` does it by itself.",
        "0 nothing is left to announce; 1 a hub could not be told of everything, or refused to be; 2 a mistake in the "
        "configuration or the command line; 3 another feedd is announcing, or the state directory cannot be used.",
    )
    places(parser)
    report_format(parser, "text", "json")


def deliver(commands: Any) -> None:
    """`feedd deliver`."""
    parser = command(
        commands,
        "deliver",
        "delivering.deliver",
        "upload what has changed to object stores",
        "Looks at the object stores that are configured (publish), puts every document there that they do not have, "
        "deletes what is no longer published, and says what they did not take. `feedd render` ends with an upload of "
        "its own, and `feedd run` uploads beside its passes: this is for what they could not upload, and for what "
        "somebody else did to a store.",
        "0 the stores are up to date; 1 a store did not take everything, or cannot be asked; 2 a mistake in the "
        "configuration or the command line; 3 another feedd is uploading, or the state directory cannot be used.",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be put and deleted, and change nothing")
    parser.add_argument(
        "--take-over",
        action="store_true",
        help="put feedd's documents in the place of what others put there; only if nobody else publishes there",
    )
    places(parser)
    report_format(parser, "text", "json")
