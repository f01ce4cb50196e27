"""The command line: arguments in, an exit status out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from feedd import __version__
from feedd.cli import parsers

DONE, PROBLEMS, USAGE, REFUSED = 0, 1, 2, 3


def entry_point() -> None:
    """Runs the command line of this process."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str], now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> int:
    """Runs one command; returns its exit status. `now` is the clock of commands that end: it gives aware UTC times."""
    try:
        try:
            options = build_parser().parse_args(arguments, argparse.Namespace(now=now))
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
    parsers.render(commands)
    parsers.run(commands)
    parsers.serve(commands)
    parsers.status(commands)
    parsers.sync(commands)
    parsers.announce(commands)
    parsers.doctor(commands)
    parsers.check(commands)
    parsers.plan(commands)
    parsers.why(commands)
    parsers.top(commands)
    parsers.init(commands)
    parsers.install_service(commands)
    return parser
