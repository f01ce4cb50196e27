"""MkDocs, and folders that no program is known of: names of files in; the facts of the site out."""

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


def plain_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a folder of which only the files are known."""
    seeds, include = home(site)
    return SiteFacts(
        url=domain(site, "CNAME"),
        title=word(site.tree(site.first("package.json")), "name") if seeds else "",
        seeds=seeds,
        include=include,
        ignore=() if seeds else about(site),
    )


def home(site: SiteFolder) -> tuple[str, tuple[str, ...]]:
    """The folder in which nearly all texts are; and its folders with texts, if none lie in the folder itself."""
    seeds = ""
    while True:
        counts = site.sections(seeds)
        here = counts.pop("", 0) - (0 if seeds else len(about(site)))
        total = here + sum(counts.values())
        few = {name: number for name, number in counts.items() if number * 100 < total}
        many = sorted(counts.keys() - few.keys())
        if here * 100 >= total or len(many) != 1:
            break
        for name, number in few.items():
            site.remarks.append(f"{number} texts in {f'{seeds}/{name}'.lstrip('/')} are left out")
        seeds = f"{seeds}/{many[0]}".lstrip("/")
    return seeds, tuple(many) if here * 100 < total and not seeds else ()


def about(site: SiteFolder) -> tuple[str, ...]:
    """The files that speak of the folder itself."""
    return tuple(path for path in _ABOUT if path in site.files)


_ABOUT = ("README.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md", "LICENSE.md", "SECURITY.md")
