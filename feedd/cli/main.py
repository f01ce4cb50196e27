"""The command line: arguments in, an exit status out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from feedd import __version__
from feedd.core.address import parse as parse_address

DONE, PROBLEMS, USAGE, REFUSED = 0, 1, 2, 3
OFF = "off"


def entry_point() -> None:
    """Runs the command line of this process."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Runs one command; returns its exit status."""
    try:
        try:
            options = build_parser().parse_args(arguments)
            status: int = options.act(options)
        finally:
            if sys.stdout is not None:  # it is None where standard output is closed
                sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of a pipe has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:  # a full disk under standard output, or under a temporary file
        sys.stderr.write(f"feedd: {error}\n")
        sys.stderr.flush()
        os._exit(REFUSED)  # leaving by the usual way would try to write once more
    return status


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="feedd",
        description="Publishes a folder of Markdown items as Atom, RSS and JSON feeds.",
        epilog="Exit statuses: each command's help ends with its own. All: 2 for a mistake in the command line.",
    )
    parser.add_argument("--version", action="version", version=f"feedd {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _render(commands)
    _run(commands)
    _serve(commands)
    _status(commands)
    _sync(commands)
    _announce(commands)
    _doctor(commands)
    _check(commands)
    _plan(commands)
    _why(commands)
    _init(commands)
    _install_service(commands)
    return parser


def _command(
    commands: Any, name: str, act: str, summary: str, description: str, statuses: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog=f"Exit statuses: {statuses}",
    )
    parser.set_defaults(act=_late(act))
    return parser


def _late(name: str) -> Callable[[argparse.Namespace], int]:
    """A command that is imported when it is run: `feedd --help` should not load a database."""
    module, _, function = name.rpartition(".")

    def act(options: argparse.Namespace) -> int:
        status: int = getattr(import_module(f"feedd.cli.{module or 'commands'}"), function)(options)
        return status

    return act


def _render(commands: Any) -> None:
    parser = _command(
        commands,
        "render",
        "render",
        "publish the items once",
        "Brings the feeds in step with the items: reads what changed, writes the documents that differ, and "
        "reports each file that has a problem. A file with a problem harms only itself; its last good version "
        "stays published.",
        "0 done, problems are reported; 1 there are problems and --strict was given; 2 a mistake in the "
        "configuration or the command line; 3 refused, or the feeds or the state could not be written.",
    )
    _places(parser)
    parser.add_argument("--strict", action="store_true", help="exit with 1 if there are problems")
    parser.add_argument(
        "--allow-empty", action="store_true", help="empty the feeds if there is no item, instead of refusing"
    )
    _format(parser, "text", "json")
    parser.add_argument("--quiet", action="store_true", help="say nothing unless something is wrong")


def _run(commands: Any) -> None:
    parser = _command(
        commands,
        "run",
        "service.run",
        "publish the items, and again whenever they change",
        "Brings the feeds in step with the items and keeps them so: watches the items, looks at everything from "
        "time to time, publishes what is due, and serves the feeds over HTTP. SIGTERM or Ctrl-C ends it, SIGHUP has "
        "it read the configuration again. Each pass is a line on standard error.",
        "0 ended as it was told to; 2 a mistake in the configuration or the command line; 3 another daemon runs on "
        "this state directory, the state directory cannot be used, or it cannot listen there.",
    )
    _places(parser)
    _listen(parser)
    parser.add_argument("--verbose", action="store_true", help="also log the passes that found nothing to do")


def _serve(commands: Any) -> None:
    parser = _command(
        commands,
        "serve",
        "service.serve",
        "serve the feeds over HTTP, without publishing",
        "Serves what lies in the feeds' directory, whoever writes it there: for feeds that `feedd render` makes, or "
        "that come from another machine. `feedd run` serves by itself.",
        "0 ended as it was told to; 2 a mistake in the configuration or the command line; 3 it cannot listen there.",
    )
    _places(parser)
    _listen(parser)


def _listen(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--listen",
        type=_address,
        metavar="ADDRESS",
        help="where to serve: HOST:PORT, unix:PATH, or off (default: serve.listen, which is 127.0.0.1:8080)",
    )


def _web_address(text: str) -> str:
    from feedd.core.fields import Findings  # which takes long to load, for who wants to know the version
    from feedd.core.settings import base_url

    findings = Findings()
    found = base_url(text, (), findings)
    if found is None:
        raise argparse.ArgumentTypeError(findings.problems[0][1])
    return found


def _address(text: str) -> str:
    if text != OFF and parse_address(text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is none of HOST:PORT, unix:PATH and off")
    return text


def _status(commands: Any) -> None:
    parser = _command(
        commands,
        "status",
        "service.status",
        "say whether the daemon runs, and what it did last",
        "Says whether `feedd run` is at work here, what the last pass did and when the next one comes. It reads what "
        "the daemon left in the state directory and does not disturb it.",
        "0 it runs and all is well; 1 it runs, but the last pass or the configuration has failed, or it has ended "
        "without having been told to; 2 a mistake in the configuration or the command line; 3 it does not run.",
    )
    _places(parser)
    _format(parser, "text", "json")


def _sync(commands: Any) -> None:
    parser = _command(
        commands,
        "sync",
        "service.sync",
        "wait until everything written so far is published",
        "Returns when the daemon has published, or found reason to withhold, everything that was written to the "
        "items' directory before.",
        "0 done; 1 it took longer than the time-out, and why if that is known; 2 a mistake in the configuration or "
        "the command line; 3 no daemon runs here.",
    )
    _places(parser)
    parser.add_argument(
        "--timeout", type=_seconds, default=60.0, metavar="SECONDS", help="how long to wait (default: 60)"
    )


def _announce(commands: Any) -> None:
    parser = _command(
        commands,
        "announce",
        "announcing.announce",
        "tell hubs what has changed",
        "Tells the hubs that are configured (WebSub) of every feed document that has changed since they were told "
        "last, and says which could not be told. For use after `feedd render`, when the documents are where their "
        "addresses lead to; `feedd run` does it by itself.",
        "0 nothing is left to announce; 1 a hub could not be told of everything, or refused to be; 2 a mistake in the "
        "configuration or the command line; 3 another feedd is announcing, or the state directory cannot be used.",
    )
    _places(parser)
    _format(parser, "text", "json")


def _doctor(commands: Any) -> None:
    parser = _command(
        commands,
        "doctor",
        "doctor.doctor",
        "look at the public address as feed readers do",
        "Fetches the list of feeds, the feed of everything, and one feed of a topic and of a provider from the public "
        "address, and says what is wrong with how they are served, and what to do about it: redirections, media "
        "types, conditional requests, compression, stale or wrong documents. Writes nothing.",
        "0 nothing is wrong, warnings aside; 1 there are errors; 2 a mistake in the configuration or the command line.",
    )
    parser.add_argument("url", nargs="?", type=_web_address, metavar="URL", help="where to look (default: base_url)")
    _places(parser)
    _format(parser, "text", "json")


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 86400:
        raise argparse.ArgumentTypeError("from 0 to 86400")
    return value


def _install_service(commands: Any) -> None:
    parser = _command(
        commands,
        "install-service",
        "service.install_service",
        "have systemd run the daemon",
        "Writes a systemd unit that runs `feedd run` for the site in this folder, and says which commands to type "
        "next. It starts nothing.",
        "0 done; 2 a mistake in the configuration or the command line; 3 the unit could not be written.",
    )
    parser.add_argument("--user", action="store_true", help="for your own systemd (systemctl --user), without root")
    parser.add_argument("--print", action="store_true", dest="only_print", help="print the unit and write nothing")
    parser.add_argument(
        "--socket", action="store_true", help="have systemd listen, so that a restart refuses no reader"
    )
    parser.add_argument(
        "--run-as", metavar="USER", help="the user whose service it is (default: the owner of the items' directory)"
    )
    _places(parser)


def _check(commands: Any) -> None:
    parser = _command(
        commands,
        "check",
        "check",
        "check items and configuration",
        "Checks the configuration and the named items or folders of items (all of them if none is named), and "
        "says everything that is wrong with them. Writes nothing.",
        "0 nothing is wrong; 1 there are problems; 2 a mistake in the command line; 3 the items cannot be read.",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="an item or a folder of items")
    _places(parser)
    _format(parser, "text", "json", "github")


def _plan(commands: Any) -> None:
    parser = _command(
        commands,
        "plan",
        "plan",
        "show what the next render would do to subscribers",
        "Compares the documents that subscribers have with those that `feedd render` would publish: which entries "
        "are new, changed or withdrawn in each feed, and which would come again under a new id. Writes nothing.",
        "0 nothing would come again under a new id; 1 something would; 2 a mistake in the configuration or the "
        "command line; 3 the items or the state cannot be read.",
    )
    _places(parser)
    _format(parser, "text", "json")


def _why(commands: Any) -> None:
    parser = _command(
        commands,
        "why",
        "why",
        "explain where an item is published, or why it is not",
        "Says which feeds an item is in and at which place, or what withholds it. Writes nothing.",
        "0 the item is published; 1 it is withheld or has problems; 2 a mistake in the configuration or the "
        "command line; 3 no such item, or the items or the state cannot be read.",
    )
    parser.add_argument("what", metavar="PATH|ID|URL", help="the item's file, its entry's id, or its link")
    _places(parser)
    _format(parser, "text", "json")


def _init(commands: Any) -> None:
    parser = _command(
        commands,
        "init",
        "init",
        "start a new site",
        "Makes a folder with a commented configuration, a sample item and a .gitignore. Files that are there "
        "already are left as they are.",
        "0 done; 2 a mistake in the command line; 3 the folder could not be written.",
    )
    parser.add_argument("directory", metavar="DIR", type=Path)


def _places(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("places (they win over the configuration)")
    group.add_argument(
        "--config", type=Path, metavar="FILE", help="the configuration (default: config/feedd.yaml, if there is one)"
    )
    group.add_argument("--seeds", type=Path, metavar="DIR", help="where the items are (default: seeds)")
    group.add_argument("--feeds", type=Path, metavar="DIR", help="where the feeds go (default: feeds)")
    group.add_argument(
        "--state", type=Path, metavar="DIR", help="where the ledger is (default: $STATE_DIRECTORY, else .feedd)"
    )
    group.add_argument("--base-url", metavar="URL", help="the public address of the feeds' folder")


def _format(parser: argparse.ArgumentParser, *formats: str) -> None:
    parser.add_argument("--format", choices=formats, default="text", help="how to report (default: text)")
