"""Man page and completions: the parsers of the command line in; texts by their places below the prefix out.

argparse-manpage writes the page, and shtab the completions.
"""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path

import shtab
from argparse_manpage.manpage import Manpage

from feedd import __version__
from feedd.cli.parsing.parsers import build_parser

PLACES = {
    "bash": "share/bash-completion/completions/feedd",
    "zsh": "share/zsh/site-functions/_feedd",
    "fish": "share/fish/vendor_completions.d/feedd.fish",
}
MAN_PAGE = "share/man/man1/feedd.1"
_FOLDERS = ("DIR", "FOLDER")
_NEXT_STATUS = re.compile(r"; (?=\d )")
_SUMMARY = "publishes a folder of Markdown items as Atom, RSS and JSON feeds"


def shell_files(date: str) -> dict[str, str]:
    """The man page, of this date, and the completion for each shell, by their places."""
    os.environ["COLUMNS"] = "80"  # argparse breaks lines where the terminal does
    made = {place: shtab.complete(_for_completion(), shell) for shell, place in PLACES.items()}
    about = {
        "project_name": "feedd",
        "version": __version__,
        "date": date,
        "manual_title": "feedd",
        "description": _SUMMARY,
        "url": "https://github.com/feedd/feedd",
    }
    page = Manpage(build_parser(), about)
    page.parser.epilog = None  # it tells of the help, and the page has a section
    page.add_section("exit status", ">", _exit_statuses(page.parser))
    return made | {MAN_PAGE: str(page)}


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parsers of a parser's commands, by name."""
    found = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(found[0].choices) if found else {}


def _exit_statuses(parser: argparse.ArgumentParser) -> str:
    """The exit statuses of each command, with a line for each status, as the source of a man page."""
    lines = []
    for name, command in commands_of(parser).items():
        statuses = (command.epilog or "").removeprefix("Exit statuses: ")
        lines += [".TP", f"\\fBfeedd {name}\\fR", _NEXT_STATUS.sub(";\n.br\n", statuses)]
    return "\n".join(lines).replace("-", "\\-")


def _for_completion() -> argparse.ArgumentParser:
    """The parser, with the short words for each command, and with what paths are completed to."""
    parser = build_parser()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                action.choices[choice.dest].description = choice.help
    for command in commands_of(parser).values():
        for part in (command, *commands_of(command).values()):
            for each in part._actions:
                if each.type is Path:
                    each.complete = shtab.DIRECTORY if each.metavar in _FOLDERS else shtab.FILE
    return parser
