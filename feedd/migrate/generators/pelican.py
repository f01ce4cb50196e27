"""Pelican: the constants of `pelicanconf.py` and `publishconf.py` in; the facts of the site out. Neither is run."""

from __future__ import annotations

import re
from collections import Counter

from feedd.items.foreign.site_links import in_ascii
from feedd.migrate import link_templates
from feedd.migrate.foreign_text import Tree, word, words
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, flag, language_tag
from feedd.patterns import late_pattern

_CONFIG, _PUBLISHED = "pelicanconf.py", "publishconf.py"
# Pelican is given these on its command line.
_OTHER_CONFIGS = ("settings.py", "pelican.conf.py", "pelican_conf.py", "conf.py", "config.py")
_SITENAME = late_pattern(r"^SITENAME[ \t]*=", re.MULTILINE)
_MOST_NAMED = 40
_TITLE = late_pattern(r"^[ \t]*title[ \t]*:", re.IGNORECASE | re.MULTILINE)
_HEAD = 3000  # characters in which a title is looked for
_FEEDS = ("FEED_ALL_ATOM", "FEED_ALL_RSS", "FEED_ATOM", "FEED_RSS")


def is_pelican(site: SiteFolder) -> bool:
    """Whether a folder is a site of Pelican."""
    return bool(_config(site))


def _config(site: SiteFolder) -> str | None:
    """The file with the settings of Pelican; None if there is none."""
    others = (path for path in _OTHER_CONFIGS if site.first(path) and _SITENAME.search(site.text(path)))
    return site.first(_CONFIG) or next(others, None)


def pelican_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of Pelican. What the published configuration assigns wins."""
    config: Tree = {**site.tree(_config(site)), **site.tree(site.first(_PUBLISHED))}
    seeds = word(config, "PATH").strip("./") or _content(site)
    articles = [path.strip("/") for path in words(config, "ARTICLE_PATHS") if path.strip("/")]
    links, origin = _links(site, config, seeds)
    feeds = {name: word(config, name) if name in config else "" for name in _FEEDS}
    if "FEED_ALL_ATOM" not in config:
        feeds["FEED_ALL_ATOM"] = "feeds/all.atom.xml"
    others = Counter(path.rpartition(".")[2] for path in site.files if path.startswith(f"{seeds}/"))
    if number := others["rst"]:
        site.remarks.append(f"{number} reStructuredText files (.rst) are no items: feedd reads Markdown and HTML")
    return SiteFacts(
        generator="Pelican",
        url=address(word(config, "SITEURL")),
        title=word(config, "SITENAME"),
        description=word(config, "SITESUBTITLE"),
        language=language_tag(word(config, "DEFAULT_LANG")) or "en",
        time_zone=word(config, "TIMEZONE"),
        author=word(config, "AUTHOR"),
        seeds=seeds,
        include=tuple(articles),
        ignore=(*(() if articles else _pages(site, config, seeds)), *_no_articles(site, config, seeds)),
        links=links,
        links_from=origin,
        old_feeds=tuple(f"/{path.lstrip('/')}" for path in feeds.values() if path and "{" not in path),
        template=_template(site, config),
        unquoted_colons=True,
    )


def _content(site: SiteFolder) -> str:
    """Pelican asks for a PATH on its command line if the configuration has none; nearly always it is `content`."""
    return "content" if "content" in site.folders else ""


def _pages(site: SiteFolder, config: Tree, seeds: str) -> tuple[str, ...]:
    """The folders whose texts are pages, not articles."""
    pages = words(config, "PAGE_PATHS") or ("pages",)
    excluded = (path.strip("/") for path in (*pages, *words(config, "ARTICLE_EXCLUDES")))
    return tuple(f"{path}/" for path in excluded if path and f"{seeds}/{path}".strip("/") in site.folders)


def _no_articles(site: SiteFolder, config: Tree, seeds: str) -> list[str]:
    """Patterns for the texts without a title or a date, of which Pelican makes no article unless its configuration says
    where they are. Where there are many, a folder of nothing else stands for its texts.
    """
    named = word(config, "FILENAME_METADATA") + word(config, "PATH_METADATA")
    has_title, has_date = "(?P<title>" in named, bool(word(config, "DEFAULT_DATE"))
    below = f"{seeds}/" if seeds else ""
    found, others = [], set()
    for path in site.items(seeds):
        is_whole = (has_date or site.is_dated(path)) and (has_title or _has_title(site.quiet_text(path)))
        others.add(path.rpartition("/")[0]) if is_whole else found.append(path)
    if len(found) > _MOST_NAMED:
        folders = {path.rpartition("/")[0] for path in found} - others - {seeds}
        left_out = sorted(each for each in folders if not any(other.startswith(f"{each}/") for other in others))
        site.remarks.extend(f"the texts in {each}/ are left out: none has a title and a date" for each in left_out)
        patterns = tuple(f"{each}/" for each in left_out)
        found = [path for path in found if not path.startswith(patterns)]
        found = [*patterns, *(found if len(found) <= _MOST_NAMED else ())]
    return [path.removeprefix(below) for path in found]


def _has_title(text: str) -> bool:
    return text.lstrip().startswith("<") or _TITLE.search(text[:_HEAD]) is not None


def _links(site: SiteFolder, config: Tree, seeds: str) -> tuple[tuple[str, ...], str]:
    written = word(config, "ARTICLE_URL") or "{slug}.html"
    made_of = _slug(config), _categories(config)
    links = link_templates.from_pelican(written.removesuffix("index.html"), *made_of)
    translated = word(config, "ARTICLE_LANG_URL") or "{slug}-{lang}.html"
    if links and "{lang}" in translated and any(map(site.names_language, site.items(seeds))):
        own = link_templates.from_pelican(
            translated.removesuffix("index.html").replace("{lang}", "{own_language}"), *made_of
        )
        links = (*own, *links)
    if not links:
        site.remarks.append(f"links like {written} (`ARTICLE_URL`) cannot be made; write `site.link` yourself")
        return (), ""
    return links, "`ARTICLE_URL`" if "ARTICLE_URL" in config else "Pelican's default `ARTICLE_URL`"


def _slug(config: Tree) -> str:
    """The placeholder for the slug of a text that names none."""
    names = word(config, "FILENAME_METADATA") or word(config, "PATH_METADATA")
    if names.startswith("(?P<slug>"):
        return "{name}"
    if "(?P<slug>" in names:
        return "{slug}"
    return "{name:ascii}" if word(config, "SLUGIFY_SOURCE") == "basename" else "{title:ascii}"


def _categories(config: Tree) -> tuple[str, ...]:
    """The placeholders for the category of a text, of which the first counts that it has, and the one of all others."""
    of_folder = flag(config, "USE_FOLDER_AS_CATEGORY") is not False
    default = in_ascii(word(config, "DEFAULT_CATEGORY") or "misc")
    return ("{own_category:ascii}", *(("{parent:ascii}",) if of_folder else ()), default)


def _template(site: SiteFolder, config: Tree) -> str:
    theme = word(config, "THEME").strip("./")
    return site.first(f"{theme}/templates/base.html", "templates/base.html") or ""
