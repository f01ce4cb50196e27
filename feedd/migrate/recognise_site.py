"""Which program makes a site of a folder, and what its configuration says: a folder in; the facts of the site out."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from msgspec.structs import replace

from feedd.items.text import printable
from feedd.migrate import plain_folder
from feedd.migrate.exclusions.withheld_texts import withheld_texts
from feedd.migrate.generators import (
    astro,
    docusaurus,
    eleventy,
    gatsby,
    hexo,
    hugo,
    jekyll,
    mkdocs,
    nikola,
    obsidian,
    pelican,
    quartz,
    vitepress,
    zola,
)
from feedd.migrate.links_in_texts import address_of_site, links_of_texts
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder
from feedd.patterns import late_pattern
from feedd.store.foreign_folder import FolderText

# The more certain ones first: `_config.yml` and `.obsidian` also lie in folders of other programs.
_GENERATORS: tuple[tuple[Callable[[SiteFolder], bool], Callable[[SiteFolder], SiteFacts]], ...] = (
    (zola.is_zola, zola.zola_facts),
    (hugo.is_hugo, hugo.hugo_facts),
    (pelican.is_pelican, pelican.pelican_facts),
    (nikola.is_nikola, nikola.nikola_facts),
    (quartz.is_quartz, quartz.quartz_facts),
    (docusaurus.is_docusaurus, docusaurus.docusaurus_facts),
    (astro.is_astro, astro.astro_facts),
    (gatsby.is_gatsby, gatsby.gatsby_facts),
    (eleventy.is_eleventy, eleventy.eleventy_facts),
    (vitepress.is_vitepress, vitepress.vitepress_facts),
    (mkdocs.is_mkdocs, mkdocs.mkdocs_facts),
    (hexo.is_hexo, hexo.hexo_facts),
    (jekyll.is_jekyll, jekyll.jekyll_facts),
    (obsidian.is_obsidian, obsidian.obsidian_facts),
)
_WITH_OTHER_FILES = frozenset(("", "Eleventy", "Gatsby", "Obsidian"))
_MOST_NAMED = 3
_CONFIG = late_pattern(  # of a site in a folder of a larger repository
    r"[^/]+/(?:_config\.ya?ml|(?:hugo|config|zola)\.(?:toml|ya?ml)|mkdocs\.ya?ml|pelicanconf\.py|\.eleventy\.\w+"
    r"|(?:docusaurus|astro|eleventy|quartz)\.config\.\w+|gatsby-config\.\w+)"
)
_NESTED = ("website", "site", "www", "blog", "docs", "web")


class Outside(Exception):
    """The texts of a site lie outside of its folder, where nothing is looked at. The text says where, in words."""


def site_facts(folder: FolderText) -> SiteFacts:
    """The facts of the site in a folder. Where no program is recognised, `generator` is empty. Raises Outside."""
    site = SiteFolder(folder)
    facts = next((facts for recognises, facts in _GENERATORS if recognises(site)), plain_folder.plain_facts)
    found = facts(site)
    if not found.generator or (found.generator == "Jekyll" and not site.config):
        found = _nested(folder) or found
    if posixpath.isabs(found.seeds) or posixpath.normpath(found.seeds).partition("/")[0] == "..":
        raise Outside(
            f"by the configuration of {found.generator} the texts are in {printable(found.seeds)}, "
            "outside of the folder, where nothing is looked at; write config/feedd.yaml yourself (`directories.seeds`)"
        )
    _remark_withheld(site, found)
    if not _has_links(found) or found.guesses_links or not found.url:
        found = _with_links_of_texts(site, found)
    return replace(
        found,
        config=found.config or tuple(dict.fromkeys(site.config)),
        remarks=(*found.remarks, *dict.fromkeys(site.remarks)),
        faults=(*found.faults, *dict.fromkeys(site.faults)),
        ignore=tuple(dict.fromkeys((*found.ignore, *_no_items(site, found)))),
    )


def _remark_withheld(site: SiteFolder, facts: SiteFacts) -> None:
    """Remarks the texts that files beside or above them withhold."""
    if facts.generator == "Nikola":
        return  # which has its own words for them
    if found := sorted(withheld_texts(site, facts.seeds, site.items(facts.seeds))):
        names = ", ".join(found[:_MOST_NAMED]) + (", ..." if len(found) > _MOST_NAMED else "")
        site.remarks.append(
            f"texts that files beside or above them withhold, for as long as these say so: {len(found)} ({names})"
        )


def _no_items(site: SiteFolder, facts: SiteFacts) -> tuple[str, ...]:
    """Patterns for files that are no items, in a folder that holds other things as well as texts."""
    is_of_pages = facts.generator == "Jekyll" and not facts.seeds and not facts.include
    return site.no_items(facts.seeds) if is_of_pages or facts.generator in _WITH_OTHER_FILES else ()


def _with_links_of_texts(site: SiteFolder, facts: SiteFacts) -> SiteFacts:
    """The facts with links as the texts have them, where the configuration of the site says nothing of links."""
    url = facts.url or address_of_site(site)
    is_asked = facts.guesses_links or not _has_links(facts)
    links = links_of_texts(site, facts.seeds, url, _left_out(facts)) if is_asked else None
    if links is None:
        if facts.generator and not _has_links(facts):
            site.remarks.append("what links are like is not known: write `site.link`")
        return replace(facts, url=url)
    if not links.url:
        site.remarks.append(
            f"{links.words} are like {links.template}, but the address of the site is not known: write `site.url` and "
            "`site.link`"
        )
    return replace(facts, url=links.url, links=(links.template,), links_from=links.words)


def _left_out(facts: SiteFacts) -> tuple[str, ...]:
    """Patterns for the texts that are not published, whatever they say themselves."""
    hidden = (folder for folder, said in facts.folders.items() if said.get("published") == "false")
    return (*facts.ignore, *(f"./{folder}" if folder else "*" for folder in hidden))


def _has_links(facts: SiteFacts) -> bool:
    return bool(facts.links or facts.folders)


class _Below:
    """A folder of a folder, as a FolderText."""

    def __init__(self, folder: FolderText, name: str) -> None:
        self._folder, self._prefix = folder, f"{name}/"
        self.name = name
        self.files = tuple(path.removeprefix(self._prefix) for path in folder.files if path.startswith(self._prefix))
        self.folders = frozenset(
            path.removeprefix(self._prefix) for path in folder.folders if path.startswith(self._prefix)
        )

    def text(self, path: str) -> str | None:
        """The text of a file; None if there is none."""
        return self._folder.text(self._prefix + path)


def _nested(folder: FolderText) -> SiteFacts | None:
    """The facts of the site in a folder of a larger repository; None if there is none. Of folders with other names than
    the usual ones, the only one with a configuration counts.
    """
    others = sorted({path.partition("/")[0] for path in folder.files if _CONFIG.fullmatch(path)})
    for name in (*_NESTED, *(others if len(others) == 1 else ())):
        if name not in folder.folders:
            continue
        site = SiteFolder(_Below(folder, name))
        for recognises, facts in _GENERATORS:
            if recognises(site):
                found = facts(site)
                return replace(
                    found,
                    seeds=f"{name}/{found.seeds}".rstrip("/"),
                    config=tuple(f"{name}/{path}" for path in dict.fromkeys(site.config)),
                    template=f"{name}/{found.template}" if found.template else "",
                    remarks=(*found.remarks, *dict.fromkeys(site.remarks), f"the site is in {name}/"),
                    faults=tuple(dict.fromkeys(site.faults)),
                )
    return None
