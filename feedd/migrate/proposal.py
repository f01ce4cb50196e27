"""A configuration to begin with: the facts of a site in; the commented text of `config/feedd.yaml` out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from feedd.items.printable import visible
from feedd.items.text import slug
from feedd.migrate.site_facts import SiteFacts
from feedd.patterns import late_pattern

_PLAIN = late_pattern(r"[A-Za-z/][A-Za-z0-9 /_.@+-]*")
_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
_IGNORED = (".*", "_*", "*~", "*.tmp", "#*#")
_LOCAL = late_pattern(r"(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|.*\.(?:localhost|local|test|invalid))")
_WIDTH = 118


class _Line(NamedTuple):
    """A line of a section: its key, its text, and whether it is left out where the key is."""

    key: str
    text: str


def feeds_address(facts: SiteFacts) -> str:
    """The public address that is proposed for the feeds: a folder of the site."""
    return f"{facts.url}feeds/" if is_public(facts.url) else "http://localhost:8080/"


def is_public(url: str) -> bool:
    """Whether an address is one of the web, not of the machine on which the site was tried."""
    host = urlsplit(url).hostname or ""
    return bool(host) and _LOCAL.fullmatch(host) is None


def propose(facts: SiteFacts, source: str, seeds: str, year: int, without: frozenset[str] = frozenset()) -> str:
    """The text of a configuration. `source`: the folder that was looked at, as it was typed. `seeds`: the path of the
    items' directory, for the configuration. `without`: keys to leave out, `section.key` for nested ones.
    """
    url = facts.url if is_public(facts.url) else ""
    parts = (
        _about(facts, source),
        *_of_readers(facts, url, year, without),
        *_of_places(facts, url, seeds, without),
        *_of_texts(facts, without),
        *_of_dates_and_feeds(facts, without),
    )
    return "\n".join(part for part in parts if part)


def _about(facts: SiteFacts, source: str) -> str:
    who = f"a site of {facts.generator}" if facts.generator else "a folder of texts"
    read = f" ({', '.join(facts.config[:3])})" if facts.config else ""
    return _comment(
        f"Configuration of feedd, proposed for {who}, {source}{read}. What is commented out shows the default, or "
        "what is not known. All keys: docs/configuration.md in feedd's repository. `feedd check` checks this file."
    )


def _of_readers(facts: SiteFacts, url: str, year: int, without: frozenset[str]) -> Iterator[str]:
    """What readers see of the site, and what ids are made from."""
    yield _comment(
        "The public address of the feeds' folder, and the domain, with a year in which it was yours, from which "
        "ids are made. Choose both before the first render. Later, while nobody has subscribed, `feedd render "
        "--start-over --nobody-subscribed` makes the ids anew."
    ) + _fields(without, base_url=feeds_address(facts), authority=_authority(url, year))
    title = facts.title or urlsplit(url).hostname or "My feeds"
    yield _comment("What readers show of the site.") + _fields(
        without, title=title, description=facts.description, language=facts.language
    )
    if facts.author:
        yield _comment("Who answers for the feeds. An entry without an author is by this one.") + _section(
            "author", without, [_Line("name", f"name: {scalar(facts.author)}")]
        )


def _of_places(facts: SiteFacts, url: str, seeds: str, without: frozenset[str]) -> Iterator[str]:
    """Where texts stand on the site, and where the items and the feeds are."""
    yield _comment(
        "The site whose texts the items are: its address, and where on it a text is, by its date and names."
    ) + _section("site", without, list(_site(facts, url)))
    yield _comment(
        "Where the items are, below the folder in which feedd is started; and where the feeds go."
    ) + _section("directories", without, [_Line("seeds", f"seeds: {scalar(seeds)}"), _Line("", "# feeds: feeds")])


def _of_texts(facts: SiteFacts, without: frozenset[str]) -> Iterator[str]:
    """Which files are items, and what their fields mean."""
    if lines := list(_items(facts)):
        yield _comment("Which files are items.") + _section("items", without, lines)
    if facts.asking:
        yield _comment(
            f"Only texts that say `{facts.asking}: true` are published. Without these lines all others are, too."
        ) + _section("defaults", without, [_Line("published", "published: false")])
    if facts.fields:
        lines = [_Line(key, f"{key}: {scalar(name)}") for key, name in facts.fields.items()]
        yield _comment("Other names that the texts have for fields.") + _section("fields", without, lines)
    if facts.meant_fields:
        yield (
            _comment("Most texts have these fields, which feedd does not read. Do they mean what their names say?")
            + "# fields:\n"
            + "".join(f"#   {key}: {scalar(name)}\n" for key, name in facts.meant_fields.items())
        )
    if facts.folders:
        yield _comment("What holds for the texts below a folder, where they do not say it themselves.") + _section(
            "folders", without, list(_folders(facts))
        )


def _of_dates_and_feeds(facts: SiteFacts, without: frozenset[str]) -> Iterator[str]:
    if facts.dates_from:
        yield _comment(
            "Most texts give no date: each has that of its first commit, for as long as it gives none."
        ) + _fields(without, dates_from=facts.dates_from)
    if facts.section_feeds:
        folders = [_Line(slug(each), f"{slug(each)}: {{folders: [{scalar(each)}]}}") for each in facts.section_feeds]
        yield _comment("The feeds of single folders, which the site has, too.") + _section("feeds", without, folders)
    yield _families(facts, without)


def _site(facts: SiteFacts, url: str) -> Iterator[_Line]:
    unknown = "# url: https://example.org/    # not found: without it no entry has a link"
    yield _Line("url", f"url: {scalar(url)}" if url else unknown)
    if facts.links:
        values = list(map(scalar, facts.links))
        made = values[0] if len(values) == 1 else f"[{', '.join(values)}]"
        yield _Line("link", f"link: {made}    # {_plain(facts.links_from)}")
    else:
        yield _Line("", "# link: /{year}/{month}/{slug}/")
    if facts.time_zone:
        yield _Line("time_zone", f"time_zone: {scalar(facts.time_zone)}")
    else:
        yield _Line("", "# time_zone: Europe/Vienna    # of dates that name no zone; default: UTC")
    if facts.days_in_time_zone and facts.links:
        yield _Line("days_in_time_zone", f"days_in_time_zone: true    # days in links, as {facts.generator} has them")
    if facts.links_by_name:
        yield _Line("links_by_name", f"links_by_name: true    # /a-note leads to a note, as in {facts.generator}")
    if facts.authors:
        yield _Line("authors", "authors:")
        for key, person in facts.authors.items():
            given = {"name": person.name, "url": person.url, "image_url": person.image}
            inner = ", ".join(f"{name}: {scalar(value)}" for name, value in given.items() if value)
            yield _Line("authors", f"  {scalar(key)}: {{{inner}}}")


def _items(facts: SiteFacts) -> Iterator[_Line]:
    if facts.include:
        patterns = [each if "*" in each else f"{each}/" for each in facts.include]
        yield _Line("include", f"include: [{', '.join(map(scalar, patterns))}]")
    if facts.ignore:
        has_posts = any("/_" in f"/{path}" for path in facts.include)  # then folders with this mark are items
        patterns = [*(each for each in _IGNORED if each != "_*" or not has_posts), *facts.ignore]
        yield _Line("ignore", "ignore:")
        for pattern in patterns:
            yield _Line("ignore", f"  - {scalar(pattern)}")
    if facts.withheld_tags:
        tags = ", ".join(map(scalar, facts.withheld_tags))
        yield _Line("withheld_tags", f"withheld_tags: [{tags}]    # as {facts.generator} has it")
    if facts.unquoted_colons:
        yield _Line("unquoted_colons", f"unquoted_colons: true    # title: A: B, as {facts.generator} has it")


def _folders(facts: SiteFacts) -> Iterator[_Line]:
    for folder, said in facts.folders.items():
        inner = ", ".join(f"{key}: {_value(value)}" for key, value in said.items())
        key = folder.partition(".")[0].partition("[")[0]  # as mistakes name it
        yield _Line(key, f"{scalar(folder)}: {{{inner}}}")


def _value(value: str | Sequence[str]) -> str:
    """A value of a mapping on a line: a truth value as it is, a text or texts as YAML writes them."""
    if isinstance(value, str):
        return value if value in ("true", "false") else scalar(value) if "\n" not in value else json.dumps(value)
    return scalar(value[0]) if len(value) == 1 else f"[{', '.join(map(scalar, value))}]"


def _families(facts: SiteFacts, without: frozenset[str]) -> str:
    has_families = "families" not in without and bool(facts.authors)
    lines = _comment("Which feeds there are beside the feed of all entries: those of authors, and of tags as topics.")
    lines += "families: [topics, providers, authors]\n" if has_families else "# families: [topics, providers]\n"
    return lines + "# topics_from: [categories]    # or [tags]: a feed for each\n"


def _authority(url: str, year: int) -> str:
    host = urlsplit(url).hostname or ""
    return f"{host},{year}" if re.fullmatch(r"[A-Za-z0-9.-]+", host) else ""


def _fields(without: frozenset[str], **values: str) -> str:
    found = ((name, value) for name, value in values.items() if value and name not in without)
    return "".join(f"{name}: {scalar(value)}\n" for name, value in found)


def _section(name: str, without: frozenset[str], lines: list[_Line]) -> str:
    """A section with its lines; commented out if all of them are comments."""
    kept = [line.text for line in lines if f"{name}.{line.key}" not in without and name not in without]
    if not kept:
        return ""
    if all(line.startswith("# ") for line in kept):
        return f"# {name}:\n" + "".join(f"#   {line.removeprefix('# ')}\n" for line in kept)
    return f"{name}:\n" + "".join(f"  {line}\n" for line in kept)


def scalar(value: str) -> str:
    """A text as YAML writes it, on one line, wherever it stands."""
    value = " ".join(value.split())
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS and not value.endswith(" "):
        return value
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in json.dumps(value, ensure_ascii=False))


def _plain(words: str) -> str:
    """Words for a comment: on one line, without characters that nobody sees."""
    return visible(" ".join(words.split()))


def _comment(words: str) -> str:
    lines, line = [], "#"
    for each in _plain(words).split():
        if len(line) + len(each) > _WIDTH:
            lines.append(line)
            line = "#"
        line += f" {each}"
    return "".join(f"{each}\n" for each in (*lines, line))
