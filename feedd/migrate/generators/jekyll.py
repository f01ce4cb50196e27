"""Jekyll: `_config.yml` and `_posts` in; the facts of the site out."""

from __future__ import annotations

from collections.abc import Iterator

from feedd.items.bodies.excerpts import EXCERPT_MARK, with_excerpt_mark
from feedd.items.file_names import ItemNames
from feedd.items.front_matter.yaml import Node
from feedd.migrate import link_templates
from feedd.migrate.exclusions.jekyll_exclude import jekyll_leaves_out, jekyll_patterns, takes_back, without_included
from feedd.migrate.exclusions.left_out import ignored
from feedd.migrate.foreign_text import Tree, at, fields, word, words
from feedd.migrate.site_facts import FolderFacts, SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, domain, flag, hides, language_tag, persons
from feedd.model import Person

_CONFIGS = ("_config.yml", "_config.yaml", "_config.toml")
_POSTS = "_posts"
_PAGES = "pages"  # as `defaults` names what lies in no folder of a collection
_DATED_NAME = "[0-9]*-[0-9]*-[0-9]*-*"  # in `_posts`, Jekyll passes over a file without a date in its name
_FEEDS = ("feed.xml", "atom.xml", "rss.xml", "index.xml", "feed/index.xml")


def is_jekyll(site: SiteFolder) -> bool:
    """Whether a folder is a site of Jekyll."""
    return site.first(*_CONFIGS) is not None or bool(_posts_folders(site))


def jekyll_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of Jekyll."""
    config = site.tree(site.first(*_CONFIGS))
    source = f"{word(config, 'source').strip('./')}/".lstrip("/")
    _leave_out(site, config, source)
    folders = _posts_folders(site) or _collections(site, config)
    above = sorted({folder.rpartition("/")[0] for folder in folders})
    is_plain = not any(folder.endswith(f"/{_POSTS}") for folder in folders) or above in _without_categories(config)
    seeds = folders[0] if len(folders) == 1 and above == [""] else above[0] if len(above) == 1 and is_plain else ""
    below = f"{seeds}/" if seeds else ""
    kind = folders[0].rpartition("/")[2].removeprefix("_") if folders else _PAGES
    include = () if seeds in folders else tuple(folder.removeprefix(below) for folder in folders)
    if kind == "posts":
        include = tuple(f"{folder}/**/{_DATED_NAME}" for folder in include) or (_DATED_NAME,)
    links, origin = _links(site, config, kind, has_folders=seeds not in folders)
    folders_said = _folders(site, config, kind, seeds, has_folders=seeds not in folders)
    if kind != "posts":
        folders_said = (
            _links_of_others(site, config, tuple(each.removeprefix(below) for each in folders[1:])) | folders_said
        )
    authors = _authors(site, word(config, "data_dir") or "_data")
    author = word(config, "author", "name") or word(config, "author")
    return SiteFacts(
        generator="Jekyll",
        url=address(word(config, "url"), word(config, "baseurl")) or domain(site, "CNAME"),
        title=word(config, "title") or word(config, "name"),
        description=word(config, "description"),
        language=language_tag(word(config, "lang") or word(config, "locale")),
        time_zone=word(config, "timezone"),
        days_in_time_zone=True,
        author=authors[author].name if author in authors else author,
        seeds=seeds,
        include=include,
        ignore=(*_hidden(site, config, kind, seeds), *_excluded(site, config, source, seeds, folders)),
        links=links,
        links_from=origin,
        authors=authors,
        folders=folders_said,
        old_feeds=_old_feeds(site, config),
        template=site.first("_includes/head.html", "_includes/head-custom.html", "_layouts/default.html") or "",
    )


def _leave_out(site: SiteFolder, config: Tree, source: str) -> None:
    is_left_out = jekyll_leaves_out(_exclude(config))
    is_back = takes_back(words(config, "include"))
    site.leave_out(
        lambda path: path.startswith(source) and is_left_out(path.removeprefix(source)) and not is_back(path)
    )


def _exclude(config: Tree) -> list[str]:
    return without_included(words(config, "exclude"), words(config, "include"))


def _without_categories(config: Tree) -> tuple[list[str], ...]:
    """The folders around `_posts` that are no categories: the source, and the one of all collections."""
    source, parent = word(config, "source").strip("./"), word(config, "collections_dir").strip("./")
    return [source], [parent], [f"{source}/{parent}".strip("/")]


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
    if kind != "posts":
        written = link_templates.jekyll_collection_permalink(kind if kind != _PAGES else "", written)
    if of_kind := word(config, "collections", kind, "permalink"):
        written, origin = of_kind, f"`collections.{kind}.permalink`"
    for scope, values in _defaults(config, kind):
        if not scope.removeprefix(_POSTS) and (found := word(values, "permalink")):
            written, origin = found, "`defaults`"
    if not word(config, "permalink") and origin == "`permalink`":
        origin = "Jekyll's style `date`" if kind == "posts" else "the paths of its texts"
    link = _link(site, written, kind, origin, has_folders=has_folders)
    return ((link,), origin) if link else ((), "")


def _links_of_others(site: SiteFolder, config: Tree, folders: tuple[str, ...]) -> dict[str, FolderFacts]:
    """The links of the collections beside the first, each in its folder."""
    found: dict[str, FolderFacts] = {}
    for folder in folders:
        name = folder.rpartition("/")[2].removeprefix("_")
        own = word(config, "collections", name, "permalink")
        written = own or link_templates.jekyll_collection_permalink(name, word(config, "permalink"))
        if link := _link(site, written, name, f"`collections.{name}`", has_folders=False):
            found[folder] = {"link": link}
    return found


def _link(site: SiteFolder, written: str, kind: str, origin: str, *, has_folders: bool) -> str | None:
    link = link_templates.from_jekyll(written.replace(":collection", kind))
    if link is None:
        site.remarks.append(f"links like {written} ({origin}) cannot be made; write `site.link` yourself")
    elif has_folders and "{categories" in link:  # the folders around `_posts` are categories
        link = link.replace("{categories", "{category_path")
    return link


def _defaults(config: Tree, kind: str) -> Iterator[tuple[str, Node]]:
    """The paths and the values of `defaults` for items of a kind, the more general ones first."""
    entries = at(config, "defaults")
    found = entries if isinstance(entries, list) else []
    of_kind = [each for each in found if word(each, "scope", "type") in ("", kind)]
    of_kind.sort(key=lambda each: (word(each, "scope", "path").count("/"), bool(word(each, "scope", "type"))))
    return ((word(each, "scope", "path").strip("./"), at(each, "values")) for each in of_kind)


def _hidden(site: SiteFolder, config: Tree, kind: str, seeds: str) -> Iterator[str]:
    """The files, and patterns of paths, for which `defaults` says that they are not published."""
    for scope, values in _defaults(config, kind):
        if scope and hides(values) and _folder(site, scope, seeds) is None:
            yield scope.removeprefix(f"{seeds or _POSTS}/")


def _excluded(site: SiteFolder, config: Tree, source: str, seeds: str, folders: list[str]) -> list[str]:
    """The patterns of `items.ignore` for what `exclude` leaves out of the folders of items."""
    below = f"{seeds}/" if seeds else ""
    include = tuple(folder.removeprefix(below) for folder in folders if folder != seeds)
    within = [folder.removeprefix(source) for folder in folders]
    patterns = jekyll_patterns(_exclude(config), below.removeprefix(source), within)
    back = [path.removeprefix(below) for path in site.items(seeds) if takes_back(words(config, "include"))(path)]
    broken = [each for each in patterns if any(map(ItemNames((), [each]).ignores_path, back))]
    if broken:
        site.remarks.append(
            f"`include` takes texts back from `exclude`: {', '.join(broken)} is not read later, and what it leaves out "
            "now is named"
        )
        patterns = [each for each in patterns if each not in broken]
    return ignored(site, seeds, include, patterns, "`exclude`")


def _folders(site: SiteFolder, config: Tree, kind: str, seeds: str, *, has_folders: bool) -> dict[str, FolderFacts]:
    """What `defaults` says of folders, and where summaries end."""
    found: dict[str, dict[str, str | tuple[str, ...]]] = {}
    for scope, values in _defaults(config, kind):
        folder = _folder(site, scope, seeds)
        if folder is None:
            continue
        said = found.setdefault(folder, {})
        if hides(values) or flag(values, "published"):
            said["published"] = "false" if hides(values) else "true"
        if folder and (template := word(values, "permalink")):
            link = _link(site, template, kind, f"`defaults` of {scope}", has_folders=has_folders)
            said |= {"link": link} if link else {}
        if language := language_tag(word(values, "lang") or word(values, "locale")):
            said["language"] = language
        for name in ("authors", "author", "tags", "categories", "category"):
            given = words(values, name) or words(values, name, "name")
            if names := tuple(each for value in given for each in _names(value, name)):
                said.setdefault({"author": "authors", "category": "categories"}.get(name, name), names)
    written = at(config, "excerpt_separator")
    separator = written if isinstance(written, str) else ""
    if separator.strip() and EXCERPT_MARK not in with_excerpt_mark(f"x{separator}y"):
        found.setdefault("", {})["excerpt_separator"] = separator
    return {folder: said for folder, said in found.items() if said}


def _names(written: str, field: str) -> list[str]:
    """The names in a text: Jekyll parts tags and categories at blanks."""
    return written.split() if field in ("tags", "categories") else [written]


def _folder(site: SiteFolder, scope: str, seeds: str) -> str | None:
    """The folder below the items' directory for which a scope holds; None if it is no folder there."""
    if f"{seeds}/".startswith(f"{scope}/") or not scope.removeprefix(_POSTS):
        return ""
    below = f"{seeds}/" if seeds else ""
    folder = scope.removeprefix(below)
    return folder if f"{below}{folder}" in site.folders else None


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
