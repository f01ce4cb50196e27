"""MkDocs, Obsidian, and folders that no program is known of: names of files in; the facts of the site out."""

from __future__ import annotations

from feedd.migrate.foreign_text import word
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, domain, flag, language_tag, persons

_MKDOCS = ("mkdocs.yml", "mkdocs.yaml")


def is_mkdocs(site: SiteFolder) -> bool:
    """Whether a folder is a site of MkDocs."""
    return site.first(*_MKDOCS) is not None


def mkdocs_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of MkDocs: its blog where it has one, else all its pages."""
    config = site.tree(site.first(*_MKDOCS))
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
        links=((f"/blog/{{year}}/{{month}}/{{day}}/{{title}}{end}",) if has_blog else (f"/{{path}}{end}",)),
        links_from="the blog's default `post_url_format`" if has_blog else "the paths of its pages",
        authors=persons(site.tree(site.first(f"{docs}/blog/.authors.yml")).get("authors")),
        old_feeds=("/feed_rss_created.xml",) if "rss" in site.text(site.first(*_MKDOCS)) else (),
    )


def is_obsidian(site: SiteFolder) -> bool:
    """Whether a folder is a vault of Obsidian."""
    return ".obsidian" in site.folders


def obsidian_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a vault of Obsidian."""
    templates = word(site.tree(site.first(".obsidian/templates.json")), "folder").strip("/")
    return SiteFacts(
        generator="Obsidian",
        url=domain(site, "CNAME"),
        title=site.name,
        ignore=(templates,) if templates in site.folders and templates else (),
        links=("/{path}",),
        links_from="the paths of its notes",
    )


def plain_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a folder of which only the files are known."""
    counts = site.sections("")
    counts[""] = counts.get("", 0) - sum(path in _ABOUT for path in site.files)
    seeds = max(counts, key=lambda name: (counts[name], name), default="")
    if counts.get(seeds, 0) * 4 < sum(counts.values()) * 3:
        seeds = ""
    return SiteFacts(
        url=domain(site, "CNAME"),
        title=word(site.tree(site.first("package.json")), "name") if seeds else "",
        seeds=seeds,
        ignore=() if seeds else tuple(path for path in _ABOUT if path in site.files),
    )


_ABOUT = ("README.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md", "LICENSE.md", "SECURITY.md")
