"""The commands: options in, calls made, an exit status out.

Modules that only some commands need are imported where they are used. Loading them takes longer than a whole `feedd
render` that finds nothing to do.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from feedd.cli import output
from feedd.cli.main import DONE, PROBLEMS, REFUSED
from feedd.cli.progress_bar import progress_bar
from feedd.cli.setup import (
    chosen_directories,
    items_directory,
    make_publisher,
    read_configuration,
    state_path,
    with_config,
)
from feedd.config.load import DEFAULT_PATH, Config, ConfigError
from feedd.config.resolve import reading_settings, site_info
from feedd.decide.identity import normal_path
from feedd.model import Problem
from feedd.render import OPML, PAGE
from feedd.render.podcasts import podcasts
from feedd.run.executor.executor_protocol import MANY_FILES, GaveUp
from feedd.run.executor.workers import Workers
from feedd.store.item_source import Unavailable
from feedd.store.items import MISSING, ItemsDirectory

if TYPE_CHECKING:
    from feedd.inspect.preview import Preview


def render(options: argparse.Namespace) -> int:
    """`feedd render`."""

    def act(config: Config) -> int:
        started = time.perf_counter()
        with (
            progress_bar(wanted=not options.quiet and options.format == "text") as progress,
            make_publisher(config, state_path(config), progress) as publisher,
        ):
            report = publisher.publish(options.now(), allow_empty=options.allow_empty)
        report = replace(
            report,
            problems=_from_here(config, report.problems),
            notes=_from_here(config, report.notes),
            seconds=round(time.perf_counter() - started, 3),
        )
        if options.format == "json":
            output.say_json(report)
        if report.refused:
            output.complain(f"refused: {report.refused}")
            return REFUSED
        silent = options.quiet and not (report.problems or report.failed or report.remarks)
        if options.format == "text" and not silent:
            start = config.directories.feeds / (PAGE.file if config.pages else OPML)
            output.say_report(report, str(start), config.base_url)
        if report.failed:
            return REFUSED
        return PROBLEMS if options.strict and report.problems else DONE

    return with_config(options, act)


def plan(options: argparse.Namespace) -> int:
    """`feedd plan`."""

    def act(config: Config) -> int:
        with open_preview(config, options.now()) as preview:
            found = preview.plan()
        if options.format == "json":
            output.say_json(msgspec.to_builtins(found) | {"reruns": found.reruns})
        else:
            output.say_plan(found)
        return PROBLEMS if found.reruns else DONE

    return with_config(options, act)


def why(options: argparse.Namespace) -> int:
    """`feedd why`."""
    from feedd.cli.say_explanation import say_explanation
    from feedd.inspect.explain import explain, find_digest

    def act(config: Config) -> int:
        with open_preview(config, options.now()) as preview:
            found = explain(preview, options.what)
            digest = None if found else find_digest(preview, options.what)
        if digest is not None:
            folder, period = digest
            output.complain(f"that is the digest of {period} in {folder}: it is kept, and not explained")
            return REFUSED
        if found is None:
            why = items_directory(config).why_none(options.what)
            said = f": {why}" if why not in (None, MISSING) else ""
            output.complain(f"no item has the path, the id or the link {options.what}{said}")
            return REFUSED
        found = replace(
            found,
            path=str(config.directories.seeds / found.path),
            story=found.story and replace(found.story, path=str(config.directories.seeds / found.story.path)),
            problems=_from_here(config, found.problems),
            notes=_from_here(config, found.notes),
        )
        if options.format == "json":
            output.say_json(found)
        else:
            say_explanation(found)
        return PROBLEMS if found.withheld or found.problems else DONE

    return with_config(options, act)


def check(options: argparse.Namespace) -> int:
    """`feedd check`."""
    problems: list[Problem] = []
    try:
        config = read_configuration(options)
    except ConfigError as error:
        problems.extend(error.problems)
        config = Config(directories=chosen_directories(options, Config().directories))
    items = items_directory(config)
    try:
        found, checked, episodes = _check_items(items, options, config)
    except (Unavailable, GaveUp) as error:
        output.say_problems(problems, sys.stderr)
        output.complain(str(error))
        return REFUSED
    problems.extend(_from_here(config, found))
    if not options.paths:
        problems.extend(_podcast_notes(options, config, episodes))
    if options.format == "github":
        output.say_github(problems)
    elif options.format == "json":
        output.say_json(problems)
    else:
        output.say_problems(problems)
        bad = sum(each.kind == "problem" for each in problems)
        output.say(f"{output.counted(checked, 'file')} checked, {output.counted(bad, 'problem')}")
    return PROBLEMS if any(each.kind == "problem" for each in problems) else DONE


def _missing(items: ItemsDirectory, path: str, relative: str | None) -> Problem:
    why = items.why_none(path) or "it is a folder without items"
    return Problem(relative or str(Path(path).resolve()), f"no item there: {why}")


_NEW = b""  # the digest of no item, so that every item is tried out


def _check_items(items: ItemsDirectory, options: argparse.Namespace, config: Config) -> tuple[list[Problem], int, int]:
    """The problems of the chosen items, the number of their files, and how many of them are episodes of podcasts."""
    from feedd.inspect.directory_demands import EpisodeDemands
    from feedd.run.find_duplicates import DuplicateFinder
    from feedd.run.read import Reader, in_portions
    from feedd.store.ledger.codec import decode_item

    paths: list[str] = options.paths
    scan = items.scan(0)
    chosen = scan.paths()
    found = list(scan.problems)
    known_bad = [problem.path for problem in found]
    if paths:
        wanted = {path: items.relative(path) for path in paths}
        missing = [
            _missing(items, path, relative)
            for path, relative in wanted.items()
            if relative is None or not any(_covers(relative, each) for each in (*chosen, *known_bad))
        ]
        chosen = [each for each in chosen if any(_covers(want, each) for want in wanted.values() if want)]
        found = [each for each in found if any(_covers(want, each.path) for want in wanted.values() if want)]
        found += missing
    with Workers(config.workers) as workers:
        reader = Reader(items, reading_settings(config), site_info(config), workers)
        sharing = DuplicateFinder(reader, config.ids.keep_from, config.tagging_entity)
        demands = EpisodeDemands()
        portions = ([(path, _NEW) for path in portion] for portion in in_portions(chosen))
        for files in reader.read(portions, many=len(chosen) >= MANY_FILES):
            for file in sorted(files, key=lambda each: each.path):
                found.extend(file.problems)
                sharing.add(file)
                if file.item is not None:
                    demands.add(file.path, decode_item(file.item, file.digest))
        now, default_listed = options.now(), config.defaults.published
        found.extend(sharing.notes(chosen, now, default_listed=default_listed))
        found.extend(sharing.disputes(now, default_listed=default_listed))
    found.extend(demands.notes())
    return found, len(chosen), demands.episodes


def _podcast_notes(options: argparse.Namespace, config: Config, episodes: int) -> list[Problem]:
    """Notes about what directories would miss in the settings of podcasts. Without settings and episodes, none."""
    from feedd.inspect.directory_demands import no_podcast_note, podcast_notes

    path, found = str(options.config or DEFAULT_PATH), podcasts(site_info(config))
    if not found:
        return [no_podcast_note(episodes, path)] if episodes else []
    return list(podcast_notes(found, path))


def _from_here(config: Config, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems with paths that can be opened from the working directory."""
    return tuple(replace(each, path=str(config.directories.seeds / each.path)) for each in problems)


def _covers(wanted: str, path: str) -> bool:
    wanted, path = normal_path(wanted), normal_path(path)
    return wanted in (path, ".") or path.startswith(f"{wanted}/")


@contextmanager
def open_preview(config: Config, now: datetime) -> Iterator[Preview]:
    """A preview of a pass at `now`."""
    from feedd.cli.locating import say_if_elsewhere
    from feedd.inspect.preview import previewed

    say_if_elsewhere(config)
    with make_publisher(config, state_path(config)) as publisher, previewed(publisher, now) as preview:
        yield preview
