"""Templates of links, in the language of each generator, in; templates of `site.link` out.

A function gives None, or no template, where feedd cannot fill the template: the user is told, and gets no wrong links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from feedd.items.foreign.site_links import DATE_WORDS, JEKYLL_WORDS, SECTION_WORDS
from feedd.patterns import late_pattern

_COLON = late_pattern(r":([a-z_]+)")
_BRACE = late_pattern(r"\{([^{}]*)\}")
_DOUBLE = late_pattern(r"\{\{([^{}]*)\}\}")

_JEKYLL_STYLES = {
    "": "/:categories/:year/:month/:day/:title.html",
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "none": "/:categories/:title.html",
}
_UNKNOWN_STYLES = ("ordinal", "weekdate")  # they count days in ways that feedd does not know
_JEKYLL = JEKYLL_WORDS | {"path": "{path}", "slugified_categories": "{categories}"}
_HUGO = DATE_WORDS | SECTION_WORDS | {"title": "{title}", "filename": "{name}", "contentbasename": "{name}"}
_HEXO = DATE_WORDS | {"post_title": "{title}", "category": "{categories}", "lang": "{language}"}
_TEXT = late_pattern(r"\{(section|folder|name|own_slug|path)\}")
_PELICAN = {
    "date:%Y": "{year}",
    "date:%m": "{month}",
    "date:%d": "{day}",
    "date:%-m": "{month:1}",
    "date:%-d": "{day:1}",
    "lang": "{language}",
    "own_language": "{own_language}",
}
_FILTER = r"page\.date *\| *(?:date|dateFilter|readableDate|format)[:( ]*['\"](?:{})['\"]\)?"
_ELEVENTY: tuple[tuple[str, str], ...] = (
    (r"(?:page\.)?fileSlug(?: *\| *(?:slug|slugify))?", "{slug}"),
    (r"page\.filePathStem", "/{folder}/{slug}"),
    (r"title *\| *(?:slug|slugify|slugger|url)", "{title}"),
    (r"slug(?: *\| *(?:slug|slugify))?", "{own_slug}"),
    (r"page\.date *\| *toDatePath", "{year}/{month}/{day}"),
    (_FILTER.format("%Y|yyyy|YYYY"), "{year}"),
    (_FILTER.format("%m|MM|LL"), "{month}"),
    (_FILTER.format("%d|dd|DD"), "{day}"),
    (_FILTER.format("%Y/%m/%d|(?:yyyy|YYYY)/(?:MM|LL)/(?:dd|DD)"), "{year}/{month}/{day}"),
)


def from_jekyll(written: str) -> str | None:
    """The template for a `permalink` of Jekyll, or for the name of one of its styles."""
    if written in _UNKNOWN_STYLES:
        return None
    return _replaced(_COLON, _JEKYLL_STYLES.get(written, f"/{written.lstrip('/')}"), _JEKYLL.get)


def jekyll_collection_permalink(name: str, written: str) -> str:
    """The `permalink` of a collection of Jekyll that gives none itself; of pages, if its name is empty. `written`: the
    `permalink` of the site.
    """
    is_style = written in _JEKYLL_STYLES or written in _UNKNOWN_STYLES
    end = "/" if written == "pretty" or (written.endswith("/") and not is_style) else ""
    above = f"/{name}" if name else ""
    return f"{above}/:path{end or ('.html' if is_style or written.endswith(':output_ext') else '')}"


def from_hugo(written: str, section: str) -> tuple[str, ...]:
    """The templates for an entry of Hugo's `permalinks`. `section`: the section in which all items are, where the
    items' directory is that section's folder.
    """
    known = dict(_HUGO)
    if section:
        known |= {"section": section, "sections": f"{section}/{{folder}}"}
        written = written.replace(":sections[1:]", "{folder}").replace(":sections[0]", section)
    written = written.replace(":sections[0]", "{section}")
    if ":sections[" in written:
        return ()
    own, others = {}, {}
    for name, other in (
        ("slug", "{title}"),
        ("slugorfilename", "{name}"),
        ("slugorcontentbasename", "{name}"),
    ):
        own[name], others[name] = "{own_slug}", other
    found = (_replaced(_COLON, written, (known | each).get) for each in (own, others))
    return tuple(dict.fromkeys(f"/{each.lstrip('/')}" for each in found if each))


def from_hexo(written: str, name: str) -> str | None:
    """The template for a `permalink` of Hexo. `name`: the placeholder for the name of a file, with its date or without
    it.
    """
    made = _replaced(_COLON, written, (_HEXO | {"title": f"{{folder}}/{name}", "name": name}).get)
    return f"/{made.lstrip('/')}".removesuffix("index.html") if made else None


def as_hugo_writes(link: str, *, small: bool) -> str:
    """A template whose texts are written as Hugo writes them, which is in small letters unless it is told otherwise."""
    return _TEXT.sub(r"{\1:hugo}" if small else r"{\1:hugocase}", link)


def from_pelican(written: str, slug: str, categories: tuple[str, ...]) -> tuple[str, ...]:
    """The templates for `ARTICLE_URL` of Pelican. `slug`: the placeholder for the slug of a file that names none.
    `categories`: what stands for a category, the first that a file has.
    """
    words = ({"category": category, "slug": each} for category in categories for each in ("{own_slug}", slug))
    found = (_replaced(_BRACE, written, (_PELICAN | each).get) for each in words)
    return tuple(dict.fromkeys(f"/{each.lstrip('/')}" for each in found if each))


def from_eleventy(written: str) -> str | None:
    """The template for a `permalink` of Eleventy, in Liquid or Nunjucks."""

    def replace(name: str) -> str | None:
        inner = name.strip("- \t\n")
        return next((made for form, made in _ELEVENTY if re.fullmatch(form, inner)), None)

    made = _replaced(_DOUBLE, written, replace)
    if made is None or "{%" in made:
        return None
    return f"/{made.lstrip('/')}".removesuffix("index.html")


def _replaced(
    form: re.Pattern[str], written: str, replace: Callable[[str], str | None] | Mapping[str, str]
) -> str | None:
    """A template with the words of a generator replaced; None if one of them is not known."""
    find = replace.get if isinstance(replace, Mapping) else replace
    unknown = False

    def change(found: re.Match[str]) -> str:
        nonlocal unknown
        made = find(found[1])
        unknown = unknown or made is None
        return made or ""

    made = form.sub(change, written)
    return None if unknown else re.sub("/{2,}", "/", made)
