"""Links in texts: URLs by which the texts of a folder name each other, in; the template of such links out.

It stands in for a configuration that says nothing of links, or nothing that can be filled.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from msgspec import Struct, field

from feedd.items.file_names import ItemNames
from feedd.items.foreign.file_facts import FileFacts, file_facts
from feedd.items.withholding.broken_files import asks_to_be_withheld
from feedd.migrate.exclusions.withheld_texts import withheld_texts
from feedd.migrate.foreign_text import word
from feedd.migrate.site_folder import SiteFolder, address, domain
from feedd.patterns import late_pattern

_URL = late_pattern(
    r"""\]\(\s*<?([^\s)>"']{2,500})|^[ ]{0,3}\[[^\]\n]{1,200}\]:[ \t]*<?([^\s>]{2,500})"""
    r"""|href=["']([^"'\s]{2,500})|(?<![\w("'])(https?://[^\s<>"')\]]{2,500})""",
    re.MULTILINE,
)
_DAY = late_pattern(r"(?:^|[\s/\"'-])([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?![0-9])")
_SITEMAP = late_pattern(r"^sitemap:[ \t]*(https?://[^\s/]+)", re.IGNORECASE | re.MULTILINE)
_LETTERS = late_pattern(r"[^\W\d_]{2}")
_FILE = late_pattern(r"\.(?!html$)[A-Za-z][A-Za-z0-9]{1,4}$")
_PUBLIC = ("", "public/", "static/", "src/", "docs/", "docs/public/")  # folders of files that are published as they are
# Hosts of many people's things, which may have the names of texts by accident.
_OTHERS = late_pattern(r"^$|(?:^|\.)(?:github\.com|gitlab\.com|shields\.io|wikipedia\.org|twitter\.com|npmjs\.com)$")
_MOST_TEXTS = 1500
_HEAD = 3000  # characters in which a text may say that it is not published
_LEAST = 3  # URLs, each to another text
_LEAST_OF_HOST = 6  # the same, where nobody says that a host is that of the site
_MAJORITY = 0.6


class FoundLinks(NamedTuple):
    """The template of the links, and by how many different URLs it is found. `url` is the address of the site, or "" if
    the URLs have no host.
    """

    template: str
    urls: int
    url: str

    @property
    def words(self) -> str:
        """From where the template comes, in words."""
        return f"{self.urls} URLs in the texts"


class _Text(NamedTuple):
    """A text that a URL may lead to."""

    facts: FileFacts
    day: tuple[str, ...]


class _Host(Struct):
    """The paths of the URLs with one host: all of them, and by each template those that lead to a text."""

    paths: set[str] = field(default_factory=set)
    leading: dict[str, set[str]] = field(default_factory=dict)

    def known(self) -> set[str]:
        """The paths that lead to a text."""
        return set().union(*self.leading.values())


def links_of_texts(site: SiteFolder, seeds: str, url: str, ignore: Sequence[str] = ()) -> FoundLinks | None:
    """The template by which most URLs in the texts lead to other texts; None if too few do, or in different ways.

    `url` is the address of the site. Where it is "", a host counts most of whose URLs lead to texts, and so do URLs
    without a host. What texts say counts for nothing if they are withheld, or ignored.
    """
    known = urlsplit(url)
    hosts = _hosts(site, seeds, known, ItemNames((), ignore))
    own = known.netloc or _own_host(hosts, len(site.items(seeds)))
    found: dict[str, set[str]] = defaultdict(set)
    for host in {own, ""} & hosts.keys():
        for template, paths in hosts[host].leading.items():
            found[template] |= paths
    if not found:
        return None
    template = max(sorted(found), key=lambda each: (len(found[each]), "{year}" in each, each.count("{")))
    number = len(found[template])
    if number < _LEAST or number < _MAJORITY * len(set().union(*found.values())):
        return None
    return FoundLinks(template, number, url or (f"https://{own}/" if own else ""))


def _hosts(site: SiteFolder, seeds: str, known: SplitResult, names: ItemNames) -> dict[str, _Host]:
    paths = site.items(seeds)
    withheld = withheld_texts(site, seeds, paths)
    shown = [path for path in paths if path not in withheld and not names.ignores(path.removeprefix(f"{seeds}/"))]
    texts = _by_name(site, seeds, paths)
    hosts: defaultdict[str, _Host] = defaultdict(_Host)
    for parts in filter(None, map(_parts, _urls(site, shown))):
        path = unquote(parts.path)
        if known.path and path.startswith(known.path):
            path = f"/{path.removeprefix(known.path)}"
        host = hosts[parts.netloc]
        if path not in host.paths:
            host.paths.add(path)
            for template in {each for text in texts.get(_last(path), ()) for each in _templates(path, text)}:
                host.leading.setdefault(template, set()).add(path)
    return hosts


def _own_host(hosts: dict[str, _Host], texts: int) -> str:
    """The host that is that of the site, by the URLs that lead to texts; "" if there is none."""
    own = [host for host, each in hosts.items() if not _OTHERS.search(host) and _is_own(each, texts)]
    return max(sorted(own), key=lambda host: len(hosts[host].known()), default="")


def _is_own(host: _Host, texts: int) -> bool:
    """Whether most URLs with a host lead to texts, or with the days of the texts in them, or a good part, to many."""
    number = len(host.known())
    if number < max(_LEAST_OF_HOST, texts / 20):
        return False
    dated = max((len(paths) for template, paths in host.leading.items() if "{year}" in template), default=0)
    return 2 * number > len(host.paths) or dated >= _LEAST_OF_HOST or 5 * number > max(len(host.paths), texts)


def address_of_site(site: SiteFolder) -> str:
    """The address that a file for GitHub's pages, for robots or for packages gives; "" if there is none."""
    if named := domain(site, *(f"{folder}CNAME" for folder in _PUBLIC)):
        return named
    robots = site.text(site.first(*(f"{folder}robots.txt" for folder in _PUBLIC)))
    if found := _SITEMAP.search(robots):
        return address(found[1])
    package = site.first("package.json")
    homepage = word(site.tree(package), "homepage") if package else ""
    return "" if "github.com" in homepage else address(homepage.partition("#")[0])


def _by_name(site: SiteFolder, seeds: str, paths: Iterable[str]) -> defaultdict[str, list[_Text]]:
    below = f"{seeds}/" if seeds else ""
    texts: defaultdict[str, list[_Text]] = defaultdict(list)
    for path in paths:
        facts = file_facts(path.removeprefix(below))
        day = _DAY.search(path) or _DAY.search(site.front(path))
        text = _Text(facts, tuple(each.zfill(2) for each in day.groups()) if day else ())
        for name in {facts.slug.lower(), facts.name.lower()}:
            if _LETTERS.search(name):
                texts[name].append(text)
    return texts


def _urls(site: SiteFolder, paths: list[str]) -> Iterator[str]:
    for path in paths[:: max(1, len(paths) // _MOST_TEXTS)]:
        text = site.quiet_text(path)
        if asks_to_be_withheld(text[:_HEAD].encode()):
            continue
        for found in _URL.finditer(text):
            yield next(part for part in found.groups() if part)


def _parts(url: str) -> SplitResult | None:
    """The parts of a URL with a host, or of one that begins with `/`; None for any other."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.path.startswith("/") else None


def _last(path: str) -> str:
    """The last name of a path in small letters; "" for a path to a file of another kind."""
    name = path.rstrip("/").rpartition("/")[2].removesuffix(".html").lower()
    return "" if _FILE.search(name) else name


def _templates(path: str, text: _Text) -> Iterator[str]:
    """The templates by which a text would have an address that ends with its name."""
    end = "/" if path.endswith("/") else ".html" if path.endswith(".html") else ""
    *above, last = path.removesuffix(end).strip("/").split("/")
    facts, word = text.facts, ""
    for name, placeholder in ((facts.slug, "slug"), (facts.name, "name")):
        if last in (name, name.lower()):
            word = f"{{{placeholder}}}" if last == name else f"{{{placeholder}:lower}}"
            break
    if not word:
        return
    folders = facts.folder.split("/") if facts.folder else []
    if above[len(above) - len(folders) :] == folders or not folders:
        before = above[: len(above) - len(folders)]
        yield f"/{'/'.join([*before, '{folder}', word])}{end}"
    for number in (3, 2, 1):
        if text.day and tuple(each.zfill(2) for each in above[-number:]) == text.day[:number]:
            dates = ("{year}", "{month}", "{day}")[:number]
            yield f"/{'/'.join([*above[:-number], *dates, word])}{end}"
            return
    yield f"/{'/'.join([*above, word])}{end}"
