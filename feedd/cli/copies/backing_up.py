"""The commands for backups: options in, a backup made or put back, an exit status out."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from feedd.cli import output
from feedd.cli.locating import say_if_elsewhere
from feedd.cli.main import DONE, USAGE
from feedd.cli.setup import state_path, with_config
from feedd.config.load import Config
from feedd.store.control import Control
from feedd.store.copies.backup import CopiedLedger, make_backup
from feedd.store.documents import FeedsDirectory
from feedd.store.errors import Busy
from feedd.store.mounts import real_path
from feedd.store.site_file import FILE
from feedd.store.state_directory import LEDGER_NAME, StateDirectory


def backup(options: argparse.Namespace) -> int:
    """`feedd backup`."""

    def act(config: Config) -> int:
        say_if_elsewhere(config)
        state, target, feeds = state_path(config), options.file, config.directories.feeds
        if real_path(target).is_relative_to(real_path(feeds)):
            output.complain(f"{target} lies in {feeds}, which would publish what is withheld; name another file")
            return USAGE
        if target.name.startswith(LEDGER_NAME) and real_path(target).parent == real_path(state):
            output.complain(f"{target} is of the ledger itself; name another file")
            return USAGE
        found = make_backup(state, target, options.now(), replace=options.replace)
        if options.format == "json":
            output.say_json({"file": str(target), **_as_mapping(found)})
        elif not options.quiet:
            output.say_marked("saved", "green", f"{_in_words(found)}: {target}")
        return DONE

    return with_config(options, act)


def restore(options: argparse.Namespace) -> int:
    """`feedd restore`."""

    def act(config: Config) -> int:
        from feedd.store.copies.restore import check_is_file, restore_ledger

        say_if_elsewhere(config)
        check_is_file(options.file)  # before a state directory is made
        path = state_path(config)
        if (running := Control(path).holder()) is not None:
            raise Busy(
                f"another feedd (process {running or 'unknown'}) runs on {path}: stop it first "
                "(`systemctl stop feedd`, or Ctrl-C where it was started), and start it again afterwards"
            )
        with Control(path), StateDirectory(path) as state:  # no daemon may start meanwhile, and no pass begin
            claim = FeedsDirectory(config.directories.feeds).claim(path)
            restored = restore_ledger(options.file, state, claim.key(), lambda: _other_site(options.file, config))
        if options.format == "json":
            aside = None if restored.aside is None else str(restored.aside)
            output.say_json({"file": str(options.file), "before": aside, **_as_mapping(restored.ledger)})
            return DONE
        at = restored.ledger.at
        since = f", as of {output.stamp(at)}" if at is not None else ""
        output.say_marked("restored", "green", f"{_in_words(restored.ledger)}{since}, from {options.file}")
        if restored.aside is not None:
            output.say(f"           the ledger before it is kept: {restored.aside}")
        if restored.subscribers:
            output.say(
                "           whoever was revoked since may read private feeds again: see `feedd subscribers list`"
            )
        output.say("           `feedd render` or `feedd run` goes on from there, with what the feeds show since then;")
        output.say("           where there are none, `feedd render --recover FOLDER|URL` names a copy of them")
        return DONE

    return with_config(options, act)


def _other_site(file: Path, config: Config) -> str:
    return (
        f"{file} belongs to another site than the ledger in {state_path(config)} or the documents in "
        f"{config.directories.feeds}: with it, entries would get its ids. If it is the right one all the same, move "
        f"the ledger and {config.directories.feeds / FILE} away"
    )


def _in_words(found: CopiedLedger) -> str:
    return f"{output.counted(found.entries, 'entry', 'entries')}, {found.size / 1e6:,.1f} MB"


def _as_mapping(found: CopiedLedger) -> dict[str, int | datetime | None]:
    return {"entries": found.entries, "bytes": found.size, "at": found.at}
