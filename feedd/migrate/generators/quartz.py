"""Quartz: `quartz.config.ts` as text, and the notes in `content/`, in; the facts of a garden out."""

from __future__ import annotations

from feedd.migrate.exclusions.excluded_patterns import excluded, list_in_script
from feedd.migrate.generators.obsidian import asking_field, kept_back
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, domain, language_tag
from feedd.patterns import late_pattern

_CONFIG = ("quartz.config.ts", "quartz.config.js")
_SHORTEST = late_pattern(r"\bmarkdownLinkResolution\b[\"']?\s*:\s*[\"']shortest\b")


def is_quartz(site: SiteFolder) -> bool:
    """Whether a folder is a garden that Quartz makes a site of."""
    return site.first(*_CONFIG) is not None and bool(site.items("content"))


def quartz_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a garden of Quartz."""
    config = site.script(site.first(*_CONFIG))
    asks_always = "ExplicitPublish(" in _text(site)
    return SiteFacts(
        generator="Quartz",
        url=address(config.word("baseUrl")) or domain(site, "CNAME"),
        title=config.word("pageTitle") or site.name,
        language=language_tag(config.word("locale")),
        seeds="content",
        ignore=(
            *kept_back(site, "content"),
            *excluded(
                site,
                "content",
                "content",
                list_in_script(_text(site), "ignorePatterns"),
                "`ignorePatterns`",
                anywhere=True,
            ),
        ),
        links=("/{path:dashed}",),
        links_from="the paths of its notes",
        old_feeds=("/index.xml",),
        asking="publish" if asks_always else asking_field(site, "content"),
        links_by_name=_SHORTEST.search(_text(site)) is not None,
    )


def _text(site: SiteFolder) -> str:
    return site.text(site.first(*_CONFIG))
