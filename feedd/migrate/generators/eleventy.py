"""Eleventy: its configuration as text, and the data files beside the posts, in; the facts of the site out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from feedd.items.withholding.data_marks import hiding_data
from feedd.items.withholding.data_names import data_name
from feedd.migrate import link_templates
from feedd.migrate.exclusions.excluded_patterns import excluded, of_gitignore
from feedd.migrate.foreign_text import Tree, word
from feedd.migrate.links_in_texts import address_of_site
from feedd.migrate.proposal import is_public
from feedd.migrate.script_values import Script
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, language_tag, without_wildcards
from feedd.patterns import late_pattern

_CONFIGS = tuple(
    f"{name}.{suffix}" for name in ("eleventy.config", ".eleventy") for suffix in ("js", "mjs", "cjs", "ts")
)
_USUAL = ("posts", "_posts", "post", "blog", "news", "articles", "writing", "notes")
_NAMED_CONFIG = late_pattern(r"\beleventy\b[^\"\n]{0,200}?--config[= ]([\w./@-]{1,200}\.(?:[cm]?js|ts))")
_POSTS = late_pattern(rf"(?:[^/]+/)*?(?:{'|'.join(_USUAL)})(?=/|$)", re.IGNORECASE)  # the uppermost folder of posts
_WITH_DATES = 0.5
_GUESS = "the paths of its texts"
_URL_KEYS = ("url", "baseUrl", "base_url", "siteUrl", "site_url", "host", "origin", "base", "domain", "hostname")
_FEED_TEMPLATES = (".xml.njk", ".xml.liquid", "feed.njk", "rss.njk", "atom.njk", "feed.liquid")
_ADDED = late_pattern(r"""\bignores\.add\(\s*["'`]([^"'`\n]{1,200})["'`]""")
_SITE_DATA = ("metadata", "site", "meta", "data", "config")


def is_eleventy(site: SiteFolder) -> bool:
    """Whether a folder is a site of Eleventy."""
    return _config(site) is not None


def _config(site: SiteFolder) -> str | None:
    """The configuration: the file that a script in package.json names, else one of the usual names."""
    package = site.first("package.json")
    named = _NAMED_CONFIG.search(site.quiet_text(package)) if package else None
    return (site.first(named[1].removeprefix("./")) if named else None) or site.first(*_CONFIGS)


def eleventy_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of Eleventy."""
    config = site.script(_config(site))
    source = (config.word("dir", "input") or config.argument("setInputDirectory")).strip("./")
    data = _site_data(site, source, config)
    seeds, has_posts = _posts(site, source)
    url = address(data.get("url", ""), config.word("pathPrefix")) or address_of_site(site)
    links, origin = _links(site, source, seeds)
    author = data.get("author") or data.get("name", "")
    hidden = tuple(_hidden(site, config, seeds))
    return SiteFacts(
        generator="Eleventy",
        url=url,
        title=data.get("title") or data.get("name", ""),
        description=data.get("description", ""),
        language=language_tag(data.get("language") or data.get("lang", "")),
        author=author,
        seeds=seeds,
        ignore=(*(() if has_posts else ("README.md",)), *filter(None, hidden), *_ignored(site, source, seeds)),
        folders={"": {"published": "false"}} if "" in hidden else {},
        links=links,
        links_from=origin,
        guesses_links=origin == _GUESS,
        old_feeds=_old_feeds(site, config, source),
        template=next((path for path in site.files if path.endswith(("/base.njk", "/base.html", "/base.liquid"))), ""),
    )


def _site_data(site: SiteFolder, source: str, config: Script) -> dict[str, str]:
    """The site's url, title and so on, of the data file that has them."""
    named = config.word("dir", "data").strip("./") or "_data"
    folders = [folder for folder in (f"{source}/{named}".strip("/"), named, "data") if folder in site.folders]
    found: dict[str, str] = {}
    for path in (f"{folder}/{name}" for folder in folders for name in _SITE_DATA):
        values = _values(site, path)
        if values.get("url"):
            return values
        found = found or (values if values.get("title") or values.get("name") else {})
    return found


def _values(site: SiteFolder, path: str) -> dict[str, str]:
    """The url, title and so on of a data file; `path` is without suffix."""
    tree = site.first(*(f"{path}.{suffix}" for suffix in ("json", "yaml", "yml")))
    values = _named(site.tree(tree)) if tree else {}
    script = site.first(*(f"{path}.{suffix}" for suffix in ("js", "mjs", "cjs", "ts")))
    if values or not script:
        return values
    found = site.script(script)
    values = {key: found.word(key) for key in ("title", "description", "language", "lang")}
    values["title"] = values["title"] or found.word("siteName")
    values["description"] = values["description"] or found.word("siteDescription")
    values["url"] = _url(found.word(key, within=2) for key in _URL_KEYS)
    values["author"] = found.word("author", "name")
    return values


def _url(written: Iterable[str]) -> str:
    """The first public address; of a host alone, too."""
    addresses_of = (address(each) for each in written if "." in each and " " not in each)
    return next(filter(is_public, addresses_of), "")


def _named(tree: Tree) -> dict[str, str]:
    found = {key: word(tree, key) for key in ("title", "description", "language", "lang", "locale", "name")}
    found["url"] = _url(word(tree, key) for key in _URL_KEYS)
    found["language"] = found["language"] or found["locale"]
    found["author"] = word(tree, "author", "name") or word(tree, "author")
    return found


def _posts(site: SiteFolder, source: str) -> tuple[str, bool]:
    """The folder of the posts, and whether it is one of posts alone."""
    above = f"{source}/" if source else ""
    folders = sorted({path.rpartition("/")[0] for path in site.items(source)})
    folders += [each for each in sorted(site.folders) if each.startswith(above) and each.rpartition("/")[2] == "_posts"]
    named = sorted({found[0] for folder in folders if (found := _POSTS.match(folder.removeprefix(above)))})
    named = [f"{above}{folder}" for folder in named]
    dated = [folder for folder in folders if folder.startswith(above) and site.dated_here(folder) >= _WITH_DATES]
    chosen = named or dated
    if not chosen:
        return source, False
    return max(chosen, key=lambda folder: (len(site.items(folder)), -len(folder))), True


def _links(site: SiteFolder, source: str, seeds: str) -> tuple[tuple[str, ...], str]:
    name = seeds.rpartition("/")[2]
    for path in (f"{seeds}/{name}.{kind}" for kind in ("json", "11tydata.json", "11tydata.js", "11tydata.mjs")):
        if site.first(path) is None:
            continue
        tree = site.tree(path) if path.endswith(".json") else {}
        written = word(tree, "permalink") or (site.script(path).word("permalink") if not tree else "")
        if written in ("", "false", "true"):
            continue
        if link := link_templates.from_eleventy(written):
            return (link,), f"`permalink` in {path}"
        site.remarks.append(f"links like {written} ({path}) cannot be made")
        return (), ""
    below = seeds.removeprefix(source).strip("/")
    return (f"/{below}/{{folder}}/{{slug}}/".replace("//", "/"),), _GUESS


def _hidden(site: SiteFolder, config: Script, seeds: str) -> Iterator[str]:
    """Patterns of paths for the folders that files of data hide whose name only the configuration gives, which is
    remarked; "" for all texts. All other files of data are heeded on each pass.
    """
    below = f"{seeds}/" if seeds else ""
    base = config.argument("setDataFileBaseName")
    for path in site.files if base else ():
        folder, _, name = path.rpartition("/")
        about = data_name(name)
        is_of_all = below.startswith(f"{folder}/")
        if about is None or about.stem != base or not (is_of_all or f"{folder}/".startswith(below)):
            continue
        if hiding_data(name, site.text(path).encode()):
            what, which = ("all texts are", "them") if is_of_all else (f"{folder}/ is", "it")
            site.remarks.append(f"{what} left out, as {path} hides {which}")
            yield "" if is_of_all else f"/{without_wildcards(folder.removeprefix(below))}/"


def _ignored(site: SiteFolder, source: str, seeds: str) -> Iterator[str]:
    """Patterns for what Eleventy ignores, by files of patterns and by its configuration."""
    for folder in dict.fromkeys(("", source)):
        for name in (".eleventyignore", ".gitignore"):
            path = f"{folder}/{name}".lstrip("/")
            if (name == ".eleventyignore" or not folder) and site.first(path):
                yield from excluded(site, seeds, folder, of_gitignore(site.text(path)), path)
    added = _ADDED.findall(site.text(_config(site)))
    yield from excluded(site, seeds, "", added, "`ignores.add`")


def _old_feeds(site: SiteFolder, config: Script, source: str) -> tuple[str, ...]:
    if path := config.word("outputPath"):
        return (path,) if path.startswith("/") else (f"/{path}",)
    above = f"{source}/" if source else ""
    for path in site.files:
        name = path.removeprefix(above)
        is_map = name.startswith("sitemap")
        if path.startswith(above) and not is_map and name.endswith(_FEED_TEMPLATES):
            at = word(site.head(path), "permalink")
            return (f"/{at.lstrip('/')}",) if at and "{" not in at else (f"/{name.rpartition('.')[0]}",)
    return ("/feed/feed.xml",)
