"""Hugo: `hugo.toml` and its kin, and `content/`, in; the facts of the site out."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from feedd.items.foreign.file_facts import file_facts
from feedd.items.front_matter.yaml import Node
from feedd.items.withholding.section_marks import cascade_marks
from feedd.migrate import link_templates
from feedd.migrate.exclusions.hugo_exclusions import (
    expression_leaves_out,
    expression_patterns,
    glob_patterns,
    globs_leave_out,
    hidden_patterns,
    mount_patterns,
)
from feedd.migrate.exclusions.left_out import ignored
from feedd.migrate.exclusions.withheld_texts import withholds_all
from feedd.migrate.foreign_text import Tree, at, fields, word, words
from feedd.migrate.site_facts import FolderFacts, SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, flag, language_tag, persons

_SUFFIXES = ("toml", "yaml", "yml", "json")
_NAMES = tuple(f"{name}.{suffix}" for name in ("hugo", "config") for suffix in _SUFFIXES)
_DEFAULTS, _PRODUCTION = "config/_default", "config/production"
_USUAL = ("posts", "post", "blog", "news", "articles", "article", "episodes", "episode")
_WITH_DATES = 0.5  # the share of dated files that makes a section one of posts


class _Content(NamedTuple):
    """Where the items are: the items' directory, the only section where there is one, and the sections otherwise."""

    seeds: str
    section: str
    sections: tuple[str, ...]


def is_hugo(site: SiteFolder) -> bool:
    """Whether a folder is a site of Hugo."""
    if site.first(*(f"hugo.{suffix}" for suffix in _SUFFIXES)) or site.first(*(f"{_DEFAULTS}/{n}" for n in _NAMES)):
        return True
    named = site.first(*_NAMES)
    return named is not None and "base_url" not in site.text(named) and ("content" in site.folders)


def hugo_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of Hugo."""
    config = _config(site)
    language = word(config, "defaultContentLanguage") or "en"
    _merge(config, fields(config, "languages", language))  # what is said of a language wins
    mount = _mount(config, language)
    folder = _content_folder(config, mount)
    _leave_out(site, config, mount, folder, language)
    content = _content(site, config, folder)
    links, origin = _links(site, config, content, content.section)
    return SiteFacts(
        generator="Hugo",
        url=address(word(config, "baseURL")),
        title=word(config, "title"),
        description=word(config, "params", "description"),
        language=language_tag(word(config, "languageCode") or word(config, "locale")) or language_tag(language),
        time_zone=word(config, "timeZone"),
        author=_author(config),
        seeds=content.seeds,
        include=content.sections,
        ignore=(*_ignored(site, config, mount, folder, content), *hidden_patterns(site, config, content.seeds)),
        links=_written(config, language, links),
        folders=_links_of_sections(site, config, content, language),
        links_from=origin,
        authors=persons(site.tree(site.first(*(f"data/authors.{suffix}" for suffix in _SUFFIXES)))),
        old_feeds=_old_feeds(config, content),
        template=site.first(
            "layouts/partials/head.html",
            "layouts/_partials/head.html",
            "layouts/_default/baseof.html",
            "layouts/baseof.html",
        )
        or "",
    )


def _author(config: Tree) -> str:
    """The author of the site: among its parameters, or beside them, as older sites have it."""
    places = (("params", "author", "name"), ("params", "author"), ("author", "name"), ("author",))
    return next(filter(None, (word(config, *place) for place in places)), "")


def _config(site: SiteFolder) -> dict[str, Node]:
    """The whole configuration: that of the folder, and over it the files of `config/_default`, then those of
    `config/production`.
    """
    whole: dict[str, Node] = dict(site.tree(site.first(*_NAMES)))
    for folder, path in ((each, path) for each in (_DEFAULTS, _PRODUCTION) for path in site.files):
        if path.startswith(f"{folder}/") and path.endswith(tuple(f".{suffix}" for suffix in _SUFFIXES)):
            name = path.removeprefix(f"{folder}/").rpartition(".")[0]
            if "/" in name or name.startswith("menu"):
                continue
            name = "module" if name.startswith("module") else name  # of `module-template`, a module is made
            tree: Node = dict(site.tree(path))
            if name not in ("hugo", "config"):
                for part in reversed(name.split(".")):
                    tree = {part: tree}
            _merge(whole, tree)
    return whole


def _merge(into: dict[str, Node], tree: Node) -> None:
    for name, value in fields(tree).items():
        known = next((each for each in into if each.lower() == name.lower()), name)
        there = into.get(known)
        if isinstance(there, dict) and isinstance(value, dict):
            _merge(there, value)
        else:
            into[known] = value


def _mount(config: Tree, language: str) -> Node:
    """The mount of the content; None if there is none."""
    mounts = at(config, "module", "mounts")
    for mount in mounts if isinstance(mounts, list) else []:
        named = words(mount, "lang") or words(mount, "sites", "matrix", "languages") or (language,)
        if word(mount, "target").strip("/") == "content" and language in named:
            return mount
    return None


def _content_folder(config: Tree, mount: Node) -> str:
    if mount is not None:
        return word(mount, "source").strip("/")
    return (word(config, "contentDir") or "content").rstrip("/")


def _leave_out(site: SiteFolder, config: Tree, mount: Node, folder: str, language: str) -> None:
    """Leaves out what the mount of the content does, what `ignoreFiles` does, and what `cascade` hides."""
    includes, excludes = mount_patterns(mount)
    by_mount = globs_leave_out(includes, excludes)
    site.leave_out(lambda path: path.startswith(f"{folder}/") and by_mount(path.removeprefix(f"{folder}/")))
    by_cascade = _cascade_hides(config, language)
    site.leave_out(lambda path: path.startswith(f"{folder}/") and by_cascade(path.removeprefix(f"{folder}/")))
    for written in words(config, "ignoreFiles"):
        by_expression = expression_leaves_out(written)
        if by_expression is None:
            site.remarks.append(f"`ignoreFiles`: {written} is not understood; write what it means as `items.ignore`")
        else:
            site.leave_out(by_expression)


def _cascade_hides(config: Tree, language: str) -> Callable[[str], bool]:
    """Whether the `cascade` of the configuration hides a text. One that names no language is in the site's own."""
    marks = tuple(cascade_marks(at(config, "cascade")))

    def is_hidden(path: str) -> bool:
        own = (file_facts(path).language or language).lower() if marks else ""
        return any(mark.language in (None, own) and mark.withholds(path, ()) for mark in marks)

    return is_hidden


def _content(site: SiteFolder, config: Tree, folder: str) -> _Content:
    counts = site.sections(folder)
    main = [each for each in words(config, "params", "mainSections") or words(config, "mainSections") if each in counts]
    dated: list[str] = []
    if not main:
        dated = [each for each in counts if each and site.dated(f"{folder}/{each}") >= _WITH_DATES]
        usual = [each for each in dated if each.lower() in _USUAL]
        most = max((counts[each] for each in dated), default=0)
        main = usual if sum(counts[each] for each in usual) * 2 >= most and usual else dated
        main = [each for each in main if counts[each] * 20 >= most]
    if not main or (counts.get("", 0) > sum(counts[each] for each in main) and site.dated_here(folder) >= _WITH_DATES):
        return _Content(folder, "", ())
    _say_left_out(site, folder, {each: counts[each] for each in dated if each not in main})
    if len(main) == 1 and not withholds_all(site, folder):
        return _Content(f"{folder}/{main[0]}", main[0], ())
    return _Content(folder, "", tuple(sorted(main)))


def _say_left_out(site: SiteFolder, folder: str, sections: dict[str, int]) -> None:
    """Remarks sections whose texts have dates, and that are no items all the same."""
    if sections:
        named = ", ".join(f"{each}: {number}" for each, number in sorted(sections.items()))
        site.remarks.append(
            f"sections whose texts have dates, too, are left out ({named}); to have them, name all sections in "
            f"`items.include`, and {folder} as `directories.seeds`"
        )


def _rule(config: Tree, section: str) -> str:
    rules = fields(config, "permalinks", "page") or fields(config, "permalinks")
    return word(rules, section)


def _differ(config: Tree, content: _Content) -> bool:
    """Whether the sections have links of different kinds."""
    return len({(_rule(config, each), flag(config, "uglyURLs", each)) for each in content.sections}) > 1


def _links_of_sections(site: SiteFolder, config: Tree, content: _Content, language: str) -> dict[str, FolderFacts]:
    """The links of each section, where they are of different kinds."""
    found: dict[str, FolderFacts] = {}
    for section in content.sections if _differ(config, content) else ():
        if of_section := _links(site, config, content, section)[0]:
            found[section] = {"link": _written(config, language, of_section)}
    return found


def _links(site: SiteFolder, config: Tree, content: _Content, section: str) -> tuple[tuple[str, ...], str]:
    """The templates of the links of a section; of the sections together, if it is empty."""
    sections = (section,) if section else content.sections
    rules = {_rule(config, each) for each in sections}
    written = next(iter(rules)) if len(rules) == 1 else ""
    if written:
        links, origin = link_templates.from_hugo(written, content.section), f"`permalinks.{sections[0]}`"
        if not links:
            where = "site.link" if content.section or not section else f"folders.{section}.link"
            site.remarks.append(f"links like {written} ({origin}) cannot be made; write `{where}` yourself")
            return (), ""
    else:
        above = f"/{content.section}" if content.section else ""
        links = (f"{above}/{{folder}}/{{own_slug}}/", f"{above}/{{path}}/")
        origin = "its sections and names"
    if flag(config, "uglyURLs") or any(flag(config, "uglyURLs", each) for each in sections):
        links = tuple(f"{link.rstrip('/')}.html" for link in links)
    return links, origin


def _written(config: Tree, language: str, links: tuple[str, ...]) -> tuple[str, ...]:
    """Templates as Hugo writes them: below a folder of the language if it is told so, and languages share a host."""
    hosts = [word(config, "languages", each, "baseURL") for each in fields(config, "languages")]
    if flag(config, "defaultContentLanguageInSubdir") and not (hosts and all(hosts)):
        links = tuple(f"/{language.lower()}{link}" for link in links)
    small = not flag(config, "disablePathToLower")
    return tuple(link_templates.as_hugo_writes(link, small=small) for link in links)


def _ignored(site: SiteFolder, config: Tree, mount: Node, folder: str, content: _Content) -> list[str]:
    """The patterns of `items.ignore` for what a mount leaves out, and `ignoreFiles`."""
    below = f"{content.seeds}/"
    includes, excludes = mount_patterns(mount)
    found = glob_patterns(excludes, below.removeprefix(f"{folder}/"))
    if includes:
        site.remarks.append("`includeFiles` is not read later: `items.ignore` names what it leaves out now")
    for written in words(config, "ignoreFiles"):
        made = expression_patterns(written, below)
        if made is None and expression_leaves_out(written) is not None:
            site.remarks.append(f"`ignoreFiles`: {written} is not read later: `items.ignore` names what it matches now")
        found += made or ()
    return ignored(site, content.seeds, content.sections, found, "`ignoreFiles`, `cascade` or the content's mount")


def _old_feeds(config: Tree, content: _Content) -> tuple[str, ...]:
    name = f"{word(config, 'outputFormats', 'RSS', 'baseName') or 'index'}.xml"
    return (f"/{name}", f"/{content.section}/{name}") if content.section else (f"/{name}",)
