"""Nikola: the constants of `conf.py` in; the facts of the site out. No settings are run."""

from __future__ import annotations

from feedd.items.withholding.tag_marks import USUAL_TAGS
from feedd.migrate.foreign_text import at, word
from feedd.migrate.site_facts import SiteFacts
from feedd.migrate.site_folder import SiteFolder, address, language_tag

_CONFIG = "conf.py"


def is_nikola(site: SiteFolder) -> bool:
    """Whether a folder is a site of Nikola."""
    text = site.text(site.first(_CONFIG))
    return "BLOG_TITLE" in text and "POSTS" in text


def nikola_facts(site: SiteFolder) -> SiteFacts:
    """The facts of a site of Nikola: those of the first folder of posts that has items."""
    config = site.tree(_CONFIG)
    posts = at(config, "POSTS")
    pairs = [each for each in posts if isinstance(each, list) and len(each) > 1] if isinstance(posts, list) else []
    places = [(str(pattern).rpartition("/")[0], str(place).strip("/")) for pattern, place, *_ in pairs]
    seeds, place = next(((folder, place) for folder, place in places if site.items(folder)), ("posts", "posts"))
    end = ".html" if word(config, "PRETTY_URLS").lower() == "false" else "/"
    if number := sum(path.startswith(f"{seeds}/") and path.endswith((".rst", ".ipynb")) for path in site.files):
        site.remarks.append(f"{number} files (.rst, .ipynb) are no items: feedd reads Markdown and HTML")
    if number := sum(site.first(f"{path.rpartition('.')[0]}.meta") is not None for path in site.items(seeds)):
        site.remarks.append(
            f"texts with their fields in another file (.meta) are withheld: {number}; write the fields into a comment "
            "of the text and delete the other file, as feedd does not read it"
        )
    return SiteFacts(
        generator="Nikola",
        url=address(word(config, "SITE_URL")),
        title=word(config, "BLOG_TITLE"),
        description=word(config, "BLOG_DESCRIPTION"),
        language=language_tag(word(config, "DEFAULT_LANG")) or "en",
        time_zone=word(config, "TIMEZONE"),
        author=word(config, "BLOG_AUTHOR"),
        seeds=seeds,
        links=(f"/{place}/{{folder}}/{{slug}}{end}",),
        links_from="`POSTS`",
        withheld_tags=USUAL_TAGS,
        old_feeds=("/rss.xml",),
    )
