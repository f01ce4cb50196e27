"""Jekyll: `_config.yml` and `_posts` in; the facts of the site out."""

from __future__ import annotations

from feedd.items.front_matter.yaml import Node
from feedd.migrate import addresses
from feedd.migrate.foreign_text import Tree, at, fields, word, words
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, domain, flag, language_tag, persons
from feedd.model import Person

_CONFIGS = ("_config.yml", "_config.yaml", "_config.toml")
_POSTS = "_posts"
_FEEDS = ("feed.xml", "atom.xml", "rss.xml", "index.xml", "feed/index.xml")


def is_jekyll(site: SiteFolder) -> bool:
    """Whether a folder is a site of Jekyll."""
    return site.first(*_CONFIGS) is not None or bool(_posts_folders(site))


def jekyll_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of Jekyll."""
    config = site.tree(site.first(*_CONFIGS))
    folders = _posts_folders(site) or _collections(site, config)
    above = sorted({folder.rpartition("/")[0] for folder in folders})
    seeds = folders[0] if len(folders) == 1 and above == [""] else above[0] if len(above) == 1 else ""
    below = f"{seeds}/" if seeds else ""
    include = () if seeds in folders else tuple(folder.removeprefix(below) for folder in folders)
    kind = folders[0].rpartition("/")[2].removeprefix("_") if folders else "posts"
    links, origin = _links(site, config, kind, has_folders=seeds not in folders)
    return SiteFacts(
        generator="Jekyll",
        url=address(word(config, "url"), word(config, "baseurl")) or domain(site, "CNAME"),
        title=word(config, "title") or word(config, "name"),
        description=word(config, "description"),
        language=language_tag(word(config, "lang") or word(config, "locale")),
        time_zone=word(config, "timezone"),
        author=word(config, "author", "name") or word(config, "author"),
        seeds=seeds,
        include=include,
        ignore=tuple(_hidden(config)),
        links=links,
        links_from=origin,
        authors=_authors(site, word(config, "data_dir") or "_data"),
        old_feeds=_old_feeds(site, config),
        template=site.first("_includes/head.html", "_includes/head-custom.html", "_layouts/default.html") or "",
    )


def _posts_folders(site: SiteFolder) -> list[str]:
    found = [folder for folder in site.folders if folder.rpartition("/")[2] == _POSTS]
    return sorted(folder for folder in found if site.items(folder) and "test" not in folder.split("/"))


def _collections(site: SiteFolder, config: Tree) -> list[str]:
    """The folders of the collections with pages of their own, for a site without posts."""
    parent = word(config, "collections_dir").strip("/")
    shown = [name for name in fields(config, "collections") if flag(config, "collections", name, "output")]
    folders = (f"{parent}/_{name}".lstrip("/") for name in shown)
    return [folder for folder in folders if folder in site.folders and site.items(folder)]


def _links(site: SiteFolder, config: Tree, kind: str, *, has_folders: bool) -> tuple[tuple[str, ...], str]:
    written, origin = word(config, "permalink"), "`permalink`"
    if of_kind := word(config, "collections", kind, "permalink"):
        written, origin = of_kind, f"`collections.{kind}.permalink`"
    for values in _defaults(config, kind):
        if found := word(values, "permalink"):
            written, origin = found, "`defaults`"
    if not written:
        origin = "Jekyll's style `date`"
    link = addresses.of_jekyll(written)
    if link is None:
        site.remarks.append(f"links like {written} ({origin}) cannot be made; write `site.link` yourself")
        return (), ""
    if has_folders and "{categories}" in link:  # the folders around `_posts` are categories
        link = link.replace("{categories}", "{folder}/{categories}")
    return (link,), origin


def _defaults(config: Tree, kind: str) -> list[Node]:
    """The values that `defaults` gives to items of a kind wherever they are."""
    entries = at(config, "defaults")
    found = entries if isinstance(entries, list) else []
    of_all = (each for each in found if word(each, "scope", "path").strip("./") in ("", _POSTS))
    return [at(each, "values") for each in of_all if word(each, "scope", "type") in ("", kind)]


def _hidden(config: Tree) -> list[str]:
    """The paths for which `defaults` says that they are not published."""
    entries = at(config, "defaults")
    found = entries if isinstance(entries, list) else []
    return [
        path
        for each in found
        if flag(each, "values", "published") is False
        if (path := word(each, "scope", "path").strip("/").removeprefix(f"{_POSTS}/"))
    ]


def _authors(site: SiteFolder, data: str) -> dict[str, Person]:
    name = site.first(*(f"{data}/authors.{suffix}" for suffix in ("yml", "yaml", "json", "toml")))
    return persons(site.tree(name))


def _old_feeds(site: SiteFolder, config: Tree) -> tuple[str, ...]:
    named = word(config, "feed", "path")
    has_plugin = "jekyll-feed" in (*words(config, "plugins"), *words(config, "gems"))
    there = [path for path in _FEEDS if site.first(path)]
    if not there or has_plugin or fields(config, "feed"):
        there.insert(0, named or "feed.xml")
    return tuple(dict.fromkeys(f"/{path.lstrip('/')}" for path in there))
