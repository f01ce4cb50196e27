"""VitePress and VuePress: the configuration in `.vitepress` or `.vuepress`, as text, in; the facts of the site out."""

from __future__ import annotations

from feedd.migrate.exclusions.excluded_patterns import excluded, list_in_script
from feedd.migrate.links_in_texts import address_of_site
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, language_tag

_NAMES = {".vitepress": "VitePress", ".vuepress": "VuePress"}
_CONFIGS = tuple(f"config{end}" for end in (".ts", ".mts", ".js", ".mjs", "/index.ts", "/index.mts", "/index.js"))


def is_vitepress(site: SiteFolder) -> bool:
    """Whether a folder is a site of VitePress or of VuePress."""
    return _folder(site) is not None


def vitepress_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of VitePress or of VuePress: all its pages, or those with dates where they lie together."""
    folder = _folder(site) or ""
    root, _, name = f"/{folder}".rpartition("/")
    root = root.strip("/")
    config = site.script(site.first(*(f"{folder}/{each}" for each in _CONFIGS)))
    source = f"{root}/{config.word('srcDir').strip('./')}".strip("/") if config.word("srcDir") else root
    seeds = site.folder_of_dated(source) or source
    url = address(config.word("sitemap", "hostname"), config.word("base")) or address_of_site(site)
    end = "" if config.word("cleanUrls") == "true" else ".html"
    below = seeds.removeprefix(source).strip("/")
    return SiteFacts(
        generator=_NAMES[name],
        url=url,
        title=config.word("title"),
        description=config.word("description"),
        language=language_tag(config.word("lang")),
        seeds=seeds,
        ignore=excluded(site, seeds, source, _hidden(site, folder), "the configuration of pages"),
        links=(f"/{below}/{{path}}{end}".replace("//", "/"),),
        links_from="the paths of its pages",
        guesses_links=True,
        template=site.first(*(f"{folder}/{each}" for each in _CONFIGS)) or "",
    )


def _hidden(site: SiteFolder, folder: str) -> list[str]:
    """The patterns for texts of which VitePress, or VuePress, makes no page."""
    text = site.text(site.first(*(f"{folder}/{each}" for each in _CONFIGS)))
    of_pages = (*list_in_script(text, "pagePatterns"), *list_in_script(text, "patterns"))
    return [*list_in_script(text, "srcExclude"), *(each[1:] for each in of_pages if each.startswith("!"))]


def _folder(site: SiteFolder) -> str | None:
    """The folder of the configuration; the uppermost of several."""
    there = [each for each in site.folders if each.rpartition("/")[2] in _NAMES]
    return min(sorted(there), key=lambda each: each.count("/"), default=None)
