"""A folder of no known program: the names of its files in; the facts of a site out."""

from __future__ import annotations

from feedd.migrate.foreign_text import word
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, domain

_GOOD_PART = 50  # the fiftieth
_ABOUT = ("README.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md", "LICENSE.md", "SECURITY.md")


def plain_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a folder of which only the files are known."""
    dated = site.folder_of_dated()
    if not site.items(""):
        site.remarks.append(
            "there is no text in it that feedd reads: a file whose name ends in .md, .markdown, .mdx or .html"
        )
    seeds, include = (dated, ()) if dated else home(site)
    links = _links_of_pages(seeds)
    return SiteFacts(
        url=domain(site, "CNAME"),
        title=word(site.tree(site.first("package.json")), "name") if seeds else "",
        seeds=seeds,
        include=include,
        links=links,
        links_from="the paths of its pages" if links else "",
        guesses_links=True,
    )


def _links_of_pages(seeds: str) -> tuple[str, ...]:
    """The links of texts in a folder `pages`, as programs have it whose pages are where their files are."""
    _, pages, below = f"/{seeds}/".partition("/pages/")
    return (f"/{below}{{path}}",) if pages and below else ()


def home(site: SiteFolder) -> tuple[str, tuple[str, ...]]:
    """The folder in which nearly all texts are; and its folders with texts, if none lie in the folder itself.

    Folders with few texts are left out, which is remarked, unless they have a good part of all texts together.
    """
    seeds = ""
    while True:
        counts = site.sections(seeds)
        here = counts.pop("", 0) - (0 if seeds else len(about(site)))
        total = here + sum(counts.values())
        few = {name: number for name, number in counts.items() if number * 100 < total}
        if sum(few.values()) * _GOOD_PART > total:
            few = {}
        many = sorted(counts.keys() - few.keys())
        if here * 100 >= total:
            return seeds, ()
        for name, number in few.items():
            site.remarks.append(f"texts in {f'{seeds}/{name}'.lstrip('/')}/ are left out: {number}")
        if len(many) != 1:
            return seeds, tuple(many) if few and not seeds else ()
        seeds = f"{seeds}/{many[0]}".lstrip("/")


def about(site: SiteFolder) -> tuple[str, ...]:
    """The files that speak of the folder itself."""
    return tuple(path for path in _ABOUT if path in site.files)
