"""Gatsby: `gatsby-config.js` as text, and the folders of texts, in; the facts of the site out."""

from __future__ import annotations

from feedd.migrate.links_in_texts import address_of_site
from feedd.migrate.plain_folder import home
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, language_tag

_CONFIG = tuple(f"gatsby-config.{suffix}" for suffix in ("js", "ts", "mjs", "cjs"))
_CONTENT = ("content", "src/content", "")


def is_gatsby(site: SiteFolder) -> bool:
    """Whether a folder is a site of Gatsby."""
    return site.first(*_CONFIG) is not None


def gatsby_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of Gatsby. Its links are made by programs: they are as most texts have them, else the paths
    of the texts.
    """
    config = site.script(site.first(*_CONFIG))
    above = next(folder for folder in _CONTENT if not folder or site.items(folder))
    seeds = site.folder_of_dated(above) or above or home(site)[0]
    has_feed = "gatsby-plugin-feed" in site.text(site.first(*_CONFIG))
    return SiteFacts(
        generator="Gatsby",
        url=address(config.word("siteMetadata", "siteUrl") or config.word("siteUrl"), config.word("pathPrefix"))
        or address_of_site(site),
        title=config.word("siteMetadata", "title"),
        description=config.word("siteMetadata", "description"),
        language=language_tag(config.word("siteMetadata", "language")),
        author=config.word("siteMetadata", "author", "name") or config.word("siteMetadata", "author"),
        seeds=seeds,
        links=("/{folder}/{slug}/",),
        links_from="the paths of its texts",
        guesses_links=True,
        old_feeds=(f"/{(config.word('feeds', 'output') or 'rss.xml').lstrip('/')}",) if has_feed else (),
        template=site.first("src/components/seo.js", "src/components/seo.tsx", "src/html.js") or "",
    )
