"""Hexo: `_config.yml`, and `source/_posts`, in; the facts of the site out."""

from __future__ import annotations

from collections.abc import Iterator

from feedd.items.withholding.section_marks import without_braces
from feedd.migrate import link_templates
from feedd.migrate.foreign_text import Tree, word, words
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, language_tag

_CONFIG = ("_config.yml", "_config.yaml")
_OWN_KEYS = ("new_post_name", "public_dir", "source_dir", "hexo", "theme_config", "skip_render")
_USUAL_LINKS = ":year/:month/:day/:title/"


def is_hexo(site: SiteFolder) -> bool:
    """Whether a folder is a site of Hexo. Its configuration has the name of Jekyll's, and other keys."""
    name = site.first(*_CONFIG)
    if name is None:
        return False
    if '"hexo"' in site.text(site.first("package.json")):
        return True
    config = site.tree(name)
    return sum(key in config for key in _OWN_KEYS) > 1 and site.first("Gemfile") is None


def hexo_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of Hexo."""
    config = site.tree(site.first(*_CONFIG))
    source = word(config, "source_dir").strip("./") or "source"
    written = word(config, "permalink") or _USUAL_LINKS
    link = link_templates.from_hexo(written, "{slug}" if ":day" in word(config, "new_post_name") else "{name}")
    if link is None:
        site.remarks.append(f"links like {written} (`permalink`) cannot be made; write `site.link` yourself")
    root = word(config, "root").strip("/")
    url = word(config, "url").rstrip("/")
    return SiteFacts(
        generator="Hexo",
        url=address(url if not root or url.endswith(f"/{root}") else f"{url}/{root}"),
        title=word(config, "title"),
        description=word(config, "description") or word(config, "subtitle"),
        language=language_tag(next(iter(words(config, "language")), "")),
        time_zone=word(config, "timezone"),
        days_in_time_zone=True,
        author=word(config, "author"),
        seeds=f"{source}/_posts",
        ignore=tuple(_excluded(site, config, source)),
        links=(link,) if link else (),
        links_from="`permalink`" if word(config, "permalink") else "Hexo's default `permalink`",
        old_feeds=(f"/{word(config, 'feed', 'path') or 'atom.xml'}",),
        template=_template(site, config),
    )


def _excluded(site: SiteFolder, config: Tree, source: str) -> Iterator[str]:
    """Patterns for what Hexo leaves out: `exclude` below the folder of sources, `ignore` below that of the site, and
    what it copies without making a page of it (`skip_render`).
    """
    written = [
        *words(config, "exclude"),
        *words(config, "skip_render"),
        *(each.removeprefix(f"{source}/") for each in words(config, "ignore")),
    ]
    for pattern in written:
        if pattern.startswith("!") or "(" in pattern:
            site.remarks.append(f"`exclude`: {pattern} is not understood; write what it means as `items.ignore`")
            continue
        for each in without_braces(pattern.removeprefix("./").lstrip("/")) or ():
            if each.startswith("_posts/"):
                yield f"./{each.removeprefix('_posts/')}"
            elif each.startswith("**") or "/" not in each:
                yield each


def _template(site: SiteFolder, config: Tree) -> str:
    layout = f"themes/{word(config, 'theme')}/layout"
    names = ("_partial/head.ejs", "partial/head.swig", "partials/head.swig", "layout.ejs", "includes/head.pug")
    return site.first(*(f"{layout}/{name}" for name in names)) or ""
