"""The command that uploads to object stores: options in, uploads made, an exit status out."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from feedd.cli import output
from feedd.cli.locating import say_if_elsewhere
from feedd.cli.main import DONE, PROBLEMS
from feedd.cli.setup import state_path, upload_targets, with_config
from feedd.config.load import Config
from feedd.store.documents import FeedsDirectory
from feedd.store.errors import Busy, Damaged, Unusable
from feedd.store.ledger.uploads.upload_rows import WaitingUploads, open_uploads

if TYPE_CHECKING:
    from feedd.deliver.upload_outcomes import Uploaded

_PATIENCE = 60.0  # seconds to wait for a daemon that is just uploading, or for the pass of another process
_REST_SECONDS = 10.0  # that a store may rest altogether before it is given up for now


class Delivered(NamedTuple):
    """What was uploaded to an object store, and what still waits."""

    done: Uploaded
    left: WaitingUploads


def deliver(options: argparse.Namespace) -> int:
    """`feedd deliver`."""

    def act(config: Config) -> int:
        say_if_elsewhere(config)
        if options.dry_run:
            return _say_plans(config, as_json=options.format == "json")
        found = deliver_all(config, options.now, survey=True, take_over=options.take_over)
        if options.format == "json":
            output.say_json({"targets": [_mapping(each) for each in found]})
        else:
            _say(found)
        return PROBLEMS if any(each.left.number or each.done.stopped or is_unknown(each) for each in found) else DONE

    return with_config(options, act)


def deliver_all(
    config: Config, now: Callable[[], datetime], *, survey: bool = False, take_over: bool = False
) -> list[Delivered]:
    """Uploads all that waits, as far as the stores take it. `survey`: the stores are compared with the ledger first.
    A store that another process holds up holds up no other. Raises Unusable or Damaged.
    """
    from feedd.deliver.uploader import Uploader, forget_other_targets

    state, targets = state_path(config), upload_targets(config)
    for words in forget_other_targets(state, targets, _PATIENCE):
        output.complain(words)
    found = []
    for target in targets:
        uploader = Uploader(state, target, FeedsDirectory(config.directories.feeds), now=now, patience=_PATIENCE)
        error = ""
        try:
            if survey:
                uploader.survey(take_over=take_over)
            uploader.upload_all(_REST_SECONDS, threading.Event(), _PATIENCE)
        except (Busy, Unusable) as held_up:
            error = uploader.done.words = str(held_up)
        with open_uploads(state, _PATIENCE) as rows:
            (left,) = rows.waiting([target.name]) if rows is not None else [_unpublished(target.name)]
        found.append(Delivered(uploader.done, left._replace(error=error) if error else left))
    return found


def is_unknown(found: Delivered) -> bool:
    """Whether the store could not be asked."""
    return bool(found.done.words and found.left.error)


def _unpublished(target: str) -> WaitingUploads:
    """What waits for a target where no pass of this version was made yet."""
    return WaitingUploads(target, 0, 0, None, "nothing was published here yet; see `feedd render`", False)


def left_for_stores(state: Path, config: Config) -> list[WaitingUploads] | None:
    """What waits for each object store; None if the ledger cannot be read now."""
    if not config.publish:
        return []
    try:
        with open_uploads(state) as rows:
            return [] if rows is None else rows.waiting(map(str, config.publish))
    except (Unusable, Damaged):
        return None


def left_in_words(left: WaitingUploads) -> str:
    """What waits for an object store, and why."""
    why = f": {left.error}" if left.error else ""
    if not left.number:
        return f"whether {left.target} is up to date is not known{why}" if why else f"{left.target} is up to date"
    words = f"{output.counted(left.number, 'document')} for {left.target} wait{'s' if left.number == 1 else ''}{why}"
    if there := left.withdrawals - left.late:
        since = left.since or datetime.now(UTC)
        are = "is" if there == 1 else "are"
        words += (
            f"; {output.counted(there, 'of them', 'of them')} {are} there still as before something was "
            f"withheld, since {since.astimezone():%Y-%m-%d %H:%M:%S}"
        )
    return words


def say_uploads_left(left: list[WaitingUploads] | None) -> None:
    """Prints what waits for object stores."""
    if left is None:
        output.say("  stores     not known now: the ledger is in use")
        return
    for each in left:
        output.say(f"  stores     {left_in_words(each)}")


def _mapping(found: Delivered) -> dict[str, object]:
    done = found.done
    return {"put": done.put, "deleted": done.deleted, "kept": done.kept, **found.left._asdict()}


def done_in_words(found: Delivered) -> str:
    """What was uploaded; empty if nothing was."""
    done = found.done
    parts = [output.counted(done.put, "document") + " put"] if done.put else []
    parts += [output.counted(done.deleted, "document") + " deleted"] if done.deleted else []
    return ", ".join(parts)


def _say(found: Iterable[Delivered]) -> None:
    none = True
    for each in found:
        none = False
        if words := done_in_words(each):
            output.say_marked("uploaded", "green", f"{words}, at {each.left.target}")
        if each.left.number or each.done.stopped or is_unknown(each):
            mark = "stopped" if each.done.stopped else "waiting"
            output.say_marked(mark, "red" if each.done.stopped else "yellow", left_in_words(each.left))
        elif not words:
            output.say(f"nothing to upload to {each.left.target}" + (f": {each.left.error}" if each.left.error else ""))
    if none:
        output.say("no object store is configured (publish)")


def _say_plans(config: Config, *, as_json: bool) -> int:
    from feedd.deliver.plan_uploads import UploadPlan, plan_uploads

    plans: list[UploadPlan] = [plan_uploads(state_path(config), target) for target in upload_targets(config)]
    status = PROBLEMS if any(plan.error for plan in plans) else DONE
    if as_json:
        output.say_json({"targets": [each._asdict() for each in plans]})
        return status
    for plan in plans:
        output.say(plan.target)
        for mark, colour, paths in (
            ("put", "green", plan.put),
            ("missing", "green", plan.missing),
            ("delete", "red", plan.delete),
            ("altered", "yellow", plan.altered),
        ):
            for path in paths:
                output.say_marked(mark, colour, path)
        if plan.error:
            output.say(f"  what it has is not known: {plan.error}")
        output.say(
            f"{output.counted(len(plan.put) + len(plan.missing), 'document')} to put, {len(plan.delete)} to delete"
            + (f", {len(plan.altered)} that somebody else has altered" if plan.altered else "")
        )
    if not plans:
        output.say("no object store is configured (publish)")
    return status
