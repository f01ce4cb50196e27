"""The command that says all that is wrong: options in, items and configuration read, an exit status out."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from feedd.cli import output
from feedd.cli.main import DONE, PROBLEMS, REFUSED
from feedd.cli.saying.say_checked import say_audiences, say_grouped, say_held, say_summary
from feedd.cli.setup import (
    executor,
    from_here,
    items_directory,
    partly_read_configuration,
    read_configuration,
    say_if_no_site,
)
from feedd.cli.subscribing.private_sites import lost_with_state, subscribers_trouble
from feedd.config.config_file import ConfigError
from feedd.config.judging.unusable_settings import UnusableSetting, at_their_places
from feedd.config.load import DEFAULT_PATH, Config
from feedd.config.resolve import reading_settings, site_info
from feedd.decide.minting import normal_path, why_too_early
from feedd.inspect.directory_demands import EpisodeDemands, no_podcast_note, podcast_notes
from feedd.inspect.find_duplicates import DuplicateFinder
from feedd.inspect.unmatched_names import UnmatchedNames
from feedd.items.withholding.meaning import is_publishable, what_holds
from feedd.items.withholding.withholding_marks import AUDIENCE
from feedd.model import Problem
from feedd.render.podcasts import podcasts
from feedd.run.executor.executor_protocol import MANY_FILES, GaveUp
from feedd.run.missing_files import MissingFiles
from feedd.run.read import Reader, in_portions, wanted_commits
from feedd.run.reading_summary import ReadingSummary
from feedd.run.remarks.unheeded_audiences import UnheededAudiences, in_vain
from feedd.select.unmatched import empty_defaults, empty_folders
from feedd.store.item_source import Scan, Unavailable
from feedd.store.items import ItemsDirectory
from feedd.store.ledger.codec import decode_item
from feedd.store.mounts import real_path
from feedd.store.object_stores.store_url import is_store_url

if TYPE_CHECKING:
    from feedd.store.object_stores.bucket_items import BucketItems


_UNKNOWN_PLACE = "no item was checked: what could be read of the configuration does not say where they are"
_PARTLY_READ = "items are checked by what could be read of it, and by the usual values for all else"


def check(options: argparse.Namespace) -> int:
    """`feedd check`."""
    problems: list[Problem] = []
    partly: list[Problem] = []
    knows_places = True
    try:
        config = read_configuration(options)
    except ConfigError as error:
        config = partly_read_configuration(options, error)
        knows_places = options.seeds is not None or bool(error.sound)
        problems.extend(error.problems)
        partly = [Problem(str(options.config or DEFAULT_PATH), _PARTLY_READ, kind="note")]
    if not problems and (trouble := subscribers_trouble(config)):
        problems.append(Problem(str(options.config or DEFAULT_PATH), trouble, field="private.subscribers"))
    if not problems and (lost := lost_with_state(config)):
        problems.append(Problem(str(options.config or DEFAULT_PATH), lost, kind="note", field="private.subscribers"))
    items = items_directory(config)
    try:
        checked = _check_items(items, options, config)
    except (Unavailable, GaveUp) as error:
        output.say_problems(problems, sys.stderr)
        output.complain(str(error) if knows_places else _UNKNOWN_PLACE)
        say_if_no_site(options, config)
        return REFUSED
    problems.extend(from_here(config, checked.problems))
    if not options.paths:
        problems.extend(_podcast_notes(options, config, checked.episodes))
        problems.extend(_name_notes(options, checked.names))
        problems.extend(_setting_notes(options, config, checked.paths))
    problems.extend(partly)
    if options.format == "github":
        output.say_github(problems)
    elif options.format == "json":
        output.say_json(problems)
    else:
        say_grouped(problems)
        bad = sum(each.kind == "problem" for each in problems)
        output.say(f"{output.counted(len(checked.paths), 'file')} checked, {output.counted(bad, 'problem')}")
        say_summary(checked.summary)
        say_held(checked.held)
        say_audiences(checked.audiences)
        if checked.unheeded:
            output.say(in_vain(checked.unheeded))
    return PROBLEMS if any(each.kind == "problem" for each in problems) else DONE


def _missing(items: ItemsDirectory | BucketItems, path: str, relative: str | None) -> Problem:
    why = items.why_none(path) or "it is a folder without items"
    return Problem(relative or (path if is_store_url(path) else str(real_path(Path(path)))), f"no item there: {why}")


_NEW = b""  # the digest of no item, so that every item is tried out


class Checked(NamedTuple):
    """The outcome of a look at items. `paths`: the files that were looked at; `episodes`: how many items are of a
    podcast; `audiences`: how many items are for each audience, in words; `held`: how many others are not to be
    published now, by what holds them back; `names`: what no item has anything of; `unheeded`: how many items name an
    audience in vain.
    """

    problems: list[Problem]
    paths: Collection[str]
    summary: ReadingSummary
    episodes: int
    audiences: Counter[str]
    held: Counter[str]
    names: UnmatchedNames
    unheeded: int


def _chosen(
    items: ItemsDirectory | BucketItems, scan: Scan, paths: Sequence[str]
) -> tuple[Sequence[str], list[Problem]]:
    """The files to look at, and the problems of folders: those at the `paths` that a person named and below them, or
    all if there are none. A path at which nothing is, is a problem, too.
    """
    chosen, found = scan.paths(), list(scan.problems)
    if not paths:
        return chosen, found
    wanted = {path: items.relative(path) for path in paths}
    known = (*chosen, *(problem.path for problem in found))
    missing = [
        _missing(items, path, relative)
        for path, relative in wanted.items()
        if relative is None or not any(_covers(relative, each) for each in known)
    ]
    there = [relative for relative in wanted.values() if relative]
    chosen = [each for each in chosen if any(_covers(relative, each) for relative in there)]
    found = [each for each in found if any(_covers(relative, each.path) for relative in there)]
    return chosen, found + missing


def _check_items(items: ItemsDirectory | BucketItems, options: argparse.Namespace, config: Config) -> Checked:
    scan = items.scan(0)
    chosen, found = _chosen(items, scan, options.paths)
    summary, audiences, unheeded = ReadingSummary(), Counter[str](), UnheededAudiences()
    held = Counter[str]()
    now, default_listed = options.now(), config.defaults.published
    missing_files = MissingFiles(scan.media, site_info(config), items.media_problem)
    with executor(config) as workers:
        reading = reading_settings(config)
        reader = Reader(items, reading, site_info(config), workers, wanted_commits(items, reading))
        sharing = DuplicateFinder(reader, config.ids.keep_from, config.tagging_entity)
        has_site = config.site.url is not None or config.site.media_prefix is not None
        names = UnmatchedNames(config.images.not_from if config.images.mirror else ())
        demands = EpisodeDemands(scan.media, probe=config.media.probe, has_site=has_site)
        portions = ([(path, _NEW) for path in portion] for portion in in_portions(chosen))
        for files in reader.read(portions, many=len(chosen) >= MANY_FILES):
            unheeded.add(files)
            for file in sorted(files, key=lambda each: each.path):
                found.extend(file.problems)
                sharing.add(file)
                summary.add(file)
                if file.item is not None:
                    item = decode_item(file.item, file.digest)
                    demands.add(file.path, item)
                    names.add(item)
                    if item.hidden_by.startswith(AUDIENCE):
                        audiences.update([item.hidden_by])
                    elif what := what_holds(item, now, default_listed=default_listed):
                        held.update([what])
                    if file.media and is_publishable(item, now, default_listed=default_listed):
                        missing_files.add(file.path, file.media, has_link=item.link is not None)
        found.extend(sharing.notes(chosen, now, default_listed=default_listed))
        found.extend(sharing.disputes(now, default_listed=default_listed))
    found.extend((*missing_files.notes, *demands.notes()))
    return Checked(
        found, chosen, summary, demands.episodes, audiences, held, names, 0 if config.private else unheeded.count
    )


def _podcast_notes(options: argparse.Namespace, config: Config, episodes: int) -> list[Problem]:
    """Notes about what directories would miss in the settings of podcasts. Without settings and episodes, none."""
    path, found = str(options.config or DEFAULT_PATH), podcasts(site_info(config))
    if not found:
        return [no_podcast_note(episodes, path)] if episodes else []
    return list(podcast_notes(found, path))


def _name_notes(options: argparse.Namespace, names: UnmatchedNames) -> list[Problem]:
    """Notes about names in `images.not_from` that no item has anything of."""
    found = [UnusableSetting("images.not_from", words) for words in names.notes()]
    return [replace(each, kind="note") for each in at_their_places(found, options.config, {})]


def _setting_notes(options: argparse.Namespace, config: Config, paths: Collection[str]) -> list[Problem]:
    """Notes about an authority of a date to come, and about folders in settings in which no item is; none about folders
    while there are no items at all.
    """
    found = []
    if config.authority is not None and (reason := why_too_early(config.authority, options.now())):
        found.append(("authority", reason))
    if paths:

        def has_files(folder: str) -> bool:
            return any(path.startswith(folder) for path in paths)

        found += [*empty_folders(config.feeds, has_files), *empty_defaults(config.folders, has_files)]
    return [replace(each, kind="note") for each in at_their_places(starmap(UnusableSetting, found), options.config, {})]


def _covers(wanted: str, path: str) -> bool:
    wanted, path = normal_path(wanted), normal_path(path)
    return wanted in (path, ".") or path.startswith(f"{wanted}/")
