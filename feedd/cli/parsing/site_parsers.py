"""The parsers of commands that set up a site: their words, arguments and exit statuses."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from feedd.cli.options import (
    command,
    places,
    report_format,
    web_address,
)

_NAME = "of the subscriber, for you to know them by"


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
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="{add,list,revoke}", prog=parser.prog, help="what to do"
    )
    add = _action(actions, "add", "add a subscriber, and print the addresses that are theirs alone", "is known already")
    add.add_argument("name", metavar="NAME", help=_NAME)
    add.add_argument("--feed", action="append", metavar="FEED", help="a private feed to read (default: all of them)")
    _action(actions, "list", "list all subscribers", "")
    revoke = _action(actions, "revoke", "revoke the addresses of a subscriber at once", "has no address that is valid")
    revoke.add_argument("name", metavar="NAME", help=_NAME)
    for each in actions.choices.values():
        places(each)
        report_format(each, "text", "json")


def _action(actions: Any, name: str, summary: str, why_refused: str) -> argparse.ArgumentParser:
    """Adds the parser of what `feedd subscribers` does."""
    refused = f"the subscriber {why_refused}, or the file cannot be used" if why_refused else "the file cannot be used"
    parser: argparse.ArgumentParser = actions.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=f"Exit statuses: 0 done; 2 a mistake in the configuration or the command line; 3 {refused}.",
        allow_abbrev=False,  # `list --feed x` is a mistake, and not `--feeds x`
    )
    return parser


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
        "Eleventy, Astro, Gatsby, Docusaurus, MkDocs, VitePress, Quartz or Obsidian is looked at: a configuration is "
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
