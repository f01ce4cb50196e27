"""The parser of all commands, and of each command alone."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from feedd.cli.main import USAGE
from feedd.cli.parsing.backup_parsers import backup, restore
from feedd.cli.parsing.publishing_parsers import announce, deliver, render, run, serve, status, sync
from feedd.cli.parsing.question_parsers import check, doctor, plan, top, why
from feedd.cli.parsing.site_parsers import init, install_service, subscribers
from feedd.items.printable import visible


class _Parser(argparse.ArgumentParser):
    """A parser whose errors take one line, whatever was typed."""

    def error(self, message: str) -> NoReturn:
        """Prints the mistake in the command line, and ends."""
        super().error(visible(message))

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Refuses what it does not know here, so that the usage of the command is printed, and not that of feedd."""
        options, rest = super().parse_known_args(args, namespace)
        if rest:
            self.refuse(rest)
        return options, rest

    def refuse(self, unknown: Sequence[str]) -> NoReturn:
        """Ends with arguments that are unknown, and what the first of them was probably meant to be."""
        first = unknown[0].partition("=")[0]
        hint = _INSTEAD.get((self.prog, first)) or _hint(first, self.options())
        self.error(f"unrecognized arguments: {' '.join(unknown)}{hint}")

    def options(self) -> list[str]:
        """The names of all options."""
        return [name for action in self._actions for name in action.option_strings]

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuses a value that is not among the choices, and names the choice that was probably meant."""
        if action.choices is not None and value not in action.choices and (hint := _hint(value, action.choices)):
            raise argparse.ArgumentError(action, f"invalid choice: {value!r}{hint}")
        super()._check_value(action, value)

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


_INSTEAD = {("feedd render", "--dry-run"): "; `feedd plan` shows what a render would change, and writes nothing"}
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


def parse_arguments(arguments: Sequence[str], given: argparse.Namespace) -> argparse.Namespace:
    """What a command line asks for, added to `given`. Without a command, prints the help as a mistake."""
    parser = build_parser(*arguments[:1])
    if not arguments:
        parser.print_help(sys.stderr)
        parser.exit(USAGE)
    if (name := arguments[0]) not in _COMMANDS and not name.startswith("-"):
        hint = _hint(name, _COMMANDS) or "; `feedd --help` lists all commands"
        parser.error(f"there is no command `{name}`{hint}")
    if name.startswith("-") and not any(option.startswith(name) for option in parser.options()):
        parser.refuse([name])
    return parser.parse_args(arguments, given)


def _hint(name: str, known: Iterable[str]) -> str:
    """What a misspelt name was probably meant to be, in words; empty if it is nearly none of the known names."""
    from difflib import get_close_matches  # late: few command lines have a mistake

    names = {each.lstrip("-"): each for each in known}  # dashes alone make no names alike
    near = get_close_matches(name.lstrip("-"), list(names), 1)
    return f"; did you mean `{names[near[0]]}`?" if near else ""


def build_parser(only: str | None = None) -> _Parser:
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
