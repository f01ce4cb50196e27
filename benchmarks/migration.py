"""Moving sites: folders of other generators in; a table of how feedd reads them as they are, out.

    python -m benchmarks.migration FOLDER... [--refusals] [--against-generator] [--render]

For each folder, `feedd init --from` proposes a configuration in a temporary place, and all files are read with it. The
links are compared with the internal URLs that the folder's own texts hold. URLs of other pages, of texts that stand in
for missing translations, and of the site's own lists of redirects do not count. With `--against-generator`, links and
dates are compared with what Hugo and Pelican themselves make of the folder, where they are installed. Then a URL under
which they make no page, either, does not count as one of the links: it is one of the dead ones.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec.structs import replace

from benchmarks.generators import Made, made_by
from feedd.cli.setup import items_directory
from feedd.config.load import Config, read_config
from feedd.config.resolve import reading_settings, site_info
from feedd.items.wiki_links import page_key
from feedd.items.withholding.meaning import is_publishable
from feedd.migrate.recognise_site import site_facts
from feedd.migrate.site_facts import SiteFacts
from feedd.model import Item
from feedd.run.executor.workers import Workers
from feedd.run.read import Reader, in_portions
from feedd.store.foreign_folder import ForeignFolder

FEEDD = (sys.executable, "-m", "feedd")
COLUMNS = (
    "folder",
    "generator",
    "files",
    "refused",
    "no link",
    "no date",
    "hidden",
    "leaks",
    "links",
    "dead",
    "links made",
    "dates made",
)
_URL = re.compile(r"""\]\(\s*<?([^\s)>"']+)|(?:href|src)=["']([^"'\s]+)|(?<![\w("'])(https?://[^\s<>"')\]]+)""")
_ROOTS = ("", "content", "src", "src/pages", "pages", "website", "docs", "static", "public")
_TEXTS = (".md", ".markdown", ".mdx", ".html", ".yml", ".yaml", ".toml", ".json", ".txt")
_MARK = re.compile(
    r"^[ \t]*[\"']?(?:(draft|private|hidden|unlisted)[\"']?[ \t]*[:=][ \t]*[\"']?true"
    r"|(published|publish|share|dg-publish)[\"']?[ \t]*[:=][ \t]*[\"']?false"
    r"|(status|visibility)[\"']?[ \t]*[:=][ \t]*[\"']?(?:draft|hidden|private|unlisted)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD = re.compile(
    r"\A(?:---\n(.*?)\n---\s*\n|\+\+\+\n(.*?)\n\+\+\+\s*\n|((?:[A-Za-z]\w*:[^\n]*\n(?:[ \t][^\n]*\n)*)+)\n)", re.DOTALL
)
_OLD_ADDRESSES = re.compile(
    r"^(?:aliases|redirect_from)[ \t]*[:=][ \t]*(\[[^\]]*\]|\S.*|(?:\n[ \t]*-.*)+)", re.MULTILINE
)


_TRANSLATED = re.compile(r"^/[a-z]{2}(?:-[a-z]{2,4})?(?=/)", re.IGNORECASE)
_REDIRECTS = re.compile(r"(?:^|/)(?:[^/]*redirects?[^/]*\.\w+|_redirects|vercel\.json|netlify\.toml)$", re.IGNORECASE)
_PATH = re.compile(r"(?<![\w.])/[\w./%~-]+")


class Shares(NamedTuple):
    """How many of a number agree."""

    right: int
    all: int

    def __str__(self) -> str:
        return f"{self.right}/{self.all}" + (f" ({100 * self.right / self.all:.1f} %)" if self.all else "")


class Outcome(NamedTuple):
    """What became of a folder. `items` and `refused` are by path below the items' directory."""

    facts: SiteFacts
    items: Mapping[str, Item]
    refused: Mapping[str, str]
    dialects: Mapping[str, int]


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER[=URL]", help="a site, and its address if it does not say")
    parser.add_argument("--refusals", action="store_true", help="list every file that is refused, and every wrong link")
    parser.add_argument("--against-generator", action="store_true", help="compare with Hugo and Pelican themselves")
    parser.add_argument("--render", action="store_true", help="also render, and say how long it takes")
    options = parser.parse_args()
    rows = []
    for folder in options.folders:
        path, _, url = folder.partition("=")
        rows.append(_row(Path(path).resolve(), url, options))
        print(" | ".join(rows[-1]), flush=True)
    print()
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    return 0


def _row(folder: Path, url: str, options: argparse.Namespace) -> list[str]:
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="feedd-migration-") as place:
        arguments = ["--from", str(folder), *(["--site-url", url] if url else [])]
        said = subprocess.run([*FEEDD, "init", *arguments], cwd=place, capture_output=True, text=True)
        if said.returncode not in (0, 1):
            return [folder.name, said.stderr.strip(), *[""] * (len(COLUMNS) - 2)]
        config = read_config((Path(place) / "config/feedd.yaml").read_text(), Path(place))
        found = _read(folder, config)
        if options.render:
            _render(Path(place))
    seeds = folder / found.facts.seeds
    listed = config.defaults.published
    shown = {path for path, item in found.items.items() if is_publishable(item, now, default_listed=listed)}
    marked = {path for path in found.items if _is_marked(seeds / path)}
    links = {path: item.link for path, item in found.items.items() if item.link}
    internal, wrong = _internal(folder, found, links)
    made = made_by(folder, found.facts) if options.against_generator else {}
    pages = {_plain(each.link) for each in made.values() if not each.is_hidden}
    dead = {url: path for url, path in wrong.items() if made and _plain(url) not in pages}
    made_links, made_dates, differing = _against(found, links, made)
    leaks = (marked & shown) | {path for path in shown & set(made) if made[path].is_hidden}
    if options.refusals:
        _list("refused", (f"{path}: {reason}" for path, reason in found.refused.items()))
        _list("leaks", sorted(leaks))
        _list("internal URLs without a text there", _placed(wrong, without=dead))
        _list("internal URLs under which the generator makes no page, either", _placed(dead))
        _list("unlike the generator", differing)
        if made:
            _list("made by the generator alone", sorted(set(made) - set(found.items) - set(found.refused)))
            _list("made by feedd alone", sorted(shown - set(made)))
    elif found.refused:
        _list("refused", (f"{number} x {reason}" for reason, number in Counter(found.refused.values()).most_common()))
    return [
        folder.name,
        found.facts.generator or "none",
        str(len(found.items) + len(found.refused)),
        str(len(found.refused)),
        str(len(found.items) - len(links)),
        str(sum(item.published is None for item in found.items.values())),
        str(len(found.items) - len(shown)),
        str(len(leaks)),
        str(internal._replace(all=internal.all - len(dead))),
        str(len(dead)) if made else "",
        str(made_links),
        str(made_dates),
    ]


def _read(folder: Path, config: Config) -> Outcome:
    facts = site_facts(ForeignFolder(folder))
    facts = replace(facts, url=config.site.url or facts.url)
    config = replace(config, directories=replace(config.directories, seeds=folder / facts.seeds))
    items = items_directory(config)
    paths = items.scan(0).paths()
    decode = msgspec.msgpack.Decoder(Item).decode
    accepted: dict[str, Item] = {}
    refused: dict[str, str] = {}
    with Workers() as workers:
        reader = Reader(items, reading_settings(config), site_info(config), workers)
        portions = ([(path, None) for path in portion] for portion in in_portions(paths))
        for files in reader.read(portions, many=len(paths) > 500):
            for file in files:
                if file.item is None:
                    reasons = [each.reason for each in file.problems if each.kind == "problem"]
                    refused[file.path] = "; ".join(reasons)
                else:
                    accepted[file.path] = decode(file.item)
    return Outcome(facts, accepted, dict(sorted(refused.items())), {})


def _is_marked(path: Path) -> bool:
    """Whether a file's front matter has a mark by which its generator does not publish it."""
    text = path.read_text(errors="replace").replace("\r\n", "\n")
    head = _HEAD.match(text)
    return bool(head and _MARK.search(next(part for part in head.groups() if part is not None)))


def _internal(folder: Path, found: Outcome, links: Mapping[str, str]) -> tuple[Shares, dict[str, str]]:
    """How many internal URLs to texts lead to a link, and the other ones. A URL is one to a text if it ends with the
    text's name or slug.
    """
    address = urlsplit(found.facts.url)
    made = {_plain(link) for link in links.values()} | _old_addresses(folder / found.facts.seeds, links)
    names = {_plain(link).rpartition("/")[2] for link in links.values()}
    names |= {path.rpartition("/")[2].rpartition(".")[0] for path in links}
    names -= {"index", ""}
    others = {_page(name) for name in ForeignFolder(folder).files if not name.startswith(f"{found.facts.seeds}/")}
    parents = found.facts.seeds.split("/")
    roots = (*_ROOTS, *("/".join(parents[:at]) for at in range(1, len(parents))))
    redirected, keys = _redirected(folder), set(map(page_key, links))
    right, wrong = 0, {}
    for path, url in _urls(folder, address.hostname or "", address.path):
        plain = _plain(url)
        if plain in made or (found.facts.links_by_name and plain.count("/") == 1 and page_key(plain) in keys):
            right += 1
        elif any(f"{above}{plain}".strip("/") in others for above in roots):
            continue  # another page of the site
        elif (in_place := _TRANSLATED.sub("", plain)) != plain and {in_place, f"/en{in_place}"} & made:
            continue  # the text itself, which Starlight and Docusaurus show in place of a translation
        elif plain in redirected:
            continue  # an address of before, of which the site itself says where it leads
        elif plain.rpartition("/")[2] in names and not plain.endswith((".png", ".jpg", ".svg", ".xml")):
            wrong[url] = path
    return Shares(right, right + len(wrong)), wrong


def _redirected(folder: Path) -> set[str]:
    """The paths in the site's own lists of redirects."""
    names = (name for name in ForeignFolder(folder).files if _REDIRECTS.search(name))
    texts = ((folder / name).read_text(errors="replace") for name in names)
    return {_plain(each.replace("(.*)", "")) for text in texts for each in _PATH.findall(text)}


def _old_addresses(seeds: Path, paths: Iterable[str]) -> set[str]:
    """The addresses from which a generator redirects to a text, as the texts' front matter gives them."""
    found: set[str] = set()
    for path in paths:
        head = _HEAD.match((seeds / path).read_text(errors="replace").replace("\r\n", "\n"))
        for values in _OLD_ADDRESSES.findall(next(filter(None, head.groups()), "") if head else ""):
            found |= {_plain(f"/{each.lstrip('/')}") for each in re.split(r"[\s,\[\]\"']+|^-$", values) if "/" in each}
    return found


def _page(name: str) -> str:
    """A file of the site as the address that it may have."""
    return name.rpartition(".")[0].removesuffix("/index").removesuffix("/_index")


def _urls(folder: Path, host: str, above: str) -> Iterator[tuple[str, str]]:
    """The internal URLs of all texts, each once, with a file that holds it."""
    seen: set[str] = set()
    for name in ForeignFolder(folder).files:
        path = folder / name
        if not name.endswith(_TEXTS) or path.stat().st_size > 1_000_000:
            continue
        for found in _URL.finditer(path.read_text(errors="replace")):
            url = next(part for part in found.groups() if part)
            parts = urlsplit(url) if "[" not in url else None
            if parts is None or "{" in url or (parts.hostname or host) != host or not parts.path.startswith("/"):
                continue
            if parts.hostname and not parts.path.startswith(above):
                continue  # another site on the same host
            if parts.path not in seen and not url.startswith("//"):
                seen.add(parts.path)
                yield name, url


def _plain(url: str) -> str:
    return unquote(urlsplit(url).path).removesuffix("index.html").rstrip("/").removesuffix(".html")


def _against(
    found: Outcome, links: Mapping[str, str], made: Mapping[str, Made]
) -> tuple[Shares | str, Shares | str, list[str]]:
    """How many links and dates are the generator's own, and those that are not, in words."""
    if not made:
        return "", "", []
    both = [path for path in found.items if path in made and not made[path].is_hidden]
    right_links = right_dates = 0
    differing = []
    for path in both:
        own, theirs = links.get(path, ""), made[path]
        if _plain(own) == _plain(theirs.link):
            right_links += 1
        else:
            differing.append(f"{path}: {own}, not {theirs.link}")
        published = found.items[path].published
        if published == theirs.date or (
            published is not None and theirs.date is not None and abs((published - theirs.date).total_seconds()) < 1
        ):
            right_dates += 1
        else:
            differing.append(f"{path}: {published}, not {theirs.date}")
    return Shares(right_links, len(both)), Shares(right_dates, len(both)), differing


def _render(place: Path) -> None:
    guessing = ["--accept-guesses"] if "--accept-guesses" in _help() else []
    done = subprocess.run([*FEEDD, "render", *guessing], cwd=place, capture_output=True, text=True)
    print(f"  rendered ({done.returncode}): {(done.stdout or done.stderr).strip().splitlines()[-1:]}")


def _help() -> str:
    return subprocess.run([*FEEDD, "render", "--help"], capture_output=True, text=True).stdout


def _placed(found: Mapping[str, str], *, without: Collection[str] = ()) -> list[str]:
    return [f"{url} in {path}" for url, path in found.items() if url not in without]


def _list(what: str, lines: Iterator[str] | list[str]) -> None:
    found = list(lines)
    if found:
        print(f"  {what}:")
        for line in found:
            print(f"    {line}")


if __name__ == "__main__":
    sys.exit(main())
