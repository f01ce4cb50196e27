"""Docusaurus: `docusaurus.config.js` as text, and `blog/`, in; the facts of the site out."""

from __future__ import annotations

from feedd.migrate.exclusions.excluded_patterns import excluded, list_in_script
from feedd.migrate.script_values import Script
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, language_tag, persons

_CONFIGS = tuple(f"docusaurus.config.{suffix}" for suffix in ("js", "ts", "mjs", "cjs", "mts", "cts"))


def is_docusaurus(site: SiteFolder) -> bool:
    """Whether a folder is a site of Docusaurus."""
    return site.first(*_CONFIGS) is not None


def docusaurus_facts(site: SiteFolder) -> SiteFacts:
    """The facts of the blog of a site of Docusaurus."""
    config = site.script(site.first(*_CONFIGS))
    seeds = config.word("blog", "path").strip("./") or "blog"
    route = (config.word("blog", "routeBasePath") or "blog").strip("/")
    if not site.items(seeds) and site.items("docs"):
        return _docs(site, config)
    end = "/" if config.word("trailingSlash") == "true" else ""
    above = f"/{route}" if route else ""
    authors = config.word("blog", "authorsMapPath") or "authors.yml"
    suffixes = ("", "/rss.xml"), ("", "/atom.xml"), ("", "/feed.json")
    return SiteFacts(
        generator="Docusaurus",
        url=_url(config),
        title=config.word("title"),
        description=config.word("tagline"),
        language=language_tag(config.word("i18n", "defaultLocale")) or "en",
        seeds=seeds,
        ignore=_excluded(site, seeds),
        links=(
            f"{above}/{{own_slug}}{end}",
            f"{above}/{{folder}}/{{name:slashed}}{end}",
        ),
        links_from="`slug`, or the date and name of the file",
        authors=persons(site.tree(site.first(f"{seeds}/{authors}"))),
        old_feeds=tuple(f"{above}{suffix}" for _, suffix in suffixes),
        template=site.first(*_CONFIGS) or "",
    )


def _docs(site: SiteFolder, config: Script) -> SiteFacts:
    route = config.word("docs", "routeBasePath").strip("/") or "docs"
    return SiteFacts(
        generator="Docusaurus",
        url=_url(config),
        title=config.word("title"),
        description=config.word("tagline"),
        seeds="docs",
        ignore=_excluded(site, "docs"),
        links=(f"/{route}/{{path}}",),
        links_from="the paths of its pages",
        template=site.first(*_CONFIGS) or "",
    )


def _excluded(site: SiteFolder, seeds: str) -> tuple[str, ...]:
    """Patterns for the texts of which Docusaurus makes no page. Those for other folders are taken for all."""
    written = list_in_script(site.text(site.first(*_CONFIGS)), "exclude")
    return excluded(site, seeds, seeds, written, "`exclude`")


def _url(config: Script) -> str:
    return address(config.word("url"), config.word("baseUrl"))
