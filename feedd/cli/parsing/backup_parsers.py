"""The parsers of the commands that copy the ledger, and put a copy back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from feedd.cli.options import command, places, report_format


def backup(commands: Any) -> None:
    """`feedd backup`."""
    parser = command(
        commands,
        "backup",
        "copies.backing_up.backup",
        "copy the ledger into a file, also while the daemon runs",
        "Copies the ledger, as it is at one moment, into a file that only its owner may read. The daemon goes on "
        "meanwhile. The copy is checked, and takes its name when it is whole. It holds what is withheld, too: keep it "
        "as you keep the items.",
        "0 done; 2 a mistake in the configuration or the command line; 3 there is no ledger, the ledger is damaged, "
        "the file is there already, or it could not be written.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to make")
    parser.add_argument("--replace", action="store_true", help="replace the file, if it is there already")
    parser.add_argument("--quiet", action="store_true", help="say nothing unless something is wrong")
    places(parser)
    report_format(parser, "text", "json")


def restore(commands: Any) -> None:
    """`feedd restore`."""
    parser = command(
        commands,
        "restore",
        "copies.backing_up.restore",
        "put a backup of the ledger back",
        "Checks a backup of this site's ledger, and puts it in the place of the ledger, which is kept beside. The next "
        "pass goes on from there, with what the feeds show since then. Refused while a daemon runs.",
        "0 done; 2 a mistake in the configuration or the command line; 3 the file is damaged, of another site or of a "
        "newer feedd, a daemon runs, or the state directory cannot be used.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that `feedd backup` made, or another copy")
    places(parser)
    report_format(parser, "text", "json")
