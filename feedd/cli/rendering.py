"""The command that publishes once: options in, a pass made, an exit status out."""

from __future__ import annotations

import argparse
import contextlib
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from feedd.cli import output
from feedd.cli.copies.recovering import FolderCopy, recovery_source
from feedd.cli.main import DONE, PROBLEMS, REFUSED, USAGE
from feedd.cli.progress_bar import progress_bar
from feedd.cli.setup import (
    from_here,
    is_no_site,
    items_directory,
    make_publisher,
    say_if_no_site,
    state_path,
    with_config,
)
from feedd.cli.subscribing.private_sites import private_publishers, private_subscribers, subscribers_trouble
from feedd.config.load import Config
from feedd.config.resolve import pass_settings
from feedd.items.reading_settings import PreviewSettings
from feedd.model import Report
from feedd.render import OPML, PAGE
from feedd.run.all_publishers import AllPublishers
from feedd.run.pass_settings import PassSettings
from feedd.store.control import READ_AGAIN, Control
from feedd.store.errors import Busy, Damaged, Unusable
from feedd.store.item_source import Unavailable
from feedd.store.state_directory import LEDGER_NAME
from feedd.store.subscribers import Subscribers

if TYPE_CHECKING:
    from feedd.deliver.mirror.all_mirrors import AllMirrors
    from feedd.deliver.prober import Probed

_PICTURES_SECONDS = 120.0  # for all pictures that are fetched after a pass; the rest comes after the next
_SIZES_SECONDS = 60.0  # for all servers that are asked after a pass; the rest is asked for after the next


def render(options: argparse.Namespace) -> int:
    """`feedd render`."""
    if mistake := _mistake(options):
        output.complain(mistake)
        return USAGE
    return with_config(options, lambda config: _render(options, config))


def _mistake(options: argparse.Namespace) -> str:
    """Why the options do not go together, in words; empty if they do."""
    if options.start_over != options.nobody_subscribed:
        return (
            "--start-over makes all ids anew: every reader would see all entries once more. If there is no reader yet, "
            "give both --start-over and --nobody-subscribed"
        )
    if options.start_over and options.preview is not None:
        return "--preview changes no ledger, so there is nothing to start over; give one of both"
    if options.start_over and options.recover is not None:
        return "--recover goes on with published ids, and --start-over makes new ids; give one of both"
    if options.start_over and options.first:
        return "--first is for what was never published, and --start-over begins anew in any case; give one of both"
    return ""


def _render(options: argparse.Namespace, config: Config) -> int:
    started, state = time.perf_counter(), state_path(config)
    settings = replace(pass_settings(config), accept_guesses=options.accept_guesses)
    if why := _why_not_begun(options, config, state):
        return _say(options, config, Report(refused=why))
    if options.preview is not None:
        return _render_preview(options, config, settings)
    if options.start_over and (noticed := Subscribers(state).noticed() or private_subscribers(config)):
        output.complain(
            f"refused: somebody may have subscribed: {noticed}. Their readers would show every entry once more. "
            f"If you want this all the same, delete {state} and give both options again"
        )
        return REFUSED
    if reason := _why_undone(state, config.base_url):
        output.complain(f"refused: {reason}")
        return REFUSED
    with (
        progress_bar(wanted=not options.quiet and options.format == "text") as progress,
        make_publisher(config, state, progress, settings, recovery=recovery_source(config, options)) as public,
        AllPublishers(public, partial(private_publishers, config, accept_guesses=options.accept_guesses)) as publisher,
    ):
        publish = publisher.start_over if options.start_over else publisher.publish
        report = publish(options.now(), allow_empty=options.allow_empty)
        if config.media.probe and not (report.refused or report.failed):
            report = _with_sizes(report, publisher, state, options.now)
        if settings.site.mirror is not None and not (report.refused or report.failed):
            from feedd.deliver.mirror.all_mirrors import AllMirrors  # late: most sites mirror none

            mirrors = AllMirrors(state, options.addresses, options.now)
            mirrors.use(settings.site.mirror, settings.room_for_pictures, settings.selection.private)
            report = _with_pictures(report, publisher, mirrors, options.now)
    if trouble := subscribers_trouble(config):
        report = replace(report, remarks=(*report.remarks, trouble))
    if config.publish:  # after a refusal, too: what was withdrawn before may wait
        report = _with_uploads(report, config, options.now)
    return _say(options, config, _timed(config, report, started))


def _why_not_begun(options: argparse.Namespace, config: Config, state: Path) -> str:
    """Why nothing is made in a folder without a site, in words; empty where a site is, or was."""
    try:
        if is_no_site(options, config) and not state.exists():
            items_directory(config).scan(0)
    except Unavailable as error:
        return f"{error}. Nothing was made."
    except OSError:  # whoever opens the state directory says so
        return ""
    return ""


def _why_undone(state: Path, base_url: str) -> str:
    """Why a running daemon would undo what is published now, in words; empty if it would not."""
    control = Control(state)
    pid = control.holder()
    status = control.status() if pid is not None else None
    also = ""
    if status is None:
        return ""
    if status.base_url not in ("", base_url):
        why = f"publishes here for {status.base_url}, and would undo what is made for {base_url}"
        also = f", say `--base-url {status.base_url}` here, too"
    elif status.configuration_file is not None and status.configuration_file.has_changed():
        path = status.configuration_file.path
        why = f"publishes here by {path} as it was before it changed, and would undo what is made now"
    else:
        return ""
    return f"a daemon (process {pid}) {why}. {READ_AGAIN}{also}, or end it first"


def _render_preview(options: argparse.Namespace, config: Config, settings: PassSettings) -> int:
    """Renders into a folder of its own, from a copy of the ledger that is deleted afterwards."""
    import tempfile

    from feedd.store.copies.snapshot import keep_snapshot
    from feedd.store.preview_folder import PreviewFolder

    started, folder, now = time.perf_counter(), PreviewFolder(options.preview), options.now()
    state_of_site, places = state_path(config), config.directories
    others = {"items": places.seeds, "feeds": places.feeds, "ledger": state_of_site}
    if reason := folder.why_unusable({what: path for what, path in others.items() if isinstance(path, Path)}):
        output.complain(reason)
        return REFUSED
    with tempfile.TemporaryDirectory(prefix="feedd-preview-") as temporary:
        state = Path(temporary)
        with contextlib.suppress(Damaged):  # as without a ledger: what was published is taken over
            keep_snapshot(state_of_site / LEDGER_NAME, state / LEDGER_NAME)
        items = None if isinstance(places.seeds, Path) else items_directory(config)  # with its cache
        feeds, config = places.feeds, replace(config, directories=replace(places, feeds=folder.path, state=state))
        recovery = replace(recovery_source(config, options), here=FolderCopy(feeds, may_be_missing=True))
        with make_publisher(config, state, None, _for_preview(settings, now), items, recovery) as publisher:
            folder.begin()
            report = publisher.publish(now, allow_empty=options.allow_empty)
    report = replace(report, announcements=0, uploads=0, next_due=None)
    return _say(options, config, _timed(config, report, started))


def _for_preview(settings: PassSettings, now: datetime) -> PassSettings:
    preview = PreviewSettings(now.replace(microsecond=0), settings.default_listed)
    return replace(
        settings,
        site=replace(settings.site, mirror=None),  # the pictures are in another state directory
        reading=replace(settings.reading, preview=preview),
        reading_inputs=f"{settings.reading_inputs} {now}",  # another mark for each preview: all files are read
        default_listed=True,
        accept_guesses=True,
        recovery_index=False,  # it would name what is withheld
    )


def _with_sizes(report: Report, publisher: AllPublishers, state: Path, now: Callable[[], datetime]) -> Report:
    """The report of a pass, after which servers were asked for sizes. If they said any, another pass was made, and is
    part of the report. What could not be asked for is a remark.
    """
    from feedd.deliver.prober import Prober  # late: most sites have no files to ask for

    try:
        asked = Prober(state, now=now).ask_all(_SIZES_SECONDS)
    except (Busy, Unusable, Damaged) as error:
        return replace(report, remarks=(*report.remarks, f"the sizes of files could not be asked for: {error}"))
    if any(each.answer.size is not None for each in asked):
        report = _as_one(report, publisher.publish(now()))
    failed = [each for each in asked if each.answer.size is None]
    return replace(report, remarks=(*report.remarks, *_unknown_sizes(failed)))


def _with_pictures(
    report: Report, publisher: AllPublishers, mirrors: AllMirrors, now: Callable[[], datetime]
) -> Report:
    """The report of a pass, after which pictures were fetched. If any came, another pass was made, and is part of the
    report. What could not be had is a remark.
    """
    try:
        found = mirrors.fetch_all(_PICTURES_SECONDS)
    except (Busy, Unusable, Damaged) as error:
        return replace(report, remarks=(*report.remarks, f"pictures could not be mirrored: {error}"))
    if mirrors.known(found):
        report = _as_one(report, publisher.publish(now()))
    failed = [each for each in found if not each.is_here]
    if not failed:
        return report
    what = f"{output.counted(len(failed), 'picture')} {'is' if len(failed) == 1 else 'are'} not mirrored"
    first = failed[0].named if failed[0].private else failed[0].url
    return replace(report, remarks=(*report.remarks, f"{what} ({first}: {failed[0].words})"))


def _with_uploads(report: Report, config: Config, now: Callable[[], datetime]) -> Report:
    """The report of a pass after whose end everything was uploaded. What could not be uploaded is a remark."""
    from feedd.cli.delivering import deliver_all, done_in_words, is_unknown, left_in_words

    try:
        found = deliver_all(config, now)
    except (Unusable, Damaged) as error:
        return replace(report, remarks=(*report.remarks, f"published here, but not uploaded: {error}"), uploads=1)
    waiting = [each.left for each in found if each.left.number or each.done.stopped or is_unknown(each)]
    remarks = [f"published here, but not yet there: {left_in_words(each)}. `feedd deliver` goes on" for each in waiting]
    done = [f"{words}, at {each.left.target}" for each in found if (words := done_in_words(each))]
    return replace(
        report,
        remarks=(*report.remarks, *remarks),
        uploads=sum(max(1, each.number) for each in waiting),
        uploaded=tuple(done),
    )


def _as_one(first: Report, second: Report) -> Report:
    """One report of two passes, one after the other."""
    withdrawn = first.withdrawn_ids | second.withdrawn_ids
    return replace(
        second,
        read=first.read + second.read,
        removed=first.removed + second.removed,
        written=tuple(dict.fromkeys((*first.written, *second.written))),
        deleted=tuple(dict.fromkeys((*first.deleted, *second.deleted))),
        moved=first.moved or second.moved,
        withdrawn=len(withdrawn),
        withdrawn_ids=withdrawn,
        remarks=(*first.remarks, *second.remarks),
    )


def _unknown_sizes(failed: Sequence[Probed]) -> list[str]:
    if not failed:
        return []
    url, answer, _ = failed[0]
    what = f"sizes of {output.counted(len(failed), 'file')} are" if len(failed) > 1 else "size of a file is"
    return [f"the {what} not known ({url}: {answer.words}); a later render asks again"]


def _timed(config: Config, report: Report, started: float) -> Report:
    """The report with paths that can be opened from the working directory, and with the time it took."""
    return replace(
        report,
        problems=from_here(config, report.problems),
        notes=from_here(config, report.notes),
        seconds=round(time.perf_counter() - started, 3),
    )


def _say(options: argparse.Namespace, config: Config, report: Report) -> int:
    if options.format == "json":
        output.say_json({name: getattr(report, name) for name in report.__struct_fields__ if name != "withdrawn_ids"})
    if report.refused:
        output.complain(f"refused: {report.refused}")
        say_if_no_site(options, config)
        for remark in report.remarks if report.uploads else ():
            output.complain(remark)
        return REFUSED
    silent = options.quiet and not (report.problems or report.failed or report.remarks)
    if options.format == "text" and not silent:
        start = config.directories.feeds / (PAGE.file if config.pages else OPML)
        output.say_report(report, str(start), config.base_url)
    if report.failed:
        return REFUSED
    return PROBLEMS if report.uploads or (options.strict and report.problems) else DONE
