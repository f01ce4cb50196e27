"""MkDocs: `mkdocs.yml`, and `docs/`, in; the facts of the site out."""

from __future__ import annotations

from feedd.migrate.exclusions.excluded_patterns import excluded, of_gitignore
from feedd.migrate.foreign_text import Tree, word
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, flag, language_tag, persons

_CONFIG = ("mkdocs.yml", "mkdocs.yaml")


def is_mkdocs(site: SiteFolder) -> bool:
    """Whether a folder is a site of MkDocs."""
    return site.first(*_CONFIG) is not None


def mkdocs_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of MkDocs: its blog where it has one, else all its pages."""
    config = site.tree(site.first(*_CONFIG))
    docs = word(config, "docs_dir").strip("./") or "docs"
    blog = f"{docs}/blog/posts"
    has_blog = bool(site.items(blog))
    end = ".html" if flag(config, "use_directory_urls") is False else "/"
    return SiteFacts(
        generator="MkDocs",
        url=address(word(config, "site_url")),
        title=word(config, "site_name"),
        description=word(config, "site_description"),
        language=language_tag(word(config, "theme", "language")),
        author=word(config, "site_author"),
        seeds=blog if has_blog else docs,
        ignore=_hidden(site, config, blog if has_blog else docs, docs),
        links=((f"/blog/{{year}}/{{month}}/{{day}}/{{title}}{end}",) if has_blog else (f"/{{path}}{end}",)),
        links_from="the blog's default `post_url_format`" if has_blog else "the paths of its pages",
        authors=persons(site.tree(site.first(f"{docs}/blog/.authors.yml")).get("authors")),
        old_feeds=("/feed_rss_created.xml",) if "rss" in site.text(site.first(*_CONFIG)) else (),
    )


def _hidden(site: SiteFolder, config: Tree, seeds: str, docs: str) -> tuple[str, ...]:
    """Patterns for the texts of which MkDocs makes no page, or none that it publishes."""
    keys = ("exclude_docs", "draft_docs")
    return tuple(
        pattern for key in keys for pattern in excluded(site, seeds, docs, of_gitignore(word(config, key)), f"`{key}`")
    )
