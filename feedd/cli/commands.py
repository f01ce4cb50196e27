"""The commands: options in, calls made, an exit status out."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from feedd import config as configuration
from feedd.cli import words
from feedd.cli.main import DONE, PROBLEMS, REFUSED, USAGE
from feedd.config import Config, ConfigError, Directories
from feedd.core import parse, settings
from feedd.core import render as rendering
from feedd.core.assemble import Site
from feedd.core.fields import Findings
from feedd.disk.database import FILE_NAME, Busy, Damaged, StateDirectory, Unusable
from feedd.disk.feeds import FeedsDirectory
from feedd.disk.items import ItemsDirectory, Unavailable
from feedd.model import Problem
from feedd.publish.preview import Preview
from feedd.publish.publisher import Publisher
from feedd.publish.reading import read_one
from feedd.publish.work import Progress, Settings


def render(options: argparse.Namespace) -> int:
    """`feedd render`."""

    def act(config: Config) -> int:
        started = time.perf_counter()
        with (
            words.progress_bar(wanted=not options.quiet and options.format == "text") as progress,
            _publisher(config, _state_path(config), progress) as publisher,
        ):
            report = publisher.publish(datetime.now(UTC), allow_empty=options.allow_empty)
        report = replace(
            report,
            problems=_from_here(config, report.problems),
            notes=_from_here(config, report.notes),
            seconds=round(time.perf_counter() - started, 3),
        )
        if options.format == "json":
            words.say_json(report)
        if report.refused:
            words.complain(f"refused: {report.refused}")
            return REFUSED
        silent = options.quiet and not (report.problems or report.failed or report.remarks)
        if options.format == "text" and not silent:
            words.say_report(report, str(config.directories.feeds), config.base_url)
        if report.failed:
            return REFUSED
        return PROBLEMS if options.strict and report.problems else DONE

    return _with_config(options, act)


def plan(options: argparse.Namespace) -> int:
    """`feedd plan`."""

    def act(config: Config) -> int:
        with _preview(config) as preview:
            found = preview.plan()
        if options.format == "json":
            words.say_json(msgspec.to_builtins(found) | {"reruns": found.reruns})
        else:
            words.say_plan(found)
        return PROBLEMS if found.reruns else DONE

    return _with_config(options, act)


def why(options: argparse.Namespace) -> int:
    """`feedd why`."""

    def act(config: Config) -> int:
        with _preview(config) as preview:
            found = preview.explain(options.what)
        if found is None:
            words.complain(f"no item has the path, the id or the link {options.what}")
            return REFUSED
        found = replace(
            found,
            path=str(config.directories.seeds / found.path),
            problems=_from_here(config, found.problems),
            notes=_from_here(config, found.notes),
        )
        if options.format == "json":
            words.say_json(found)
        else:
            words.say_explanation(found)
        return PROBLEMS if found.withheld or found.problems else DONE

    return _with_config(options, act)


def check(options: argparse.Namespace) -> int:
    """`feedd check`."""
    problems: list[Problem] = []
    try:
        config = _configuration(options)
    except ConfigError as error:
        problems.extend(error.problems)
        config = Config(directories=_directories(options, Config().directories))
    items = _items(config)
    try:
        found, checked = _check_items(items, options.paths)
    except Unavailable as error:
        words.say_problems(problems, sys.stderr)
        words.complain(str(error))
        return REFUSED
    problems.extend(_from_here(config, found))
    if options.format == "github":
        words.say_github(problems)
    elif options.format == "json":
        words.say_json(problems)
    else:
        words.say_problems(problems)
        bad = sum(each.kind == "problem" for each in problems)
        words.say(f"{words.counted(checked, 'file')} checked, {words.counted(bad, 'problem')}")
    return PROBLEMS if any(each.kind == "problem" for each in problems) else DONE


_MISSING = "no item there: it is missing, ignored, or outside the items' directory"


def _check_items(items: ItemsDirectory, paths: list[str]) -> tuple[list[Problem], int]:
    scan = items.scan(0)
    chosen = scan.paths()
    found = list(scan.problems)
    known_bad = [problem.path for problem in found]
    if paths:
        wanted = {path: items.relative(path) for path in paths}
        missing = [
            Problem(relative or str(Path(path).resolve()), _MISSING)
            for path, relative in wanted.items()
            if relative is None or not any(_covers(relative, each) for each in (*chosen, *known_bad))
        ]
        chosen = [each for each in chosen if any(_covers(want, each) for want in wanted.values() if want)]
        found = [each for each in found if any(_covers(want, each.path) for want in wanted.values() if want)]
        found += missing
    for path in chosen:
        read = read_one(items, path)
        if read is not None:
            found.extend(read.problems)
    return found, len(chosen)


def _from_here(config: Config, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems with paths that can be opened from where feedd was started."""
    return tuple(replace(each, path=str(config.directories.seeds / each.path)) for each in problems)


def _covers(wanted: str, path: str) -> bool:
    return wanted in (path, ".") or path.startswith(f"{wanted}/")


def init(options: argparse.Namespace) -> int:
    """`feedd init`."""
    from feedd.cli.starter import write_starter

    directory: Path = options.directory
    try:
        made, kept = write_starter(directory)
    except OSError as error:
        words.complain(f"{error.filename}: {error.strerror}")
        return REFUSED
    for path in made:
        words.say(f"made  {path}")
    for path in kept:
        words.say(f"kept  {path} (it was there)")
    words.say()
    words.say(f"Next: cd {directory} && feedd render")
    return DONE


def _with_config(options: argparse.Namespace, act: Callable[[Config], int]) -> int:
    """Runs `act` with the configuration; says all that is wrong with it, or with the state directory."""
    try:
        return act(_configuration(options))
    except ConfigError as error:
        words.complain("the configuration has mistakes:")
        for problem in error.problems:
            words.complain(f"  {problem}")
        return USAGE
    except (Busy, Unusable, Unavailable) as error:
        words.complain(str(error))
    except Damaged as error:
        words.complain(f"the ledger is damaged ({error}); `feedd render` moves it aside and makes it anew")
    return REFUSED


def _configuration(options: argparse.Namespace) -> Config:
    config = configuration.load(options.config)
    config = replace(config, directories=_directories(options, config.directories))
    if options.base_url is not None:
        findings = Findings()
        base_url = settings.base_url(options.base_url, (), findings)
        if base_url is None:
            raise ConfigError([Problem("--base-url", reason) for _, reason in findings.problems])
        config = replace(config, base_url=base_url)
    if mistakes := _entangled(config):
        raise ConfigError(mistakes)
    return config


def _entangled(config: Config) -> list[Problem]:
    """Directories that must not lie in one another: what is withheld would be published, or feeds read as items."""
    seeds, feeds, state = (
        path.resolve() for path in (config.directories.seeds, config.directories.feeds, _state_path(config))
    )
    return [
        Problem(name, f"{inner} lies in {outer}, {outcome}")
        for name, inner, outer, outcome in (
            ("directories.feeds", feeds, seeds, "where documents would be taken for items"),
            ("directories.seeds", seeds, feeds, "which would publish what is withheld"),
            ("directories.state", state, feeds, "which would publish what is withheld"),
        )
        if inner.is_relative_to(outer)
    ]


def _directories(options: argparse.Namespace, configured: Directories) -> Directories:
    return Directories(
        seeds=options.seeds or configured.seeds,
        feeds=options.feeds or configured.feeds,
        state=options.state or configured.state,
    )


def _state_path(config: Config) -> Path:
    # systemd separates several directories by colons; the first is ours.
    given = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    return config.directories.state or Path(given or ".feedd")


@contextmanager
def _preview(config: Config) -> Iterator[Preview]:
    """A preview of the next pass. Without a ledger it uses a temporary one, so that nothing is left behind."""
    with ExitStack() as stack:
        path = _state_path(config)
        if not (path / FILE_NAME).exists():
            path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedd-")))
        publisher = stack.enter_context(_publisher(config, path))
        yield stack.enter_context(publisher.preview(datetime.now(UTC)))


def _items(config: Config) -> ItemsDirectory:
    rules = config.items
    return ItemsDirectory(config.directories.seeds, rules.suffixes, rules.ignore, rules.max_bytes)


def _publisher(config: Config, state: Path, progress: Progress | None = None) -> Publisher:
    return Publisher(
        _items(config),
        FeedsDirectory(config.directories.feeds),
        StateDirectory(state),
        settings_of(config),
        progress,
    )


def settings_of(config: Config) -> Settings:
    """What a pass needs to know from the configuration."""
    site = Site(
        base_url=config.base_url,
        title=config.title,
        description=config.description,
        language=config.language,
        author=config.author.name or config.title,
        author_uri=config.author.uri,
        author_email=config.author.email,
        icon=config.icon,
        logo=config.logo,
        formats=config.formats,
        rank=config.rank,
        topics=config.topics,
    )
    return Settings(
        site=site,
        default_listed=config.defaults.published,
        limit=config.limit,
        workers=config.workers,
        authority=config.authority,
        default_authority=config.tagging_entity,
        reading_mark=_mark(parse.FORMAT, config.items),
        catalog_mark=_mark(config.defaults, config.limit, config.topics),
        rendering_mark=_mark(rendering.VERSION, site),
    )


def _mark(*parts: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(parts), digest_size=12).hexdigest()
