"""`feedd init`: a new site, or a proposal for a folder that another program makes a site of."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from feedd.cli import output
from feedd.cli.main import DONE, PROBLEMS, REFUSED
from feedd.cli.setup import items_directory
from feedd.cli.starter import write_proposal, write_starter
from feedd.config.config_file import ConfigError
from feedd.config.load import DEFAULT_PATH, Config, read_config
from feedd.config.resolve import reading_settings, site_info
from feedd.items.text import printable
from feedd.migrate.proposal import is_public, propose
from feedd.migrate.recognise_site import Outside, site_facts
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.takeover import alternate_line, nginx_lines, redirects, redirects_lines
from feedd.migrate.tally import MOST_REASONS, Tally, meant_fields, summary, tally
from feedd.run.executor.executor_protocol import MANY_FILES, GaveUp
from feedd.run.executor.workers import Workers
from feedd.run.read import Reader, in_portions, wanted_commits
from feedd.store.foreign_folder import ForeignFolder
from feedd.store.item_source import Unavailable
from feedd.store.mounts import real_path


def init(options: argparse.Namespace) -> int:
    """`feedd init`."""
    if options.source is not None:
        return _init_from(options.source, options.directory or Path(), options.now(), options.site_url)
    if options.directory is None:
        options.refuse("the following arguments are required: DIR")
    directory: Path = options.directory
    try:
        made, existing = write_starter(directory)
    except OSError as error:
        return _unwritten(directory, error)
    for path in made:
        output.say(f"made  {path}")
    for path in existing:
        output.say(f"kept  {path} (it was there)")
    output.say()
    there = f"cd {directory}, " if directory != Path() else ""
    output.say(f"Next: {there}set base_url and authority in config/feedd.yaml, then feedd render")
    return DONE


def _init_from(source: Path, directory: Path, now: datetime, site_url: str | None) -> int:
    """Proposes a configuration in `directory` for the site in `source`, whose address may be given."""
    if mistake := _misplaced(source, directory):
        output.complain(mistake)
        return REFUSED
    try:
        folder = ForeignFolder(source)
        facts = site_facts(folder)
        facts = replace(facts, url=site_url or facts.url)
        if mistake := _among_items(source / facts.seeds, directory):
            output.complain(mistake)
            return REFUSED
        text, config, found = _dated(facts, source, directory, now)
        if not facts.fields and (meant := meant_fields(found)):
            text, _ = proposed(_by(config, replace(facts, meant_fields=meant)), source, directory, now.year)
    except (Outside, Unavailable, GaveUp) as error:
        output.complain(str(error))
        return REFUSED
    try:
        written, existing = write_proposal(directory, text)  # before anything is said: the reader of a pipe may leave
    except OSError as error:
        return _unwritten(directory, error)
    _say_found(facts, found)
    for each in folder.unread:
        output.complain(f"{source / each} cannot be read")
    _say_written(written, existing, text)
    _say_takeover(facts, config)
    output.say()
    output.say("Next: " + ("" if directory == Path() else f"cd {directory} && ") + "feedd check")
    output.say("Then: feedd render")
    return PROBLEMS if facts.faults or folder.unread else DONE


def _unwritten(directory: Path, error: OSError) -> int:
    """Says why the files of a site could not be written."""
    is_file = directory.is_file()
    output.complain(f"{directory} is a file, and no folder" if is_file else f"{error.filename}: {error.strerror}")
    return REFUSED


def _misplaced(source: Path, directory: Path) -> str | None:
    """Why nothing may be written in `directory`: it belongs to the other program."""
    here, there = real_path(directory), real_path(source)
    if here == there == Path.cwd() or not here.is_relative_to(there):
        return None
    return f"{directory} lies in {source}, where nothing is written; name a folder outside of it, or start in {source}"


def _among_items(seeds: Path, directory: Path) -> str | None:
    if not (real_path(directory) / "feeds").is_relative_to(real_path(seeds)):
        return None
    return f"the feeds would lie among the items, which are in {seeds}; start in a folder outside of it"


def proposed(facts: SiteFacts, source: Path, directory: Path, year: int) -> tuple[str, Config]:
    """A configuration that loads, as text and as a Config. What feedd does not take of the facts is left out of it."""
    seeds = os.path.relpath(real_path(source / facts.seeds), real_path(directory))
    if (source / facts.seeds).is_absolute():
        seeds = str(source / facts.seeds)
    without: frozenset[str] = frozenset()
    while True:
        text = propose(facts, str(source), seeds, year, without)
        try:
            return text, read_config(text, directory / DEFAULT_PATH)
        except ConfigError as error:
            wrong = {_key(problem.field) for problem in error.problems} - without
            if not wrong:
                raise
            without |= wrong


def _key(field: str | None) -> str:
    """The key, or `section.key`, of a field such as `site.authors.ada.url` or `items.ignore[3]`."""
    names = (field or "").partition("[")[0].split(".")
    return ".".join(names[:2])


def _dated(facts: SiteFacts, source: Path, directory: Path, now: datetime) -> tuple[str, Config, Tally]:
    """A proposal, and what becomes of the files with it. Where most have no date, git is asked for dates, if it knows
    any.
    """
    text, config = proposed(facts, source, directory, now.year)
    found = count_items(config, source / facts.seeds, now)
    if 2 * found.undated <= found.accepted:
        return text, config, found
    by_git = replace(facts, dates_from="git")
    other_text, other = proposed(by_git, source, directory, now.year)
    by_commits = count_items(other, source / facts.seeds, now)
    return (other_text, other, by_commits) if by_commits.undated < found.undated else (text, config, found)


def _by(config: Config, facts: SiteFacts) -> SiteFacts:
    """The facts, with dates as a configuration takes them."""
    return replace(facts, dates_from=config.dates_from or "")


def count_items(config: Config, seeds: Path, now: datetime) -> Tally:
    """What becomes of the files when they are read with this configuration. Raises Unavailable and GaveUp."""
    config = replace(config, directories=replace(config.directories, seeds=seeds))
    items = items_directory(config)
    paths = items.scan(0).paths()
    with Workers() as workers:
        reading = reading_settings(config)
        reader = Reader(items, reading, site_info(config), workers, wanted_commits(items, reading))
        portions = ([(path, None) for path in portion] for portion in in_portions(paths))
        read = reader.read(portions, many=len(paths) >= MANY_FILES)
        listed, url = config.defaults.published, config.site.url
        return tally((file for files in read for file in files), now, url, default_listed=listed)


def _say_found(facts: SiteFacts, found: Tally) -> None:
    output.say(summary(found, facts.generator))
    if found.example:
        origin = f", by {facts.links_from}" if facts.links_from else ""
        output.say(f"  links like {found.example}{origin}")
    if found.unlinked:
        output.say(
            "  what has no link gets a page beside the feeds; `site.url` and `site.link` say where the texts are"
        )
    for reason, number in found.refused[:MOST_REASONS]:
        more = f" and {number - 1:,} more" if number > 1 else ""
        output.say(f"  {printable(found.refused_first[reason])}{more} cannot be read: {reason}")
    for fault in facts.faults:
        output.say(f"  {output.painted('problem', 'red', sys.stdout)}  {fault}")
    if facts.asking:
        output.say(f"  only texts that say `{facts.asking}: true` are published, by `defaults.published`")
    for remark in facts.remarks:
        output.say(f"  {output.painted('remark', 'yellow', sys.stdout)}  {remark}")
    if not facts.generator:
        output.say("  No configuration of a known program is there: this is a plain proposal.")
    output.say("  Is that right? If not, say so in config/feedd.yaml.")
    output.say()


def _say_written(written: list[Path], existing: list[Path], text: str) -> None:
    for path in written:
        output.say(f"made  {path}")
    for path in existing:
        output.say(f"kept  {path} (it was there); the proposal would be:")
        output.say()
        for line in text.splitlines():
            output.say(line)


def _say_takeover(facts: SiteFacts, config: Config) -> None:
    if not is_public(facts.url):
        output.say()
        output.say("The address of the site is not known: write `base_url` and `site.url`, or give --site-url.")
        return
    moves = redirects(facts, config.base_url)
    where = f" ({facts.template})" if facts.template else ""
    output.say()
    output.say(f"For the heads of the site's own pages{where}:")
    output.say(f"  {alternate_line(facts, config.base_url)}")
    if moves:
        output.say("So that the subscribers of the old feed come along, on the site's host, once the feeds are there:")
        for line in nginx_lines(moves):
            output.say(f"  {line}    # nginx")
        for line in redirects_lines(moves):
            output.say(f"  {line}    # _redirects, of Netlify and Cloudflare Pages")
