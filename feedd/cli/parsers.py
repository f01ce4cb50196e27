"""The parser of each command: its words, arguments and exit statuses."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from feedd.cli.copies.backup_parsers import backup, restore
from feedd.cli.options import (
    command,
    listen,
    places,
    recover,
    report_format,
    seconds,
    web_address,
    workers,
)
from feedd.cli.question_parsers import check, doctor, plan, top, why
from feedd.items.printable import visible


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


def subscribers(commands: Any) -> None:
    """`feedd subscribers`."""
    parser = command(
        commands,
        "subscribers",
        "subscribing.private_subscribers.subscribers",
        "say who may read private feeds",
        "Adds a subscriber of private feeds and prints the addresses that are theirs alone, once; lists all "
        "subscribers; or revokes the addresses of one, so that the server answers 410 at once. Of an address, only a "
        "digest is kept.",
        "0 done; 2 a mistake in the configuration or the command line; 3 there is a subscriber of this name already, "
        "or there is none to revoke, or the file cannot be used.",
    )
    actions = ("add", "list", "revoke")
    parser.add_argument("action", choices=actions, metavar=f"{{{','.join(actions)}}}", help="what to do")
    parser.add_argument("name", nargs="?", metavar="NAME", help="of the subscriber, for you to know them by")
    parser.add_argument(
        "--feed", action="append", metavar="FEED", help="add: a private feed that they may read (default: all of them)"
    )
    places(parser)
    report_format(parser, "text", "json")


def install_service(commands: Any) -> None:
    """`feedd install-service`."""
    parser = command(
        commands,
        "install-service",
        "installing.install_service",
        "have systemd run the daemon",
        "Writes a systemd unit that runs `feedd run` for the site in this folder, and says which commands to type "
        "next. It starts nothing. A unit for the machine is refused if something that the service uses lies in /tmp or "
        "/var/tmp, which the service has for itself.",
        "0 done; 2 a mistake in the configuration or the command line; 3 the unit could not be written, or could not "
        "start.",
    )
    parser.add_argument("--user", action="store_true", help="for your own systemd (systemctl --user), without root")
    parser.add_argument("--print", action="store_true", dest="only_print", help="print the unit and write nothing")
    parser.add_argument(
        "--socket", action="store_true", help="have systemd listen, so that a restart refuses no reader"
    )
    parser.add_argument(
        "--run-as", metavar="USER", help="the user whose service it is (default: the owner of the items' directory)"
    )
    places(parser)


def init(commands: Any) -> None:
    """`feedd init`."""
    parser = command(
        commands,
        "init",
        "init_from.init",
        "start a new site, or move one here",
        "Makes a folder with a commented configuration, a sample item and a .gitignore. Files that are there "
        "already are left as they are. With --from, the folder of a site of Jekyll, Hugo, Zola, Pelican, Nikola, Hexo, "
        "Eleventy, Astro, Docusaurus, MkDocs, VitePress, Quartz or Obsidian is looked at: a configuration is "
        "proposed, with the links of "
        "its texts, and no sample is made. Nothing is run there, and nothing is written there, unless it is the "
        "working directory. docs/migrating.md has a section for each of these programs.",
        "0 done; 1 done, but something of the other program could not be read; 2 a mistake in the command line; 3 the "
        "folder could not be written, or the folder to move cannot be read.",
    )
    parser.add_argument(
        "--from", type=Path, dest="source", metavar="FOLDER", help="propose a configuration for the site in FOLDER"
    )
    parser.add_argument(
        "--site-url", type=web_address, metavar="URL", help="with --from: the site's address, if FOLDER does not say it"
    )
    parser.add_argument(
        "directory", metavar="DIR", type=Path, nargs="?", help="the folder to make (with --from: the working directory)"
    )
    parser.set_defaults(refuse=parser.error)


class _Parser(argparse.ArgumentParser):
    """A parser whose errors take one line, whatever was typed."""

    def error(self, message: str) -> NoReturn:
        """Prints the mistake in the command line, and ends."""
        super().error(visible(message))

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Takes a NAME behind options, too (`subscribers add --feed insiders ada`); that of Python 3.11 does not."""
        options, rest = super().parse_known_args(args, namespace)
        if rest and getattr(options, "name", "") is None and not rest[0].startswith("-"):
            options.name = rest.pop(0)
        return options, rest

    def _print_message(self, message: str, file: Any = None) -> None:
        """Prints help or a mistake. Newer versions of argparse hide that help found no room."""
        if file is sys.stdout:
            file.write(message)
        else:
            super()._print_message(message, file)


class _SayVersion(argparse.Action):
    """Says the version, and the versions of all that shapes the bytes of documents."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002, ARG002
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from feedd.cli.saying.say_version import say_version  # late: it looks through the folders of packages

        say_version()
        parser.exit()


_COMMANDS = {
    "render": render,
    "run": run,
    "serve": serve,
    "status": status,
    "sync": sync,
    "announce": announce,
    "deliver": deliver,
    "doctor": doctor,
    "check": check,
    "plan": plan,
    "why": why,
    "top": top,
    "backup": backup,
    "restore": restore,
    "subscribers": subscribers,
    "init": init,
    "install-service": install_service,
}


def build_parser(only: str | None = None) -> argparse.ArgumentParser:
    """The parser of all commands, or of the command `only`. A parser of a single command takes less time."""
    parser = _Parser(
        prog="feedd",
        description="Publishes a folder of Markdown items as Atom, RSS and JSON feeds.",
        epilog="Exit statuses: each command's help ends with its own. All: 2 for a mistake in the command line.",
    )
    parser.add_argument("--version", action=_SayVersion, help="say the version, and what it works with, and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, prog=parser.prog)
    for add in [_COMMANDS[only]] if only in _COMMANDS else _COMMANDS.values():
        add(commands)
    return parser
