"""Astro: `astro.config.mjs` as text, `src/content` and `src/pages`, in; the facts of the site out."""

from __future__ import annotations

import re

from feedd.migrate.exclusions.excluded_patterns import excluded
from feedd.migrate.script_values import Script
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, language_tag
from feedd.patterns import late_pattern

_SUFFIXES = ("mjs", "ts", "js", "cjs", "mts")
_CONFIGS = tuple(f"astro.config.{suffix}" for suffix in _SUFFIXES)
_STARLIGHT = "src/content/docs"  # whose pages are made without a page that shows them
_USUAL = ("blog", "posts", "post", "news", "articles", "writing")
_ROUTE = late_pattern(
    r"src/pages/((?:\[(?:lang|locale)\]/)?(?:[^\[\]/]+/)*)\[(?:\.\.\.)?(?:slug|id|path|post|entry)\](?:/index)?\.astro"
)
_LANGUAGE = late_pattern(r"\[(?:lang|locale)\]/")
_COLLECTION = late_pattern(r"getCollection\(\s*['\"`](\w[\w-]*)['\"`]")
_TAKEN_OUT = late_pattern(r"['\"`]!([^'\"`\n]{1,200})['\"`]")
_BASE = late_pattern(r"base:\s*['\"`]([^'\"`\n]*)['\"`]")


def is_astro(site: SiteFolder) -> bool:
    """Whether a folder is a site of Astro."""
    return site.first(*_CONFIGS) is not None


def astro_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of Astro."""
    config = site.script(site.first(*_CONFIGS))
    words = site.script(site.first(*(f"src/{name}.{suffix}" for name in ("consts", "config") for suffix in _SUFFIXES)))
    seeds = _posts(site)
    is_starlight = seeds == _STARLIGHT and "starlight" in site.text(site.first(*_CONFIGS))
    route, is_sure = ("", True) if is_starlight else _route(site, seeds)
    language = language_tag(config.word("i18n", "defaultLocale") or words.word("SITE", "lang"))
    if route is not None:
        route = _LANGUAGE.sub(f"{language}/" if language else "", route)
    end = "" if config.word("trailingSlash") == "never" else "/"
    feeds = [path for path in site.files if re.fullmatch(r"src/pages/(?:.*/)?\w+\.xml\.(?:js|ts|mjs)", path)]
    return SiteFacts(
        generator="Astro",
        url=address(
            config.word("site", within=2) or words.word("SITE_URL") or words.word("SITE", "website"), _base(config)
        ),
        title=config.word("starlight", "title")
        or words.word("SITE_TITLE")
        or words.word("SITE", "title")
        or words.word("title"),
        description=words.word("SITE_DESCRIPTION") or words.word("SITE", "desc"),
        language=language,
        seeds=seeds,
        ignore=excluded(site, seeds, seeds, _taken_out(site), "the pattern of a collection", anywhere=True),
        links=() if route is None else (f"/{route}{{folder:lower}}/{{own_slug}}{end}", f"/{route}{{path:lower}}{end}"),
        links_from="the page that shows them",
        guesses_links=not is_sure,
        old_feeds=tuple(f"/{path.removeprefix('src/pages/').rpartition('.')[0]}" for path in feeds) or ("/rss.xml",),
        template=site.first("src/components/BaseHead.astro", "src/layouts/BaseLayout.astro", "src/layouts/Layout.astro")
        or "",
    )


def _taken_out(site: SiteFolder) -> list[str]:
    """The patterns that loaders of collections take out of others."""
    configs = (f"src/{name}.{suffix}" for name in ("content.config", "content/config") for suffix in _SUFFIXES)
    return [found.lstrip("/") for found in _TAKEN_OUT.findall(site.text(site.first(*configs)))]


def _base(config: Script) -> str:
    base = config.word("base", within=2)
    return base if base not in ("true", "false") else ""


def _posts(site: SiteFolder) -> str:
    """The folder of the posts: that of a collection, or of pages."""
    loader = site.first(*(f"src/content.config.{suffix}" for suffix in _SUFFIXES))
    bases = [base.strip("./") for base in _BASE.findall(site.text(loader))]
    folders = {path.rpartition("/")[0] for path in site.items("")}
    collections = sorted({"/".join(folder.split("/")[:3]) for folder in folders if folder.startswith("src/content/")})
    candidates = [each for each in (*bases, *collections) if site.items(each)]
    named = [each for each in candidates if each.rpartition("/")[2].lower() in _USUAL]
    if named or candidates:
        return max(named or candidates, key=lambda each: len(site.items(each)), default="")
    pages = [folder for folder in folders if folder.startswith("src/pages/")]
    return max(sorted(pages), key=lambda each: len(site.items(each)), default="src/content")


def _route(site: SiteFolder, seeds: str) -> tuple[str | None, bool]:
    """The part of the addresses before the name of a text, and whether it is sure; None if no page shows the texts."""
    if seeds.startswith("src/pages/"):
        return f"{seeds.removeprefix('src/pages/')}/", True
    name = seeds.rpartition("/")[2]
    routes = [(str(found[1]), path) for path in site.files if (found := _ROUTE.fullmatch(path))]
    for route, path in routes:
        if name in _COLLECTION.findall(site.text(path)):
            return route, True
    likely = [route for route, _ in routes if route.strip("/").rpartition("/")[2] in (name, *_USUAL)]
    return likely[0] if likely else routes[0][0] if len(routes) == 1 else None, False
