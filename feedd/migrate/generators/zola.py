"""Zola: `config.toml` and `content/` in; the facts of the site out."""

from __future__ import annotations

from feedd.migrate.exclusions.excluded_patterns import excluded
from feedd.migrate.exclusions.withheld_texts import withholds_all
from feedd.migrate.foreign_text import word, words
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, flag, language_tag

_CONFIGS = ("config.toml", "zola.toml")
_CONTENT = "content"
_WITH_DATES = 0.5
_MOST_UNDATED = 40


def is_zola(site: SiteFolder) -> bool:
    """Whether a folder is a site of Zola."""
    return "base_url" in site.text(site.first(*_CONFIGS)) and _CONTENT in site.folders


def zola_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of Zola."""
    config = site.tree(site.first(*_CONFIGS))
    counts = site.sections(_CONTENT)
    dated = [each for each in counts if each and site.dated(f"{_CONTENT}/{each}") >= _WITH_DATES]
    is_flat = site.dated_here(_CONTENT) >= _WITH_DATES and counts.get("", 0) > 2
    section = dated[0] if len(dated) == 1 and not is_flat and not withholds_all(site, _CONTENT) else ""
    seeds = f"{_CONTENT}/{section}" if section else _CONTENT
    feeds = words(config, "feed_filenames") or words(config, "feed_filename") or ("atom.xml",)
    names = [name.lstrip("/") for name in feeds if name.endswith(".xml")]
    of_sections = _with_feeds(site)
    below = f"{section}/" if section else ""
    own = {
        each.removeprefix(below): tuple(f"/{each}/{name}" for name in names) for each in of_sections if each != section
    }
    return SiteFacts(
        generator="Zola",
        url=address(word(config, "base_url")),
        title=word(config, "title"),
        description=word(config, "description"),
        language=language_tag(word(config, "default_language")) or "en",
        author=word(config, "author"),
        seeds=seeds,
        include=tuple(sorted(dated)) if not section and not is_flat else (),
        ignore=(
            *_undated(site, seeds),
            *excluded(site, seeds, _CONTENT, words(config, "ignored_content"), "`ignored_content`", anywhere=True),
        ),
        links=(f"/{section}/{{folder}}/{{slug}}/" if section else "/{folder}/{slug}/",),
        links_from="the paths of its pages",
        old_feeds=tuple(f"/{name}" for name in names)
        + tuple(f"/{section}/{name}" for name in names if section in of_sections and section),
        section_feeds=own,
        template=site.first("templates/base.html", "templates/index.html") or "",
    )


def _with_feeds(site: SiteFolder) -> tuple[str, ...]:
    """The sections of the content with texts and a feed of their own."""
    found = (path for path in site.files if path.startswith(f"{_CONTENT}/") and path.endswith("/_index.md"))
    sections = {path: path.removeprefix(f"{_CONTENT}/").rpartition("/")[0] for path in found}
    return tuple(
        folder
        for path, folder in sections.items()
        if folder and any(flag(site.head(path), f"generate_feed{end}") for end in ("s", ""))
        if site.items(f"{_CONTENT}/{folder}")
    )


def _undated(site: SiteFolder, seeds: str) -> tuple[str, ...]:
    """The texts without a date, where most texts have one: Zola's feeds pass over them."""
    paths = site.items(seeds)
    found = tuple(path.removeprefix(f"{seeds}/") for path in paths if not site.is_dated(path))
    return found if 2 * len(found) < len(paths) and len(found) <= _MOST_UNDATED else ()
